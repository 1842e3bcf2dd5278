import { nearestOpen } from "./businessDays.ts"
import type { HolidayCalendar } from "./HolidayCalendar.ts"
import * as LocalDate from "./LocalDate.ts"

/**
 * What becomes of a date that is no business day (ISDA 2006 Definitions §4.12; FpML `businessDayConventionScheme`):
 * - `unadjusted`: it stays.
 * - `following`, `preceding`: the next, or the previous, business day.
 * - `modifiedFollowing`, `modifiedPreceding`: the same, unless that is in another month; then the other way.
 * - `nearest`: the closer of the two; the later one when both are as close.
 */
export type Convention =
  | "unadjusted"
  | "following"
  | "modifiedFollowing"
  | "preceding"
  | "modifiedPreceding"
  | "nearest"

const withinMonth = (calendar: HolidayCalendar, date: LocalDate.LocalDate, step: 1 | -1): LocalDate.LocalDate => {
  const moved = nearestOpen(calendar, date, step)
  return LocalDate.month(moved) === LocalDate.month(date) ? moved : nearestOpen(calendar, date, step === 1 ? -1 : 1)
}

const nearest = (calendar: HolidayCalendar, date: LocalDate.LocalDate): LocalDate.LocalDate => {
  const later = nearestOpen(calendar, date, 1)
  const earlier = nearestOpen(calendar, date, -1)
  return LocalDate.daysBetween(earlier, date) < LocalDate.daysBetween(date, later) ? earlier : later
}

const adjustments: Record<Convention, (calendar: HolidayCalendar, date: LocalDate.LocalDate) => LocalDate.LocalDate> = {
  unadjusted: (_, date) => date,
  following: (calendar, date) => nearestOpen(calendar, date, 1),
  preceding: (calendar, date) => nearestOpen(calendar, date, -1),
  modifiedFollowing: (calendar, date) => withinMonth(calendar, date, 1),
  modifiedPreceding: (calendar, date) => withinMonth(calendar, date, -1),
  nearest
}

/**
 * Moves a date to a business day. Throws `YearNotCovered` and `NoBusinessDay`.
 *
 * @example
 * import * as BusinessDay from "saldo/time/BusinessDay"
 * import { weekendsOnly } from "saldo/time/HolidayCalendar"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * const saturday = LocalDate.of("2026-02-28")
 * BusinessDay.adjust("following", weekendsOnly, saturday) // => "2026-03-02"
 * BusinessDay.adjust("modifiedFollowing", weekendsOnly, saturday) // => "2026-02-27"
 */
export const adjust = (
  convention: Convention,
  calendar: HolidayCalendar,
  date: LocalDate.LocalDate
): LocalDate.LocalDate => adjustments[convention](calendar, date)

/** All conventions, for schemas, menus and tests that go through each. */
export const conventions: ReadonlyArray<Convention> = [
  "unadjusted",
  "following",
  "modifiedFollowing",
  "preceding",
  "modifiedPreceding",
  "nearest"
]
