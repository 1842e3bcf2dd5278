import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as fc from "fast-check"
import * as DateRange from "saldo/time/DateRange"
import * as LocalDate from "saldo/time/LocalDate"

const d = (text: string): LocalDate.LocalDate => LocalDate.of(text)

describe("DateRange", () => {
  it("holds its start and not its end", () => {
    const range = DateRange.of(d("2026-02-27"), d("2026-03-02"))
    expect([...DateRange.dates(range)]).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"])
    expect(DateRange.days(range)).toBe(3)
    expect(DateRange.contains(range, range.start)).toBe(true)
    expect(DateRange.contains(range, range.end)).toBe(false)
    expect(DateRange.month(d("2024-02-10"))).toEqual({ start: "2024-02-01", end: "2024-03-01" })
  })

  it("refuses an end before the start, and allows an empty range", () => {
    expect(DateRange.make(d("2026-02-02"), d("2026-02-01"))).toMatchObject({
      _tag: "InvalidDateRange",
      message: expect.stringContaining("must not be earlier than the start")
    })
    expect(() => DateRange.of(d("2026-02-02"), d("2026-02-01"))).toThrow(DateRange.InvalidDateRange)
    expect([...DateRange.dates(DateRange.of(d("2026-02-02"), d("2026-02-02")))]).toEqual([])
  })

  it("cuts at the firsts of months without losing a day, up to the end of the calendar", () => {
    expect(DateRange.splitByMonth(DateRange.of(d("9999-11-30"), d("9999-12-31")))).toEqual([
      { start: "9999-11-30", end: "9999-12-01" },
      { start: "9999-12-01", end: "9999-12-31" }
    ])
    fc.assert(
      fc.property(DateArbitrary.dateRange(), (range) => {
        const pieces = DateRange.splitByMonth(range)
        expect(pieces.reduce((total, piece) => total + DateRange.days(piece), 0)).toBe(DateRange.days(range))
        for (const piece of pieces) {
          expect(DateRange.days(piece)).toBeGreaterThan(0)
          expect(LocalDate.startOfMonth(LocalDate.addDays(piece.end, -1))).toBe(LocalDate.startOfMonth(piece.start))
        }
      })
    )
  })

  it("intersects", () => {
    const near = { min: d("2026-01-01"), max: d("2026-06-30") }
    fc.assert(
      fc.property(
        DateArbitrary.dateRange(near),
        DateArbitrary.dateRange(near),
        DateArbitrary.localDate(near),
        (left, right, date) => {
          const both = DateRange.intersection(left, right)
          const held = both !== undefined && DateRange.contains(both, date)
          expect(held).toBe(DateRange.contains(left, date) && DateRange.contains(right, date))
        }
      ),
      { numRuns: 1000 }
    )
  })
})
