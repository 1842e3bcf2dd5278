/**
 * Calendar dates without a time or a zone, as branded ISO 8601 text: `2026-03-10`.
 *
 * The text itself is the value. It sorts with `<`, equals with `===`, is a key of a `Map`, a column of a database and a
 * field of a JSON document without conversion. The calendar is the proleptic Gregorian one, years 0001 to 9999.
 *
 * Arithmetic runs on integers, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
 * (https://howardhinnant.github.io/date_algorithms.html, `days_from_civil` and `civil_from_days`).
 */

declare const brand: unique symbol

/** A calendar date as ISO 8601 text `YYYY-MM-DD`, proleptic Gregorian, years 0001 to 9999. */
export type LocalDate = string & { readonly [brand]: "LocalDate" }

/** Year (1..9999), month (1..12) and day of month (1..31) of a date. */
export interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** A week of ISO 8601: weeks start on Monday, and week 1 holds the first Thursday of its year. */
export interface IsoWeek {
  readonly year: number
  readonly week: number
}

/** A day of the week after ISO 8601: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** The text or the parts name no calendar date. `input` is what was given. */
export class InvalidDate extends Error {
  readonly _tag = "InvalidDate"
  override readonly name = "InvalidDate"
  readonly input: string
  constructor(input: string, reason: string) {
    super(`${JSON.stringify(input.length > 40 ? `${input.slice(0, 40)}…` : input)} is not a calendar date: ${reason}`)
    this.input = input
  }
}

/** A result would lie outside 0001-01-01 to 9999-12-31, or an amount is not a whole number. */
export class DateOutOfRange extends Error {
  readonly _tag = "DateOutOfRange"
  override readonly name = "DateOutOfRange"
  readonly operation: string
  readonly amount: number
  constructor(operation: string, amount: number) {
    const what = Number.isInteger(amount)
      ? "the result is outside 0001-01-01 to 9999-12-31"
      : "the amount must be a whole number"
    super(`${operation} ${amount}: ${what}`)
    this.operation = operation
    this.amount = amount
  }
}

const zero = 48
const hyphen = 45

/** Days from 0000-03-01, where the algorithm's years begin, to 1970-01-01. */
const epochShift = 719468
const firstEpochDay = -719162
const lastEpochDay = 2932896

const pairs: ReadonlyArray<string> = Array.from({ length: 100 }, (_, n) => (n < 10 ? `0${n}` : `${n}`))

/** `-MM-DD` at `month * 32 + day`, so that writing a date is two lookups and two short concatenations. */
const suffixes: ReadonlyArray<string> = Array.from({ length: 13 * 32 }, (_, n) => `-${pairs[n >> 5]}-${pairs[n & 31]}`)

// Text becomes a date here and nowhere else: every caller has checked it, or has made it from checked numbers.
function brandText(text: string): LocalDate
function brandText(text: string): string {
  return text
}

const write = (year: number, month: number, day: number): LocalDate => {
  const century = (year / 100) | 0
  return brandText(`${pairs[century]}${pairs[year - century * 100]}${suffixes[(month << 5) | day]}`)
}

const pairAt = (text: string, index: number): number =>
  text.charCodeAt(index) * 10 + text.charCodeAt(index + 1) - 11 * zero

const isPairAt = (text: string, index: number): boolean => {
  const tens = text.charCodeAt(index) - zero
  const ones = text.charCodeAt(index + 1) - zero
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9
}

const civilToEpochDay = (year: number, month: number, day: number): number => {
  // Years run from March, so that the leap day comes last and months follow one linear formula.
  const marchYear = month > 2 ? year : year - 1
  const marchMonth = month > 2 ? month - 3 : month + 9
  const dayOfMarchYear = (((153 * marchMonth + 2) / 5) | 0) + day - 1
  return (
    365 * marchYear + (marchYear >> 2) - ((marchYear / 100) | 0) + ((marchYear / 400) | 0) + dayOfMarchYear - epochShift
  )
}

const reasonAgainst = (year: number, month: number, day: number): string | undefined => {
  if (!Number.isInteger(year) || year < 1 || year > 9999) return "the year must be 0001 to 9999"
  if (!Number.isInteger(month) || month < 1 || month > 12) return "the month must be 01 to 12"
  const last = daysInMonth(year, month)
  return Number.isInteger(day) && day >= 1 && day <= last ? undefined : `the day must be 01 to ${last} in that month`
}

/** Says whether a value is the text of a calendar date. */
export const is = (value: unknown): value is LocalDate => typeof value === "string" && typeof parse(value) === "string"

/**
 * Reads untrusted text, which must be exactly `YYYY-MM-DD` and name a date of the calendar.
 *
 * @example
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * LocalDate.parse("2024-02-29") // => "2024-02-29"
 * LocalDate.parse("2023-02-29") instanceof LocalDate.InvalidDate // => true
 */
export const parse = (text: string): LocalDate | InvalidDate => {
  const shaped =
    text.length === 10 &&
    text.charCodeAt(4) === hyphen &&
    text.charCodeAt(7) === hyphen &&
    isPairAt(text, 0) &&
    isPairAt(text, 2) &&
    isPairAt(text, 5) &&
    isPairAt(text, 8)
  if (!shaped) return new InvalidDate(text, "the form is YYYY-MM-DD, such as 2026-03-10")
  const reason = reasonAgainst(pairAt(text, 0) * 100 + pairAt(text, 2), pairAt(text, 5), pairAt(text, 8))
  return reason === undefined ? brandText(text) : new InvalidDate(text, reason)
}

/** Makes a date from untrusted numbers. */
export const fromParts = (year: number, month: number, day: number): LocalDate | InvalidDate => {
  const reason = reasonAgainst(year, month, day)
  return reason === undefined ? write(year, month, day) : new InvalidDate(`${year}-${month}-${day}`, reason)
}

/**
 * The date written in the code, as text or as year, month and day. Throws `InvalidDate` when there is no such date:
 * use `parse` or `fromParts` for what comes from outside.
 *
 * @example
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * LocalDate.of("2026-03-10") // => "2026-03-10"
 * LocalDate.of(2026, 3, 10) // => "2026-03-10"
 */
export function of(text: string): LocalDate
export function of(year: number, month: number, day: number): LocalDate
export function of(first: string | number, month = 0, day = 0): LocalDate {
  const result = typeof first === "string" ? parse(first) : fromParts(first, month, day)
  if (typeof result !== "string") throw result
  return result
}

/** The year, 1 to 9999. */
export const year = (date: LocalDate): number => pairAt(date, 0) * 100 + pairAt(date, 2)

/** The month, 1 (January) to 12. */
export const month = (date: LocalDate): number => pairAt(date, 5)

/** The day of the month, 1 to 31. */
export const day = (date: LocalDate): number => pairAt(date, 8)

/** Year, month and day as numbers. */
export const parts = (date: LocalDate): Parts => ({ year: year(date), month: month(date), day: day(date) })

/** Says whether a year has a 29 February. */
export const isLeapYear = (year: number): boolean => (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0)

/** The number of days, 28 to 31, of a month (1..12). */
export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeapYear(year) ? 29 : 28) : 30 + ((month + (month >> 3)) & 1)

/** Days since 1970-01-01, negative before it. */
export const toEpochDay = (date: LocalDate): number => civilToEpochDay(year(date), pairAt(date, 5), pairAt(date, 8))

const isEpochDay = (n: number): boolean => (n | 0) === n && n >= firstEpochDay && n <= lastEpochDay

/** The date a number of days after 1970-01-01. Throws `DateOutOfRange`. */
export const fromEpochDay = (epochDay: number): LocalDate => {
  if (!isEpochDay(epochDay)) throw new DateOutOfRange("1970-01-01 plus days", epochDay)
  const shifted = epochDay + epochShift
  const era = (shifted / 146097) | 0
  const dayOfEra = shifted - era * 146097
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36524) | 0) - ((dayOfEra / 146096) | 0)) / 365) | 0
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0))
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0
  const day = dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1
  return marchMonth < 10
    ? write(yearOfEra + era * 400, marchMonth + 3, day)
    : write(yearOfEra + era * 400 + 1, marchMonth - 9, day)
}

/** The date a whole number of days later, or earlier when negative. Throws `DateOutOfRange`. */
export const addDays = (date: LocalDate, days: number): LocalDate => {
  const epochDay = toEpochDay(date) + days
  if (!isEpochDay(epochDay)) throw new DateOutOfRange(`${date} plus days`, days)
  return fromEpochDay(epochDay)
}

/** The number of days from `start` to `end`, negative when `end` is earlier: `addDays(start, result) === end`. */
export const daysBetween = (start: LocalDate, end: LocalDate): number => toEpochDay(end) - toEpochDay(start)

/**
 * The date a whole number of months after a seed date, on the seed's day or on the last day of a shorter month.
 * Always add to the seed and never to a result, or a clamped day is lost for good: see `monthlySeries`. Throws
 * `DateOutOfRange`.
 *
 * @example
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * const seed = LocalDate.of("2026-01-31")
 * LocalDate.addMonths(seed, 1) // => "2026-02-28"
 * LocalDate.addMonths(seed, 2) // => "2026-03-31"
 */
export const addMonths = (seed: LocalDate, months: number): LocalDate => {
  const index = year(seed) * 12 + pairAt(seed, 5) - 1 + months
  if ((index | 0) !== index || index < 12 || index > 119_999) throw new DateOutOfRange(`${seed} plus months`, months)
  const newYear = (index / 12) | 0
  const newMonth = index - newYear * 12 + 1
  const seedDay = pairAt(seed, 8)
  const last = seedDay > 28 ? daysInMonth(newYear, newMonth) : 28
  return write(newYear, newMonth, seedDay > last ? last : seedDay)
}

/**
 * The date a whole number of years after a seed date; 29 February becomes the 28th in a common year. Throws
 * `DateOutOfRange`.
 */
export const addYears = (seed: LocalDate, years: number): LocalDate => {
  if (!Number.isInteger(years)) throw new DateOutOfRange(`${seed} plus years`, years)
  return addMonths(seed, years * 12)
}

/**
 * `count` dates from the seed on, `every` months apart, each reckoned from the seed. Throws `DateOutOfRange`.
 *
 * @example
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * LocalDate.monthlySeries(LocalDate.of("2026-01-31"), 3) // => ["2026-01-31", "2026-02-28", "2026-03-31"]
 */
export const monthlySeries = (seed: LocalDate, count: number, every = 1): ReadonlyArray<LocalDate> =>
  Array.from({ length: count }, (_, index) => addMonths(seed, index * every))

/**
 * The greatest number of months that can be added to `start` without passing `end`; for an earlier `end`, the least
 * (negative) number that does not fall short of it.
 */
export const monthsBetween = (start: LocalDate, end: LocalDate): number => {
  const months = (year(end) - year(start)) * 12 + month(end) - month(start)
  if (end >= start) return addMonths(start, months) > end ? months - 1 : months
  return addMonths(start, months) < end ? months + 1 : months
}

/** The day of the week after ISO 8601: 1 is Monday, 7 is Sunday. */
export function dayOfWeek(date: LocalDate): Weekday
export function dayOfWeek(date: LocalDate): number {
  return ((toEpochDay(date) + 719_162) % 7) + 1
}

/** The day of the year, 1 to 366. */
export const dayOfYear = (date: LocalDate): number => toEpochDay(date) - civilToEpochDay(year(date), 1, 1) + 1

/** The week after ISO 8601; its year differs from the calendar year on some days around New Year. */
export const isoWeek = (date: LocalDate): IsoWeek => {
  const own = year(date)
  // The Thursday of the week decides to which year the week belongs.
  const thursday = dayOfYear(date) + 4 - dayOfWeek(date)
  if (thursday < 1) return { year: own - 1, week: (((thursday + daysInYear(own - 1) - 1) / 7) | 0) + 1 }
  const length = daysInYear(own)
  if (thursday > length) return { year: own + 1, week: 1 }
  return { year: own, week: (((thursday - 1) / 7) | 0) + 1 }
}

/** 365, or 366 in a leap year. */
export const daysInYear = (year: number): number => (isLeapYear(year) ? 366 : 365)

/** The first day of the date's month. */
export const startOfMonth = (date: LocalDate): LocalDate => write(year(date), month(date), 1)

/** The last day of the date's month. */
export const endOfMonth = (date: LocalDate): LocalDate => {
  const y = year(date)
  const m = month(date)
  return write(y, m, daysInMonth(y, m))
}

/** Says whether the date is the last day of its month. */
export const isEndOfMonth = (date: LocalDate): boolean => day(date) === daysInMonth(year(date), month(date))

/** Orders two dates for `Array.sort`: -1, 0 or 1. Dates also compare with `<` and `===`. */
export const compare = (left: LocalDate, right: LocalDate): -1 | 0 | 1 => (left < right ? -1 : left > right ? 1 : 0)

/** The earliest of one or more dates. */
export const min = (first: LocalDate, ...rest: ReadonlyArray<LocalDate>): LocalDate =>
  rest.reduce((least, date) => (date < least ? date : least), first)

/** The latest of one or more dates. */
export const max = (first: LocalDate, ...rest: ReadonlyArray<LocalDate>): LocalDate =>
  rest.reduce((most, date) => (date > most ? date : most), first)
