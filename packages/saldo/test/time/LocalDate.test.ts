import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as fc from "fast-check"
import * as LocalDate from "saldo/time/LocalDate"

const messageOf = (text: string): string => {
  const result = LocalDate.parse(text)
  return typeof result === "string" ? "parsed" : `${result._tag}: ${result.message}`
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return "nothing was thrown"
}

describe("LocalDate.parse", () => {
  it.each(["0001-01-01", "1600-02-29", "2000-02-29", "2024-02-29", "2026-03-10", "9999-12-31"])("reads %s", (text) => {
    expect(LocalDate.parse(text)).toBe(text)
    expect(LocalDate.is(text)).toBe(true)
  })

  it.each([
    ["2023-02-29", "the day must be 01 to 28 in that month"],
    ["1900-02-29", "the day must be 01 to 28 in that month"],
    ["2026-04-31", "the day must be 01 to 30 in that month"],
    ["2026-03-00", "the day must be 01 to 31 in that month"],
    ["2026-13-01", "the month must be 01 to 12"],
    ["2026-00-01", "the month must be 01 to 12"],
    ["0000-01-01", "the year must be 0001 to 9999"],
    ["2026-3-10", "the form is YYYY-MM-DD"],
    ["2026-03-10T00:00:00Z", "the form is YYYY-MM-DD"],
    [" 2026-03-1", "the form is YYYY-MM-DD"],
    ["20260310", "the form is YYYY-MM-DD"],
    ["2026/03/10", "the form is YYYY-MM-DD"],
    ["+026-03-10", "the form is YYYY-MM-DD"],
    ["２０２６-03-10", "the form is YYYY-MM-DD"],
    ["2026-03-1O", "the form is YYYY-MM-DD"],
    ["", "the form is YYYY-MM-DD"]
  ])("refuses %j and says why", (text, reason) => {
    expect(messageOf(text)).toContain(reason)
    expect(messageOf(text)).toContain("InvalidDate: ")
    expect(LocalDate.is(text)).toBe(false)
  })

  it("shows only the beginning of a very long text", () => {
    expect(messageOf("9".repeat(1_000_000)).length).toBeLessThan(200)
  })

  it("accepts exactly the dates of the calendar", () => {
    let valid = 0
    for (const year of [1896, 1900, 1999, 2000, 2023, 2024]) {
      for (let month = 0; month <= 13; month++) {
        for (let day = 0; day <= 32; day++) {
          const made = LocalDate.fromParts(year, month, day)
          const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`
          expect(LocalDate.parse(text)).toEqual(typeof made === "string" ? made : LocalDate.parse(text))
          if (typeof made === "string") valid++
        }
      }
    }
    expect(valid).toBe(366 + 365 + 365 + 366 + 365 + 366)
  })
})

describe("LocalDate.of", () => {
  it("takes text or parts", () => {
    expect(LocalDate.of("2026-03-10")).toBe("2026-03-10")
    expect(LocalDate.of(2026, 3, 10)).toBe("2026-03-10")
    expect(LocalDate.of(7, 1, 2)).toBe("0007-01-02")
    expect(LocalDate.parts(LocalDate.of("0987-06-05"))).toEqual({ year: 987, month: 6, day: 5 })
  })

  it("throws the error that parse returns", () => {
    expect(thrownBy(() => LocalDate.of("2026-02-30"))).toBeInstanceOf(LocalDate.InvalidDate)
    expect(thrownBy(() => LocalDate.of(2026, 2.5, 1))).toMatchObject({ _tag: "InvalidDate", input: "2026-2.5-1" })
    expect(thrownBy(() => LocalDate.of(Number.NaN, 1, 1))).toMatchObject({ _tag: "InvalidDate" })
  })
})

describe("arithmetic", () => {
  it("counts days from 1970-01-01", () => {
    expect(LocalDate.toEpochDay(LocalDate.of("1970-01-01"))).toBe(0)
    expect(LocalDate.toEpochDay(LocalDate.of("1969-12-31"))).toBe(-1)
    expect(LocalDate.toEpochDay(LocalDate.of("0001-01-01"))).toBe(-719_162)
    expect(LocalDate.toEpochDay(LocalDate.of("9999-12-31"))).toBe(2_932_896)
  })

  it("has no date outside the years 0001 to 9999", () => {
    const first = LocalDate.of("0001-01-01")
    const last = LocalDate.of("9999-12-31")
    const beyond = [
      () => LocalDate.addDays(last, 1),
      () => LocalDate.addDays(first, -1),
      () => LocalDate.addMonths(last, 1),
      () => LocalDate.addMonths(first, -1),
      () => LocalDate.addYears(last, 1),
      () => LocalDate.addDays(first, 1e15),
      () => LocalDate.addMonths(first, 1e15),
      () => LocalDate.addMonths(first, 2 ** 32),
      () => LocalDate.addDays(first, Number.POSITIVE_INFINITY)
    ]
    for (const run of beyond) expect(thrownBy(run)).toMatchObject({ _tag: "DateOutOfRange" })
    expect(LocalDate.addMonths(first, 119_987)).toBe("9999-12-01")
  })

  it("refuses parts of days and months", () => {
    const date = LocalDate.of("2026-03-10")
    for (const amount of [0.5, Number.NaN]) {
      expect(thrownBy(() => LocalDate.addDays(date, amount))).toMatchObject({ _tag: "DateOutOfRange" })
      expect(thrownBy(() => LocalDate.addMonths(date, amount))).toMatchObject({ _tag: "DateOutOfRange" })
      expect(thrownBy(() => LocalDate.addYears(date, amount))).toMatchObject({ _tag: "DateOutOfRange" })
      expect(thrownBy(() => LocalDate.fromEpochDay(amount))).toMatchObject({ _tag: "DateOutOfRange" })
    }
    expect(String(thrownBy(() => LocalDate.addDays(LocalDate.of("9999-12-30"), 2)))).toBe(
      "DateOutOfRange: 9999-12-30 plus days 2: the result is outside 0001-01-01 to 9999-12-31"
    )
    expect(String(thrownBy(() => LocalDate.addMonths(date, 0.5)))).toContain("must be a whole number")
  })

  it("clamps to the end of the month, always from the seed", () => {
    const seed = LocalDate.of("2023-12-31")
    expect(LocalDate.monthlySeries(seed, 4)).toEqual(["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"])
    expect(LocalDate.monthlySeries(seed, 3, -1)).toEqual(["2023-12-31", "2023-11-30", "2023-10-31"])
    expect(LocalDate.monthlySeries(seed, 0)).toEqual([])
    const chained = LocalDate.addMonths(LocalDate.addMonths(seed, 2), 1)
    expect(chained).toBe("2024-03-29")
  })

  it("brings a leap day to 28 February in common years, and back in leap years", () => {
    const birthday = LocalDate.of("2024-02-29")
    expect([1, 2, 3, 4].map((years) => LocalDate.addYears(birthday, years))).toEqual([
      "2025-02-28",
      "2026-02-28",
      "2027-02-28",
      "2028-02-29"
    ])
    expect(LocalDate.addYears(birthday, -124)).toBe("1900-02-28")
  })

  it("counts whole months", () => {
    const between = (start: string, end: string): number =>
      LocalDate.monthsBetween(LocalDate.of(start), LocalDate.of(end))
    expect(between("2026-01-31", "2026-02-27")).toBe(0)
    expect(between("2026-01-31", "2026-02-28")).toBe(1)
    expect(between("2026-01-15", "2027-01-14")).toBe(11)
    expect(between("2026-03-31", "2026-02-28")).toBe(-1)
    expect(between("2026-03-31", "2026-03-01")).toBe(0)
    expect(between("0001-01-01", "9999-12-31")).toBe(119_987)
    expect(between("9999-12-31", "0001-01-01")).toBe(-119_987)
  })

  it("knows months, years and weeks", () => {
    expect(LocalDate.endOfMonth(LocalDate.of("2024-02-01"))).toBe("2024-02-29")
    expect(LocalDate.startOfMonth(LocalDate.of("2024-02-29"))).toBe("2024-02-01")
    expect([1900, 2000, 2023, 2024, 2100].filter(LocalDate.isLeapYear)).toEqual([2000, 2024])
    expect(LocalDate.isoWeek(LocalDate.of("2026-01-01"))).toEqual({ year: 2026, week: 1 })
    expect(LocalDate.isoWeek(LocalDate.of("2027-01-01"))).toEqual({ year: 2026, week: 53 })
    expect(LocalDate.isoWeek(LocalDate.of("2024-12-30"))).toEqual({ year: 2025, week: 1 })
    expect(LocalDate.isoWeek(LocalDate.of("0001-01-01"))).toEqual({ year: 1, week: 1 })
  })

  it("orders dates", () => {
    const [early, late] = [LocalDate.of("2026-09-30"), LocalDate.of("2026-10-01")]
    expect([late, early].sort(LocalDate.compare)).toEqual([early, late])
    expect(LocalDate.compare(early, early)).toBe(0)
    expect(LocalDate.min(late, early, late)).toBe(early)
    expect(LocalDate.max(early, late, early)).toBe(late)
  })
})

describe("properties", () => {
  const months = fc.integer({ min: -1200, max: 1200 })

  it("epoch days go there and back", () => {
    fc.assert(
      fc.property(DateArbitrary.anyLocalDate, (date) => {
        expect(LocalDate.fromEpochDay(LocalDate.toEpochDay(date))).toBe(date)
        expect(LocalDate.parse(date)).toBe(date)
      }),
      { numRuns: 2000 }
    )
  })

  it("addDays and daysBetween are inverse", () => {
    fc.assert(
      fc.property(DateArbitrary.anyLocalDate, DateArbitrary.anyLocalDate, (start, end) => {
        const days = LocalDate.daysBetween(start, end)
        expect(LocalDate.addDays(start, days)).toBe(end)
        expect(LocalDate.daysBetween(end, start)).toBe(0 - days)
        expect(Math.sign(days)).toBe(LocalDate.compare(end, start))
      }),
      { numRuns: 2000 }
    )
  })

  it("addMonths moves the month exactly, and never past the seed's day", () => {
    fc.assert(
      fc.property(DateArbitrary.localDate(), months, (seed, k) => {
        const date = LocalDate.addMonths(seed, k)
        const index = (d: LocalDate.LocalDate): number => LocalDate.year(d) * 12 + LocalDate.month(d)
        expect(index(date) - index(seed)).toBe(k)
        expect(LocalDate.day(date)).toBe(Math.min(LocalDate.day(seed), LocalDate.day(LocalDate.endOfMonth(date))))
        expect(LocalDate.is(date)).toBe(true)
      }),
      { numRuns: 2000 }
    )
  })

  it("monthsBetween never passes the end, and one more month would", () => {
    fc.assert(
      fc.property(DateArbitrary.orderedDates(), ([start, end]) => {
        const k = LocalDate.monthsBetween(start, end)
        expect(LocalDate.addMonths(start, k) <= end).toBe(true)
        expect(LocalDate.addMonths(start, k + 1) > end).toBe(true)
        const back = LocalDate.monthsBetween(end, start)
        expect(LocalDate.addMonths(end, back) >= start).toBe(true)
        expect(LocalDate.addMonths(end, back - 1) < start).toBe(true)
      }),
      { numRuns: 2000 }
    )
  })
})
