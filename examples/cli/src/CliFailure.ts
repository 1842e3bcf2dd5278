/**
 * What a person reads when a command cannot do its work: one sentence of what happened, one of what to do.
 */
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { plain } from "./chart.ts"

/** Exit codes of the `saldo` command; 130 and 143 are the shell's for Ctrl-C and SIGTERM. */
export const exitCodes = { ok: 0, error: 1, usage: 2, login: 3, partial: 4, interrupted: 130, terminated: 143 } as const

/** A failed command. */
export class CliFailure extends Schema.TaggedError<CliFailure>()("CliFailure", {
  happened: Schema.String,
  remedy: Schema.String,
  exitCode: Schema.Literals([1, 2, 3, 4])
}) {
  override readonly message = this.happened
  /** Read by the runtime when the process ends. */
  override readonly [Runtime.errorExitCode] = this.exitCode
  /** The entry prints it; the runtime must not print it again. */
  override readonly [Runtime.errorReported] = false
}

/** A failure as standard error shows it: two lines for a person, or one line of JSON. What it quotes may come from outside. */
export const failureText = (
  { exitCode, happened, remedy }: { readonly exitCode: number; readonly happened: string; readonly remedy: string },
  json: boolean
): string => (json ? JSON.stringify({ error: { happened, remedy, exitCode } }) : `${plain(happened)}\n${plain(remedy)}`)
