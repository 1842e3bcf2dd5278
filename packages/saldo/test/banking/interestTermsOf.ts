/** Short ways to write interest terms and balances in tests; in SEK, by calendar periods, half to even. */
import * as Result from "effect/Result"
import { type Accrual, accrue, type AccrualRequest, type DayBalance, start } from "saldo/banking/interestAccrual"
import { type InterestSide, InterestTerms } from "saldo/banking/InterestTerms"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import * as LocalDate from "saldo/time/LocalDate"

export const date = (text: string): LocalDate.LocalDate => LocalDate.of(text)

/** One rate for every balance, from long ago. */
export const rates = (percent: string): InterestSide["rates"] => [tiered("0001-01-01", "band", [["0.00", percent]])]

/** Tiers as pairs of a bound in SEK and percent a year. */
export const tiered = (
  from: string,
  method: "whole" | "band",
  tiers: readonly [readonly [string, string], ...ReadonlyArray<readonly [string, string]>]
): InterestSide["rates"][0] => {
  const [head, ...rest] = tiers.map(([bound, percent]) => ({
    from: Money.of(bound, "SEK"),
    rate: Rate.annualPercent(percent)
  }))
  if (head === undefined) throw new TypeError("tiers are not empty")
  return { from: date(from), method, tiers: [head, ...rest] }
}

export const side = (percent: string, more: Partial<InterestSide> = {}): InterestSide => ({
  rates: rates(percent),
  balance: "daily",
  compounding: "none",
  posting: "yearly",
  ...more
})

export const termsOf = (more: Partial<InterestTerms>): InterestTerms =>
  InterestTerms.make({
    currency: "SEK",
    dayCount: "ACT/365 Fixed",
    earnsFrom: "valueDate",
    rounding: "halfEven",
    periodsFrom: date("2000-01-01"),
    credit: null,
    debit: null,
    ...more
  })

export const balances = (...points: ReadonlyArray<readonly [string, string]>): ReadonlyArray<DayBalance> =>
  points.map(([on, amount]) => ({ on: date(on), balance: Money.of(amount, "SEK") }))

/** Accrues from the first balance, or fails the test. */
export const run = (
  terms: InterestTerms,
  points: ReadonlyArray<DayBalance>,
  through: string,
  more: Partial<AccrualRequest> = {}
): Accrual => {
  const from = points[0]?.on ?? date(through)
  return Result.getOrThrow(accrue({ terms, state: start(from), balances: points, through: date(through), ...more }))
}

/** Σ of the minor units. */
export const total = (list: ReadonlyArray<{ readonly amount: Money.Money }>): bigint =>
  list.reduce((sum, { amount }) => sum + amount.amount, 0n)
