import type { HolidayCalendar } from "./HolidayCalendar.ts"
import * as LocalDate from "./LocalDate.ts"

/**
 * TARGET, the settlement days of the euro (TARGET, TARGET2 and, since 2023, T2), from its start in 1999.
 *
 * European Central Bank: closing days of 1999 (31 March 1999), of 2000 (15 July 1999) and of 2001, each with its own
 * list, then the long-term calendar of 14 December 2000, from 2002 until further notice: New Year's Day, Good Friday,
 * Easter Monday, 1 May, Christmas Day and 26 December. 31 December was also closed in 1999 and 2001.
 */
export const target: HolidayCalendar = {
  id: "TARGET",
  name: "TARGET, euro settlement",
  weekend: [6, 7],
  firstYear: 1999,
  rules: [
    { kind: "fixed", name: "New Year's Day", month: 1, day: 1 },
    { kind: "easter", name: "Good Friday", offset: -2, from: 2000 },
    { kind: "easter", name: "Easter Monday", offset: 1, from: 2000 },
    { kind: "fixed", name: "Labour Day", month: 5, day: 1, from: 2000 },
    { kind: "fixed", name: "Christmas Day", month: 12, day: 25 },
    { kind: "fixed", name: "26 December", month: 12, day: 26, from: 2000 },
    {
      kind: "dates",
      name: "31 December",
      dates: [LocalDate.of("1999-12-31"), LocalDate.of("2001-12-31")]
    }
  ]
}
