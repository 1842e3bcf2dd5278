/**
 * What a bank lets its customers pay, and what a second person must consent to.
 */
import type * as Duration from "effect/Duration"
import type { Money } from "../money/Money.ts"
import type { PaymentLimit } from "./PaymentLimit.ts"

/** How a bank handles payments. */
export interface PaymentPolicy {
  /** The limits of each account, counted by the day of execution. Amounts are compared in their own currency only. */
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
}

/** No limits and no approval; a rail is asked every hour. */
export const permissive: PaymentPolicy = {
  limits: [],
  approval: "never",
  approvalWithin: "3 days",
  askEvery: "1 hour"
}

/** Whether a second person must approve a payment of this amount. */
export const needsApproval = ({ approval }: PaymentPolicy, amount: Money): boolean => {
  if (approval === "never" || approval === "always") return approval === "always"
  const threshold = approval.above.find(({ currency }) => currency === amount.currency)
  return threshold === undefined || amount.amount > threshold.amount
}
