/**
 * Where values stand in a chart. Amounts stay whole minor units until the very last step, which gives a place between
 * 0 and 1 on the screen.
 */

/** Where `value` stands between `from` and `to`, as a share that is exact to a millionth. */
export const shareOf = (value: bigint, from: bigint, to: bigint): number =>
  to === from ? 0.5 : Number(((value - from) * 1_000_000n) / (to - from)) / 1_000_000

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least `wanted`; whole, and 1 at least. */
export const niceStep = (wanted: bigint): bigint => {
  for (let power = 1n; ; power *= 10n) {
    for (const [times, by] of [
      [1n, 1n],
      [2n, 1n],
      [5n, 2n],
      [5n, 1n]
    ] as const) {
      const step = (power * times) / by
      if (step * by === power * times && step >= wanted) return step
    }
  }
}

const floorTo = (value: bigint, step: bigint): bigint => {
  const cut = value - (value % step)
  return cut > value ? cut - step : cut
}

/** Round values for an axis that holds everything from `minimum` to `maximum`, at most so many steps apart. */
export const ticksOf = (minimum: bigint, maximum: bigint, steps = 4): ReadonlyArray<bigint> => {
  const span = maximum > minimum ? maximum - minimum : 1n
  const step = niceStep((span + BigInt(steps) - 1n) / BigInt(steps))
  const ticks: Array<bigint> = []
  for (let tick = floorTo(minimum, step); ; tick += step) {
    ticks.push(tick)
    if (tick >= maximum && ticks.length > 1) return ticks
  }
}

/** A point of a chart of amounts over days. */
export interface DayAmount {
  readonly day: number
  readonly amount: bigint
}

/**
 * What a sum was at the end of each day on which one of its parts changed. Each part says what it was before its first
 * change, and its changes in order of days.
 */
export const sumOverDays = (
  parts: ReadonlyArray<{ readonly before: bigint; readonly changes: ReadonlyArray<DayAmount> }>,
  start: number
): ReadonlyArray<DayAmount> => {
  const byDay = new Map<number, bigint>()
  let total = 0n
  for (const { before, changes } of parts) {
    total += before
    let last = before
    for (const { amount, day } of changes) {
      byDay.set(day, (byDay.get(day) ?? 0n) + amount - last)
      last = amount
    }
  }
  const points: Array<DayAmount> = [{ day: start, amount: total }]
  for (const [day, change] of [...byDay].sort(([a], [b]) => a - b)) {
    total += change
    if (points.at(-1)?.day === day) points.pop()
    points.push({ day, amount: total })
  }
  return points
}

/** Days that share the span from `start` to `end` evenly: the first of the months, or days when there are few. */
export const dayTicks = (start: number, end: number, count: number): ReadonlyArray<number> => {
  const steps = Math.max(1, Math.min(count, end - start))
  return Array.from({ length: steps + 1 }, (_, at) => Math.round(start + ((end - start) * at) / steps))
}

/** The last point that is not after a day. */
export const pointAt = (points: ReadonlyArray<DayAmount>, day: number): DayAmount | undefined =>
  points.findLast((point) => point.day <= day)
