import type { LoanListing } from "./LoanListing.ts"

/** Where a loan is known: its platform and its id there. A platform name has no slash, so no two loans share a key. */
export const loanKey = (loan: Pick<LoanListing, "loanId" | "platform">): string => `${loan.platform}/${loan.loanId}`

/** The last listing of every loan in a batch, in the order in which the loans first appear. */
export const lastOfEachLoan = (listings: ReadonlyArray<LoanListing>): ReadonlyArray<LoanListing> => {
  const byLoan = new Map<string, LoanListing>()
  for (const listing of listings) byLoan.set(loanKey(listing), listing)
  return [...byLoan.values()]
}
