/**
 * What `saldo loans fetch` needs of whoever collects: the command itself, or a server.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Actor from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import { type CollectionOptions, type CollectionReport, LoanCollection } from "saldo/lending/LoanCollection"
import { CliFailure } from "../CliFailure.ts"
import { asking, freshKey, inWords, Server } from "./server.ts"

/** What a collection did; a server counts what it could not use, and does not list it. */
export type ShownReport = Omit<CollectionReport, "drifts" | "rejections"> &
  Partial<Pick<CollectionReport, "drifts" | "rejections">>

type CollectingFailure = CliFailure | Effect.Error<ReturnType<LoanCollection["Service"]["run"]>>

const stopped = (detail: string) =>
  new CliFailure({
    happened: `${detail}.`,
    remedy: "Run the command again; what was stored is kept, and it goes on from there.",
    exitCode: 1
  })

const throughServer = Effect.fnUntraced(function* (
  server: Server["Service"],
  { onProgress = () => Effect.void, ...payload }: CollectionOptions
) {
  const headers = freshKey(yield* Id.make("cli"))
  const events = yield* asking(server)(({ market }) => market.collect({ headers, payload }))
  let done: ShownReport | undefined
  yield* Stream.runForEach(events, (event) => {
    if (event._tag === "Progress") return onProgress(event)
    if (event._tag === "Failed") return Effect.fail(stopped(event.detail))
    const { complete, counts, reason, ...rest } = event.collection
    const completeness = complete
      ? ({ _tag: "Complete" } as const)
      : ({ _tag: "Partial", reason: reason ?? "" } as const)
    done = { ...rest, ...counts, completeness }
    return Effect.void
  }).pipe(inWords(server.name))
  return done ?? (yield* stopped("The server told of no end"))
})

/** Whoever collects. */
export class Collector extends Context.Service<
  Collector,
  { readonly run: (options: CollectionOptions) => Effect.Effect<ShownReport, CollectingFailure> }
>()("saldo-cli/desk/Collector") {
  /** Collects by itself, into the database in scope. */
  static readonly layerOwn: Layer.Layer<Collector, never, LoanCollection> = Layer.effect(
    this,
    Effect.map(LoanCollection, ({ run }) => ({
      run: (options) => run(options).pipe(Actor.as(Actor.system("saldo")))
    }))
  )

  /** Has the server in scope collect. */
  static readonly layerServer: Layer.Layer<Collector, never, Server> = Layer.effect(
    this,
    Effect.map(Server, (server) => ({ run: (options) => throughServer(server, options) }))
  )
}
