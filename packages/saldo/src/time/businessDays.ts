import type { HolidayCalendar } from "./HolidayCalendar.ts"
import { holidays, longestClosure, NoBusinessDay } from "./HolidayCalendar.ts"
import * as LocalDate from "./LocalDate.ts"

/** For one year: how many business days come before each day of the year; one entry more than the year has days. */
type Counts = Uint16Array

/** Kept per calendar object: the same rules always give the same counts, so nothing goes stale. */
const known = new WeakMap<HolidayCalendar, Map<number, Counts>>()

const weekendsOf = (calendar: HolidayCalendar): ReadonlySet<number> =>
  (calendar.members ?? []).reduce<ReadonlySet<number>>(
    (days, member) => days.union(weekendsOf(member)),
    new Set(calendar.weekend)
  )

const count = (calendar: HolidayCalendar, year: number): Counts => {
  const closed = new Set(holidays(calendar, year).map(({ date }) => LocalDate.dayOfYear(date)))
  const weekend = weekendsOf(calendar)
  const length = LocalDate.daysInYear(year)
  const counts = new Uint16Array(length + 1)
  const first = LocalDate.dayOfWeek(LocalDate.of(year, 1, 1))
  let total = 0
  for (let day = 1; day <= length; day++) {
    const open = !closed.has(day) && !weekend.has(((first + day - 2) % 7) + 1)
    if (open) total++
    counts[day] = total
  }
  return counts
}

const countsOf = (calendar: HolidayCalendar, year: number): Counts => {
  let years = known.get(calendar)
  if (years === undefined) known.set(calendar, (years = new Map()))
  let counts = years.get(year)
  if (counts === undefined) years.set(year, (counts = count(calendar, year)))
  return counts
}

const through = (counts: Counts, dayOfYear: number): number => counts[dayOfYear] ?? 0

/**
 * Says whether a date is neither weekend nor holiday. Throws `YearNotCovered` for a year the calendar does not know.
 *
 * @example
 * import { isBusinessDay } from "saldo/time/businessDays"
 * import { sweden } from "saldo/time/holidaysSweden"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * isBusinessDay(sweden, LocalDate.of("2026-06-19")) // => false
 */
export const isBusinessDay = (calendar: HolidayCalendar, date: LocalDate.LocalDate): boolean => {
  const counts = countsOf(calendar, LocalDate.year(date))
  const day = LocalDate.dayOfYear(date)
  return through(counts, day) > through(counts, day - 1)
}

/** The first business day on the date or after it (step 1), or on it or before it (step -1). Throws `NoBusinessDay`. */
export const nearestOpen = (
  calendar: HolidayCalendar,
  date: LocalDate.LocalDate,
  step: 1 | -1
): LocalDate.LocalDate => {
  let open = date
  for (let tried = 0; tried <= longestClosure; tried++) {
    if (isBusinessDay(calendar, open)) return open
    open = LocalDate.addDays(open, step)
  }
  throw new NoBusinessDay(calendar, date)
}

/**
 * The n-th business day after a date, or before it when `n` is negative. With 0 it is the date itself, business day or
 * not: to move a date off a holiday is the work of `BusinessDay.adjust`. Throws `YearNotCovered`, `NoBusinessDay`,
 * `DateOutOfRange`.
 */
export const addBusinessDays = (
  calendar: HolidayCalendar,
  date: LocalDate.LocalDate,
  n: number
): LocalDate.LocalDate => {
  if (!Number.isSafeInteger(n)) throw new LocalDate.DateOutOfRange(`${date} plus business days`, n)
  const step = n < 0 ? -1 : 1
  let result = date
  for (let left = Math.abs(n); left > 0; left--) {
    result = nearestOpen(calendar, LocalDate.addDays(result, step), step)
  }
  return result
}

/**
 * The number of business days from `start` (counted) to `end` (not counted); the negative of the opposite direction when
 * `end` is earlier. Throws `YearNotCovered`.
 */
export const businessDaysBetween = (
  calendar: HolidayCalendar,
  start: LocalDate.LocalDate,
  end: LocalDate.LocalDate
): number => {
  if (end < start) return 0 - businessDaysBetween(calendar, end, start)
  const lastYear = LocalDate.year(end)
  let total = -before(calendar, start)
  for (let year = LocalDate.year(start); year < lastYear; year++) {
    total += through(countsOf(calendar, year), LocalDate.daysInYear(year))
  }
  return total + before(calendar, end)
}

/** Business days of the date's year before the date. */
const before = (calendar: HolidayCalendar, date: LocalDate.LocalDate): number =>
  through(countsOf(calendar, LocalDate.year(date)), LocalDate.dayOfYear(date) - 1)
