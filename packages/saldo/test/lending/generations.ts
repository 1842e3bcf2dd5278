import { example } from "@saldo/testing/LoanListingArbitrary"
import { inPages, type MemoryPage } from "@saldo/testing/MemoryLoanSource"
import { PlatformId } from "saldo/lending/LoanListing"
import { RejectedListing } from "saldo/lending/LoanSource"

/** The platform whose loans the generations are. */
export const platform = PlatformId.make("killed")

const loansPerGeneration = 800
const pageSize = 20

/** The same for the same number: every third loan changes from one generation to the next, some come, and pages overlap. */
export const generation = (number: number): ReadonlyArray<MemoryPage> => {
  const loans = Array.from({ length: loansPerGeneration + number * 10 }, (_, index) =>
    example({
      platform,
      loanId: `${index}`,
      fundedBps: index % 3 === number % 3 ? number * 100 : 0,
      raw: JSON.stringify({ index, generation: index % 3 === number % 3 ? number : 0 })
    })
  )
  return inPages(loans, pageSize).map(({ listings }, page, pages) => ({
    listings: [...(pages[page - 1]?.listings.slice(-2) ?? []), ...listings],
    rejected: [
      new RejectedListing({ loanId: `bad ${page}`, field: "application_amount", problem: "Not above zero", raw: "{}" })
    ]
  }))
}
