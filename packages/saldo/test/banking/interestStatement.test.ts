import * as fc from "fast-check"
import { interestStatement } from "saldo/banking/interestStatement"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"
import { balances, date, run, side, termsOf, tiered } from "./interestTermsOf.ts"

const sek = (text: string) => Money.of(text, "SEK")

describe("interestStatement", () => {
  it("says balance, rate and interest of each stretch of days", () => {
    const bands = tiered("2020-01-01", "band", [
      ["0.00", "1"],
      ["1000.00", "3"]
    ])
    const terms = termsOf({
      credit: side("0", { rates: [bands, tiered("2026-05-11", "band", [["0.00", "4"]])] }),
      debit: side("10")
    })
    const points = balances(["2026-05-01", "2000.00"], ["2026-05-21", "-365.00"])
    expect(interestStatement(terms, run(terms, points, "2026-05-31").days)).toEqual({
      rows: [
        {
          side: "credit",
          from: "2026-05-01",
          through: "2026-05-10",
          days: 10,
          balance: sek("2000.00"),
          ratePercent: "2.0000",
          interest: sek("1.10")
        },
        {
          side: "credit",
          from: "2026-05-11",
          through: "2026-05-20",
          days: 10,
          balance: sek("2000.00"),
          ratePercent: "4.0000",
          interest: sek("2.19")
        },
        {
          side: "debit",
          from: "2026-05-21",
          through: "2026-05-31",
          days: 11,
          balance: sek("-365.00"),
          ratePercent: "10.0000",
          interest: sek("-1.10")
        }
      ],
      credit: sek("3.29"),
      debit: sek("-1.10")
    })
  })

  it("starts a row where days without interest lie between, and on a posting that bears interest", () => {
    const terms = termsOf({ credit: side("12", { posting: "monthly", compounding: "monthly" }) })
    const points = balances(["2026-05-01", "1000.00"], ["2026-05-11", "0.00"], ["2026-05-21", "1000.00"])
    const { rows } = interestStatement(terms, run(terms, points, "2026-06-02").days)
    expect(rows.map(({ balance, from, through }) => [from, through, balance])).toEqual([
      ["2026-05-01", "2026-05-10", sek("1000.00")],
      ["2026-05-21", "2026-05-31", sek("1000.00")],
      // 21 days of 1,000.00 at 12 % a year are 6.90.
      ["2026-06-01", "2026-06-02", sek("1006.90")]
    ])
  })

  it("goes on over the 31st of a year of 360 days, and tells no rate where an average decides it", () => {
    const terms = (balance: "daily" | "average") => termsOf({ dayCount: "30E/360", credit: side("3.6", { balance }) })
    const points = balances(["2026-05-20", "1000.00"])
    const rows = (balance: "daily" | "average") =>
      interestStatement(terms(balance), run(terms(balance), points, "2026-06-09").days).rows
    expect(rows("daily").map(({ days, interest, ratePercent }) => [days, interest, ratePercent])).toEqual([
      [21, sek("2.00"), "3.6000"]
    ])
    expect(rows("average").map(({ interest, ratePercent }) => [interest, ratePercent])).toEqual([[sek("2.00"), null]])
  })

  it("adds up to what was booked", () => {
    const terms = termsOf({
      credit: side("2.35", { compounding: "monthly", posting: "quarterly" }),
      debit: side("11.9", { posting: "monthly" })
    })
    const point = fc.record({ day: fc.nat(200), amount: fc.bigInt({ min: -500_000n, max: 500_000n }) })
    fc.assert(
      fc.property(fc.uniqueArray(point, { selector: ({ day }) => day, minLength: 1, maxLength: 6 }), (list) => {
        const points = list
          .toSorted((left, right) => left.day - right.day)
          .map(({ amount, day }) => ({
            on: LocalDate.addDays(date("2026-01-01"), day),
            balance: Money.fromMinor(amount, "SEK")
          }))
        const { days } = run(terms, points, "2026-12-31")
        const { credit, debit, rows } = interestStatement(terms, days)
        const booked = (name: "credit" | "debit") =>
          days.reduce((sum, day) => (day.side === name ? sum + day.booked.amount : sum), 0n)
        expect([credit.amount, debit.amount]).toEqual([booked("credit"), booked("debit")])
        expect(rows.reduce((sum, row) => sum + row.interest.amount, 0n)).toBe(credit.amount + debit.amount)
        expect(rows.reduce((sum, row) => sum + row.days, 0)).toBe(days.length)
      }),
      { numRuns: 40 }
    )
  })
})
