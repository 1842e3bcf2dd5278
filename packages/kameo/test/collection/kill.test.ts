import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { contentOf, type Disturbance, market, runCollector, seeded, setFaults } from "./market.ts"

const folder = mkdtempSync(join(tmpdir(), "saldo-kameo-kill-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Another seed, other moments: SALDO_KILL_SEED=42 repeats those of a run that failed.
const seed = Number(process.env["SALDO_KILL_SEED"] ?? Date.now() % 1_000_000)
const random = seeded(seed)

const start = () => startKameoEmulator({ ...market, clock: new Date("2026-03-10T11:00:00Z") })
const fourDays = 4 * 24 * 3_600_000
type Emulator = Awaited<ReturnType<typeof start>>

const complete = async (filename: string, emulator: Emulator): Promise<void> => {
  const end = await runCollector(filename, emulator)
  expect(end, end.errors).toMatchObject({ code: 0, signal: null })
  expect(end.lines.at(-1)).toMatch(/^done Complete \d+$/u)
}

/** Ends a collector by a signal, so many pages after its beginning and up to 12 ms later: into a request, a write, or neither. */
const disturb = (filename: string, emulator: Emulator, signal: Disturbance["signal"], pages: number) =>
  runCollector(filename, emulator, { disturbance: { signal, pages, delayMs: random(13) } })

describe(`a collection of Kameo's listing that is disturbed (seed ${seed})`, () => {
  it("by 20 kills ends with exactly the content of an undisturbed one", { timeout: 180_000 }, async () => {
    await using emulator = await start()
    const [undisturbed, killed] = [join(folder, "undisturbed.db"), join(folder, "killed.db")]
    let kills = 0
    for (const generation of [1, 2, 3, 4]) {
      if (generation > 1) await emulator.advanceClock(fourDays)
      await complete(undisturbed, emulator)
      // Five lives of some 10 pages at most do not come to the end of the listing, so that each of them is cut short.
      for (let life = 0; life < 5; life++) {
        const end = await disturb(killed, emulator, "SIGKILL", random(9))
        expect(end, end.errors).toMatchObject({ signal: "SIGKILL" })
        kills += 1
      }
      await complete(killed, emulator)
    }
    const expected = contentOf(undisturbed)
    expect(kills).toBe(20)
    expect(expected.integrity).toEqual([{ integrity_check: "ok" }])
    expect(expected.runs).toHaveLength(4)
    expect(expected.listings.length).toBeGreaterThan(450)
    expect(expected.versions.length).toBeGreaterThan(expected.listings.length + 100)
    expect(expected.runs.every(({ duplicates, pages }) => Number(duplicates) === Number(pages) - 1)).toBe(true)
    expect(contentOf(killed)).toEqual(expected)
  })

  it("by Ctrl-C ends with exactly the content of an undisturbed one", { timeout: 120_000 }, async () => {
    await using emulator = await start()
    const [undisturbed, stopped] = [join(folder, "undisturbed-2.db"), join(folder, "stopped.db")]
    await complete(undisturbed, emulator)
    for (let life = 0; life < 4; life++) {
      const end = await disturb(stopped, emulator, "SIGINT", 1 + random(9))
      expect(end, end.errors).toMatchObject({ code: 130, signal: null, errors: "" })
    }
    await complete(stopped, emulator)
    expect(contentOf(stopped)).toEqual(contentOf(undisturbed))
  })

  it("by a second collector on the same file ends with exactly the content of one", { timeout: 120_000 }, async () => {
    await using emulator = await start()
    const [undisturbed, shared] = [join(folder, "undisturbed-3.db"), join(folder, "shared.db")]
    await complete(undisturbed, emulator)
    // Kameo is slow until the second collector has stored a page, so that the first one is still at work by then.
    await setFaults(emulator, ["duplicateAcrossPages", "delayMs=300"])
    let second: ReturnType<typeof runCollector> | undefined
    const fast = (line: string) => line.startsWith("page ") && void setFaults(emulator, market.faults)
    const first = await runCollector(shared, emulator, {
      told: (line) => {
        if (line === "page 5") second = runCollector(shared, emulator, { told: fast })
      }
    })
    const other = await second
    expect(first.code).toBe(1)
    expect(first.lines.join("\n")).toContain("CollectionTakenOver")
    expect(other, other?.errors).toMatchObject({ code: 0, signal: null })
    const [expected, found] = [contentOf(undisturbed), contentOf(shared)]
    expect(found).toEqual(expected)
  })
})
