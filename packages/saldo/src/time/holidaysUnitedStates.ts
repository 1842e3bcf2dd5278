import type { HolidayCalendar } from "./HolidayCalendar.ts"

/**
 * United States: days on which the Federal Reserve Banks are closed, from 1986 on.
 *
 * The holidays are those of 5 U.S.C. § 6103. The Reserve Banks close on the Monday after a holiday on a Sunday, and stay
 * open on the Friday before one on a Saturday, unlike federal offices (https://www.frbservices.org/about/holiday-schedules).
 * Juneteenth became a holiday on 17 June 2021 (Public Law 117-17); it fell on a Saturday that year, so the first closing
 * was on Monday 20 June 2022. Days of mourning do not close the Reserve Banks.
 */
export const federalReserve: HolidayCalendar = {
  id: "US-FED",
  name: "United States, Federal Reserve Banks",
  weekend: [6, 7],
  firstYear: 1986,
  rules: [
    { kind: "fixed", name: "New Year's Day", month: 1, day: 1, observed: "sundayToMonday" },
    { kind: "nthWeekday", name: "Birthday of Martin Luther King, Jr.", month: 1, weekday: 1, nth: 3 },
    { kind: "nthWeekday", name: "Washington's Birthday", month: 2, weekday: 1, nth: 3 },
    { kind: "nthWeekday", name: "Memorial Day", month: 5, weekday: 1, nth: -1 },
    {
      kind: "fixed",
      name: "Juneteenth National Independence Day",
      month: 6,
      day: 19,
      observed: "sundayToMonday",
      from: 2021
    },
    { kind: "fixed", name: "Independence Day", month: 7, day: 4, observed: "sundayToMonday" },
    { kind: "nthWeekday", name: "Labor Day", month: 9, weekday: 1, nth: 1 },
    { kind: "nthWeekday", name: "Columbus Day", month: 10, weekday: 1, nth: 2 },
    { kind: "fixed", name: "Veterans Day", month: 11, day: 11, observed: "sundayToMonday" },
    { kind: "nthWeekday", name: "Thanksgiving Day", month: 11, weekday: 4, nth: 4 },
    { kind: "fixed", name: "Christmas Day", month: 12, day: 25, observed: "sundayToMonday" }
  ]
}
