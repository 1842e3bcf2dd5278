import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { BookingTime, fromInstant, fromMicros, toInstant, toMicros } from "saldo/ledger/BookingTime"
import { describe, expect, it } from "vitest"

// Until the year 2255 a count of microseconds is exact as a number.
const micros = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 })

describe("a booking time", () => {
  it("is text of ISO 8601 to the microsecond", () => {
    expect(fromMicros(0)).toBe("1970-01-01T00:00:00.000000Z")
    expect(fromMicros(1_773_144_000_000_001)).toBe("2026-03-10T12:00:00.000001Z")
    expect(fromMicros(1_773_144_000_000_999)).toBe("2026-03-10T12:00:00.000999Z")
    const instant = DateTime.makeUnsafe("2026-03-10T12:00:00.123Z")
    expect(fromInstant(instant)).toBe("2026-03-10T12:00:00.123000Z")
    expect(toInstant(fromInstant(instant))).toEqual(instant)
  })

  it("is read back exactly", () => {
    fc.assert(
      fc.property(micros, (count) => {
        const text = fromMicros(count)
        expect(toMicros(text)).toBe(count)
        expect(Schema.is(BookingTime)(text)).toBe(true)
        expect(toInstant(text).epochMilliseconds).toBe(Math.floor(count / 1000))
      })
    )
  })

  it("sorts as text", () => {
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        expect(fromMicros(a) < fromMicros(b)).toBe(a < b)
      })
    )
  })
})
