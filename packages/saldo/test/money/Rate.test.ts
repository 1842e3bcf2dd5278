import * as fc from "fast-check"
import * as Arbitrary from "@saldo/testing/MoneyArbitrary"
import { describe, expect, expectTypeOf, it } from "vitest"
import { InvalidRate, RateNotRepresentable } from "../../src/money/MoneyError.ts"
import * as Rate from "../../src/money/Rate.ts"

describe("Rate", () => {
  it.each([
    ["9.5", "9.5", "0.095", 950n, 95_000n],
    ["9.50", "9.5", "0.095", 950n, 95_000n],
    ["0", "0", "0.00", 0n, 0n],
    ["-0.25", "-0.25", "-0.0025", -25n, -2500n],
    ["100", "100", "1.00", 10_000n, 1_000_000n],
    ["1200", "1200", "12.00", 120_000n, 12_000_000n]
  ] as const)("of %s percent", (text, percent, decimal, basisPoints, ppm) => {
    const rate = Rate.annualPercent(text)
    expect(Rate.toPercent(rate)).toBe(percent)
    expect(Rate.toDecimal(rate)).toBe(decimal)
    expect(Rate.toBasisPoints(rate)).toBe(basisPoints)
    expect(Rate.toPpm(rate)).toBe(ppm)
    expect(Rate.annualBasisPoints(basisPoints)).toEqual(rate)
    expect(Rate.annualPpm(Number(ppm))).toEqual(rate)
  })

  it("says when it is no whole number of a unit", () => {
    const rate = Rate.periodicPercent("0.00001")
    expect(Rate.toBasisPoints(rate)).toBeInstanceOf(RateNotRepresentable)
    expect(Rate.toPpm(rate)).toMatchObject({
      _tag: "RateNotRepresentable",
      percent: "0.00001",
      unit: "parts per million"
    })
    expect(Rate.toPpm(Rate.periodicPercent("0.0001"))).toBe(1n)
  })

  it.each(["", "9,5", "9.5 %", "abc", "1e2", "Infinity", "٩", "9".repeat(1001)])("refuses %j", (text) => {
    expect(Rate.fromPercent("annual", text)).toBeInstanceOf(InvalidRate)
    expect(() => Rate.annualPercent(text)).toThrow(InvalidRate)
    expect(() => Rate.periodicPercent(text)).toThrow(InvalidRate)
  })

  it.each([9.5, Number.NaN, Infinity, 2 ** 53])("refuses %d units", (value) => {
    for (const of of [Rate.annualBasisPoints, Rate.periodicBasisPoints, Rate.annualPpm, Rate.periodicPpm]) {
      expect(() => of(value)).toThrow(InvalidRate)
    }
  })

  it("knows its kind, and compares only with its own", () => {
    expectTypeOf(Rate.annualPercent("1")).toEqualTypeOf<Rate.Rate<"annual">>()
    expectTypeOf(Rate.periodicBasisPoints(1)).toEqualTypeOf<Rate.Rate<"periodic">>()
    const [annual, periodic] = [Rate.annualPercent("1"), Rate.periodicPercent("1")]
    // @ts-expect-error a rate of another kind
    Rate.compare(annual, periodic)
    expect(annual).not.toEqual(periodic)
    const rates = ["-1", "0.099", "0.1", "0.101", "1"].map(Rate.annualPercent)
    expect(rates.map((rate) => Rate.compare(rate, Rate.annualBasisPoints(10)))).toEqual([-1, -1, 0, 1, 1])
    expect([String(annual), JSON.stringify(periodic)]).toEqual(["1 % annual", '{"kind":"periodic","percent":"1"}'])
    expect(() => Number(annual)).toThrow(TypeError)
  })

  it("reads what it writes, and is the fraction it says", () => {
    fc.assert(
      fc.property(Arbitrary.rate, (rate) => {
        expect(Rate.fromPercent(rate.kind, Rate.toPercent(rate))).toEqual(rate)
        const { denominator, numerator } = rate.ratio
        expect(numerator * 10n ** BigInt(rate.scale)).toBe(rate.coefficient * denominator)
      })
    )
  })
})
