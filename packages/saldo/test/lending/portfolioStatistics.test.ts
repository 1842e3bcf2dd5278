import * as LoanListingArbitrary from "@saldo/testing/LoanListingArbitrary"
import * as DateTime from "effect/DateTime"
import * as fc from "fast-check"
import { PlatformId } from "saldo/lending/LoanListing"
import { makePortfolioStatistics, portfolioStatistics } from "saldo/lending/portfolioStatistics"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import { describe, expect, it } from "vitest"

const platform = PlatformId.make("kameo")
const asOf = DateTime.makeUnsafe("2026-03-10T00:00:00Z")
const at = (text: string) => DateTime.makeUnsafe(text)
const sek = (text: string) => Money.of(text, "SEK")

const loans = [
  LoanListingArbitrary.example({
    platform,
    loanId: "1",
    amount: sek("1000.00"),
    fundedAmount: sek("500.00"),
    annualRate: Rate.annualPercent("8"),
    durationMonths: 6,
    riskGrade: "B",
    status: "open",
    opensAt: at("2026-03-08T00:00:00Z"),
    closesAt: at("2026-03-20T00:00:00Z")
  }),
  LoanListingArbitrary.example({
    platform,
    loanId: "2",
    amount: sek("3000.00"),
    fundedAmount: sek("3600.00"),
    annualRate: Rate.annualPercent("10"),
    durationMonths: 7,
    riskGrade: "A",
    status: "funded",
    opensAt: at("2026-03-01T00:00:00Z"),
    closesAt: at("2026-03-09T00:00:00Z")
  }),
  LoanListingArbitrary.example({
    platform,
    loanId: "3",
    amount: sek("2000.01"),
    fundedAmount: null,
    fundedBps: null,
    annualRate: null,
    durationMonths: 40,
    riskGrade: null,
    country: null,
    status: "upcoming",
    opensAt: at("2026-03-12T00:00:00Z"),
    closesAt: null
  }),
  LoanListingArbitrary.example({
    platform,
    loanId: "4",
    amount: Money.of("9000.00", "DKK"),
    fundedAmount: Money.of("0.00", "DKK"),
    annualRate: Rate.annualPercent("9.25"),
    durationMonths: null,
    riskGrade: "B",
    country: "DK",
    status: "open",
    opensAt: null,
    closesAt: null
  })
]

describe("portfolioStatistics", () => {
  it("computes what a calculation by hand gives", () => {
    const statistics = portfolioStatistics(loans, asOf)
    expect(statistics.listings).toBe(4)
    expect(statistics.byStatus).toMatchObject({ open: 2, funded: 1, upcoming: 1, closed: 0 })
    expect(statistics.byCountry).toEqual([
      { value: "SE", listings: 2 },
      { value: null, listings: 1 },
      { value: "DK", listings: 1 }
    ])
    expect(statistics.duration).toEqual({
      listings: 3,
      minimum: 6,
      mean: 17.7,
      median: 7,
      maximum: 40,
      classes: [
        { fromMonths: 0, toMonths: 6, listings: 1 },
        { fromMonths: 7, toMonths: 12, listings: 1 },
        { fromMonths: 13, toMonths: 18, listings: 0 },
        { fromMonths: 19, toMonths: 24, listings: 0 },
        { fromMonths: 25, toMonths: 36, listings: 0 },
        { fromMonths: 37, toMonths: null, listings: 1 }
      ]
    })
    expect(statistics.currencies.map(({ currency }) => currency)).toEqual(["DKK", "SEK"])
    const swedish = statistics.currencies[1]
    expect(swedish?.sought).toEqual({
      listings: 3,
      total: sek("6000.01"),
      mean: sek("2000.00"),
      minimum: sek("1000.00"),
      p10: sek("1200.00"),
      p25: sek("1500.00"),
      median: sek("2000.01"),
      p75: sek("2500.00"),
      p90: sek("2800.00"),
      maximum: sek("3000.00")
    })
    expect(swedish?.funded?.total).toEqual(sek("4100.00"))
    // 4,100 of the 4,000 sought by those that tell.
    expect(swedish?.fundedBps).toBe(10_250)
    // (1000 × 8 % + 3000 × 10 %) / 4000; the plain mean is 9 %.
    expect(swedish?.rate).toEqual({
      listings: 2,
      mean: Rate.annualPercent("9"),
      weighted: Rate.annualPercent("9.5"),
      minimum: Rate.annualPercent("8"),
      median: Rate.annualPercent("9"),
      maximum: Rate.annualPercent("10")
    })
    // 4,100 over 2 + 8 days open.
    expect(swedish?.velocity).toEqual({ listings: 2, perDay: sek("410.00") })
    expect(swedish?.byStatus).toEqual({
      open: { listings: 1, sought: sek("1000.00"), funded: sek("500.00") },
      funded: { listings: 1, sought: sek("3000.00"), funded: sek("3600.00") },
      upcoming: { listings: 1, sought: sek("2000.01"), funded: sek("0.00") }
    })
    expect(swedish?.byRiskGrade.map(({ listings, riskGrade }) => [riskGrade, listings])).toEqual([
      ["A", 1],
      ["B", 1],
      [null, 1]
    ])
    expect(statistics.currencies[0]).toMatchObject({ listings: 1, fundedBps: 0, velocity: null })
  })

  it("has nothing to say about nothing", () => {
    const statistics = portfolioStatistics([], asOf)
    expect(statistics).toMatchObject({ listings: 0, duration: null, currencies: [], byCountry: [] })
    expect(Object.values(statistics.byStatus).every((count) => count === 0)).toBe(true)
  })

  it("never mixes currencies, forgets no listing, and does not depend on the order", () => {
    fc.assert(
      fc.property(fc.array(LoanListingArbitrary.listing(platform, 100), { maxLength: 40 }), (listings) => {
        const statistics = portfolioStatistics(listings, asOf)
        expect(statistics.currencies.reduce((sum, each) => sum + each.listings, 0)).toBe(listings.length)
        for (const each of statistics.currencies) {
          const own = listings.filter(({ amount }) => amount.currency === each.currency)
          expect(each.sought.total.amount).toBe(own.reduce((sum, { amount }) => sum + amount.amount, 0n))
          const groups = [...Object.values(each.byStatus), ...each.byRiskGrade]
          expect(groups.reduce((sum, { sought }) => sum + sought.amount, 0n)).toBe(2n * each.sought.total.amount)
          const sorted = own.map(({ amount }) => amount.amount).sort((a, b) => (a < b ? -1 : 1))
          expect(each.sought.minimum.amount).toBe(sorted[0])
          expect(each.sought.maximum.amount).toBe(sorted.at(-1))
        }
        const { byCountry: _1, byRiskGrade: _2, ...forwards } = statistics
        const { byCountry: _3, byRiskGrade: _4, ...backwards } = portfolioStatistics(listings.toReversed(), asOf)
        expect(backwards).toEqual(forwards)
      })
    )
  })

  it("can be asked in between, and goes on", () => {
    const fold = makePortfolioStatistics(asOf)
    const [first, ...rest] = loans
    if (first !== undefined) fold.add(first)
    expect(fold.result().listings).toBe(1)
    for (const loan of rest) fold.add(loan)
    expect(fold.result()).toEqual(portfolioStatistics(loans, asOf))
  })
})
