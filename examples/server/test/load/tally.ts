/**
 * Counts what was asked and how it was answered, and how long that took.
 */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks"
import { type Asked, expectations } from "./expectations.ts"

/** A name, how often it was asked, and in how many milliseconds half, 95 and 99 of a hundred were answered, and all. */
export interface Row {
  readonly name: string
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly slowest: number
}

const kept = 20

const milliseconds = (microseconds: number): number => Math.round(microseconds / 10) / 100

const rowOf = (name: string, histogram: RecordableHistogram): Row => ({
  name,
  count: histogram.count,
  p50: milliseconds(histogram.percentile(50)),
  p95: milliseconds(histogram.percentile(95)),
  p99: milliseconds(histogram.percentile(99)),
  slowest: histogram.count === 0 ? 0 : milliseconds(histogram.max)
})

/** What a run came to. */
export class Tally {
  readonly #times = new Map<Asked, RecordableHistogram>()
  readonly #all = createHistogram()
  readonly #outcomes = new Map<string, number>()
  /** The first answers that nobody expected, in words. */
  readonly findings: Array<string> = []
  /** How many findings there were. */
  found = 0
  /** How many requests were answered. */
  answered = 0

  finding(words: string): void {
    this.found += 1
    if (this.findings.length < kept) this.findings.push(words)
  }

  answer(name: Asked, outcome: string, tookMs: number, words: () => string): void {
    this.answered += 1
    const histogram = this.#times.get(name) ?? createHistogram()
    this.#times.set(name, histogram)
    const microseconds = Math.max(1, Math.round(tookMs * 1000))
    histogram.record(microseconds)
    this.#all.record(microseconds)
    const key = `${name}: ${outcome}`
    this.#outcomes.set(key, (this.#outcomes.get(key) ?? 0) + 1)
    const expected: ReadonlyArray<string> = expectations[name]
    if (!expected.includes(outcome)) this.finding(words())
  }

  /** How often something was asked. */
  times(name: Asked): number {
    return this.#times.get(name)?.count ?? 0
  }

  /** What was never asked. */
  get missing(): ReadonlyArray<string> {
    return Object.keys(expectations).filter((name) => !this.#times.has(name as Asked))
  }

  /** All requests together, and then each kind, the most frequent one first. */
  get rows(): ReadonlyArray<Row> {
    const rows = [...this.#times].map(([name, histogram]) => rowOf(name, histogram))
    return [rowOf("all", this.#all), ...rows.sort((left, right) => right.count - left.count)]
  }
}
