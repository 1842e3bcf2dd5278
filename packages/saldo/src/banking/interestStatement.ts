/** How the interest of an account came about, in as few rows as tell it. */
import * as Money from "../money/Money.ts"
import type { Ratio } from "../money/rounding.ts"
import { yearFraction } from "../time/dayCount.ts"
import * as LocalDate from "../time/LocalDate.ts"
import type { AccountSide } from "./AccrualState.ts"
import type { DayInterest } from "./interestAccrual.ts"
import type { InterestTerms } from "./InterestTerms.ts"
import * as rational from "./rational.ts"

/** Days in a row on which the same balance bore interest at the same rate. */
export interface InterestRow {
  readonly side: AccountSide
  readonly from: LocalDate.LocalDate
  readonly through: LocalDate.LocalDate
  readonly days: number
  /** What bore interest, rounded half to even; below zero for an overdraft. */
  readonly balance: Money.Money
  /**
   * Percent a year to four decimals, half to even: over all tiers together. Null where the days do not tell a rate: by
   * the average of a period, and for days that count nothing in a year of 360.
   */
  readonly ratePercent: string | null
  /** Σ of what was booked: above zero for the customer. */
  readonly interest: Money.Money
}

/** The interest of a run of days. */
export interface InterestStatement {
  readonly rows: ReadonlyArray<InterestRow>
  /** Σ of what the customer got, of the credit rows. */
  readonly credit: Money.Money
  /** Σ of what the customer paid, of the debit rows; zero or less unless the rate is below zero. */
  readonly debit: Money.Money
}

interface Open {
  readonly first: DayInterest
  last: DayInterest
  rate: Ratio | undefined
  booked: bigint
  days: number
}

/** The yearly rate of a day; undefined where the day does not tell it. */
const rateOf = (terms: InterestTerms, { base, interest, on, side }: DayInterest): Ratio | undefined => {
  const time = yearFraction(terms.dayCount, on, LocalDate.addDays(on, 1))
  if (terms[side]?.balance !== "daily" || base.numerator === 0n || time.numerator === 0n) return undefined
  const yearly = rational.multiply(base, time)
  return rational.multiply(interest, { numerator: yearly.denominator, denominator: yearly.numerator })
}

const goesOn = (open: Open, day: DayInterest, rate: Ratio | undefined): boolean =>
  open.first.side === day.side &&
  LocalDate.daysBetween(open.last.on, day.on) === 1 &&
  rational.compare(open.first.base, day.base) === 0 &&
  (open.rate === undefined || rate === undefined || rational.compare(open.rate, rate) === 0)

const rowOf = (terms: InterestTerms, { booked, days, first, last, rate }: Open): InterestRow => {
  const base = rational.round(first.base, "halfEven")
  return {
    side: first.side,
    from: first.on,
    through: last.on,
    days,
    balance: Money.fromMinor(first.side === "credit" ? base : -base, terms.currency),
    ratePercent:
      rate === undefined ? null : rational.toDecimal(rational.multiply(rate, rational.whole(100n)), 4, "halfEven"),
    interest: Money.fromMinor(booked, terms.currency)
  }
}

/** The days of an accrual as rows, in order of date; Σ of the rows is Σ of what was booked for the days. */
export const interestStatement = (terms: InterestTerms, days: ReadonlyArray<DayInterest>): InterestStatement => {
  const rows: Array<Open> = []
  const current: Partial<Record<AccountSide, Open>> = {}
  const sums = { credit: 0n, debit: 0n }
  for (const day of days) {
    const rate = rateOf(terms, day)
    const open = current[day.side]
    sums[day.side] += day.booked.amount
    if (open !== undefined && goesOn(open, day, rate)) {
      open.last = day
      open.rate ??= rate
      open.booked += day.booked.amount
      open.days += 1
      continue
    }
    const next: Open = { first: day, last: day, rate, booked: day.booked.amount, days: 1 }
    current[day.side] = next
    rows.push(next)
  }
  return {
    rows: rows.map((open) => rowOf(terms, open)),
    credit: Money.fromMinor(sums.credit, terms.currency),
    debit: Money.fromMinor(sums.debit, terms.currency)
  }
}
