import * as Result from "effect/Result"
import { AccrualInputInvalid } from "saldo/banking/AccrualState"
import { accrue, type DayBalance, postAll, start } from "saldo/banking/interestAccrual"
import type { InterestTerms } from "saldo/banking/InterestTerms"
import * as rational from "saldo/banking/rational"
import * as Money from "saldo/money/Money"
import type { Ratio } from "saldo/money/rounding"
import { describe, expect, it } from "vitest"
import vectors from "../fixtures/interest.json" with { type: "json" }
import { balances, date, run, side, termsOf, tiered, total } from "./interestTermsOf.ts"

const vector = (id: string) => {
  const found = vectors.find((each) => each.id === id)
  if (found === undefined) throw new TypeError(`there is no vector ${id}`)
  return found
}

/** Minor units of a currency with two decimals, as major units with so many decimals. */
const major = (minor: Ratio | undefined, decimals: number): string =>
  rational.toDecimal(
    rational.multiply(minor ?? rational.zero, { numerator: 1n, denominator: 100n }),
    decimals,
    "halfEven"
  )

const sek = (text: string) => Money.of(text, "SEK")

describe("published vectors", () => {
  const daily = termsOf({ credit: side("10", { compounding: "daily", posting: "daily" }) })

  it("savings: the first day, to four decimals, posted the day after (sav-daily-01)", () => {
    const { expected, inputs } = vector("sav-daily-01")
    const { days, postings } = run(daily, balances(["2026-03-01", inputs.balance ?? ""]), "2026-03-02")
    expect(major(days[0]?.interest, 4)).toBe(`${expected.interest}0`)
    expect(postings).toEqual([{ on: "2026-03-02", side: "credit", amount: sek("0.27") }])
  })

  it("savings: interest on interest from the second day (sav-daily-02)", () => {
    const { expected, inputs } = vector("sav-daily-02")
    const { days } = run(daily, balances(["2026-03-01", inputs.balance ?? ""]), "2026-03-02")
    expect(days.map(({ interest }) => major(interest, 4))).toEqual([expected.firstDay, expected.secondDay])
  })

  it("overdraft: the twin of the first day (sav-daily-02)", () => {
    const { expected } = vector("sav-daily-02")
    const overdraft = termsOf({ debit: side("10", { compounding: "daily", posting: "daily" }) })
    const { days } = run(overdraft, balances(["2026-03-01", "-10000.00"]), "2026-03-02")
    expect(days.map(({ interest }) => major(interest, 4))).toEqual([expected.firstDay, expected.secondDay])
    expect(days[0]?.booked).toEqual(sek("-2.74"))
  })

  it("savings: 121 days of daily compounding, both ends counted, posted once (sav-daily-04)", () => {
    const { expected, inputs } = vector("sav-daily-04")
    const terms = termsOf({
      periodsFrom: date("2000-04-01"),
      credit: side("10", { compounding: "daily", posting: "yearly" })
    })
    const { days, postings, state } = run(
      terms,
      balances([inputs.start ?? "", inputs.balance ?? ""]),
      inputs.postedOn ?? ""
    )
    expect(days).toHaveLength(inputs.daysInclusive ?? 0)
    expect(major(state.credit.accrued, 4)).toBe(expected.interest)
    expect(postings).toEqual([])
    expect(postAll(terms, state).postings).toEqual([{ on: "2014-04-01", side: "credit", amount: sek("33.70") }])
  })

  it("deposit: posted each quarter, compounding each half year (fd-calc-01)", () => {
    const { expected, inputs } = vector("fd-calc-01")
    const terms = termsOf({
      dayCount: "30E/360",
      periodsFrom: date("2025-03-05"),
      credit: side(inputs.annualRatePercent, { compounding: "halfYearly", posting: "quarterly" })
    })
    const { postings } = run(terms, balances(["2025-03-05", `${inputs.principal ?? ""}.00`]), "2026-03-05", {
      stopsOn: date("2026-03-05")
    })
    expect(postings.map(({ on }) => on)).toEqual(["2025-06-05", "2025-09-05", "2025-12-05", "2026-03-05"])
    expect(Money.toDecimal(Money.fromMinor(1_000_000n + total(postings), "SEK"))).toBe(expected.maturityAmount)
  })
})

describe("accrue", () => {
  it("has money earn from its value date, or from the day after", () => {
    const points = balances(["2026-03-01", "0.00"], ["2026-03-10", "1000.00"], ["2026-03-20", "0.00"])
    const at = (earnsFrom: InterestTerms["earnsFrom"]) =>
      run(termsOf({ earnsFrom, credit: side("10") }), points, "2026-03-31").days.map(({ on }) => on)
    expect([at("valueDate")[0], at("valueDate").at(-1)]).toEqual(["2026-03-10", "2026-03-19"])
    expect([at("nextDay")[0], at("nextDay").at(-1)]).toEqual(["2026-03-11", "2026-03-20"])
  })

  it("prices the whole balance by its tier, or each band", () => {
    const tiers = [
      ["0.00", "1"],
      ["10000.00", "2"]
    ] as const
    const interest = (method: "whole" | "band", balance: string) => {
      const credit = side("0", { rates: [tiered("2020-01-01", method, tiers)] })
      return major(run(termsOf({ credit }), balances(["2026-01-01", balance]), "2026-12-31").state.credit.accrued, 2)
    }
    expect(interest("whole", "9999.99")).toBe("100.00")
    expect(interest("whole", "10000.00")).toBe("200.00")
    expect(interest("band", "10000.00")).toBe("100.00")
    expect(interest("band", "15000.00")).toBe("200.00")
  })

  it("charges an overdraft by its own rate and its own tiers", () => {
    const terms = termsOf({
      credit: side("1"),
      debit: side("0", {
        posting: "monthly",
        rates: [
          tiered("2020-01-01", "band", [
            ["0.00", "10"],
            ["5000.00", "20"]
          ])
        ]
      })
    })
    const { days, postings } = run(terms, balances(["2026-06-01", "-6000.00"], ["2026-06-11", "3650.00"]), "2026-07-01")
    // 10 days of (5,000 at 10 % and 1,000 at 20 %), 365 days a year: 7,000 / 365 = 19.178…
    expect(postings).toEqual([{ on: "2026-07-01", side: "debit", amount: sek("-19.18") }])
    expect(days.filter((day) => day.side === "debit")).toHaveLength(10)
    expect(days.find(({ on }) => on === "2026-06-11")?.booked).toEqual(sek("0.10"))
    expect(days.filter((day) => day.side === "credit")).toHaveLength(21)
  })

  it("changes rates by date, with none before the first", () => {
    const credit = side("0", {
      rates: [tiered("2026-01-03", "band", [["0.00", "3.65"]]), tiered("2026-01-05", "band", [["0.00", "7.3"]])]
    })
    const { days } = run(termsOf({ credit }), balances(["2026-01-01", "1000.00"]), "2026-01-06")
    expect(days.map(({ interest }) => major(interest, 2))).toEqual(["0.00", "0.00", "0.10", "0.10", "0.20", "0.20"])
  })

  it("leaves out balances below the minimum, and days from the stop on", () => {
    const terms = termsOf({ credit: side("36.5", { minimumBalance: sek("100.00"), posting: "monthly" }) })
    const points = balances(["2026-01-30", "99.99"], ["2026-01-31", "100.00"])
    const { days, postings } = run(terms, points, "2026-02-10", { stopsOn: date("2026-02-02") })
    expect(days.map(({ on, interest }) => [on, major(interest, 2)])).toEqual([
      ["2026-01-30", "0.00"],
      ["2026-01-31", "0.10"],
      ["2026-02-01", "0.10"]
    ])
    expect(postings).toEqual([{ on: "2026-02-01", side: "credit", amount: sek("0.10") }])
  })

  it("takes the average of the days of a period, which decides the tier", () => {
    const credit = side("0", {
      balance: "average",
      posting: "monthly",
      rates: [
        tiered("2020-01-01", "whole", [
          ["0.00", "0"],
          ["10000.00", "3.65"]
        ])
      ]
    })
    // 15 days of 20,000 and 15 of 0 average 10,000, which a daily balance would not give: 30 days of 1.00.
    const points = balances(["2026-06-01", "20000.00"], ["2026-06-16", "0.00"])
    expect(run(termsOf({ credit }), points, "2026-07-01").postings).toEqual([
      { on: "2026-07-01", side: "credit", amount: sek("30.00") }
    ])
    const less = balances(["2026-06-01", "20000.00"], ["2026-06-15", "0.00"])
    expect(run(termsOf({ credit }), less, "2026-07-01").postings).toEqual([])
  })

  it("takes averages anew where the rate changes", () => {
    const credit = side("0", {
      balance: "average",
      posting: "monthly",
      rates: [tiered("2026-06-01", "band", [["0.00", "3.65"]]), tiered("2026-06-11", "band", [["0.00", "7.3"]])]
    })
    // 10 days of 1,000.00 at 3.65 % and 20 days of 2,000.00 at 7.3 %: 1.00 and 8.00.
    const points = balances(["2026-06-01", "1000.00"], ["2026-06-11", "2000.00"])
    expect(run(termsOf({ credit }), points, "2026-07-01").postings).toEqual([
      { on: "2026-07-01", side: "credit", amount: sek("9.00") }
    ])
  })

  it("sets posted interest apart until it bears interest, but not once it has been taken out", () => {
    const terms = termsOf({ credit: side("36.5", { posting: "monthly", compounding: "none" }) })
    const kept = run(terms, balances(["2026-01-01", "1000.00"]), "2026-02-02")
    expect(kept.days.at(-1)?.base).toEqual(rational.whole(100_000n))
    // 31.00 was posted. Whoever takes out 1,020.00 keeps 11.00, all of it interest that bears none.
    const taken = balances(["2026-01-01", "1000.00"], ["2026-02-01", "-20.00"], ["2026-02-02", "980.00"])
    const { days } = run(terms, taken, "2026-02-02")
    expect(days.filter(({ on }) => on >= "2026-02-01").map(({ on, base }) => [on, base])).toEqual([
      ["2026-02-02", rational.whole(100_000n)]
    ])
  })

  it("has interest that is not posted bear interest at a balance of zero for the customer, and not against", () => {
    const own = side("36.5", { compounding: "monthly" })
    const days = (amount: string) =>
      run(
        termsOf({ credit: own, debit: own }),
        balances(["2026-01-02", amount], ["2026-02-01", "0.00"]),
        "2026-02-02"
      ).days.filter(({ on }) => on >= "2026-02-01")
    // 30 days of 1.00 have come together on 1 February.
    expect(days("1000.00").map(({ base }) => base)).toEqual([rational.whole(3_000n), rational.whole(3_000n)])
    expect(days("-1000.00")).toEqual([])
  })

  it("refuses balances that are out of order or in another currency, and dates at the end of the calendar", () => {
    const terms = termsOf({ credit: side("1") })
    const field = (points: ReadonlyArray<DayBalance>, through = "2026-01-02") => {
      const failure = Result.getFailure(
        accrue({ terms, state: start(date("2026-01-01")), balances: points, through: date(through) })
      )
      return failure._tag === "Some" && failure.value instanceof AccrualInputInvalid ? failure.value.field : undefined
    }
    expect(field(balances(["2026-01-02", "1.00"], ["2026-01-01", "1.00"]))).toBe("balances")
    expect(field([{ on: date("2026-01-01"), balance: Money.of("1.00", "EUR") }])).toBe("balances")
    expect(field([], "9999-12-31")).toBe("through")
    expect(field([])).toBeUndefined()
  })

  it("asks for nothing when the last day has passed", () => {
    const terms = termsOf({ credit: side("1") })
    const { state } = run(terms, balances(["2026-01-01", "1000.00"]), "2026-01-31")
    const again = accrue({ terms, state, balances: balances(["2026-01-01", "1000.00"]), through: date("2026-01-20") })
    expect(Result.getOrThrow(again)).toEqual({ state, days: [], postings: [] })
  })
})
