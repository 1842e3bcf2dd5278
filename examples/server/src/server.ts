/**
 * `start`: the whole system in one process.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Command from "effect/cli/Command"
import { connected } from "./counting.ts"
import { nameOf } from "./database.ts"
import { failed, logFlag, observing, version } from "./observing.ts"
import { prepare } from "./preparing.ts"
import { explained, ServerFailure } from "./ServerFailure.ts"
import { serving } from "./serving.ts"
import { placeFlags, placeOf, servingFlags } from "./settings.ts"

const start = Command.make(
  "start",
  { ...placeFlags, ...servingFlags, log: logFlag },
  Effect.fnUntraced(function* ({ empty, host, localWebhooks, log, port, redis, trustedProxies, url, ...placed }) {
    const place = yield* placeOf(placed)
    const counts = yield* connected(redis)
    const served = { host, port, empty, localWebhooks, trustedProxies, url: Option.getOrNull(url), redis: counts }
    // The story of two years is nothing that somebody asked for: nobody wants its traces.
    return yield* prepare(place, empty).pipe(
      Effect.withTracerEnabled(false),
      Effect.andThen(Layer.launch(serving(place, served))),
      Effect.provide(observing(log)),
      Effect.mapError(explained(nameOf(place)))
    )
  }, Effect.scoped)
).pipe(Command.withDescription("A bank and its market, with workers, an HTTP interface and a page to look at"))

/** Who asks for the end gets it, and that is no failure. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : Runtime.defaultTeardown(exit, onExit)

// What the bank writes down is for nobody else: its database, its keys and its mails.
process.umask(0o077)

Command.run(start, { version }).pipe(
  Effect.tapError((error) => (error instanceof ServerFailure ? Console.error(error.message) : Effect.void)),
  Effect.tapCause(failed),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({ teardown, disableErrorReporting: true })
)
