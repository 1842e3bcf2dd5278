import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fc from "fast-check"
import { ReconciliationStore } from "saldo/banking/ReconciliationStore"
import * as SqlStores from "saldo/sql/SqlStores"
import { programs, run } from "./reconciliationProgram.ts"
import { memoryStores, settlingBank, type SettlementStores } from "./settlementBank.ts"

type Stores = Layer.Layer<SettlementStores>

const postgres: Stores = SqlStores.layer.pipe(Layer.provide(TestPostgres.layer), Layer.orDie)
const sqlite: Stores = SqlStores.layer.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie)

/** Runs each program on a bank of its own, and counts what happened. The days of the programs are long gone by any clock. */
const property = (stores: Stores, outcomes: Map<string, number>) =>
  fc.asyncProperty(programs, (program) =>
    Effect.runPromise(run(program, outcomes).pipe(Effect.provide(Layer.fresh(settlingBank(stores)))))
  )

/** What programs have to come to, or else they prove little. */
const usual = [
  "import next",
  "import gap",
  "import again",
  "import conflict",
  "rule reference",
  "rule endToEndId",
  "match 1:1 ok",
  "match 1:2 ok",
  "match 2:1 ok",
  "match 2:0 ok",
  "match MatchUnbalanced",
  "match MatchShapeInvalid",
  "match SettlementItemUnfit",
  "accept ok",
  "accept MatchUnbalanced",
  "setAside ok",
  "takeBack ok",
  "writeOff ok",
  "undo ok",
  "undo MatchUndone"
]

describe("random work on a settlement account", () => {
  it("comes to what an obvious oracle says after every step (memory)", { timeout: 240_000 }, async () => {
    const outcomes = new Map<string, number>()
    await fc.assert(property(memoryStores, outcomes), { numRuns: 150 })
    expect(usual.filter((outcome) => !outcomes.has(outcome))).toEqual([])
  })

  it("comes to what an obvious oracle says after every step (sqlite file)", { timeout: 240_000 }, async () => {
    const outcomes = new Map<string, number>()
    await fc.assert(property(sqlite, outcomes), { numRuns: 15 })
    expect(outcomes.get("undo ok")).toBeGreaterThan(0)
  })

  it("comes to what an obvious oracle says after every step (postgres)", { timeout: 240_000 }, async () => {
    const outcomes = new Map<string, number>()
    await fc.assert(property(postgres, outcomes), { numRuns: 8 })
    expect(outcomes.size).toBeGreaterThan(0)
  })
})

type Store = ReconciliationStore["Service"]

const bugs: Readonly<Record<string, (store: Store) => Partial<Store>>> = {
  "rules match what a person has undone": (store) => ({
    openItems: (tenant, id) =>
      Effect.map(store.openItems(tenant, id), (all) => all.map((item) => ({ ...item, automatic: true })))
  }),
  "a match gives back one item too few": (store) => ({
    unmatch: (undone) => store.unmatch({ ...undone, lines: undone.lines.slice(1) })
  }),
  "entries are taken over from the second on": (store) => ({
    addItems: (all) => store.addItems(all.filter((item) => item._tag === "Line" || item.sequence > 1))
  }),
  "reviews stay when their items are matched": () => ({ endReviews: () => Effect.void }),
  "where the last statement ended is forgotten": (store) => ({
    saveAccount: (account) => store.saveAccount({ ...account, last: null })
  })
}

describe("the program finds", () => {
  for (const [name, bug] of Object.entries(bugs)) {
    it(`that ${name}`, { timeout: 120_000 }, async () => {
      const wrong = Layer.effect(
        ReconciliationStore,
        Effect.map(ReconciliationStore, (store) => ReconciliationStore.of({ ...store, ...bug(store) }))
      ).pipe(Layer.provideMerge(memoryStores))
      const { failed } = await fc.check(property(wrong, new Map()), { numRuns: 200, endOnFailure: true })
      expect(failed).toBe(true)
    })
  }
})
