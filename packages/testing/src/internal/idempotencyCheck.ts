import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Atomic } from "saldo/core/Atomic"
import * as Command from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import { Idempotency } from "saldo/core/Idempotency"
import type { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { Cells } from "../Cells.ts"
import { checksOf } from "../Check.ts"

/** A business refusal of `Pay`. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  because: Schema.String,
  limit: Schema.BigInt
}) {}

/** A failure that `Pay` does not list as a refusal. */
export class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", {}) {}

/** The command of the checks. */
export const Pay = Command.make({
  operation: "test.pay",
  input: Schema.Struct({
    amount: Schema.BigInt,
    to: Schema.Struct({ name: Schema.String, tags: Schema.Array(Schema.String) })
  }),
  success: Schema.Struct({ receipt: Schema.String, amount: Schema.BigInt }),
  refusal: Refused
})

/** Its input, with what JSON has no number for. */
export const input = { amount: 2n ** 62n, to: { name: "Åsa", tags: ["a", "b"] } }

/** What a check of `Idempotency` works on. */
export interface Subject {
  readonly atomic: Atomic["Service"]
  readonly cells: Cells["Service"]
  readonly idempotency: Idempotency["Service"]
  readonly request: Command.CommandRequest<typeof input>
  /** Pays: adds one to a cell. Not safe to repeat, which is the point. */
  readonly pay: Effect.Effect<{ readonly receipt: string; readonly amount: bigint }>
  readonly paid: Effect.Effect<number>
}

/** What a check of `Idempotency` needs. */
export type Services = Atomic | Cells | IdempotencyStore | Idempotency

/** A check of `Idempotency`, with a command key and a cell of its own. */
export const check = checksOf<Subject, Services>(
  Effect.gen(function* () {
    const cells = yield* Cells
    const unique = yield* Id.make("command")
    const paid = Effect.map(cells.left.get(unique), (count) => count ?? 0)
    return {
      atomic: yield* Atomic,
      cells,
      idempotency: yield* Idempotency,
      request: { tenant: "test", key: Command.CommandKey.make(unique), input },
      pay: Effect.gen(function* () {
        const before = yield* paid
        yield* Effect.yieldNow
        yield* cells.left.put(unique, before + 1)
        return { receipt: `receipt ${before + 1}`, amount: input.amount }
      }),
      paid
    }
  })
)
