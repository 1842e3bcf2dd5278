/**
 * The `saldo` command.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import { CliFailure, exitCodes, failureText } from "./CliFailure.ts"
import { backup } from "./commands/backup.ts"
import { bank } from "./commands/bank.ts"
import { demo } from "./commands/demo.ts"
import { kameo } from "./commands/kameo.ts"
import { ledger } from "./commands/ledger.ts"
import { loans } from "./commands/loans.ts"
import * as environment from "./environment.ts"
import { Color, Database, isAskedFor, Json, Url, Verbose } from "./GlobalFlags.ts"
import { presenter } from "./presenter.ts"

const saldo = Command.make("saldo").pipe(
  Command.withDescription("Collect loan listings from Kameo, keep books, run a bank"),
  Command.withSubcommands([loans, ledger, bank, kameo, backup, demo]),
  Command.withGlobalFlags([Json, Database, Url, Color, Verbose])
)

const given = process.argv.slice(2)
const json = isAskedFor("json", given, false)

// Who reads through a pipe may stop reading: `saldo loans export | head` has then done its work.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.ok)
  const failure = { exitCode: 1, happened: `The output cannot be written (${error.code}).`, remedy: "Check the disk." }
  process.stderr.write(`${failureText(failure, json)}\n`, () => process.exit(exitCodes.error))
})
process.stderr.on("error", () => process.exit(exitCodes.error))

let terminated = false
process.once("SIGTERM", () => {
  terminated = true
})

/** Help that nobody asked for is the presenter's answer to wrong usage. */
const exitCodeOf = (code: number): number => {
  if (code === exitCodes.interrupted && terminated) return exitCodes.terminated
  return code
}

const output = Layer.mergeAll(
  CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
  CliOutput.layer(
    CliOutput.defaultFormatter({ globalFlags: "summary", ...(!isAskedFor("color", given, true) && { colors: false }) })
  ),
  CliOutput.layerPresenter(presenter(json))
)

class WrongUsage extends Error {
  override readonly [Runtime.errorExitCode] = exitCodes.usage
  override readonly [Runtime.errorReported] = false
}

Command.run(saldo, { version: "0.1.0", renderErrors: true }).pipe(
  Effect.provide(Layer.merge(output, environment.layer).pipe(Layer.provideMerge(NodeServices.layer))),
  Effect.tapError((error) => (error instanceof CliFailure ? Console.error(failureText(error, json)) : Effect.void)),
  Effect.mapError((error) => (CliError.isCliError(error) ? new WrongUsage() : error)),
  NodeRuntime.runMain({
    teardown: (exit, onExit) => Runtime.defaultTeardown(exit, (code) => onExit(exitCodeOf(code)))
  })
)
