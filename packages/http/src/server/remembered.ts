import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Actor } from "saldo/core/Actor"
import { type CommandKey, make } from "saldo/core/Command"
import type { Idempotency, NotExecuted } from "saldo/core/Idempotency"

/**
 * A write whose use case takes no key: carried out once for its key all the same, and its answer, also a refusal, given
 * again. The refusal is an answer here and not a failure, so that what the use case recorded of it stays.
 */
export const remembered = <Input, A, E>(definition: {
  readonly operation: string
  readonly input: Schema.Codec<Input, unknown>
  readonly success: Schema.Codec<A, unknown>
  readonly refusal: Schema.Codec<E, unknown>
}) => {
  const { input, operation, refusal, success } = definition
  const command = make({ operation, input, success: Schema.Result(success, refusal) })
  const isRefusal = Schema.is(refusal)
  return <X, R>(
    idempotency: Idempotency["Service"],
    key: CommandKey,
    given: Input,
    act: Effect.Effect<A, E | X, R>
  ): Effect.Effect<A, E | X | NotExecuted, R | Actor> =>
    Effect.gen(function* () {
      const { tenant } = yield* Actor
      const answered = act.pipe(
        Effect.map((value): Result.Result<A, E> => Result.succeed(value)),
        Effect.catchIf(isRefusal, (error) => Effect.succeed(Result.fail<E>(error)))
      )
      const { value } = yield* idempotency.run(command, { tenant, key, input: given }, answered)
      return yield* Effect.fromResult(value)
    })
}
