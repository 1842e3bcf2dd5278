import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import * as Period from "saldo/time/Period"
import { PeriodSchema } from "saldo/time/PeriodSchema"

describe("PeriodSchema", () => {
  it("decodes and encodes ISO 8601 text", () => {
    expect(Schema.decodeSync(PeriodSchema)("P1Y6M")).toEqual(Period.of({ years: 1, months: 6 }))
    fc.assert(
      fc.property(DateArbitrary.period, (period) => {
        expect(Schema.decodeSync(PeriodSchema)(Schema.encodeSync(PeriodSchema)(period))).toEqual(period)
      })
    )
  })

  it("says what would be right", () => {
    expect(() => Schema.decodeSync(PeriodSchema)("18 months")).toThrow("the form is P1Y2M3W4D")
    expect(() => Schema.encodeSync(PeriodSchema)({ years: 1, months: -1, weeks: 0, days: 0 })).toThrow("same sign")
  })
})
