/**
 * The `saldo` command.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as Runtime from "effect/Runtime"
import { exitCodes } from "./CliFailure.ts"
import { demo } from "./commands/demo.ts"
import { kameo } from "./commands/kameo.ts"
import { loans } from "./commands/loans.ts"
import { nameOf, parseTarget } from "./database.ts"
import * as environment from "./environment.ts"
import { explain } from "./explain.ts"
import { Color, Database, Json, Verbose } from "./GlobalFlags.ts"
import { toJson } from "./Output.ts"

const saldo = Command.make("saldo").pipe(
  Command.withDescription("Collect loan listings from Kameo, and look at them"),
  Command.withSubcommands([loans, kameo, demo]),
  Command.withGlobalFlags([Json, Database, Color, Verbose])
)

class Failed extends Error {
  override readonly [Runtime.errorReported] = false
  override readonly [Runtime.errorExitCode]: number
  constructor(exitCode: number) {
    super()
    this[Runtime.errorExitCode] = exitCode
  }
}

const argument = (name: string): string | undefined => {
  const position = process.argv.indexOf(name)
  return position === -1 ? undefined : process.argv[position + 1]
}

/** Prints a failure where it belongs, and ends the process with its exit code. */
const report = (cause: Cause.Cause<unknown>): Effect.Effect<never, unknown> =>
  Effect.gen(function* () {
    if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause)
    const error = Cause.squash(cause)
    if (CliError.isCliError(error)) {
      const asked = error._tag === "ShowHelp" && error.errors.length === 0
      return yield* Effect.fail(new Failed(asked ? exitCodes.ok : exitCodes.usage))
    }
    const database = nameOf(parseTarget(argument("--db") ?? process.env["SALDO_DB"] ?? "saldo.sqlite"))
    const failure = explain(error, database)
    const { exitCode, happened, remedy } = failure
    if (process.argv.includes("--verbose")) yield* Console.error(Cause.pretty(cause))
    yield* Console.error(
      process.argv.includes("--json") ? toJson({ error: { happened, remedy, exitCode } }) : `${happened}\n${remedy}`
    )
    return yield* Effect.fail(new Failed(exitCode))
  })

Command.run(saldo, { version: "0.1.0", renderErrors: true }).pipe(
  Effect.provide(CliOutput.layer(CliOutput.defaultFormatter({ globalFlags: "summary" }))),
  Effect.provide(environment.layer),
  Effect.provide(NodeServices.layer),
  Effect.catchCause(report),
  NodeRuntime.runMain
)
