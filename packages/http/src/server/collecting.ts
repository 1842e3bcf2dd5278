/**
 * A collection whose progress is told while it goes on.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { as, type Identity } from "saldo/core/Actor"
import * as Command from "saldo/core/Command"
import type { Idempotency } from "saldo/core/Idempotency"
import type { CollectionReport, LoanCollection } from "saldo/lending/LoanCollection"
import { CollectionOrder, type CollectionEvent, CollectionView } from "../api/MarketApi.ts"
import type { WriteHeaders } from "../api/Write.ts"
import { keyed } from "./commands.ts"
import { InternalFailure } from "../api/RequestProblem.ts"

const Collect = Command.make({ operation: "http.collect-market", input: CollectionOrder, success: CollectionView })

const shown = ({ completeness, platform, resumed, runId, total, ...rest }: CollectionReport): CollectionView => {
  const { changed, drift, duplicates, inserted, pages, rejected, seen, unchanged } = rest
  return {
    runId,
    platform,
    complete: completeness._tag === "Complete",
    reason: completeness._tag === "Complete" ? null : completeness.reason,
    resumed,
    total,
    counts: { pages, seen, inserted, changed, unchanged, duplicates, rejected, drift }
  }
}

interface Needs {
  readonly actor: Identity
  readonly collection: LoanCollection["Service"]
  readonly idempotency: Idempotency["Service"]
}

/**
 * Collects while the stream is read; who stops reading stops the collection after the page that is being stored, and the
 * next one goes on from there. The same key gives the report of a collection that has ended, and says so of one that has
 * not.
 */
export const collecting = (
  { actor, collection, idempotency }: Needs,
  headers: WriteHeaders,
  order: CollectionOrder
): Stream.Stream<CollectionEvent> =>
  Stream.callback<CollectionEvent>((queue) => {
    const tell = (event: CollectionEvent) => Effect.asVoid(Queue.offer(queue, event))
    const collect = keyed(headers, (key) =>
      idempotency.runLeased(
        Collect,
        { tenant: actor.tenant, key, input: order },
        {
          prepare: () =>
            collection.run({ ...order, onProgress: (progress) => tell({ _tag: "Progress", ...progress }) }),
          commit: (report) => Effect.succeed(shown(report))
        }
      )
    ).pipe(as(actor))
    return collect.pipe(
      Effect.flatMap(({ value }) => tell({ _tag: "Done", collection: value })),
      Effect.catch((error) => tell({ _tag: "Failed", code: error._tag, detail: error.message })),
      Effect.catchCause((cause) => {
        if (Cause.hasInterrupts(cause)) return Effect.failCause(cause)
        const { _tag, message } = new InternalFailure()
        return Effect.andThen(
          Effect.logError("A collection met a defect", cause),
          tell({ _tag: "Failed", code: _tag, detail: message })
        )
      }),
      Effect.andThen(Queue.end(queue))
    )
  })
