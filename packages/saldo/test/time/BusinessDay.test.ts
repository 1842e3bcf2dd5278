import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as fc from "fast-check"
import * as BusinessDay from "saldo/time/BusinessDay"
import { isBusinessDay } from "saldo/time/businessDays"
import type { HolidayCalendar } from "saldo/time/HolidayCalendar"
import { weekendsOnly } from "saldo/time/HolidayCalendar"
import * as LocalDate from "saldo/time/LocalDate"
import vectors from "../fixtures/dates.json" with { type: "json" }

const d = (text: string): LocalDate.LocalDate => LocalDate.of(text)

const named: Record<string, BusinessDay.Convention> = {
  UNADJUSTED: "unadjusted",
  FOLLOWING: "following",
  MODIFIED_FOLLOWING: "modifiedFollowing",
  PRECEDING: "preceding",
  MODIFIED_PRECEDING: "modifiedPreceding",
  NEAREST: "nearest"
}

describe("published vectors", () => {
  const adjusted = vectors.filter(({ kind }) => kind === "dates.businessDay")
  const monthly = vectors.filter(({ kind }) => kind === "dates.monthly")

  it("are all here", () => {
    expect([adjusted.length, monthly.length]).toEqual([8, 2])
  })

  it.each(adjusted)("$id: $inputs.convention", ({ inputs, expected }) => {
    const calendar: HolidayCalendar = {
      id: "ZA-2015",
      name: "South Africa in the vectors' year",
      weekend: [6, 7],
      rules: [{ kind: "dates", name: "Holiday", dates: (inputs.holidays ?? []).map(d) }]
    }
    const unadjusted = LocalDate.addMonths(d(inputs.start ?? ""), inputs.addMonths ?? Number.NaN)
    expect(unadjusted).toBe(inputs.unadjusted)
    const convention = named[inputs.convention ?? ""] ?? "unadjusted"
    expect(BusinessDay.adjust(convention, calendar, unadjusted)).toBe(expected.date)
  })

  it.each(monthly)("$id: months from the seed", ({ inputs, expected }) => {
    expect(LocalDate.monthlySeries(d(inputs.firstDueDate ?? ""), inputs.count ?? 0)).toEqual(expected.dueDates)
  })
})

describe("conventions", () => {
  it.each([
    ["2026-02-28", ["2026-02-28", "2026-03-02", "2026-02-27", "2026-02-27", "2026-02-27", "2026-02-27"]],
    ["2026-02-01", ["2026-02-01", "2026-02-02", "2026-02-02", "2026-01-30", "2026-02-02", "2026-02-02"]],
    ["2026-03-11", ["2026-03-11", "2026-03-11", "2026-03-11", "2026-03-11", "2026-03-11", "2026-03-11"]]
  ])("%s on a calendar of weekends", (date, expected) => {
    expect(BusinessDay.conventions.map((name) => BusinessDay.adjust(name, weekendsOnly, d(date)))).toEqual(expected)
  })

  it("nearest goes forward when both ways are as far", () => {
    const calendar: HolidayCalendar = {
      id: "wednesday",
      name: "One Wednesday off",
      weekend: [6, 7],
      rules: [{ kind: "dates", name: "Off", dates: [d("2026-03-11")] }]
    }
    expect(BusinessDay.adjust("nearest", calendar, d("2026-03-11"))).toBe("2026-03-12")
  })
})

describe("properties", () => {
  it("adjusts to a business day, in the month where modified, the right way, and leaves business days alone", () => {
    const bounds = { min: LocalDate.of("2018-01-01"), max: LocalDate.of("2090-12-31") }
    fc.assert(
      fc.property(
        DateArbitrary.calendar,
        DateArbitrary.convention.filter((name) => name !== "unadjusted"),
        DateArbitrary.localDate(bounds),
        (calendar, convention, date) => {
          const result = BusinessDay.adjust(convention, calendar, date)
          expect(isBusinessDay(calendar, result)).toBe(true)
          expect(BusinessDay.adjust(convention, calendar, result)).toBe(result)
          const sameMonth = LocalDate.startOfMonth(result) === LocalDate.startOfMonth(date)
          expect(sameMonth || !convention.startsWith("modified")).toBe(true)
          expect(result >= date || convention !== "following").toBe(true)
          expect(result <= date || convention !== "preceding").toBe(true)
          expect(result === date || !isBusinessDay(calendar, date)).toBe(true)
        }
      ),
      { numRuns: 2000 }
    )
  })

  it("finds the closest business day", () => {
    const bounds = { min: LocalDate.of("2018-01-01"), max: LocalDate.of("2090-12-31") }
    fc.assert(
      fc.property(DateArbitrary.calendar, DateArbitrary.localDate(bounds), (calendar, date) => {
        const distance = Math.abs(LocalDate.daysBetween(date, BusinessDay.adjust("nearest", calendar, date)))
        for (let days = -distance + 1; days < distance; days++) {
          expect(isBusinessDay(calendar, LocalDate.addDays(date, days))).toBe(false)
        }
      })
    )
  })
})
