/** How much, and how often, may be paid: by payment, by period, and to one counterparty. */
import * as Schema from "effect/Schema"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { CalendarPeriod } from "./CalendarPeriod.ts"

/** Names a limit within the rules of an account: a short lower-case word such as `daily-transfers`. */
export const PaymentLimitId = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9-]{0,39}$/u, { expected: "a short lower-case word such as daily-transfers" })
).pipe(Schema.brand("PaymentLimitId"))

/** Names a limit within the rules of an account. */
export type PaymentLimitId = typeof PaymentLimitId.Type

/** What a limit is counted over: one payment by itself, or all of a calendar period by the day on which they are made. */
export const LimitWindow = Schema.Literals(["payment", ...CalendarPeriod.literals])

/** What a limit is counted over. */
export type LimitWindow = typeof LimitWindow.Type

/** One limit. A payment that several limits concern must keep all of them. */
export const PaymentLimit = Schema.Struct({
  id: PaymentLimitId,
  /** What customers read. */
  label: Schema.NonEmptyString,
  /** Either Σ of the amounts, or the number of payments; up to the maximum and no further. */
  measure: Schema.Union([
    Schema.Struct({ kind: Schema.Literal("amount"), maximum: MoneySchema }),
    Schema.Struct({
      kind: Schema.Literal("count"),
      maximum: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
    })
  ]),
  window: LimitWindow,
  /** Counts each counterparty by itself. */
  perCounterparty: Schema.Boolean,
  /** The kinds of payments that it is for, such as `transfer`; all of them when left out. */
  kinds: Schema.optionalKey(Schema.NonEmptyArray(Schema.NonEmptyString))
}).check(
  Schema.makeFilter<{
    readonly measure: { readonly kind: string; readonly maximum: unknown }
    readonly window: string
  }>(({ measure, window }) =>
    measure.kind === "count" && window === "payment"
      ? { path: ["window"], issue: "a number of payments is counted over a period, not over one payment" }
      : undefined
  )
)

/** One limit. */
export type PaymentLimit = typeof PaymentLimit.Type

const useOf = <Value extends Schema.Top>(value: Value) => ({
  allowed: value,
  /** By the payments before this one. */
  used: value,
  /** What was left of the limit before this payment; nothing when it was used up or has been lowered since. */
  remaining: value
})

const where = {
  limitId: PaymentLimitId,
  label: Schema.String,
  window: LimitWindow,
  /** The first day of the next period; null for a limit of a single payment. */
  resetsOn: Schema.NullOr(LocalDateSchema)
}

/** How a limit stood when a payment came. */
export const LimitUse = Schema.Union([
  Schema.Struct({ measure: Schema.Literal("amount"), ...where, ...useOf(MoneySchema) }),
  Schema.Struct({ measure: Schema.Literal("count"), ...where, ...useOf(Schema.Int) })
])

/** How a limit stood when a payment came. */
export type LimitUse = typeof LimitUse.Type

/** The payment would go beyond one limit or more, in the order of the rules. It can be made where all of them allow it. */
export class PaymentLimitExceeded extends Schema.TaggedError<PaymentLimitExceeded>()(
  "PaymentLimitExceeded",
  { amount: MoneySchema, exceeded: Schema.NonEmptyArray(LimitUse) },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    const all = this.exceeded.map((use) => {
      const reset = use.resetsOn === null ? "" : ` until ${use.resetsOn}`
      return use.measure === "amount"
        ? `${use.label} leaves ${use.remaining.toString()} of ${use.allowed.toString()}${reset}`
        : `${use.label} leaves ${use.remaining} of ${use.allowed} payments${reset}`
    })
    return `A payment of ${this.amount.toString()} is beyond the limits: ${all.join("; ")}`
  }
}

/** A payment is not above zero, or a payment or limit is in another currency than the account pays in. */
export class PaymentNotComparable extends Schema.TaggedError<PaymentNotComparable>()(
  "PaymentNotComparable",
  { field: Schema.String, message: Schema.String },
  { httpApiStatus: 422 }
) {}
