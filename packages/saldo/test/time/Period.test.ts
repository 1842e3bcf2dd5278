import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as fc from "fast-check"
import * as LocalDate from "saldo/time/LocalDate"
import * as Period from "saldo/time/Period"
import { Temporal } from "temporal-polyfill"

const d = (text: string): LocalDate.LocalDate => LocalDate.of(text)

describe("parse and format", () => {
  it.each([
    ["P1Y2M10D", { years: 1, months: 2, weeks: 0, days: 10 }],
    ["P2W", { years: 0, months: 0, weeks: 2, days: 0 }],
    ["P1Y1M1W1D", { years: 1, months: 1, weeks: 1, days: 1 }],
    ["-P18M", { years: 0, months: -18, weeks: 0, days: 0 }],
    ["P0D", Period.zero]
  ])("%s", (text, period) => {
    expect(Period.parse(text)).toEqual(period)
    expect(Period.format(Period.of(text))).toBe(text)
  })

  it("reads other spellings of the same", () => {
    expect(Period.parse("+P1M")).toEqual(Period.of("P1M"))
    expect(Period.format(Period.of("P0Y012M0D"))).toBe("P12M")
    expect(Period.format(Period.of("-P0D"))).toBe("P0D")
  })

  it.each(["", "P", "1Y", "P1H", "PT1H", "P1.5M", "P1M1Y", "P-1M", "P1Y ", "p1y", "P12345678D"])(
    "refuses %j",
    (text) => {
      const result = Period.parse(text)
      expect(result).toBeInstanceOf(Period.InvalidPeriod)
      expect(result).toMatchObject({ _tag: "InvalidPeriod", input: text })
    }
  )

  it("refuses numbers that are no period", () => {
    expect(Period.fromParts({ months: 1.5 })).toBeInstanceOf(Period.InvalidPeriod)
    expect(Period.fromParts({ months: 1, days: -1 })).toMatchObject({
      message: expect.stringContaining("same sign")
    })
    expect(() => Period.of({ years: Number.NaN })).toThrow(Period.InvalidPeriod)
  })

  it("format and parse are inverse", () => {
    fc.assert(
      fc.property(DateArbitrary.period, (period) => {
        expect(Period.parse(Period.format(period))).toEqual(period)
        expect(Period.negate(Period.negate(period))).toEqual(period)
      })
    )
  })
})

describe("dates", () => {
  it("adds years and months first, clamps once, then adds weeks and days", () => {
    expect(Period.addTo(d("2026-01-31"), Period.of("P1M1D"))).toBe("2026-03-01")
    expect(Period.addTo(d("2024-02-29"), Period.of("P1Y1M"))).toBe("2025-03-29")
    expect(Period.addTo(d("2026-03-31"), Period.of("-P1M1W"))).toBe("2026-02-21")
  })

  it("returns the error for a period from outside, and throws it for one in the code", () => {
    const long = Period.of("P9999Y")
    expect(Period.tryAddTo(d("2026-01-01"), long)).toMatchObject({ _tag: "DateOutOfRange" })
    expect(Period.tryAddTo(d("2026-01-01"), Period.of("P1D"))).toBe("2026-01-02")
    expect(() => Period.addTo(d("2026-01-01"), long)).toThrow(LocalDate.DateOutOfRange)
  })

  it("adds what Temporal adds", () => {
    fc.assert(
      fc.property(DateArbitrary.localDate(), DateArbitrary.period, (date, period) => {
        expect(Period.addTo(date, period)).toBe(Temporal.PlainDate.from(date).add(period).toString())
      }),
      { numRuns: 1000 }
    )
  })

  it("between is what leads from one date to the other", () => {
    expect(Period.format(Period.between(d("2026-01-31"), d("2026-02-28")))).toBe("P1M")
    expect(Period.format(Period.between(d("2024-02-29"), d("2026-03-01")))).toBe("P2Y1D")
    expect(Period.format(Period.between(d("2026-03-01"), d("2024-02-29")))).toBe("-P2Y1D")
    fc.assert(
      fc.property(DateArbitrary.localDate(), DateArbitrary.localDate(), (start, end) => {
        const period = Period.between(start, end)
        expect(Period.addTo(start, period)).toBe(end)
        expect(Period.fromParts(period)).toEqual(period)
        expect(Math.abs(period.months)).toBeLessThan(12)
        expect(Math.abs(period.days)).toBeLessThan(31)
      }),
      { numRuns: 1000 }
    )
  })

  it("between is what Temporal counts, from days that every month has", () => {
    const early = DateArbitrary.localDate().map((date) =>
      LocalDate.day(date) > 28 ? LocalDate.addDays(date, -3) : date
    )
    fc.assert(
      fc.property(early, DateArbitrary.localDate(), (start, end) => {
        const until = Temporal.PlainDate.from(start).until(end, { largestUnit: "years" })
        expect(Period.between(start, end)).toEqual({
          years: until.years,
          months: until.months,
          weeks: 0,
          days: until.days
        })
      }),
      { numRuns: 1000 }
    )
  })
})
