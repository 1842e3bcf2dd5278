import { rangesFrom, rangesOf, rangesText, without, withNext } from "saldo/audit/sequenceRanges"
import * as fc from "fast-check"
import { expect, it } from "vitest"

const ascending = fc.uniqueArray(fc.integer({ min: 1, max: 40 })).map((all) => all.toSorted((a, b) => a - b))

const listOf = (ranges: ReadonlyArray<readonly [number, number]>) =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))

it("ranges hold the numbers they were made of, through text and back", () => {
  fc.assert(
    fc.property(ascending, (numbers) => {
      const ranges = rangesOf(numbers)
      expect(listOf(ranges)).toEqual(numbers)
      expect(rangesFrom(rangesText(ranges))).toEqual(ranges)
      expect(numbers.reduce(withNext, [])).toEqual(ranges)
    })
  )
  expect(rangesText(rangesOf([3, 4, 5, 9]))).toBe("3-5,9")
  expect(rangesFrom("")).toEqual([])
  expect(rangesFrom("1-2,x,-3,4")).toEqual([
    [1, 2],
    [4, 4]
  ])
})

it("ranges without others hold what only the first hold", () => {
  fc.assert(
    fc.property(ascending, ascending, (numbers, others) => {
      const left = numbers.filter((number) => !others.includes(number))
      expect(listOf(without(rangesOf(numbers), rangesOf(others)))).toEqual(left)
    })
  )
})
