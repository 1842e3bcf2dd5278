import type { Act365L, ActActIcma } from "../dayCount.ts"
import * as LocalDate from "../LocalDate.ts"
import type { Ratio } from "./ratio.ts"
import { ratio, sum } from "./ratio.ts"

/** Days in leap years over 366 and other days over 365, split at 1 January; for `start` not after `end`. */
export const actActIsda = (start: LocalDate.LocalDate, end: LocalDate.LocalDate): Ratio => {
  const firstYear = LocalDate.year(start)
  const lastYear = LocalDate.year(end)
  const firstLength = LocalDate.daysInYear(firstYear)
  if (firstYear === lastYear) return ratio(LocalDate.daysBetween(start, end), firstLength)
  const lastLength = LocalDate.daysInYear(lastYear)
  const before = firstLength + 1 - LocalDate.dayOfYear(start)
  const after = LocalDate.dayOfYear(end) - 1
  const whole = lastYear - firstYear - 1
  if (firstLength === lastLength) return ratio(before + after + whole * firstLength, firstLength)
  return ratio(before * lastLength + after * firstLength + whole * firstLength * lastLength, firstLength * lastLength)
}

/**
 * The date `years` before the end; when the end is 28 or 29 February, the last day of February (AFB: the count goes back
 * to 28 February, unless there is a 29th).
 */
const yearsBack = (end: LocalDate.LocalDate, years: number): LocalDate.LocalDate => {
  const back = LocalDate.addYears(end, -years)
  return LocalDate.month(end) === 2 && LocalDate.day(end) >= 28 ? LocalDate.endOfMonth(back) : back
}

const firstLeapDayFrom = (date: LocalDate.LocalDate): LocalDate.LocalDate | undefined => {
  for (let year = LocalDate.year(date); year <= 9999 && year < LocalDate.year(date) + 9; year++) {
    if (!LocalDate.isLeapYear(year)) continue
    const leapDay = LocalDate.of(year, 2, 29)
    if (leapDay >= date) return leapDay
  }
  return undefined
}

/** Whole years counted back from the end, and the rest over 366 if it holds a 29 February, else 365. */
export const actActAfb = (start: LocalDate.LocalDate, end: LocalDate.LocalDate): Ratio => {
  let whole = LocalDate.year(end) - LocalDate.year(start)
  if (whole > 0 && yearsBack(end, whole) < start) whole--
  const restEnd = whole === 0 ? end : yearsBack(end, whole)
  const leapDay = firstLeapDayFrom(start)
  const length = leapDay !== undefined && leapDay < restEnd ? 366 : 365
  return ratio(whole * length + LocalDate.daysBetween(start, restEnd), length)
}

/** Days over coupons a year × days of the coupon period, summed over the coupon periods that the interval touches. */
export const actActIcma = (terms: ActActIcma, start: LocalDate.LocalDate, end: LocalDate.LocalDate): Ratio => {
  const step = 12 / terms.frequency
  const boundary = (index: number): LocalDate.LocalDate => {
    const date = LocalDate.addMonths(terms.couponDate, index * step)
    return terms.endOfMonth === true ? LocalDate.endOfMonth(date) : date
  }
  const monthsFromCoupon = (date: LocalDate.LocalDate): number =>
    12 * (LocalDate.year(date) - LocalDate.year(terms.couponDate)) +
    LocalDate.month(date) -
    LocalDate.month(terms.couponDate)
  const periodOf = (date: LocalDate.LocalDate): number => {
    const guess = Math.floor(monthsFromCoupon(date) / step)
    return boundary(guess) > date ? guess - 1 : guess
  }
  const part = (from: LocalDate.LocalDate, to: LocalDate.LocalDate, period: number): Ratio =>
    ratio(
      LocalDate.daysBetween(from, to),
      terms.frequency * LocalDate.daysBetween(boundary(period), boundary(period + 1))
    )
  const first = periodOf(start)
  const last = periodOf(end)
  if (first === last) return part(start, end, first)
  const ends = sum(part(start, boundary(first + 1), first), part(boundary(last), end, last))
  return sum(ends, ratio(last - first - 1, terms.frequency))
}

/** Days over 366 when the annual period holds 29 February (first day out, last day in) or a shorter one ends in a leap year. */
export const act365L = (terms: Act365L, start: LocalDate.LocalDate, end: LocalDate.LocalDate): Ratio => {
  const { period } = terms
  const annual = (): boolean => {
    const leapDay = firstLeapDayFrom(period.start === "9999-12-31" ? period.start : LocalDate.addDays(period.start, 1))
    return leapDay !== undefined && leapDay <= period.end
  }
  const leap = terms.frequency === "annual" ? annual() : LocalDate.isLeapYear(LocalDate.year(period.end))
  return ratio(LocalDate.daysBetween(start, end), leap ? 366 : 365)
}
