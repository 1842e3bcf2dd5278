import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as fc from "fast-check"
import { addBusinessDays, businessDaysBetween, isBusinessDay } from "saldo/time/businessDays"
import type { HolidayRule } from "saldo/time/HolidayCalendar"
import * as HolidayCalendar from "saldo/time/HolidayCalendar"
import { sweden } from "saldo/time/holidaysSweden"
import { target } from "saldo/time/holidaysTarget"
import { englandAndWales } from "saldo/time/holidaysUnitedKingdom"
import { federalReserve } from "saldo/time/holidaysUnitedStates"
import * as LocalDate from "saldo/time/LocalDate"

const d = (text: string): LocalDate.LocalDate => LocalDate.of(text)

const made = (rules: ReadonlyArray<HolidayRule>): HolidayCalendar.HolidayCalendar => ({
  id: "made",
  name: "Made for a test",
  weekend: [6, 7],
  rules
})

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return "nothing was thrown"
}

describe("rules", () => {
  it("hold in their years only", () => {
    const calendar = made([
      { kind: "fixed", name: "A", month: 3, day: 3, from: 2020, until: 2024, except: [2022] },
      { kind: "easter", name: "B", offset: 1, from: 2024 },
      { kind: "dates", name: "C", dates: [d("2022-05-05"), d("2023-05-05")] }
    ])
    const names = (year: number): string =>
      HolidayCalendar.holidays(calendar, year)
        .map(({ name }) => name)
        .join("")
    expect([2019, 2020, 2021, 2022, 2023, 2024, 2025].map(names)).toEqual(["", "A", "A", "C", "AC", "AB", "B"])
  })

  it("leave out what a year does not have", () => {
    const calendar = made([
      { kind: "fixed", name: "Leap day", month: 2, day: 29 },
      { kind: "nthWeekday", name: "Fifth Friday of February", month: 2, weekday: 5, nth: 5 }
    ])
    expect(HolidayCalendar.holidays(calendar, 2023)).toEqual([])
    expect(HolidayCalendar.holidays(calendar, 2024).map(({ date }) => date)).toEqual(["2024-02-29"])
    expect(HolidayCalendar.holidays(calendar, 2008)).toHaveLength(2)
  })

  it("refuse a day that no year has", () => {
    const calendar = made([{ kind: "fixed", name: "None", month: 4, day: 31 }])
    expect(thrownBy(() => HolidayCalendar.holidays(calendar, 2024))).toMatchObject({ _tag: "InvalidDate" })
  })

  it("find the n-th weekday of a month, and the last", () => {
    const mondays = ([1, 2, 3, 4, 5, -1] as const).map((nth) => HolidayCalendar.nthWeekdayOfMonth(2026, 8, 1, nth))
    expect(mondays).toEqual(["2026-08-03", "2026-08-10", "2026-08-17", "2026-08-24", "2026-08-31", "2026-08-31"])
    expect(HolidayCalendar.nthWeekdayOfMonth(2026, 2, 1, 5)).toBeUndefined()
    expect(HolidayCalendar.nthWeekdayOfMonth(9999, 12, 5, -1)).toBe("9999-12-31")
  })

  it("move a holiday off the weekend as each observance says, also across New Year", () => {
    const on = (observed: HolidayCalendar.Observance, year: number): ReadonlyArray<string> =>
      HolidayCalendar.holidays(made([{ kind: "fixed", name: "New Year", month: 1, day: 1, observed }]), year).map(
        ({ date }) => date
      )
    // 1 January 2022 was a Saturday, 1 January 2023 a Sunday.
    expect([on("none", 2022), on("none", 2023)]).toEqual([["2022-01-01"], ["2023-01-01"]])
    expect([on("sundayToMonday", 2022), on("sundayToMonday", 2023)]).toEqual([["2022-01-01"], ["2023-01-02"]])
    expect([on("nextFreeWeekday", 2022), on("nextFreeWeekday", 2023)]).toEqual([["2022-01-03"], ["2023-01-02"]])
    expect([on("nearestWeekday", 2021), on("nearestWeekday", 2022)]).toEqual([["2021-01-01", "2021-12-31"], []])
  })

  it("never put a substitute day on another holiday, nor two on one day", () => {
    const calendar = made([
      { kind: "fixed", name: "New Year's Eve", month: 12, day: 31, observed: "nextFreeWeekday" },
      { kind: "fixed", name: "New Year's Day", month: 1, day: 1 },
      { kind: "fixed", name: "Second", month: 1, day: 2 }
    ])
    // 31 December 2017 was a Sunday; 1 and 2 January 2018 were taken.
    expect(HolidayCalendar.holidays(calendar, 2018)[2]).toEqual({
      date: "2018-01-03",
      name: "New Year's Eve",
      insteadOf: "2017-12-31"
    })
    const christmas = HolidayCalendar.holidays(englandAndWales, 2021).slice(-2)
    expect(christmas.map(({ date, name }) => `${date} ${name}`)).toEqual([
      "2021-12-27 Christmas Day",
      "2021-12-28 Boxing Day"
    ])
    const sunday = HolidayCalendar.holidays(englandAndWales, 2022).slice(-2)
    expect(sunday.map(({ date, name }) => `${date} ${name}`)).toEqual([
      "2022-12-26 Boxing Day",
      "2022-12-27 Christmas Day"
    ])
  })
})

describe("calendars", () => {
  it("say so when they are asked about a year they do not know", () => {
    const error = thrownBy(() => isBusinessDay(sweden, d("2004-05-31")))
    expect(error).toMatchObject({ _tag: "YearNotCovered", calendar: "SE", year: 2004 })
    expect(String(error)).toContain("knows the years 2005 to 9999, and was asked about 2004")
    const union = HolidayCalendar.union(sweden, federalReserve)
    expect(thrownBy(() => isBusinessDay(union, d("1990-01-02")))).toMatchObject({ calendar: "SE+US-FED" })
  })

  it("give up where there is no business day, and do not search forever", () => {
    const closed = { ...made([]), weekend: [1, 2, 3, 4, 5, 6, 7] as const }
    const error = thrownBy(() => addBusinessDays(closed, d("2026-01-01"), 1))
    expect(error).toMatchObject({ _tag: "NoBusinessDay", calendar: "made" })
  })

  it("can be extended without a change to the original", () => {
    const bank = HolidayCalendar.extend(sweden, "SE-BANK", [{ kind: "fixed", name: "Own day", month: 9, day: 1 }])
    expect(isBusinessDay(bank, d("2026-09-01"))).toBe(false)
    expect(isBusinessDay(sweden, d("2026-09-01"))).toBe(true)
  })

  it("unite: open when all are open", () => {
    const union = HolidayCalendar.union(sweden, target, federalReserve)
    // Swedish National Day 2025 (Friday), Easter Monday (no US holiday), Thanksgiving (US only).
    for (const date of ["2025-06-06", "2025-04-21", "2025-11-27"]) expect(isBusinessDay(union, d(date))).toBe(false)
    fc.assert(
      fc.property(DateArbitrary.calendar, DateArbitrary.calendar, DateArbitrary.localDate(), (left, right, date) => {
        expect(isBusinessDay(HolidayCalendar.union(left, right), date)).toBe(
          isBusinessDay(left, date) && isBusinessDay(right, date)
        )
      })
    )
  })

  it("open on every day, or every weekday", () => {
    expect(isBusinessDay(HolidayCalendar.everyDay, d("2026-12-25"))).toBe(true)
    expect(isBusinessDay(HolidayCalendar.weekendsOnly, d("2026-12-26"))).toBe(false)
  })
})

describe("counting business days", () => {
  it("adds and counts", () => {
    // Maundy Thursday 2026, then Good Friday to Easter Monday are closed.
    expect(addBusinessDays(sweden, d("2026-04-02"), 1)).toBe("2026-04-07")
    expect(addBusinessDays(sweden, d("2026-04-07"), -1)).toBe("2026-04-02")
    expect(addBusinessDays(sweden, d("2026-04-04"), 0)).toBe("2026-04-04")
    expect(addBusinessDays(sweden, d("2026-12-23"), 2)).toBe("2026-12-29")
    expect(businessDaysBetween(sweden, d("2026-04-02"), d("2026-04-07"))).toBe(1)
    expect(businessDaysBetween(sweden, d("2026-04-07"), d("2026-04-02"))).toBe(-1)
    // 2026: 261 weekdays less the Swedish ones: 1 and 6 January, 3 and 6 April, 1 May, 14 May, 19 June, 24, 25, 31 December.
    expect(businessDaysBetween(sweden, d("2026-01-01"), d("2027-01-01"))).toBe(251)
    expect(thrownBy(() => addBusinessDays(sweden, d("2026-01-01"), 1.5))).toMatchObject({ _tag: "DateOutOfRange" })
  })

  it("counts what going through the days one by one counts", () => {
    const near = { min: LocalDate.of("2018-01-01"), max: LocalDate.of("2024-12-31") }
    fc.assert(
      fc.property(DateArbitrary.calendar, DateArbitrary.orderedDates(near), (calendar, [start, end]) => {
        let count = 0
        for (let date = start; date < end; date = LocalDate.addDays(date, 1)) if (isBusinessDay(calendar, date)) count++
        expect(businessDaysBetween(calendar, start, end)).toBe(count)
        expect(businessDaysBetween(calendar, end, start)).toBe(0 - count)
      }),
      { numRuns: 100 }
    )
  })

  it("adding then counting gives what was added", () => {
    const bounds = { min: LocalDate.of("2020-01-01"), max: LocalDate.of("2090-12-31") }
    fc.assert(
      fc.property(
        DateArbitrary.calendar,
        DateArbitrary.localDate(bounds),
        fc.integer({ min: -300, max: 300 }),
        (calendar, date, n) => {
          const start = addBusinessDays(calendar, date, 1)
          const end = addBusinessDays(calendar, start, n)
          expect(isBusinessDay(calendar, end)).toBe(true)
          expect(businessDaysBetween(calendar, start, end)).toBe(n)
          expect(addBusinessDays(calendar, end, -n)).toBe(start)
        }
      ),
      { numRuns: 200 }
    )
  })

  it("has no state that an order of questions could change", () => {
    const fresh = { ...sweden }
    const later = isBusinessDay(fresh, d("2030-06-21"))
    const earlier = isBusinessDay(fresh, d("2010-06-25"))
    expect([later, earlier]).toEqual([isBusinessDay(sweden, d("2030-06-21")), isBusinessDay(sweden, d("2010-06-25"))])
  })
})
