/** How `pnpm bench` measures. The clock is an argument, so that the arithmetic can be tested without time passing. */
import type { Benchmark, Ceiling, Comparison, Prepared } from "./Comparison.ts"

/** One line of `benchmark-results.json`. */
export interface Record {
  readonly id: string
  readonly subject: Figure
  readonly anchor: Figure
  /**
   * Of a comparison: the median over the rounds of subject speed / anchor speed. Of a ceiling: limit / measured median.
   * Higher is better in both.
   */
  readonly ratio: number
  /** The quartiles of the rounds' ratios, lower and upper. */
  readonly spread: readonly [number, number]
  /** The ratio must be at least this. */
  readonly goal: number
  readonly holds: boolean
}

/** One side's name, its median figure and the figure's unit. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** How long and how often to measure. */
export interface Settings {
  /** A clock in milliseconds. */
  readonly now: () => number
  /** Called before every measured stretch, to collect garbage that the other side left. */
  readonly settle: () => void
  readonly rounds: number
  readonly warmUpMs: number
  readonly sideMs: number
}

/** The value below which a part of the sorted list lies, interpolated. Expects at least one value. */
export const quantile = (values: ReadonlyArray<number>, part: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

/** The middle value. */
export const median = (values: ReadonlyArray<number>): number => quantile(values, 0.5)

const runTimes = async (prepared: Prepared, times: number): Promise<void> => {
  for (let at = 0; at < times; at++) {
    const result = prepared.run()
    // Awaiting what is no promise would burden quick synchronous work with a turn of the event loop.
    if (result instanceof Promise) await result
  }
}

/** How many runs fill the time that one side gets in a round; warms the side up on the way. */
const calibrate = async (prepared: Prepared, { now, sideMs, warmUpMs }: Settings): Promise<number> => {
  let times = 1
  const start = now()
  for (;;) {
    const before = now()
    await runTimes(prepared, times)
    const took = now() - before
    if (now() - start >= warmUpMs && took > 0) return Math.max(1, Math.round((times * sideMs) / took))
    if (took < sideMs / 2) times *= 2
  }
}

/** Operations per second of one stretch. */
const speed = async (prepared: Prepared, times: number, { now, settle }: Settings): Promise<number> => {
  settle()
  const before = now()
  await runTimes(prepared, times)
  return (times * prepared.operations * 1000) / (now() - before)
}

/** Measures a comparison: both sides prepared once, warmed up, and run in turn; the first of a round changes each time. */
export const compare = async (comparison: Comparison, settings: Settings): Promise<Record> => {
  const subject = await comparison.subject.prepare()
  try {
    const anchor = await comparison.anchor.prepare()
    try {
      const subjectTimes = await calibrate(subject, settings)
      const anchorTimes = await calibrate(anchor, settings)
      const rounds: Array<{ readonly subject: number; readonly anchor: number }> = []
      for (let round = 0; round < settings.rounds; round++) {
        const subjectFirst = round % 2 === 0
        const first = subjectFirst
          ? await speed(subject, subjectTimes, settings)
          : await speed(anchor, anchorTimes, settings)
        const second = subjectFirst
          ? await speed(anchor, anchorTimes, settings)
          : await speed(subject, subjectTimes, settings)
        rounds.push(subjectFirst ? { subject: first, anchor: second } : { subject: second, anchor: first })
      }
      const ratios = rounds.map((round) => round.subject / round.anchor)
      const figure = (name: string, values: ReadonlyArray<number>): Figure => ({
        name,
        value: median(values),
        unit: "op/s"
      })
      return {
        id: comparison.id,
        subject: figure(
          comparison.subject.name,
          rounds.map((round) => round.subject)
        ),
        anchor: figure(
          comparison.anchor.name,
          rounds.map((round) => round.anchor)
        ),
        ...verdict(ratios, comparison.goal)
      }
    } finally {
      await anchor.close?.()
    }
  } finally {
    await subject.close?.()
  }
}

/** Measures a ceiling; the anchor, when there is one, in turn with the subject. */
export const gauge = async (ceiling: Ceiling, settings: Settings): Promise<Record> => {
  const figures: Array<number> = []
  const beside: Array<number> = []
  for (let round = 0; round < (ceiling.rounds ?? settings.rounds); round++) {
    figures.push(await ceiling.subject.measure())
    if (ceiling.anchor !== undefined) beside.push(await ceiling.anchor.measure())
  }
  const { unit } = ceiling
  return {
    id: ceiling.id,
    subject: { name: ceiling.subject.name, value: median(figures), unit },
    anchor:
      ceiling.anchor === undefined
        ? { name: "the limit", value: ceiling.atMost, unit }
        : { name: ceiling.anchor.name, value: median(beside), unit },
    ...verdict(
      figures.map((figure) => ceiling.atMost / figure),
      1
    )
  }
}

const verdict = (ratios: ReadonlyArray<number>, goal: number) => {
  const ratio = median(ratios)
  return { ratio, spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)] as const, goal, holds: ratio >= goal }
}

/** Measures either. */
export const measure = (benchmark: Benchmark, settings: Settings): Promise<Record> =>
  "atMost" in benchmark ? gauge(benchmark, settings) : compare(benchmark, settings)

const digits = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 4 })

/** The records as an aligned table. */
export const table = (records: ReadonlyArray<Record>): string => {
  const figure = ({ name, unit, value }: Figure): string => `${name}: ${digits.format(value)} ${unit}`
  const rows = [
    ["id", "subject", "anchor", "ratio", "spread", "goal", "holds"],
    ...records.map((record) => [
      record.id,
      figure(record.subject),
      figure(record.anchor),
      digits.format(record.ratio),
      record.spread.map((each) => digits.format(each)).join("–"),
      `≥ ${digits.format(record.goal)}`,
      record.holds ? "yes" : "NO"
    ])
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
