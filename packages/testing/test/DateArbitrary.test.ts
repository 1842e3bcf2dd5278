import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as fc from "fast-check"
import * as LocalDate from "saldo/time/LocalDate"
import * as Period from "saldo/time/Period"

const sample = <A>(arbitrary: fc.Arbitrary<A>): ReadonlyArray<A> => fc.sample(arbitrary, { numRuns: 2000, seed: 7 })

describe("DateArbitrary", () => {
  it("keeps to the bounds, and reaches both", () => {
    const bounds = { min: LocalDate.of("2024-02-28"), max: LocalDate.of("2024-03-01") }
    const dates = sample(DateArbitrary.localDate(bounds))
    expect([...new Set(dates)].sort(LocalDate.compare)).toEqual(["2024-02-28", "2024-02-29", "2024-03-01"])
  })

  it("looks often where date code goes wrong", () => {
    const dates = sample(DateArbitrary.localDate())
    expect(dates.filter(LocalDate.isEndOfMonth).length).toBeGreaterThan(200)
    expect(dates.filter((date) => date.endsWith("-02-29")).length).toBeGreaterThan(25)
    expect(dates.filter((date) => date.endsWith("-12-31")).length).toBeGreaterThan(20)
    expect(new Set(dates).size).toBeGreaterThan(1000)
  })

  it("makes dates, ranges and periods that are valid", () => {
    expect(sample(DateArbitrary.anyLocalDate).every(LocalDate.is)).toBe(true)
    expect(sample(DateArbitrary.dateRange()).every(({ start, end }) => start <= end)).toBe(true)
    expect(sample(DateArbitrary.period).every((period) => !(Period.fromParts(period) instanceof Error))).toBe(true)
  })
})
