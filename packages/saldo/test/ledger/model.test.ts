import { describe, expect, it } from "@effect/vitest"
import { lengthOf, program, runProgram } from "@saldo/testing/LedgerProgram"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fc from "fast-check"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"

const sql = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provide(Migrations.layer))

const stores: ReadonlyArray<readonly [name: string, layer: Layer.Layer<LedgerStore, unknown>, share: number]> = [
  ["memory", LedgerStore.layerMemory, 0.93],
  ["sqlite", sql.pipe(Layer.provide(TestSqlite.layer)), 0.05],
  ["postgres", sql.pipe(Layer.provide(TestPostgres.layer)), 0.02]
]

/** How many steps all programs together have at least. `SALDO_MODEL_STEPS=10000000` makes a long run of it. */
const steps = Number(process.env["SALDO_MODEL_STEPS"] ?? 105_000)

/** A step takes a fraction of a millisecond in memory, and a few milliseconds in a database. */
const patience = 300_000 + steps * 10

describe("random programs of all operations", () => {
  for (const [name, layer, share] of stores) {
    it.live(
      `come to the same in a store and in the plainest possible ledger (${name})`,
      () =>
        Effect.gen(function* () {
          let done = 0
          // Rounds on new stores, so that a long run forgets what it is done with.
          const round = Effect.gen(function* () {
            const store = yield* LedgerStore
            const run = Effect.runPromiseWith(yield* Effect.context())
            const property = fc.asyncProperty(program(60), (each) => {
              done += lengthOf(each)
              return run(runProgram(store, each))
            })
            yield* Effect.promise(() => fc.assert(property, { numRuns: 50 }))
            return done
          }).pipe(Effect.provide(Layer.fresh(layer)))
          const all = yield* Effect.repeat(round, { until: (count) => count >= steps * share })
          expect(all).toBeGreaterThanOrEqual(steps * share)
        }),
      patience
    )
  }
})
