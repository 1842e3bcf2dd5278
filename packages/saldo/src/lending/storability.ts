import { isKnown } from "../money/Currency.ts"
import { isStorable, type Money } from "../money/Money.ts"
import { ratePpm } from "./listingIndex.ts"
import type { LoanListing } from "./LoanListing.ts"

/** Why a listing cannot be stored exactly, and which field is at fault. */
export interface StorageProblem {
  readonly field: string
  readonly message: string
}

const moneyFields = ["amount", "fundedAmount", "minimumAmount", "ownBidAmount"] as const

const maximum64 = 2n ** 63n - 1n

const moneyProblem = (field: string, money: Money): StorageProblem | undefined => {
  if (!isKnown(money.currency)) {
    return { field, message: `The currency ${money.currency} is neither of ISO 4217 nor registered: register it first` }
  }
  return isStorable(money)
    ? undefined
    : {
        field,
        message: `The amount is beyond ±(2^63 - 1) minor units of ${money.currency}, the width of a stored amount`
      }
}

/** What keeps a listing from being stored exactly; undefined when nothing does. */
export const storageProblem = (listing: LoanListing): StorageProblem | undefined => {
  for (const field of moneyFields) {
    const money = listing[field]
    const problem = money === null ? undefined : moneyProblem(field, money)
    if (problem !== undefined) return problem
  }
  if (listing.annualRate === null) return undefined
  const ppm = ratePpm(listing.annualRate)
  return ppm > maximum64 || ppm < -maximum64
    ? { field: "annualRate", message: "The rate is beyond 64-bit parts per million: a yearly rate is 0 to 100 %" }
    : undefined
}
