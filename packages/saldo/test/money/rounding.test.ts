import { Decimal } from "decimal.js"
import * as fc from "fast-check"
import { roundingMode } from "@saldo/testing/MoneyArbitrary"
import { describe, expect, it } from "vitest"
import { divide, type RoundingMode } from "../../src/money/rounding.ts"

// The columns of java.math.RoundingMode's table: 5.5, 2.5, 1.6, 1.1, 1.0 and their negatives.
const inputs = [55n, 25n, 16n, 11n, 10n, -10n, -11n, -16n, -25n, -55n]
const expected: Readonly<Record<RoundingMode, ReadonlyArray<bigint>>> = {
  up: [6n, 3n, 2n, 2n, 1n, -1n, -2n, -2n, -3n, -6n],
  down: [5n, 2n, 1n, 1n, 1n, -1n, -1n, -1n, -2n, -5n],
  ceiling: [6n, 3n, 2n, 2n, 1n, -1n, -1n, -1n, -2n, -5n],
  floor: [5n, 2n, 1n, 1n, 1n, -1n, -2n, -2n, -3n, -6n],
  halfUp: [6n, 3n, 2n, 1n, 1n, -1n, -1n, -2n, -3n, -6n],
  halfDown: [5n, 2n, 2n, 1n, 1n, -1n, -1n, -2n, -2n, -5n],
  halfEven: [6n, 2n, 2n, 1n, 1n, -1n, -1n, -2n, -2n, -6n]
}

const decimalModes: Readonly<Record<RoundingMode, Decimal.Rounding>> = {
  up: Decimal.ROUND_UP,
  down: Decimal.ROUND_DOWN,
  ceiling: Decimal.ROUND_CEIL,
  floor: Decimal.ROUND_FLOOR,
  halfUp: Decimal.ROUND_HALF_UP,
  halfDown: Decimal.ROUND_HALF_DOWN,
  halfEven: Decimal.ROUND_HALF_EVEN
}

describe("divide", () => {
  it.each(Object.keys(expected) as Array<RoundingMode>)("rounds by %s, whatever side the sign is on", (mode) => {
    expect(inputs.map((input) => divide(input, 10n, mode))).toEqual(expected[mode])
    expect(inputs.map((input) => divide(-input, -10n, mode))).toEqual(expected[mode])
  })

  it("agrees with decimal.js on any ratio", () => {
    const Exact = Decimal.clone({ precision: 400 })
    const part = fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n })
    const small = fc.bigInt({ min: -40n, max: 40n })
    fc.assert(
      fc.property(fc.oneof(part, small), fc.oneof(part, small), roundingMode, (numerator, denominator, mode) => {
        fc.pre(denominator !== 0n)
        const oracle = new Exact(numerator.toString())
          .div(denominator.toString())
          .toDecimalPlaces(0, decimalModes[mode])
        expect(divide(numerator, denominator, mode)).toBe(BigInt(oracle.toFixed()))
      }),
      { numRuns: 2000 }
    )
  })

  it("refuses a zero denominator, and a mode that it does not know", () => {
    expect(() => divide(1n, 0n, "halfEven")).toThrow(RangeError)
    expect(() => divide(1n, 3n, "nearest" as RoundingMode)).toThrow(TypeError)
  })
})
