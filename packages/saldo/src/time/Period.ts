import * as LocalDate from "./LocalDate.ts"

/**
 * A length of calendar time, such as the term of a loan: years and months, whose days vary, then weeks and days. All are
 * whole numbers of the same sign.
 */
export interface Period {
  readonly years: number
  readonly months: number
  readonly weeks: number
  readonly days: number
}

/** The text or the numbers make no period. */
export class InvalidPeriod extends Error {
  readonly _tag = "InvalidPeriod"
  override readonly name = "InvalidPeriod"
  readonly input: string
  constructor(input: string, reason: string) {
    super(`${JSON.stringify(input.length > 40 ? `${input.slice(0, 40)}…` : input)} is not a period: ${reason}`)
    this.input = input
  }
}

const form = "the form is P1Y2M3W4D, whole numbers of years, months, weeks and days with at least one of them"

/** The largest number of one unit: more days than there are from 0001-01-01 to 9999-12-31 mean nothing. */
const largest = 9_999_999

/** No time at all. */
export const zero: Period = { years: 0, months: 0, weeks: 0, days: 0 }

/** A period from untrusted numbers; units left out are 0. */
export const fromParts = (parts: Partial<Period>): Period | InvalidPeriod => {
  const period = { ...zero, ...parts }
  const numbers = [period.years, period.months, period.weeks, period.days]
  const text = JSON.stringify(parts)
  if (!numbers.every((n) => Number.isInteger(n) && Math.abs(n) <= largest)) {
    return new InvalidPeriod(text, `each unit must be a whole number of at most ${largest}`)
  }
  if (numbers.some((n) => n < 0) && numbers.some((n) => n > 0)) {
    return new InvalidPeriod(text, "all units must have the same sign")
  }
  return period
}

/**
 * Reads an ISO 8601 duration of calendar units, `P1Y2M10D` or `P2W`; a leading minus makes all units negative, and weeks
 * go together with other units (both as in ISO 8601-2).
 *
 * @example
 * import * as Period from "saldo/time/Period"
 *
 * Period.parse("P1Y6M") // => { years: 1, months: 6, weeks: 0, days: 0 }
 * Period.parse("18 months") instanceof Period.InvalidPeriod // => true
 */
export const parse = (text: string): Period | InvalidPeriod => {
  const match = /^([+-]?)P(?=\d)(?:(\d{1,7})Y)?(?:(\d{1,7})M)?(?:(\d{1,7})W)?(?:(\d{1,7})D)?$/u.exec(text)
  if (match === null) return new InvalidPeriod(text, form)
  const sign = match[1] === "-" ? -1 : 1
  // Adding 0 turns the negative zero of an absent unit into zero.
  const unit = (group: number): number => sign * Number(match[group] ?? 0) + 0
  return { years: unit(2), months: unit(3), weeks: unit(4), days: unit(5) }
}

/** The period written in the code, as ISO 8601 text or as units. Throws `InvalidPeriod`. */
export const of = (input: string | Partial<Period>): Period => {
  const period = typeof input === "string" ? parse(input) : fromParts(input)
  if (period instanceof InvalidPeriod) throw period
  return period
}

/** Writes a period as ISO 8601 text, without the units that are 0; no time is `P0D`. */
export const format = (period: Period): string => {
  const unit = (n: number, letter: string): string => (n === 0 ? "" : `${Math.abs(n)}${letter}`)
  const text =
    unit(period.years, "Y") + unit(period.months, "M") + unit(period.weeks, "W") + unit(period.days, "D") || "0D"
  const negative = period.years < 0 || period.months < 0 || period.weeks < 0 || period.days < 0
  return `${negative ? "-" : ""}P${text}`
}

/** The period in the other direction. */
export const negate = (period: Period): Period => ({
  years: 0 - period.years,
  months: 0 - period.months,
  weeks: 0 - period.weeks,
  days: 0 - period.days
})

/** Years and months as months: the part of a period that moves by calendar months. */
export const totalMonths = (period: Period): number => period.years * 12 + period.months

/**
 * The date a period after a date: years and months first, clamped once to the end of the month, then weeks and days
 * (the order of `Temporal.PlainDate.add`). Throws `DateOutOfRange`.
 *
 * @example
 * import * as LocalDate from "saldo/time/LocalDate"
 * import * as Period from "saldo/time/Period"
 *
 * Period.addTo(LocalDate.of("2026-01-31"), Period.of("P1M1D")) // => "2026-03-01"
 */
export const addTo = (date: LocalDate.LocalDate, period: Period): LocalDate.LocalDate =>
  LocalDate.addDays(LocalDate.addMonths(date, totalMonths(period)), period.weeks * 7 + period.days)

/** `addTo` for a period from outside, whose length nobody has checked. */
export const tryAddTo = (date: LocalDate.LocalDate, period: Period): LocalDate.LocalDate | LocalDate.DateOutOfRange => {
  try {
    return addTo(date, period)
  } catch (error) {
    if (error instanceof LocalDate.DateOutOfRange) return error
    throw error
  }
}

/**
 * The period from `start` to `end` in years, months and days, so that `addTo(start, between(start, end)) === end`. From
 * 31 January to 28 February is one month, because that is what adding a month gives; `Temporal` and `java.time` call it
 * 28 days.
 */
export const between = (start: LocalDate.LocalDate, end: LocalDate.LocalDate): Period => {
  const months = LocalDate.monthsBetween(start, end)
  const years = Math.trunc(months / 12) + 0
  const days = LocalDate.daysBetween(LocalDate.addMonths(start, months), end)
  return { years, months: months - years * 12, weeks: 0, days }
}
