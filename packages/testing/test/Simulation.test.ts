import { describe, expect, it } from "@effect/vitest"
import * as Saldo from "@saldo/testing/Saldo"
import * as SimulationStorage from "@saldo/testing/SimulationStorage"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import type { Bank } from "@saldo/testing/SimulationBank"
import { bugs } from "./brokenBanks.ts"

/** More seeds, days or bugs than a usual run has time for: `SALDO_SIMULATION_SEEDS=200 SALDO_SIMULATION_DAYS=365`. */
const seeds = Number(process.env["SALDO_SIMULATION_SEEDS"] ?? 6)
const days = Number(process.env["SALDO_SIMULATION_DAYS"] ?? 25)

/** The failure of the first seed that finds a bug; the shrinking is left out where it is not asked for. */
const find = Effect.fnUntraced(function* (bank: Bank, shrinks: number) {
  for (let seed = 1; seed <= 40; seed++) {
    const found = yield* Effect.flip(Saldo.simulate({ seed, days: 40, faults: true, bank, shrinks })).pipe(
      Effect.catch((report) => Effect.succeed(report))
    )
    if ("_tag" in found) return found
  }
  return undefined
})

describe("a simulated bank", () => {
  it.effect(
    "is right every night, whatever breaks",
    () =>
      Effect.gen(function* () {
        for (let seed = 1; seed <= seeds; seed++) {
          const report = yield* Saldo.simulate({ seed, days, faults: 30 })
          expect(report).toMatchObject({ seed, days })
          expect(report.crashes).toBeGreaterThan(days / 2)
          expect(report.errors).toBeGreaterThan(days / 5)
          expect(report.refused).toBeGreaterThan(days / 2)
        }
      }),
    { timeout: 60_000 + seeds * days * 500 }
  )

  it.effect("gives the same answers and chains for the same seed, and others for another", () =>
    Effect.gen(function* () {
      const run = { seed: 11, days: 20, faults: true }
      const [first, again] = [yield* Saldo.simulate(run), yield* Saldo.simulate(run)]
      expect(again).toEqual(first)
      expect((yield* Saldo.simulate({ ...run, seed: 12 })).hash).not.toBe(first.hash)
    })
  )

  it.effect(
    "goes through 365 days with faults in less than a minute",
    () =>
      Effect.map(Saldo.simulate({ seed: 2026, days: 365, faults: true }), (report) => {
        expect(report).toMatchObject({ days: 365 })
        expect(report.crashes).toBeGreaterThan(100)
      }),
    60_000
  )

  it.effect(
    "comes to the same in a file as in memory, to the last hash",
    () =>
      Effect.gen(function* () {
        const run = { seed: 4, days: 15 }
        const storage = SimulationStorage.database(TestSqlite.file)
        expect(yield* Saldo.simulate({ ...run, storage })).toEqual(yield* Saldo.simulate(run))
      }),
    60_000
  )

  it.effect(
    "starts again over the same file, broken between statements as well",
    () =>
      Effect.gen(function* () {
        const storage = SimulationStorage.database(TestSqlite.file)
        const report = yield* Saldo.simulate({ seed: 5, days: 15, faults: 50, storage })
        expect(report.crashes).toBeGreaterThan(15)
      }),
    60_000
  )
})

describe("a simulated bank on Postgres", () => {
  const storage = SimulationStorage.database(TestPostgres.schema)

  it.effect(
    "comes to the same as in memory, and starts again when it has died",
    () =>
      Effect.gen(function* () {
        const run = { seed: 9, days: 6 }
        // Which of two commands that come at once is the first is for Postgres to say, and with it their ids.
        const { hash: _hash, ...rest } = yield* Saldo.simulate(run)
        expect(yield* Saldo.simulate({ ...run, storage })).toMatchObject(rest)
        const report = yield* Saldo.simulate({ ...run, faults: 50, storage })
        expect(report.crashes).toBeGreaterThan(5)
      }),
    120_000
  )
})

describe("a bank with a bug", () => {
  for (const [name, bug] of Object.entries(bugs)) {
    it.effect(
      `is found out: ${name}`,
      () => Effect.map(find(bug, 0), (found) => expect(found?._tag).toBe("SimulationFailed")),
      120_000
    )
  }

  it.effect(
    "fails in a small run, which its message tells and replays exactly",
    () =>
      Effect.gen(function* () {
        const bank = bugs["a capture takes all that was held"]
        if (bank === undefined) return expect.unreachable()
        const failed = yield* find(bank, 400)
        if (failed === undefined) return expect.unreachable()
        expect(failed.replay.only.length).toBeLessThanOrEqual(4)
        expect(failed.message).toContain(`Saldo.simulate({ seed: ${failed.replay.seed}, days: ${failed.replay.days}, `)
        const again = yield* Effect.flip(Saldo.simulate({ ...failed.replay, bank, shrinks: 0 }))
        expect(again).toMatchObject({ day: failed.day, action: failed.action, problem: failed.problem })
        expect(yield* Saldo.simulate(failed.replay)).toMatchObject({ days: failed.replay.days })
      }),
    120_000
  )
})
