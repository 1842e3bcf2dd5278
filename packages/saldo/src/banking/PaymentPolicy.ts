/**
 * What a bank lets its customers pay, and what a second person must consent to.
 */
import type * as Duration from "effect/Duration"
import type { Money } from "../money/Money.ts"
import type { HolidayCalendar } from "../time/HolidayCalendar.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import type { PaymentLimit } from "./PaymentLimit.ts"
import type { PaymentOrder } from "./PaymentOrder.ts"

/** How a bank handles payments. */
export interface PaymentPolicy {
  /**
   * The limits of each account. Payments count by the day on which they are to be executed, from when they are ordered, also
   * while they wait for approval; those that failed or were cancelled no longer count, and those that came back still do.
   * Amounts are compared in their own currency only.
   */
  readonly limits: ReadonlyArray<PaymentLimit>
  /**
   * Which payments a second person must approve: none, all, or those above an amount. In a currency for which no amount is
   * given, all of them.
   */
  readonly approval: "never" | "always" | { readonly above: ReadonlyArray<Money> }
  /** How long the second person has. */
  readonly approvalWithin: Duration.Input
  /** How long after the rail's last word it is asked again about a payment that has not ended. */
  readonly askEvery: Duration.Input
  /**
   * When the money of a payment for a later day, or of a standing order, is set aside: with the approval, also when left out,
   * or on the day of execution. Then it may be lacking: it is looked for again every `retryFunds` of that day, one hour when
   * left out, and a last time on the next day on which payments are executed, before the payment fails with `AM04`.
   */
  readonly reserve?: "approval" | "execution"
  readonly retryFunds?: Duration.Input
  /** The days on which payments are executed: one for another day goes on the next of them. Every day when left out. */
  readonly businessDays?: HolidayCalendar
  /** How orders leave: over the rail by themselves, also when left out, or in payment files, for which see `PaymentFiles`. */
  readonly handover?: "rail" | "file"
}

/** No limits and no approval, and every day is good; all goes over the rail, which is asked every hour. */
export const permissive: PaymentPolicy = {
  limits: [],
  approval: "never",
  approvalWithin: "3 days",
  askEvery: "1 hour"
}

/** Whether the money of a payment that is approved now is set aside at once. */
export const reservesNow = (
  { reserve = "approval" }: PaymentPolicy,
  { executeOn, plan }: Pick<PaymentOrder, "executeOn" | "plan">,
  today: LocalDate
): boolean => reserve === "approval" || (executeOn <= today && plan === null)

/** Whether a second person must approve a payment of this amount. */
export const needsApproval = ({ approval }: PaymentPolicy, amount: Money): boolean => {
  if (approval === "never" || approval === "always") return approval === "always"
  const threshold = approval.above.find(({ currency }) => currency === amount.currency)
  return threshold === undefined || amount.amount > threshold.amount
}
