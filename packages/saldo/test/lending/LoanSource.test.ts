import { example } from "@saldo/testing/LoanListingArbitrary"
import * as LoanSourceTest from "@saldo/testing/LoanSourceTest"
import * as MemoryLoanSource from "@saldo/testing/MemoryLoanSource"
import { PlatformId } from "saldo/lending/LoanListing"

const platform = PlatformId.make("memory")
const listings = Array.from({ length: 7 }, (_, index) => example({ platform, loanId: `${index}` }))

LoanSourceTest.suite("memory", MemoryLoanSource.layer({ platform, pages: () => MemoryLoanSource.inPages(listings, 2) }))

LoanSourceTest.failureSuite(
  "memory, a page that fails",
  MemoryLoanSource.layer({
    platform,
    pages: () => MemoryLoanSource.inPages(listings, 2),
    failure: () => ({ page: 3, reason: "Network" })
  }),
  { page: 3, reason: "Network" }
)
