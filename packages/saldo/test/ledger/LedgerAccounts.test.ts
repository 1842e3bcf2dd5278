import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { Ledger } from "saldo/ledger/Ledger"
import type { LedgerAccount } from "saldo/ledger/LedgerAccount"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import { inBooks, keeper, open, stores } from "./books.ts"

const sql = (database: typeof TestSqlite.layer) =>
  Layer.merge(SqlLedgerStore.layer, SqlAuditStore.layer).pipe(
    Layer.provideMerge(SqlAtomic.layer),
    Layer.provideMerge(Migrations.layer),
    Layer.provideMerge(database)
  )

describe.each([
  ["memory", stores],
  ["sqlite", sql(TestSqlite.layer)],
  ["postgres", sql(TestPostgres.layer)]
] as const)("accounts that many open and change at once (%s)", (_, layer) => {
  const inStore = <A, E>(program: Effect.Effect<A, E, Ledger | AuditTrail | Actor.Actor>) =>
    program.pipe(
      Actor.as(keeper),
      Effect.provide(Ledger.layer.pipe(Layer.provideMerge(AuditTrail.layer), Layer.provideMerge(Layer.fresh(layer))))
    )
  const recordsOf = (action: string) =>
    AuditTrail.use((audit) =>
      Effect.map(audit.query({ filter: { action, outcome: "succeeded" }, limit: 100 }), ({ items }) => items)
    )

  it.live("are there once, with one record, for whoever opens them", () =>
    Effect.gen(function* () {
      const id = yield* Id.make("acct")
      const all = yield* Effect.all(
        Array.from({ length: 12 }, () => open("1930", { id, type: "asset" })),
        { concurrency: "unbounded" }
      )
      expect(new Set(all.map((account) => account.id))).toEqual(new Set([id]))
      const rivals = yield* Effect.all(
        Array.from({ length: 12 }, () => Effect.result(open("1940", { type: "asset" }))),
        { concurrency: "unbounded" }
      )
      expect(rivals.filter(({ _tag }) => _tag === "Success")).toHaveLength(1)
      expect(yield* recordsOf("ledger.open-account")).toHaveLength(2)
    }).pipe(inStore)
  )

  it.live("never come to roll up into each other", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      for (let round = 0; round < 5; round++) {
        const [one, two, three] = [yield* open(`${round}.1`), yield* open(`${round}.2`), yield* open(`${round}.3`)]
        const below = (account: LedgerAccount, parent: LedgerAccount) =>
          Effect.result(ledger.changeAccount(account.id, { parent: parent.id }))
        const results = yield* Effect.all([below(one, two), below(two, three), below(three, one)], {
          concurrency: "unbounded"
        })
        expect(results.filter(({ _tag }) => _tag === "Success")).toHaveLength(2)
        const parents = new Map<string, string | null>()
        for (const { id } of [one, two, three]) parents.set(id, (yield* ledger.account(id)).parent)
        expect([...parents.values()].filter((parent) => parent === null)).toHaveLength(1)
      }
      expect(yield* recordsOf("ledger.change-account")).toHaveLength(10)
    }).pipe(inStore)
  )
})

describe("bounds of accounts", () => {
  it.effect("fit 64 bits and stand in order", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const account = yield* open("1930")
      const tries = [
        { minimum: -(2n ** 63n) - 1n, maximum: null },
        { minimum: null, maximum: 2n ** 63n },
        { minimum: 1n, maximum: 0n }
      ]
      for (const bounds of tries) {
        const changed = yield* Effect.flip(ledger.changeAccount(account.id, { bounds }))
        expect(changed).toMatchObject({ _tag: "CommandInvalid", path: "/bounds" })
        expect(yield* Effect.flip(open("1940", { bounds }))).toMatchObject({ _tag: "CommandInvalid", path: "/bounds" })
      }
      const bounds = { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n }
      expect((yield* ledger.changeAccount(account.id, { bounds })).bounds).toEqual(bounds)
    }).pipe(inBooks)
  )

  it.effect("and a parent that fits no more do not keep an account from being opened again as it was", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const id = yield* Id.make("acct")
      const top = yield* open("1")
      const opening = { id, parent: top.id }
      yield* open("11", opening)
      yield* ledger.changeAccount(id, { parent: null })
      yield* ledger.changeAccount(top.id, { parent: id })
      expect((yield* open("11", opening)).parent).toBe(null)
    }).pipe(inBooks)
  )
})
