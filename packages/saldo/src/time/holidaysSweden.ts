import type { HolidayCalendar } from "./HolidayCalendar.ts"

/**
 * Sweden: days on which banks are closed and legal deadlines move, from 2005 on.
 *
 * Statutory public holidays ("allmänna helgdagar"): lag (1989:253) om allmänna helgdagar, §§ 1-2, as changed by SFS
 * 2004:1320, which put the National Day in and took Whit Monday out from 2005. Easter Sunday and Whit Sunday are left
 * out here as Sundays, which all are.
 *
 * Midsummer Eve, Christmas Eve and New Year's Eve are no public holidays; they are bank holidays, because lag (1930:173)
 * om beräkning av lagstadgad tid, § 2, treats them and Saturdays as holidays when a time limit ends, and banks follow it.
 */
export const sweden: HolidayCalendar = {
  id: "SE",
  name: "Sweden, banks",
  weekend: [6, 7],
  firstYear: 2005,
  rules: [
    { kind: "fixed", name: "Nyårsdagen", month: 1, day: 1 },
    { kind: "fixed", name: "Trettondedag jul", month: 1, day: 6 },
    { kind: "easter", name: "Långfredagen", offset: -2 },
    { kind: "easter", name: "Annandag påsk", offset: 1 },
    { kind: "fixed", name: "Första maj", month: 5, day: 1 },
    { kind: "easter", name: "Kristi himmelsfärdsdag", offset: 39 },
    { kind: "fixed", name: "Sveriges nationaldag", month: 6, day: 6 },
    { kind: "weekdayOnOrAfter", name: "Midsommarafton", month: 6, day: 19, weekday: 5 },
    { kind: "weekdayOnOrAfter", name: "Midsommardagen", month: 6, day: 20, weekday: 6 },
    { kind: "weekdayOnOrAfter", name: "Alla helgons dag", month: 10, day: 31, weekday: 6 },
    { kind: "fixed", name: "Julafton", month: 12, day: 24 },
    { kind: "fixed", name: "Juldagen", month: 12, day: 25 },
    { kind: "fixed", name: "Annandag jul", month: 12, day: 26 },
    { kind: "fixed", name: "Nyårsafton", month: 12, day: 31 }
  ]
}
