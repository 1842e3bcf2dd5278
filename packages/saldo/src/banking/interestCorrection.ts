/** What a change of the past, such as a payment with an earlier value date, does to interest that was booked. */
import * as Money from "../money/Money.ts"
import type { AccountSide, AccrualState } from "./AccrualState.ts"
import type { Accrual, InterestPosting } from "./interestAccrual.ts"
import type { InterestTerms } from "./InterestTerms.ts"
import * as rational from "./rational.ts"

/** The difference between interest as it was and as it should have been. Above zero, the customer gets more. */
export interface InterestCorrection {
  /** What to post in addition, with the value dates of the postings that it corrects; none that is zero. */
  readonly postings: ReadonlyArray<InterestPosting>
  /** What to book in addition as accrued, of which the postings above are a part. */
  readonly accrued: Readonly<Record<AccountSide, Money.Money>>
}

const key = ({ on, side }: InterestPosting): string => `${on} ${side}`

/**
 * The difference between two accruals that went from the same state to the same day: as it was, and with the balances
 * that hold now. Go on from the state of the second one; posted and accrued interest then add up to what it says.
 */
export const correction = (
  terms: InterestTerms,
  before: Omit<Accrual, "days">,
  after: Omit<Accrual, "days">
): InterestCorrection => {
  const differences = new Map<string, InterestPosting>()
  const count = (posting: InterestPosting, sign: 1n | -1n): void => {
    const known = differences.get(key(posting))?.amount.amount ?? 0n
    const amount = Money.fromMinor(known + sign * posting.amount.amount, terms.currency)
    differences.set(key(posting), { ...posting, amount })
  }
  for (const posting of before.postings) count(posting, -1n)
  for (const posting of after.postings) count(posting, 1n)
  const accrued = (side: AccountSide): Money.Money => {
    const total = (state: AccrualState): bigint => rational.round(state[side].accrued, terms.rounding)
    const difference = total(after.state) - total(before.state)
    return Money.fromMinor(side === "credit" ? difference : -difference, terms.currency)
  }
  return {
    postings: [...differences.entries()]
      .filter(([, { amount }]) => !Money.isZero(amount))
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      .map(([, posting]) => posting),
    accrued: { credit: accrued("credit"), debit: accrued("debit") }
  }
}
