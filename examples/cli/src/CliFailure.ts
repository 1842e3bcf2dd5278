/**
 * What a person reads when a command cannot do its work: one sentence of what happened, one of what to do.
 */
import * as CliError from "effect/cli/CliError"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"

/** Exit codes of the `saldo` command. */
export const exitCodes = { ok: 0, error: 1, usage: 2, login: 3, partial: 4 } as const

/** A failed command. */
export class CliFailure extends Schema.TaggedError<CliFailure>()("CliFailure", {
  happened: Schema.String,
  remedy: Schema.String,
  exitCode: Schema.Literals([1, 2, 3, 4])
}) {
  override readonly message = this.happened
  /** Read by the runtime when the process ends. */
  override readonly [Runtime.errorExitCode] = this.exitCode
  /** Printed by the command line instead of a stack. */
  override get [CliError.userMessage](): string {
    return `${this.happened} ${this.remedy}`
  }
}
