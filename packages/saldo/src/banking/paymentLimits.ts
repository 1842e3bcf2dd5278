/** Whether a payment keeps the limits of an account. */
import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import { nextStart, samePeriod } from "./calendarPeriods.ts"
import { type LimitUse, type PaymentLimit, PaymentLimitExceeded, PaymentNotComparable } from "./PaymentLimit.ts"

/** A payment as limits see it. */
export interface CountedPayment {
  /** The day on which it is made. */
  readonly on: LocalDate
  /** Above zero. */
  readonly amount: Money.Money
  /** Anything that is the same for the same counterparty, such as a hash of its account number. */
  readonly counterparty: string
  /** Such as `transfer`. */
  readonly kind: string
}

const concerns = ({ kinds }: PaymentLimit, { kind }: CountedPayment): boolean =>
  kinds === undefined || kinds.includes(kind)

/** The payments before this one that count towards a limit. */
const countedWith = (
  limit: PaymentLimit,
  payment: CountedPayment,
  history: ReadonlyArray<CountedPayment>
): ReadonlyArray<CountedPayment> => {
  const { window } = limit
  if (window === "payment") return []
  return history.filter(
    (each) =>
      concerns(limit, each) &&
      samePeriod(window, each.on, payment.on) &&
      (!limit.perCounterparty || each.counterparty === payment.counterparty)
  )
}

const useOf = (
  limit: PaymentLimit,
  payment: CountedPayment,
  history: ReadonlyArray<CountedPayment>
): { readonly use: LimitUse; readonly isExceeded: boolean } => {
  const counted = countedWith(limit, payment, history)
  const { id: limitId, label, measure, window } = limit
  const where = { limitId, label, window, resetsOn: window === "payment" ? null : nextStart(window, payment.on) }
  if (measure.kind === "count") {
    const used = counted.length
    const remaining = Math.max(0, measure.maximum - used)
    return { use: { measure: "count", ...where, allowed: measure.maximum, used, remaining }, isExceeded: remaining < 1 }
  }
  const { currency } = payment.amount
  const used = counted.reduce((sum, { amount }) => sum + amount.amount, 0n)
  const left = measure.maximum.amount - used
  const remaining = left < 0n ? 0n : left
  const money = (amount: bigint): Money.Money => Money.fromMinor(amount, currency)
  return {
    use: { measure: "amount", ...where, allowed: measure.maximum, used: money(used), remaining: money(remaining) },
    isExceeded: remaining < payment.amount.amount
  }
}

const problemOf = (
  limits: ReadonlyArray<PaymentLimit>,
  { amount }: CountedPayment,
  history: ReadonlyArray<CountedPayment>
): PaymentNotComparable | undefined => {
  const wrong = (field: string, message: string) => new PaymentNotComparable({ field, message })
  const { currency } = amount
  if (amount.amount <= 0n) return wrong("amount", `A payment is above zero, not ${String(amount)}`)
  const foreign = limits.find(({ measure }) => measure.kind === "amount" && measure.maximum.currency !== currency)
  if (foreign !== undefined) return wrong("limits", `The limit ${foreign.id} is not in ${currency}, as the payment is`)
  const other = history.find((each) => each.amount.currency !== currency)
  return other === undefined
    ? undefined
    : wrong("history", `A payment of ${other.on} is in ${other.amount.currency}, and this one in ${currency}`)
}

/**
 * How each limit that concerns a payment stands before it, or everything that it would go beyond. `history` is every
 * payment that was made or is on its way, at least of the longest period of the limits that the payment falls in; what
 * was refused, failed or was cancelled is not in it.
 *
 * @example
 * import * as Result from "effect/Result"
 * import { PaymentLimitId } from "saldo/banking/PaymentLimit"
 * import { evaluate } from "saldo/banking/paymentLimits"
 * import * as Money from "saldo/money/Money"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * const daily = {
 *   id: PaymentLimitId.make("daily"),
 *   label: "Each day",
 *   measure: { kind: "amount", maximum: Money.of("1000.00", "SEK") },
 *   window: "day",
 *   perCounterparty: false
 * } as const
 * const on = LocalDate.of("2026-05-17")
 * const payment = (amount: string) => ({ on, amount: Money.of(amount, "SEK"), counterparty: "a", kind: "transfer" })
 * const refused = Result.flip(evaluate([daily], payment("600.00"), [payment("500.00")]))
 * Result.getOrThrow(refused).message // => "A payment of 600.00 SEK is beyond the limits: Each day leaves 500.00 SEK of 1000.00 SEK until 2026-05-18"
 */
export const evaluate = (
  limits: ReadonlyArray<PaymentLimit>,
  payment: CountedPayment,
  history: ReadonlyArray<CountedPayment>
): Result.Result<ReadonlyArray<LimitUse>, PaymentLimitExceeded | PaymentNotComparable> => {
  const problem = problemOf(limits, payment, history)
  if (problem !== undefined) return Result.fail(problem)
  const uses = limits.filter((limit) => concerns(limit, payment)).map((limit) => useOf(limit, payment, history))
  const [first, ...rest] = uses.filter(({ isExceeded }) => isExceeded).map(({ use }) => use)
  return first === undefined
    ? Result.succeed(uses.map(({ use }) => use))
    : Result.fail(new PaymentLimitExceeded({ amount: payment.amount, exceeded: [first, ...rest] }))
}
