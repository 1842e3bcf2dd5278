import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { AccrualState } from "saldo/banking/AccrualState"
import { accrue, type DayBalance, postAll, start } from "saldo/banking/interestAccrual"
import { correction } from "saldo/banking/interestCorrection"
import { compoundingDecimals } from "saldo/banking/interestSide"
import { InterestFrequency, type InterestSide, type InterestTerms } from "saldo/banking/InterestTerms"
import * as rational from "saldo/banking/rational"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import { yearFraction } from "saldo/time/dayCount"
import * as LocalDate from "saldo/time/LocalDate"
import { roundingMode } from "@saldo/testing/MoneyArbitrary"
import { describe, expect, it } from "vitest"
import { balances, date, rates, run, side, termsOf, total } from "./interestTermsOf.ts"

const percent = fc.integer({ min: 0, max: 30_000 }).map((bps) => Rate.toPercent(Rate.annualBasisPoints(bps)))

const sideArbitrary: fc.Arbitrary<InterestSide> = fc
  .record({
    method: fc.constantFrom("whole" as const, "band" as const),
    bounds: fc.uniqueArray(fc.integer({ min: 1, max: 2_000_000 }), { maxLength: 3 }),
    percents: fc.tuple(percent, percent, percent, percent),
    changesOn: fc.integer({ min: 0, max: 300 }),
    balance: fc.constantFrom("daily" as const, "average" as const),
    compounding: fc.constantFrom("none" as const, ...InterestFrequency.literals),
    posting: fc.constantFrom(...InterestFrequency.literals),
    minimum: fc.constantFrom(undefined, 5_000n)
  })
  .map(({ balance, bounds, changesOn, compounding, method, minimum, percents, posting }) => ({
    balance,
    compounding,
    posting,
    rates: [
      ...rates(percents[3]),
      {
        from: LocalDate.addDays(date("2024-01-01"), changesOn),
        method,
        tiers: [0, ...bounds.toSorted((a, b) => a - b)].map((bound, index) => ({
          from: Money.fromMinor(BigInt(bound), "SEK"),
          rate: Rate.annualPercent(percents[index] ?? "1")
        })) as never
      }
    ],
    ...(minimum === undefined ? {} : { minimumBalance: Money.fromMinor(minimum, "SEK") })
  }))

const termsArbitrary: fc.Arbitrary<InterestTerms> = fc
  .record({
    dayCount: fc.constantFrom(
      "ACT/365 Fixed" as const,
      "ACT/360" as const,
      "30E/360" as const,
      "ACT/ACT ISDA" as const
    ),
    earnsFrom: fc.constantFrom("valueDate" as const, "nextDay" as const),
    rounding: roundingMode,
    credit: fc.option(sideArbitrary),
    debit: fc.option(sideArbitrary)
  })
  .map(termsOf)

const pointsArbitrary: fc.Arbitrary<ReadonlyArray<DayBalance>> = fc
  .uniqueArray(
    fc.record({ day: fc.integer({ min: 0, max: 400 }), amount: fc.bigInt({ min: -2_000_000n, max: 5_000_000n }) }),
    { selector: ({ day }) => day, minLength: 1, maxLength: 8 }
  )
  .map((list) =>
    list
      .toSorted((left, right) => left.day - right.day)
      .map(({ amount, day }) => ({
        on: LocalDate.addDays(date("2024-01-01"), day),
        balance: Money.fromMinor(amount, "SEK")
      }))
  )

const from = start(date("2024-01-01"))
const through = date("2025-02-15")
const few = { numRuns: 60 }

describe("properties", () => {
  it("what is booked adds up to the rounded total, and what is posted never differs by more than it must", () => {
    fc.assert(
      fc.property(termsArbitrary, pointsArbitrary, (terms, points) => {
        const { days, postings, state } = Result.getOrThrow(accrue({ terms, state: from, balances: points, through }))
        const closed = postAll(terms, state)
        for (const name of ["credit", "debit"] as const) {
          const sign = name === "credit" ? 1n : -1n
          const exact = days
            .filter((day) => day.side === name)
            .reduce((sum, { interest }) => rational.add(sum, interest), rational.zero)
          const booked = days.reduce((sum, day) => sum + (day.side === name ? day.booked.amount : 0n), 0n)
          expect(state[name].accrued).toEqual(exact)
          expect(sign * booked).toBe(rational.round(exact, terms.rounding))
          const posted = total([...postings, ...closed.postings].filter((each) => each.side === name))
          expect(posted).toBe(booked)
        }
        if (terms.rounding.startsWith("half")) {
          const off = rational.subtract(state.credit.accrued, rational.whole(closed.state.credit.posted))
          const half = { numerator: 1n, denominator: 2n }
          expect(rational.compare(rational.max(off, rational.negate(off)), half)).not.toBe(1)
        }
      }),
      few
    )
  })

  it("one run is any division of it, with the state kept as JSON in between", () => {
    const codec = Schema.toCodecJson(AccrualState)
    fc.assert(
      fc.property(termsArbitrary, pointsArbitrary, fc.integer({ min: 0, max: 410 }), (terms, points, cut) => {
        const whole = Result.getOrThrow(accrue({ terms, state: from, balances: points, through }))
        const middle = LocalDate.addDays(date("2024-01-01"), cut)
        const head = Result.getOrThrow(accrue({ terms, state: from, balances: points, through: middle }))
        const text = JSON.stringify(Schema.encodeSync(codec)(head.state))
        const state = Schema.decodeUnknownSync(codec)(JSON.parse(text))
        const tail = Result.getOrThrow(accrue({ terms, state, balances: points, through }))
        expect(tail.state).toEqual(whole.state)
        expect([...head.postings, ...tail.postings]).toEqual(whole.postings)
        expect([...head.days, ...tail.days]).toEqual(whole.days)
      }),
      few
    )
  })

  it("a change of the past is corrected by the difference", () => {
    fc.assert(
      fc.property(termsArbitrary, pointsArbitrary, pointsArbitrary, (terms, points, changed) => {
        const before = Result.getOrThrow(accrue({ terms, state: from, balances: points, through }))
        const after = Result.getOrThrow(accrue({ terms, state: from, balances: changed, through }))
        const difference = correction(terms, before, after)
        expect(total(before.postings) + total(difference.postings)).toBe(total(after.postings))
        const booked = (days: typeof before.days) => days.reduce((sum, day) => sum + day.booked.amount, 0n)
        const { credit, debit } = difference.accrued
        expect(booked(before.days) + credit.amount + debit.amount).toBe(booked(after.days))
        expect(correction(terms, before, before).postings).toEqual([])
      }),
      few
    )
  })

  it("simple interest on a standing balance is the balance times the rate times the time", () => {
    fc.assert(
      fc.property(
        percent,
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.integer({ min: 0, max: 1200 }),
        (rate, amount, n) => {
          const terms = termsOf({ dayCount: "ACT/ACT ISDA", credit: side(rate, { posting: "monthly" }) })
          const until = LocalDate.addDays(date("2023-11-05"), n)
          const points = [{ on: date("2023-11-05"), balance: Money.fromMinor(amount, "SEK") }]
          const { state } = run(terms, points, until)
          const time = yearFraction("ACT/ACT ISDA", date("2023-11-05"), LocalDate.addDays(until, 1))
          const expected = rational.multiply(
            rational.whole(amount),
            rational.multiply(time, Rate.annualPercent(rate).ratio)
          )
          expect(state.credit.accrued).toEqual(expected)
        }
      ),
      few
    )
  })

  it("with one rate, the average bears what the days bear", () => {
    fc.assert(
      fc.property(percent, pointsArbitrary, (rate, points) => {
        const accrued = (balance: "daily" | "average") => {
          const terms = termsOf({ credit: side(rate, { balance, posting: "monthly", compounding: "none" }) })
          return Result.getOrThrow(accrue({ terms, state: from, balances: points, through })).state.credit.accrued
        }
        expect(accrued("average")).toEqual(accrued("daily"))
      }),
      few
    )
  })

  it("bands never bear less for more money", () => {
    fc.assert(
      fc.property(sideArbitrary, fc.nat(3_000_000), fc.nat(3_000_000), (any, one, other) => {
        const credit: InterestSide = { ...any, rates: any.rates.map((each) => ({ ...each, method: "band" })) as never }
        const accrued = (amount: number) =>
          run(
            termsOf({ credit }),
            [{ on: date("2024-01-01"), balance: Money.fromMinor(BigInt(amount), "SEK") }],
            "2024-03-31"
          ).state.credit.accrued
        expect(rational.compare(accrued(Math.min(one, other)), accrued(Math.max(one, other)))).not.toBe(1)
      }),
      few
    )
  })

  it("an overdraft owes what the same money would earn", () => {
    fc.assert(
      fc.property(sideArbitrary, pointsArbitrary, (own, points) => {
        // At exactly zero an account stands on the credit side, so that the two are no mirror of each other there.
        const above = points.map(({ balance, on }) => ({
          on,
          balance: Money.isZero(balance) ? Money.of("0.01", "SEK") : Money.abs(balance)
        }))
        const below = above.map(({ balance, on }) => ({ on, balance: Money.negate(balance) }))
        const credit = Result.getOrThrow(
          accrue({ terms: termsOf({ credit: own }), state: from, balances: above, through })
        )
        const debit = Result.getOrThrow(
          accrue({ terms: termsOf({ debit: own }), state: from, balances: below, through })
        )
        expect(total(debit.postings)).toBe(-total(credit.postings))
      }),
      few
    )
  })
})

describe("the bound on compounding", () => {
  it("keeps to n × growth × ½ × 10⁻²⁴ minor units of what unbounded ratios give", () => {
    fc.assert(
      fc.property(
        percent,
        fc.bigInt({ min: 1n, max: 10n ** 13n }),
        fc.integer({ min: 2, max: 200 }),
        (rate, amount, n) => {
          const terms = termsOf({ credit: side(rate, { compounding: "daily", posting: "monthly" }) })
          const points = [{ on: date("2025-01-01"), balance: Money.fromMinor(amount, "SEK") }]
          const { state } = run(terms, points, LocalDate.addDays(date("2025-01-01"), n - 1))
          const { denominator, numerator } = Rate.annualPercent(rate).ratio
          // (1 + r / 365)^n in one unreduced fraction, which nothing rounds.
          const bottom = (denominator * 365n) ** BigInt(n)
          const top = (denominator * 365n + numerator) ** BigInt(n)
          const exact = rational.reduce({ numerator: amount * (top - bottom), denominator: bottom })
          const off = rational.subtract(state.credit.accrued, exact)
          const bound = rational.reduce({
            numerator: BigInt(n) * top,
            denominator: 2n * bottom * 10n ** BigInt(compoundingDecimals)
          })
          expect(rational.compare(rational.max(off, rational.negate(off)), bound)).not.toBe(1)
        }
      ),
      few
    )
  })

  it("keeps the state small through ten years of daily compounding", () => {
    const terms = termsOf({
      dayCount: "ACT/ACT ISDA",
      credit: side("4.75", { compounding: "daily", posting: "monthly" })
    })
    const { state } = run(terms, balances(["2016-01-01", "123456.78"]), "2025-12-31")
    expect(state.credit.accrued.denominator.toString().length).toBeLessThan(40)
  })
})
