/** The interest of one side of an account, a day at a time; amounts are exact minor units, and owed when positive. */
import type { Ratio, RoundingMode } from "../money/rounding.ts"
import { type DayCount, yearFraction } from "../time/dayCount.ts"
import * as LocalDate from "../time/LocalDate.ts"
import type { AccrualSide } from "./AccrualState.ts"
import type { InterestFrequency, InterestSide, RateVersion } from "./InterestTerms.ts"
import * as rational from "./rational.ts"
import { price } from "./tiers.ts"

/**
 * The decimals of a minor unit that compounded interest keeps, half to even. An exact ratio would grow by the digits of
 * a rate and a year with every compounding. Each compounding is off by at most half of 10⁻²⁴ minor units, so that n of
 * them under a growth of g are off by at most n × g × ½ × 10⁻²⁴: for a century of daily compounding at 10 % that is
 * less than 10⁻¹⁵ of a minor unit. Without compounding nothing is rounded before the posting.
 */
export const compoundingDecimals = 24

/** No interest so far. */
export const fresh: AccrualSide = { accrued: rational.zero, posted: 0n, bearing: rational.zero, segment: null }

const months: Readonly<Record<Exclude<InterestFrequency, "daily">, number>> = {
  monthly: 1,
  quarterly: 3,
  halfYearly: 6,
  yearly: 12
}

/** Whether a period of that length begins on a date, counted from a date on which one does. */
export const beginsOn = (frequency: InterestFrequency | "none", from: LocalDate.LocalDate, on: LocalDate.LocalDate) => {
  if (frequency === "none" || frequency === "daily") return frequency === "daily"
  const passed = LocalDate.monthsBetween(from, on)
  return passed % months[frequency] === 0 && LocalDate.addMonths(from, passed) === on
}

/** The rates that hold on a date; undefined before the first version. */
export const versionOn = (side: InterestSide, on: LocalDate.LocalDate): RateVersion | undefined =>
  side.rates.findLast(({ from }) => from <= on)

/** What a balance bears in a year. */
const yearly = (version: RateVersion, balance: Ratio): Ratio =>
  price(
    version.tiers.map(({ from, rate }) => ({ from: from.amount, rate: rate.ratio, flat: 0n })),
    version.method,
    balance
  )

/**
 * The start of a day: posts what is due, and lets interest bear interest from here on. Gives the amount that is posted,
 * which is what keeps Σ posted equal to the rounded Σ accrued.
 */
export const open = (
  terms: InterestSide,
  side: AccrualSide,
  due: { readonly posting: boolean; readonly compounding: boolean },
  rounding: RoundingMode
): { readonly side: AccrualSide; readonly posted: bigint } => {
  if (!due.posting && !due.compounding) return { side, posted: 0n }
  const total = due.posting ? rational.round(side.accrued, rounding) : side.posted
  const amount = total - side.posted
  const unposted = rational.subtract(side.accrued, rational.whole(total))
  const bearing = due.compounding
    ? rational.roundTo(unposted, compoundingDecimals, "halfEven")
    : rational.subtract(side.bearing, rational.whole(amount))
  return {
    side: {
      ...side,
      posted: total,
      // The average of daily compounding is that of one posting period: a day's average would be its balance.
      bearing,
      segment: due.posting || terms.compounding !== "daily" ? null : side.segment
    },
    posted: amount
  }
}

/**
 * Interest that was posted and does not bear interest yet ceases to be set apart once the money has left: with nothing
 * on this side, or with less than was set apart.
 */
export const settle = (side: AccrualSide, balance: bigint): AccrualSide => {
  if (side.bearing.numerator >= 0n) return side
  const floor = balance > 0n ? rational.whole(-balance) : rational.zero
  return rational.compare(side.bearing, floor) < 0 ? { ...side, bearing: floor } : side
}

/** What bears interest when the account stands on this side with a balance of zero or more. */
export const baseOf = (side: AccrualSide, balance: bigint): Ratio =>
  rational.max(rational.zero, rational.add(rational.whole(balance), side.bearing))

const bearsNone = (terms: InterestSide, balance: Ratio): boolean =>
  terms.minimumBalance !== undefined && rational.compare(balance, rational.whole(terms.minimumBalance.amount)) < 0

const daily = (terms: InterestSide, dayCount: DayCount, on: LocalDate.LocalDate, base: Ratio): Ratio => {
  const version = versionOn(terms, on)
  if (version === undefined || bearsNone(terms, base)) return rational.zero
  return rational.multiply(yearly(version, base), yearFraction(dayCount, on, LocalDate.addDays(on, 1)))
}

const averaged = (
  terms: InterestSide,
  dayCount: DayCount,
  on: LocalDate.LocalDate,
  side: AccrualSide,
  base: Ratio
): AccrualSide => {
  const version = versionOn(terms, on)
  if (version === undefined) return { ...side, segment: null }
  const going = side.segment !== null && side.segment.ratesFrom === version.from ? side.segment : null
  const startOn = going?.startOn ?? on
  const days = (going?.days ?? 0) + 1
  const balances = rational.add(going?.balances ?? rational.zero, base)
  const average = rational.multiply(balances, { numerator: 1n, denominator: BigInt(days) })
  const interest = bearsNone(terms, average)
    ? rational.zero
    : rational.multiply(yearly(version, average), yearFraction(dayCount, startOn, LocalDate.addDays(on, 1)))
  const change = rational.subtract(interest, going?.interest ?? rational.zero)
  return {
    ...side,
    accrued: rational.add(side.accrued, change),
    segment: { startOn, ratesFrom: version.from, days, balances, interest }
  }
}

/** The side after the interest of one day on what bears it. */
export const accrueDay = (
  terms: InterestSide,
  dayCount: DayCount,
  on: LocalDate.LocalDate,
  side: AccrualSide,
  base: Ratio
): AccrualSide =>
  terms.balance === "average"
    ? averaged(terms, dayCount, on, side, base)
    : { ...side, accrued: rational.add(side.accrued, daily(terms, dayCount, on, base)) }
