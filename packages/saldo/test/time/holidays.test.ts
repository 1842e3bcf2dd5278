import { describe, expect, it } from "@effect/vitest"
import { isBusinessDay } from "saldo/time/businessDays"
import * as DateRange from "saldo/time/DateRange"
import { easterSunday } from "saldo/time/easter"
import type { HolidayCalendar } from "saldo/time/HolidayCalendar"
import { denmark } from "saldo/time/holidaysDenmark"
import { norway } from "saldo/time/holidaysNorway"
import { sweden } from "saldo/time/holidaysSweden"
import { target } from "saldo/time/holidaysTarget"
import { englandAndWales } from "saldo/time/holidaysUnitedKingdom"
import { federalReserve } from "saldo/time/holidaysUnitedStates"
import * as LocalDate from "saldo/time/LocalDate"

/** All days of a year that are closed though they are no Saturday or Sunday, as `MM-DD`. */
const closedWeekdays = (calendar: HolidayCalendar, year: number): ReadonlyArray<string> =>
  [...DateRange.dates({ start: LocalDate.of(year, 1, 1), end: LocalDate.of(year + 1, 1, 1) })]
    .filter((date) => LocalDate.dayOfWeek(date) < 6 && !isBusinessDay(calendar, date))
    .map((date) => date.slice(5))

/** Complete lists of closed weekdays, each taken from what the institution published, not from our rules. */
const tables: ReadonlyArray<readonly [HolidayCalendar, string, Record<number, string>]> = [
  [
    sweden,
    "Swedish trading calendar 2019 (isec.com, with its misprinted Ascension Day, 30 May); 2016, 2024 and 2026 from almanacs",
    {
      2016: "01-01 01-06 03-25 03-28 05-05 06-06 06-24 12-26",
      2019: "01-01 04-19 04-22 05-01 05-30 06-06 06-21 12-24 12-25 12-26 12-31",
      2024: "01-01 03-29 04-01 05-01 05-09 06-06 06-21 12-24 12-25 12-26 12-31",
      2026: "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31"
    }
  ],
  [
    norway,
    "Norges Bank, settlement days of 2017 and 2019",
    {
      2017: "04-13 04-14 04-17 05-01 05-17 05-25 06-05 12-25 12-26",
      2019: "01-01 04-18 04-19 04-22 05-01 05-17 05-30 06-10 12-24 12-25 12-26"
    }
  ],
  [
    denmark,
    "Danish Bankers Association, 2006; Danmarks Nationalbank, 2016, 2026 and 2027",
    {
      2006: "04-13 04-14 04-17 05-12 05-25 06-05 12-25 12-26",
      2016: "01-01 03-24 03-25 03-28 04-22 05-05 05-06 05-16 12-26",
      2026: "01-01 04-02 04-03 04-06 05-14 05-15 05-25 06-05 12-24 12-25 12-31",
      2027: "01-01 03-25 03-26 03-29 05-06 05-07 05-17 12-24 12-31"
    }
  ],
  [
    englandAndWales,
    "gov.uk/bank-holidays; 2004 to 2007 also in QuantLib test-suite/calendars.cpp testUKSettlement",
    {
      1995: "01-02 04-14 04-17 05-08 05-29 08-28 12-25 12-26",
      1999: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28 12-31",
      2002: "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26",
      2004: "01-01 04-09 04-12 05-03 05-31 08-30 12-27 12-28",
      2005: "01-03 03-25 03-28 05-02 05-30 08-29 12-26 12-27",
      2006: "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
      2007: "01-01 04-06 04-09 05-07 05-28 08-27 12-25 12-26",
      2011: "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27",
      2012: "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
      2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
      2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
      2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
      2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
      2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"
    }
  ],
  [
    federalReserve,
    "Federal Reserve, K.8 Holidays Observed 2020-2024 (as of 4 August 2020, before Juneteenth); Richmond Fed 2025 to 2027",
    {
      2020: "01-01 01-20 02-17 05-25 09-07 10-12 11-11 11-26 12-25",
      2021: "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25",
      2022: "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
      2023: "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-23 12-25",
      2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
      2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
      2026: "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25",
      2027: "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"
    }
  ],
  [
    target,
    "ECB press releases of 1999 and 2000; QuantLib test-suite/calendars.cpp testTARGET",
    {
      1999: "01-01 12-31",
      2000: "04-21 04-24 05-01 12-25 12-26",
      2001: "01-01 04-13 04-16 05-01 12-25 12-26 12-31",
      2002: "01-01 03-29 04-01 05-01 12-25 12-26",
      2003: "01-01 04-18 04-21 05-01 12-25 12-26",
      2004: "01-01 04-09 04-12",
      2005: "03-25 03-28 12-26",
      2006: "04-14 04-17 05-01 12-25 12-26"
    }
  ]
]

const cases = tables.flatMap(([calendar, source, years]) =>
  Object.entries(years).map(([year, days]) => ({ calendar, id: calendar.id, year: Number(year), days, source }))
)

describe("against published lists", () => {
  it.each(cases)("$id $year ($source)", ({ calendar, year, days }) => {
    expect(closedWeekdays(calendar, year)).toEqual(days.split(" "))
  })
})

/**
 * Rules on a date, its weekday and its distance from Easter Monday, as QuantLib writes them (ql/time/calendars/sweden.cpp,
 * unitedkingdom.cpp, denmark.cpp), where weekday 5 is Friday. They know nothing of substitute days as such, nor of what
 * came after the file: those dates are listed.
 */
interface Facts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly fromEasterMonday: number
}

const quantLib: ReadonlyArray<{
  readonly calendar: HolidayCalendar
  readonly closed: (facts: Facts) => boolean
  readonly differs: (date: string, facts: Facts) => boolean
}> = [
  {
    calendar: sweden,
    closed: ({ month, day, weekday, fromEasterMonday }) =>
      [-3, 0, 38].includes(fromEasterMonday) ||
      [101, 106, 501, 606, 1224, 1225, 1226, 1231].includes(month * 100 + day) ||
      (weekday === 5 && month === 6 && day >= 19 && day <= 25),
    differs: () => false
  },
  {
    calendar: englandAndWales,
    closed: ({ year, month, day, weekday, fromEasterMonday }) =>
      [-3, 0].includes(fromEasterMonday) ||
      (month === 1 && (day === 1 || (day <= 3 && weekday === 1))) ||
      (month === 5 && weekday === 1 && day <= 7 && year !== 1995 && year !== 2020) ||
      (month === 5 && day === 8 && (year === 1995 || year === 2020)) ||
      (month === 5 && weekday === 1 && day >= 25 && year !== 2002 && year !== 2012) ||
      (month === 8 && weekday === 1 && day >= 25) ||
      (month === 12 && (day === 25 || (day === 27 && weekday <= 2))) ||
      (month === 12 && (day === 26 || (day === 28 && weekday <= 2))) ||
      [20_020_603, 20_020_604, 20_110_429, 20_120_604, 20_120_605, 19_991_231].includes(
        year * 10_000 + month * 100 + day
      ),
    differs: (date) => ["2022-05-30", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"].includes(date)
  },
  {
    calendar: denmark,
    closed: ({ month, day, fromEasterMonday }) =>
      [-4, -3, 0, 25, 38, 39, 49].includes(fromEasterMonday) ||
      [101, 605, 1224, 1225, 1226, 1231].includes(month * 100 + day),
    // It has the day after Ascension in all years, and Store Bededag still.
    differs: (_, { year, fromEasterMonday }) =>
      (fromEasterMonday === 39 && year < 2009) || (fromEasterMonday === 25 && year > 2023)
  }
]

describe("against QuantLib's rules, every weekday to 2099", () => {
  it.each(quantLib)("$calendar.id", ({ calendar, closed, differs }) => {
    const wrong: Array<string> = []
    const first = LocalDate.of(calendar.firstYear ?? 1, 1, 1)
    for (const date of DateRange.dates({ start: first, end: LocalDate.of("2100-01-01") })) {
      const weekday = LocalDate.dayOfWeek(date)
      if (weekday > 5) continue
      const parts = LocalDate.parts(date)
      const facts = { ...parts, weekday, fromEasterMonday: LocalDate.daysBetween(easterSunday(parts.year), date) - 1 }
      if ((isBusinessDay(calendar, date) === closed(facts)) !== differs(date, facts)) wrong.push(date)
    }
    expect(wrong).toEqual([])
  })
})

describe("rules that changed or are easily got wrong", () => {
  const open = (calendar: HolidayCalendar, date: string): boolean => isBusinessDay(calendar, LocalDate.of(date))

  it("Sweden took Whit Monday out for the National Day in 2005", () => {
    expect([open(sweden, "2005-05-16"), open(sweden, "2005-06-06")]).toEqual([true, false])
  })

  it("Swedish banks are closed on the three eves", () => {
    expect(["2025-06-20", "2025-12-24", "2025-12-31"].map((date) => open(sweden, date))).toEqual([false, false, false])
  })

  it("Denmark's Store Bededag was last kept in 2023", () => {
    expect([open(denmark, "2023-05-05"), open(denmark, "2024-04-26")]).toEqual([false, true])
  })

  it("Danish banks close on the Friday after Ascension Day from 2009", () => {
    expect([open(denmark, "2008-05-02"), open(denmark, "2009-05-22")]).toEqual([true, false])
  })

  it("the Federal Reserve first closed for Juneteenth in 2022, and stays open on the Friday before a Saturday", () => {
    expect(["2021-06-18", "2021-06-21", "2022-06-20"].map((date) => open(federalReserve, date))).toEqual([
      true,
      true,
      false
    ])
    expect(["2021-12-24", "2021-12-31", "2023-11-10"].map((date) => open(federalReserve, date))).toEqual([
      true,
      true,
      true
    ])
  })

  it("Norway settles on New Year's Eve", () => {
    expect([open(norway, "2024-12-24"), open(norway, "2024-12-31")]).toEqual([false, true])
  })
})
