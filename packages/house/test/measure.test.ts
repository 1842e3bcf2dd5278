import { describe, expect, it } from "vitest"
import type { Prepared, Side } from "../src/Comparison.ts"
import { compare, gauge, median, quantile, type Settings, table } from "../src/measure.ts"

/** A clock that only moves when work is done, so that nothing here depends on time. */
const world = () => {
  const state = { now: 0, calls: [] as Array<string>, closed: [] as Array<string> }
  const settings: Settings = {
    now: () => state.now,
    settle: () => state.calls.push("settle"),
    rounds: 7,
    warmUpMs: 300,
    sideMs: 150
  }
  const side = (name: string, msPerRun: number | (() => number), operations = 10): Side => ({
    name,
    prepare: (): Prepared => ({
      operations,
      run: () => {
        if (state.calls.at(-1) !== name) state.calls.push(name)
        state.now += typeof msPerRun === "number" ? msPerRun : msPerRun()
      },
      close: () => state.closed.push(name)
    })
  })
  return { state, settings, side }
}

describe("quantiles", () => {
  it("interpolate", () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2)
    expect(quantile([10], 0.75)).toBe(10)
  })
})

describe("a comparison", () => {
  it("gives the ratio of the speeds, whatever a run holds", async () => {
    const { settings, side } = world()
    const record = await compare({ id: "a", subject: side("fast", 1), anchor: side("slow", 5), goal: 5 }, settings)
    expect(record).toMatchObject({ ratio: 5, spread: [5, 5], goal: 5, holds: true })
    expect(record.subject).toEqual({ name: "fast", value: 10_000, unit: "op/s" })
    const other = await compare({ id: "a", subject: side("x", 1, 1), anchor: side("y", 1, 2), goal: 1 }, settings)
    expect(other).toMatchObject({ ratio: 0.5, holds: false })
  })

  it("runs the sides in turn, changes who is first, and collects garbage before each", async () => {
    const { settings, side, state } = world()
    await compare({ id: "a", subject: side("s", 1), anchor: side("a", 1), goal: 1 }, settings)
    const measured = state.calls.slice(state.calls.indexOf("settle")).filter((call) => call !== "settle")
    expect(measured).toEqual(["s", "a", "a", "s", "s", "a", "a", "s", "s", "a", "a", "s", "s", "a"])
    expect(state.calls.filter((call) => call === "settle")).toHaveLength(14)
    expect(state.closed).toEqual(["a", "s"])
  })

  it("takes the median of the rounds and shows their spread, so that one slow round changes nothing", async () => {
    const { settings, side, state } = world()
    const noisy = () => (state.calls.filter((call) => call === "settle").length === 1 ? 100 : 1)
    const record = await compare({ id: "a", subject: side("s", noisy), anchor: side("a", 1), goal: 1 }, settings)
    expect(record).toMatchObject({ ratio: 1, holds: true })
  })

  it("closes both sides when one fails", async () => {
    const { settings, side, state } = world()
    const failing = side("s", () => {
      throw new Error("no such table")
    })
    const comparison = { id: "a", subject: failing, anchor: side("a", 1), goal: 1 }
    await expect(compare(comparison, settings)).rejects.toThrow("no such table")
    expect(state.closed).toEqual(["a", "s"])
  })
})

describe("a ceiling", () => {
  it("holds when the median is below it", async () => {
    const { settings } = world()
    const figures = [8, 30, 9, 8, 7, 8, 9]
    const subject = { name: "import", measure: () => figures.shift() ?? 0 }
    const record = await gauge({ id: "b", subject, atMost: 10, unit: "ms" }, settings)
    expect(record).toMatchObject({ ratio: 1.25, goal: 1, holds: true, subject: { value: 8, unit: "ms" } })
    const over = await gauge({ id: "b", subject: { name: "x", measure: () => 12 }, atMost: 10, unit: "ms" }, settings)
    expect(over.holds).toBe(false)
  })
})

describe("the table", () => {
  it("aligns its columns and names what does not hold", () => {
    const figure = { name: "a", value: 1234.5, unit: "op/s" }
    const lines = table([
      { id: "money.add", subject: figure, anchor: figure, ratio: 1, spread: [0.9, 1.1], goal: 5, holds: false }
    ]).split("\n")
    expect(lines[1]?.slice(lines[0]?.indexOf("ratio"))).toMatch(/^1 +0\.9–1\.1 +≥ 5 +NO$/u)
  })
})
