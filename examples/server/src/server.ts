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
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { nameOf, type Place } from "./database.ts"
import { prepare } from "./preparing.ts"
import { explained, ServerFailure } from "./ServerFailure.ts"
import { serving } from "./serving.ts"

const placeOf = (file: string, postgres: Option.Option<Redacted.Redacted>): Effect.Effect<Place, ServerFailure> => {
  if (Option.isNone(postgres)) return Effect.succeed({ _tag: "Sqlite", file })
  const url = postgres.value
  return URL.canParse(Redacted.value(url))
    ? Effect.succeed({ _tag: "Postgres", url })
    : Effect.fail(
        new ServerFailure({
          happened: "The address of the Postgres server cannot be read.",
          remedy: "Write it as postgres://user@host:5432/database, with signs such as @ in a password as %40."
        })
      )
}

const start = Command.make(
  "start",
  {
    port: Flag.Int("port").pipe(
      Flag.withDescription("The port to listen on; 0 for a free one, 3000 when left out"),
      Flag.withDefault(3000)
    ),
    file: Flag.String("file").pipe(
      Flag.withDescription("The SQLite file of the bank; saldo-server.sqlite when left out"),
      Flag.withDefault("saldo-server.sqlite")
    ),
    postgres: Flag.optional(
      Flag.Redacted("postgres").pipe(Flag.withDescription("The address of a Postgres server, in place of the file"))
    ),
    empty: Flag.Boolean("empty").pipe(
      Flag.withDescription("Start a new bank without demonstration data"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ empty, file, port, postgres }) {
    const place = yield* placeOf(file, postgres)
    return yield* prepare(place, empty).pipe(
      Effect.andThen(Layer.launch(serving(place, { port, empty }))),
      Effect.mapError(explained(nameOf(place)))
    )
  })
).pipe(Command.withDescription("A bank and its market, with workers, an HTTP interface and a page to look at"))

/** Who asks for the end gets it, and that is no failure. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : Runtime.defaultTeardown(exit, onExit)

Command.run(start, { version: "0.1.0" }).pipe(
  Effect.tapError((error) => (error instanceof ServerFailure ? Console.error(error.message) : Effect.void)),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({ teardown, disableErrorReporting: false })
)
