import * as fc from "fast-check"
import { makeQuantiles } from "saldo/lending/quantiles"
import { describe, expect, it } from "vitest"

const of = (values: ReadonlyArray<bigint>) => {
  const quantiles = makeQuantiles()
  for (const value of values) quantiles.add(value)
  return quantiles
}

describe("makeQuantiles", () => {
  it("interpolates as R's quantile(type = 7) does, rounded half to even", () => {
    // quantile(c(1, 2, 4, 8, 16) * 100, c(0, .1, .25, .5, .9, 1)) is 100 140 200 400 1280 1600.
    const quantiles = of([1600n, 100n, 400n, 200n, 800n])
    expect([0, 10, 25, 50, 90, 100].map((percent) => quantiles.at(percent, 100))).toEqual([
      100n,
      140n,
      200n,
      400n,
      1280n,
      1600n
    ])
    expect(of([1n, 2n]).at(1, 2)).toBe(2n)
    expect(of([2n, 3n]).at(1, 2)).toBe(2n)
    expect(of([-3n, -2n]).at(1, 2)).toBe(-2n)
  })

  it("has none without values, and takes more values after an answer", () => {
    const quantiles = makeQuantiles()
    expect(quantiles.at(1, 2)).toBeUndefined()
    quantiles.add(5n)
    expect(quantiles.at(1, 2)).toBe(5n)
    quantiles.add(1n)
    expect(quantiles.at(0, 1)).toBe(1n)
    expect(quantiles.size()).toBe(2)
  })

  it("ranks what a sorted array ranks, also beyond 64 bits", () => {
    const value = fc.oneof(
      fc.bigInt({ min: -100n, max: 100n }),
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
      fc.constantFrom(2n ** 63n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) - 1n)
    )
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
        const quantiles = of(values)
        const steps = Math.max(values.length - 1, 1)
        for (const [rank, expected] of sorted.entries()) expect(quantiles.at(rank, steps)).toBe(expected)
      })
    )
  })
})
