import type { HolidayCalendar } from "./HolidayCalendar.ts"
import * as LocalDate from "./LocalDate.ts"

/**
 * England and Wales: bank holidays with their substitute days, from 1995 on.
 *
 * Banking and Financial Dealings Act 1971 c. 80, section 1 and Schedule 1, and the proclamations under it that name New
 * Year's Day, the early May holiday, substitute days, moved and single holidays (https://www.gov.uk/bank-holidays). Good
 * Friday and Christmas Day are holidays by common law. Scotland and Northern Ireland have other days: see `extend`.
 */
export const englandAndWales: HolidayCalendar = {
  id: "GB-EAW",
  name: "England and Wales, bank holidays",
  weekend: [6, 7],
  firstYear: 1995,
  rules: [
    { kind: "fixed", name: "New Year's Day", month: 1, day: 1, observed: "nextFreeWeekday" },
    { kind: "easter", name: "Good Friday", offset: -2 },
    { kind: "easter", name: "Easter Monday", offset: 1 },
    { kind: "nthWeekday", name: "Early May bank holiday", month: 5, weekday: 1, nth: 1, except: [1995, 2020] },
    {
      kind: "dates",
      name: "Early May bank holiday (VE day)",
      dates: [LocalDate.of("1995-05-08"), LocalDate.of("2020-05-08")]
    },
    { kind: "nthWeekday", name: "Spring bank holiday", month: 5, weekday: 1, nth: -1, except: [2002, 2012, 2022] },
    {
      kind: "dates",
      name: "Spring bank holiday",
      dates: [LocalDate.of("2002-06-04"), LocalDate.of("2012-06-04"), LocalDate.of("2022-06-02")]
    },
    { kind: "nthWeekday", name: "Summer bank holiday", month: 8, weekday: 1, nth: -1 },
    // When Christmas Day is a Sunday, Boxing Day keeps the Monday and the substitute for Christmas is Tuesday the 27th.
    { kind: "fixed", name: "Christmas Day", month: 12, day: 25, observed: "nextFreeWeekday" },
    { kind: "fixed", name: "Boxing Day", month: 12, day: 26, observed: "nextFreeWeekday" },
    { kind: "dates", name: "Millennium holiday", dates: [LocalDate.of("1999-12-31")] },
    { kind: "dates", name: "Golden Jubilee", dates: [LocalDate.of("2002-06-03")] },
    { kind: "dates", name: "Royal wedding", dates: [LocalDate.of("2011-04-29")] },
    { kind: "dates", name: "Diamond Jubilee", dates: [LocalDate.of("2012-06-05")] },
    { kind: "dates", name: "Platinum Jubilee", dates: [LocalDate.of("2022-06-03")] },
    { kind: "dates", name: "State funeral of Queen Elizabeth II", dates: [LocalDate.of("2022-09-19")] },
    { kind: "dates", name: "Coronation of King Charles III", dates: [LocalDate.of("2023-05-08")] }
  ]
}
