import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { jsonText } from "./JsonText.ts"

/** The key by which a client names one command: 1 to 255 characters, none of them a control character. */
export const CommandKey = Schema.String.check(
  Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,255}$/u, { expected: "a key of 1 to 255 characters without control characters" })
).pipe(Schema.brand("CommandKey"))
export type CommandKey = typeof CommandKey.Type

/** Within what a key is unique: the same key of another tenant, or for another operation, is another command. */
export interface CommandScope {
  readonly tenant: string
  readonly operation: string
  readonly key: CommandKey
}

/**
 * A kind of command that clients may repeat.
 *
 * `operation` is a name that never changes, such as `lending.pay`. `refusal` says which failures are business refusals:
 * these are stored and final. Any other failure counts as one of the infrastructure and leaves no trace.
 */
export interface Command<Input, A, E> {
  readonly operation: string
  readonly input: Schema.Codec<Input, unknown>
  readonly success: Schema.Codec<A, unknown>
  readonly refusal: Schema.Codec<E, unknown>
  /** The codecs, made once per kind of command, as making them costs more than using them. */
  readonly codecs: CommandCodecs<Input, A, E>
}

/** How the input and the outcome of a command are written down and read back. */
export interface CommandCodecs<Input, A, E> {
  readonly encodeInput: (input: Input) => Effect.Effect<unknown, Schema.SchemaError>
  readonly encodeOutcome: (outcome: Result.Result<A, E>) => Effect.Effect<string, Schema.SchemaError>
  readonly decodeOutcome: (text: string) => Effect.Effect<Result.Result<A, E>, Schema.SchemaError>
  readonly isRefusal: (error: unknown) => error is E
}

const codecsOf = <Input, A, E>(
  input: Schema.Codec<Input, unknown>,
  success: Schema.Codec<A, unknown>,
  refusal: Schema.Codec<E, unknown>
): CommandCodecs<Input, A, E> => {
  const stored = jsonText(
    Schema.toCodecJson(
      Schema.Union([
        Schema.TaggedStruct("Success", { value: success }),
        Schema.TaggedStruct("Refusal", { error: refusal })
      ])
    )
  )
  const encode = Schema.encodeEffect(stored)
  const decode = Schema.decodeEffect(stored)
  return {
    encodeInput: Schema.encodeEffect(Schema.toCodecJson(input)),
    encodeOutcome: Result.match({
      onSuccess: (value) => encode({ _tag: "Success", value }),
      onFailure: (error) => encode({ _tag: "Refusal", error })
    }),
    decodeOutcome: (text) =>
      Effect.map(decode(text), (outcome) =>
        outcome._tag === "Success" ? Result.succeed(outcome.value) : Result.fail(outcome.error)
      ),
    isRefusal: Schema.is(refusal)
  }
}

/**
 * Defines a kind of command.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Command from "saldo/core/Command"
 *
 * const Pay = Command.make({
 *   operation: "lending.pay",
 *   input: Schema.Struct({ loan: Schema.String, amount: Schema.BigInt }),
 *   success: Schema.Struct({ receipt: Schema.String }),
 *   refusal: Schema.TaggedStruct("LoanNotActive", { loan: Schema.String })
 * })
 * Pay.operation // => "lending.pay"
 * ```
 */
export const make = <Input, A, E = never>(definition: {
  readonly operation: string
  readonly input: Schema.Codec<Input, unknown>
  readonly success: Schema.Codec<A, unknown>
  readonly refusal?: Schema.Codec<E, unknown>
}): Command<Input, A, E> => {
  // Without refusals every failure is one of the infrastructure.
  const refusal: Schema.Codec<E, unknown> = definition.refusal ?? Schema.Never
  return { ...definition, refusal, codecs: codecsOf(definition.input, definition.success, refusal) }
}

/** One command as a client sends it. */
export interface CommandRequest<Input> {
  readonly tenant: string
  readonly key: CommandKey
  readonly input: Input
}

const scopeFields = { tenant: Schema.String, operation: Schema.String, key: CommandKey }

/** The key was used before with other input; `path` is the JSON pointer of the first difference. */
export class IdempotencyMismatch extends Schema.TaggedError<IdempotencyMismatch>()(
  "IdempotencyMismatch",
  { ...scopeFields, path: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    const where = this.path === "" ? "as a whole" : `at ${this.path}`
    return `The key ${this.key} was used for another ${this.operation}: the input differs ${where}; send a new key`
  }
}

/**
 * The same command is being executed elsewhere and has no outcome yet. Send it again later, unchanged.
 *
 * `retryAt` is when the other's lease ends and this command may be taken over, if the storage knows.
 */
export class CommandInProgress extends Schema.TaggedError<CommandInProgress>()(
  "CommandInProgress",
  { ...scopeFields, retryAt: Schema.optionalKey(Schema.DateTimeUtcFromMillis) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The ${this.operation} with the key ${this.key} is still being executed; send it again later, unchanged`
  }
}

/** What a worker holds while it executes a command outside a transaction. */
export interface Lease {
  /** Greater than every earlier lease's on the same command; pass it to systems that can refuse smaller ones. */
  readonly token: bigint
  /** It is renewed while the work goes on, so it ends then only for a worker that is gone. */
  readonly expiresAt: DateTime.Utc
}
