import type { Comparison, Prepared } from "@saldo/house/Comparison"
import * as LocalDate from "saldo/time/LocalDate"
import { Temporal } from "temporal-polyfill"

/**
 * Our value is the ISO text itself, so each of our operations reads its text and writes one. Temporal's side gets
 * ready-made PlainDate objects and amounts, so that it pays for no parsing, and is not asked for text.
 */
const count = 1000
const texts = Array.from({ length: count }, (_, n) => LocalDate.fromEpochDay(10_957 + n * 37))
const others = texts.toReversed()
const months = Array.from({ length: count }, (_, n) => (n % 61) - 30)

const plain = texts.map((text) => Temporal.PlainDate.from(text))
const plainOthers = others.map((text) => Temporal.PlainDate.from(text))
const durations = months.map((n) => ({ months: n }))

/** Goes through all inputs once; the sum keeps the work from being optimised away. */
const each = (operation: (n: number) => number): Prepared => ({
  operations: count,
  run: () => {
    let sum = 0
    for (let n = 0; n < count; n++) sum += operation(n)
    return sum
  }
})

const at = <A>(list: ReadonlyArray<A>, n: number): A => {
  const value = list[n]
  if (value === undefined) throw new RangeError(`the benchmark has ${list.length} inputs, and asked for number ${n}`)
  return value
}

const comparisons: ReadonlyArray<Comparison> = [
  {
    id: "time.addMonths",
    subject: {
      name: "LocalDate.addMonths on ISO text",
      prepare: () => each((n) => LocalDate.addMonths(at(texts, n), at(months, n)).charCodeAt(9))
    },
    anchor: {
      name: "temporal-polyfill PlainDate.add({ months }) on ready objects",
      prepare: () => each((n) => at(plain, n).add(at(durations, n)).day)
    },
    goal: 5
  },
  {
    id: "time.daysBetween",
    subject: {
      name: "LocalDate.daysBetween on ISO text",
      prepare: () => each((n) => LocalDate.daysBetween(at(texts, n), at(others, n)))
    },
    anchor: {
      name: "temporal-polyfill PlainDate.until().days on ready objects",
      prepare: () => each((n) => at(plain, n).until(at(plainOthers, n)).days)
    },
    goal: 5
  }
]

export default comparisons
