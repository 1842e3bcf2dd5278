/** Arbitrary dates, periods, ranges and calendars for fast-check, weighted towards the days where date code goes wrong. */
import * as fc from "fast-check"
import * as BusinessDay from "saldo/time/BusinessDay"
import type * as DateRange from "saldo/time/DateRange"
import * as HolidayCalendar from "saldo/time/HolidayCalendar"
import { denmark } from "saldo/time/holidaysDenmark"
import { norway } from "saldo/time/holidaysNorway"
import { sweden } from "saldo/time/holidaysSweden"
import { target } from "saldo/time/holidaysTarget"
import { englandAndWales } from "saldo/time/holidaysUnitedKingdom"
import { federalReserve } from "saldo/time/holidaysUnitedStates"
import * as LocalDate from "saldo/time/LocalDate"
import * as Period from "saldo/time/Period"

/** Bounds of the dates to make, both included. */
export interface DateBounds {
  readonly min?: LocalDate.LocalDate
  readonly max?: LocalDate.LocalDate
}

/** From a year that all of Saldo's own calendars know, and the year before it, to where plans end. */
const usual = { min: LocalDate.of("2018-01-01"), max: LocalDate.of("2099-12-31") }

const clamp = (date: LocalDate.LocalDate, bounds: Required<DateBounds>): LocalDate.LocalDate =>
  LocalDate.min(LocalDate.max(date, bounds.min), bounds.max)

/** Any date within bounds (2018 to 2099 when left out): more than one in two lies near the end of a month, of February or of a year. */
export const localDate = (bounds: DateBounds = {}): fc.Arbitrary<LocalDate.LocalDate> => {
  const limits = { ...usual, ...bounds }
  const anyDay = fc
    .integer({ min: LocalDate.toEpochDay(limits.min), max: LocalDate.toEpochDay(limits.max) })
    .map(LocalDate.fromEpochDay)
  const near = fc.integer({ min: -2, max: 2 })
  const moved = (date: LocalDate.LocalDate, days: number): LocalDate.LocalDate => {
    const day = LocalDate.toEpochDay(date) + days
    const inside = Math.min(Math.max(day, LocalDate.toEpochDay(limits.min)), LocalDate.toEpochDay(limits.max))
    return LocalDate.fromEpochDay(inside)
  }
  const monthEnd = fc.tuple(anyDay, near).map(([date, days]) => moved(LocalDate.endOfMonth(date), days))
  const february = fc.tuple(anyDay, fc.boolean(), near).map(([date, leap, days]) => {
    const year = LocalDate.year(date)
    const chosen = leap ? Math.max(4, year - (year % 4)) : year
    return moved(LocalDate.endOfMonth(LocalDate.of(chosen, 2, 1)), days)
  })
  const yearEnd = fc.tuple(anyDay, near).map(([date, days]) => moved(LocalDate.of(LocalDate.year(date), 12, 31), days))
  return fc
    .oneof(
      { weight: 4, arbitrary: anyDay },
      { weight: 2, arbitrary: monthEnd },
      { weight: 2, arbitrary: february },
      { weight: 1, arbitrary: yearEnd }
    )
    .map((date) => clamp(date, limits))
}

/** Any date that there is, 0001-01-01 to 9999-12-31. */
export const anyLocalDate: fc.Arbitrary<LocalDate.LocalDate> = localDate({
  min: LocalDate.of("0001-01-01"),
  max: LocalDate.of("9999-12-31")
})

/** Two dates in order, which may be the same. */
export const orderedDates = (
  bounds: DateBounds = {}
): fc.Arbitrary<readonly [LocalDate.LocalDate, LocalDate.LocalDate]> =>
  fc.tuple(localDate(bounds), localDate(bounds)).map(([left, right]) => (left <= right ? [left, right] : [right, left]))

/** A half-open range, which may be empty. */
export const dateRange = (bounds: DateBounds = {}): fc.Arbitrary<DateRange.DateRange> =>
  orderedDates(bounds).map(([start, end]) => ({ start, end }))

/** A period of up to 40 years, 40 months, 10 weeks and 400 days, in either direction. */
export const period: fc.Arbitrary<Period.Period> = fc
  .record({
    years: fc.integer({ min: 0, max: 40 }),
    months: fc.integer({ min: 0, max: 40 }),
    weeks: fc.integer({ min: 0, max: 10 }),
    days: fc.integer({ min: 0, max: 400 })
  })
  .chain((parts) => fc.boolean().map((back) => (back ? Period.negate(parts) : parts)))

/** Saldo's own calendars, unions of them, and made-up ones with other weekends and holidays. */
export const calendar: fc.Arbitrary<HolidayCalendar.HolidayCalendar> = fc.oneof(
  fc.constantFrom(sweden, norway, denmark, englandAndWales, federalReserve, target, HolidayCalendar.weekendsOnly),
  fc.constantFrom(
    HolidayCalendar.union(sweden, target),
    HolidayCalendar.union(norway, federalReserve, englandAndWales)
  ),
  fc.record({
    id: fc.constant("made-up"),
    name: fc.constant("Made up"),
    weekend: fc.constantFrom<ReadonlyArray<LocalDate.Weekday>>([6, 7], [5, 6], [7], []),
    rules: fc.array(
      fc.record({
        kind: fc.constant("fixed" as const),
        name: fc.constant("Made up"),
        month: fc.integer({ min: 1, max: 12 }),
        day: fc.integer({ min: 1, max: 28 }),
        observed: fc.constantFrom<HolidayCalendar.Observance>("none", "sundayToMonday", "nextFreeWeekday")
      }),
      { maxLength: 10 }
    )
  })
)

/** Any business-day convention. */
export const convention: fc.Arbitrary<BusinessDay.Convention> = fc.constantFrom(...BusinessDay.conventions)
