import { describe, expect, it } from "@effect/vitest"
import * as Saldo from "@saldo/testing/Saldo"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlStores from "saldo/sql/SqlStores"
import { type Bug, bugs } from "./brokenBanks.ts"

const sqlite = Layer.provide(SqlStores.layer, TestSqlite.layer)

/** The first seed that finds a bug, and what the failure says; the shrinking is left out where it is not asked for. */
const find = Effect.fnUntraced(function* (bank: Bug, shrinks: number) {
  for (let seed = 1; seed <= 40; seed++) {
    const found = yield* Effect.flip(Saldo.simulate({ seed, days: 45, faults: true, bank, shrinks })).pipe(
      Effect.catch((report) => Effect.succeed(report))
    )
    // What the reference bank does not get through either would be no finding.
    if ("_tag" in found) {
      yield* Saldo.simulate({ ...found.replay, shrinks: 0 })
      return found
    }
  }
  return undefined
})

describe("a simulated bank", () => {
  it.effect("is right every night, whatever breaks", () =>
    Effect.gen(function* () {
      for (let seed = 1; seed <= 15; seed++) {
        const report = yield* Saldo.simulate({ seed, days: 20, faults: true })
        expect(report).toMatchObject({ seed, days: 20 })
        expect(report.crashes).toBeGreaterThan(5)
        expect(report.refused).toBeGreaterThan(5)
      }
    })
  )

  it.effect("gives the same journal for the same seed, and none that breaks differently", () =>
    Effect.gen(function* () {
      const run = { seed: 11, days: 30, faults: true }
      const [first, again] = [yield* Saldo.simulate(run), yield* Saldo.simulate(run)]
      expect(again).toEqual(first)
      expect((yield* Saldo.simulate({ ...run, seed: 12 })).hash).not.toBe(first.hash)
    })
  )

  it.effect(
    "goes through 365 days with faults in less than a minute",
    () => Effect.map(Saldo.simulate({ seed: 2026, days: 365, faults: true }), ({ days }) => expect(days).toBe(365)),
    60_000
  )

  it.effect(
    "comes to the same on SQLite, where single statements break as well",
    () =>
      Effect.gen(function* () {
        for (let seed = 1; seed <= 4; seed++) {
          const report = yield* Saldo.simulate({ seed, days: 20, faults: 40, storage: sqlite })
          expect(report.crashes).toBeGreaterThan(20)
        }
      }),
    60_000
  )
})

describe("a bank with a bug", () => {
  for (const [name, bug] of Object.entries(bugs)) {
    it.effect(
      `is found out: ${name}`,
      () => Effect.map(find(bug, 0), (found) => expect(found?._tag).toBe("SimulationFailed")),
      60_000
    )
  }

  it.effect(
    "fails in a small run, which its message replays exactly",
    () =>
      Effect.gen(function* () {
        const bank = bugs["a payment is sent again by whoever does not know whether it was"]
        if (bank === undefined) return expect.unreachable()
        const failed = yield* find(bank, 300)
        if (failed === undefined) return expect.unreachable()
        expect(failed.replay.only.length).toBeLessThanOrEqual(3)
        expect(failed.message).toContain(`Saldo.simulate({ seed: ${failed.replay.seed}, days: ${failed.replay.days}, `)
        const again = yield* Effect.flip(Saldo.simulate({ ...failed.replay, bank, shrinks: 0 }))
        expect(again).toMatchObject({ day: failed.day, action: failed.action, problem: failed.problem })
        expect(yield* Saldo.simulate(failed.replay)).toMatchObject({ days: failed.replay.days })
      }),
    60_000
  )
})
