/**
 * Costly answers, kept as long as what they are made of is what it was.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import { Actor, type Identity } from "saldo/core/Actor"
import { tagging, tagOf } from "./validators.ts"

/** An answer that costs more to make than to find out whether it is still the one to give. */
export interface CostlyAnswer<Asked, A, I, E, R> {
  /** The route of the endpoint, for metrics. */
  readonly route: string
  readonly success: Schema.Codec<A, I>
  /**
   * Names what the answer is made of, and reads that: another name for everybody as soon as a write that changes the answer
   * has been acknowledged, by whichever process, and never an earlier one again.
   */
  readonly revision: (asked: Asked) => Effect.Effect<string, never, R>
  /** Makes the answer. Whether the caller may have it was decided before; nothing of the caller but its rights counts. */
  readonly make: (asked: Asked, revision: string) => Effect.Effect<A, E, R>
}

/** Gives the answer to what was asked. */
export type Answering<Asked, A, E, R> = (
  asked: Asked
) => Effect.Effect<A | HttpServerResponse.HttpServerResponse, E, R | Actor | HttpServerRequest.HttpServerRequest>

/**
 * Keeps costly answers in the memory of the process.
 *
 * An answer is given again to a caller of the same tenant with the same rights who asks the same, and only while its revision
 * is in force, which is looked up for every call: so a write that was acknowledged is in all answers from then on, also those of
 * other processes. Those who ask at the same time wait for one making. A client that names the tag of what it has is told
 * 304. What was not asked for the longest is forgotten first.
 */
export class KeptAnswers extends Context.Service<
  KeptAnswers,
  {
    readonly keeping: <Asked, A, I, E, R>(costly: CostlyAnswer<Asked, A, I, E, R>) => Answering<Asked, A, E, R>
  }
>()("@saldo/http/server/KeptAnswers") {
  /** Keeps answers of so many bytes together; each is made anew at 0. */
  static readonly layerOf = (maxBytes: number): Layer.Layer<KeptAnswers> =>
    maxBytes === 0
      ? Layer.succeed(
          this,
          this.of({
            keeping:
              ({ make, revision }) =>
              (asked) =>
                Effect.flatMap(revision(asked), (name) => make(asked, name))
          })
        )
      : Layer.effect(this, make(maxBytes))
}

const outcomes = Metric.counter("http_server_kept_answers", {
  description:
    "Costly answers by route and outcome: kept ones (hit), made ones (miss), and those made for somebody else (shared)",
  incremental: true
})

interface Kept {
  readonly revision: string
  readonly tag: string
  readonly body: Uint8Array
}

/** So much an answer takes beside its body and its key. */
const overheadBytes = 500

/** Answers by what was asked, the one that was asked for last at the end, as a Map keeps them. */
const makeShelf = (maxBytes: number) => {
  const kept = new Map<string, Kept>()
  let bytes = 0
  const sizeOf = (key: string, { body }: Kept) => body.length + 2 * key.length + overheadBytes
  const remove = (key: string): Kept | undefined => {
    const found = kept.get(key)
    if (found !== undefined && kept.delete(key)) bytes -= sizeOf(key, found)
    return found
  }
  const put = (key: string, answer: Kept): void => {
    remove(key)
    kept.set(key, answer)
    bytes += sizeOf(key, answer)
    for (const oldest of kept.keys()) {
      if (bytes <= maxBytes) return
      remove(oldest)
    }
  }
  return {
    put,
    find: (key: string): Kept | undefined => {
      const found = remove(key)
      if (found !== undefined) put(key, found)
      return found
    }
  }
}

/** Everything about a caller that an answer may depend on; who it is beyond that, none may. */
const rightsOf = ({ onBehalfOf, permissions, tenant }: Identity): ReadonlyArray<unknown> => [
  tenant,
  onBehalfOf === undefined ? null : [onBehalfOf.tenant, onBehalfOf.id],
  [...permissions].sort()
]

const make = Effect.fnUntraced(function* (maxBytes: number) {
  const scope = yield* Effect.scope
  const shelf = makeShelf(maxBytes)

  const keeping = <Asked, A, I, E, R>(costly: CostlyAnswer<Asked, A, I, E, R>): Answering<Asked, A, E, R> => {
    const { route } = costly
    const encode = Schema.encodeEffect(Schema.toCodecJson(costly.success))
    const makings = new Map<string, Deferred.Deferred<Kept, E>>()
    const count = (outcome: "hit" | "miss" | "shared") =>
      Metric.update(Metric.withAttributes(outcomes, { http_route: route, outcome }), 1)

    const made = Effect.fnUntraced(function* (asked: Asked, key: string, revision: string) {
      const answer = yield* costly.make(asked, revision)
      const body = JSON.stringify(yield* Effect.orDie(encode(answer)))
      const kept = { revision, tag: tagOf(body), body: new TextEncoder().encode(body) }
      shelf.put(key, kept)
      return kept
    })

    // Of the revision, too: who knows of a newer one must not be given what somebody began to make of an older.
    const sharing = Effect.fnUntraced(function* (asked: Asked, key: string, revision: string) {
      const name = `${revision}\n${key}`
      const begun = makings.get(name)
      if (begun !== undefined) return yield* Effect.andThen(count("shared"), Deferred.await(begun))
      const making = Deferred.makeUnsafe<Kept, E>()
      makings.set(name, making)
      const begin = made(asked, key, revision).pipe(
        Effect.onExit((exit) =>
          Effect.andThen(
            Effect.sync(() => makings.delete(name)),
            Deferred.done(making, exit)
          )
        ),
        // Apart from the call, as its caller may go while others wait.
        Effect.forkIn(scope, { startImmediately: true })
      )
      return yield* Effect.andThen(Effect.uninterruptible(begin), Effect.andThen(count("miss"), Deferred.await(making)))
    })

    return Effect.fnUntraced(function* (asked) {
      const key = JSON.stringify([route, rightsOf(yield* Actor), asked])
      const revision = yield* costly.revision(asked)
      const found = shelf.find(key)
      const isCurrent = found?.revision === revision
      if (isCurrent) yield* count("hit")
      const { body, tag } = isCurrent ? found : yield* sharing(asked, key, revision)
      const request = yield* HttpServerRequest.HttpServerRequest
      const response = HttpServerResponse.uint8Array(body, { contentType: "application/json" })
      return tagging(request, response, tag, "private, no-cache")
    })
  }
  return KeptAnswers.of({ keeping })
})
