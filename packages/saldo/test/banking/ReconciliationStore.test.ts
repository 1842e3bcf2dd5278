import { describe, expect, it } from "@effect/vitest"
import { broken } from "@saldo/testing/Check"
import * as ReconciliationStoreTest from "@saldo/testing/ReconciliationStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ReconciliationStore } from "saldo/banking/ReconciliationStore"
import type { SettlementMatch } from "saldo/banking/SettlementMatch"
import * as SqlReconciliationStore from "saldo/banking/SqlReconciliationStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const memory = Layer.merge(ReconciliationStore.layerMemory, Atomic.layerMemory)
const sql = SqlReconciliationStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

ReconciliationStoreTest.suite("memory", memory)
ReconciliationStoreTest.suite("sqlite :memory:", sql.pipe(Layer.provide(TestSqlite.layer)))
ReconciliationStoreTest.suite("sqlite file", sql.pipe(Layer.provide(TestSqlite.layerFile)))
ReconciliationStoreTest.suite("postgres", sql.pipe(Layer.provide(TestPostgres.layer)))

type Store = ReconciliationStore["Service"]

const bugs: ReadonlyArray<readonly [name: string, caughtBy: string, bug: (store: Store) => Partial<Store>]> = [
  [
    "a currency has two accounts",
    "accounts",
    (store) => {
      const more = new Map<string, Parameters<Store["insertAccount"]>[0]>()
      return {
        insertAccount: (account) =>
          Effect.map(store.insertAccount(account), (inserted) => {
            if (!inserted) more.set(account.id, account)
            return true
          })
      }
    }
  ],
  [
    "an account forgets how far the ledger was taken over",
    "accounts",
    (store) => ({ saveAccount: (account) => store.saveAccount({ ...account, taken: null }) })
  ],
  [
    "accounts are locked in any order",
    "lock",
    (store) => ({
      lockAccounts: (tenant, ids) => Effect.map(store.lockAccounts(tenant, ids), (all) => all.toReversed())
    })
  ],
  [
    "a statement is imported twice",
    "statements",
    (store) => ({ insertStatement: (statement) => Effect.as(store.insertStatement(statement), true) })
  ],
  [
    "statements are listed from the first",
    "statements",
    (store) => ({
      listStatements: (tenant, accountId, page) =>
        Effect.map(store.listStatements(tenant, accountId, page), ({ items, next }) => ({
          items: items.toReversed(),
          next
        }))
    })
  ],
  [
    "an item loses what the payer wrote",
    "items",
    (store) => ({
      addItems: (all) => store.addItems(all.map((item) => (item._tag === "Line" ? { ...item, message: null } : item)))
    })
  ],
  [
    "the filter of lists is ignored",
    "list",
    (store) => ({ listItems: (tenant, accountId, _filter, page) => store.listItems(tenant, accountId, {}, page) })
  ],
  [
    "sums leave out what is set aside",
    "sums",
    (store) => ({
      sums: (tenant, accountId) =>
        Effect.map(store.sums(tenant, accountId), (all) => all.filter(({ state }) => state !== "setAside"))
    })
  ],
  [
    "sums are made of floating numbers",
    "sums",
    (store) => ({
      sums: (tenant, accountId) =>
        Effect.map(store.sums(tenant, accountId), (all) =>
          all.map((sum) => ({ ...sum, amount: BigInt(Number(sum.amount)) }))
        )
    })
  ],
  [
    "a match takes those of its items that are open",
    "match",
    (store) => ({
      match: Effect.fnUntraced(function* (matches: ReadonlyArray<SettlementMatch>) {
        const [match] = matches
        if (match === undefined || matches.length > 1) return yield* store.match(matches)
        const all = yield* store.findItems(match.tenant, match.accountId, [...match.lines, ...match.entries])
        const open = new Set<string>(all.flatMap(({ facts, state }) => (state === "open" ? [facts.id] : [])))
        const part = {
          ...match,
          lines: match.lines.filter((id) => open.has(id)),
          entries: match.entries.filter((id) => open.has(id))
        }
        return yield* store.match([part])
      })
    })
  ],
  [
    "an item is in two matches",
    "one-match",
    (store) => ({
      match: (matches) =>
        Effect.gen(function* () {
          if (yield* store.match(matches)) return true
          return yield* store.match(matches.map((match) => ({ ...match, lines: [] })))
        })
    })
  ],
  [
    "many matches are written one by one",
    "matches-together",
    (store) => ({
      match: (matches) =>
        Effect.map(
          Effect.forEach(matches, (match) => store.match([match])),
          (all) => all.every((taken) => taken)
        )
    })
  ],
  [
    "an undone match is lost",
    "unmatch",
    (store) => {
      const lost = new Set<string>()
      return {
        unmatch: (undone) =>
          Effect.tap(store.unmatch(undone), (done) => Effect.sync(() => void (done && lost.add(undone.id)))),
        findMatch: (tenant, id) => (lost.has(id) ? Effect.succeedNone : store.findMatch(tenant, id))
      }
    }
  ],
  [
    "rules may match what a person has undone",
    "unmatch",
    (store) => ({
      findItems: (tenant, accountId, ids) =>
        Effect.map(store.findItems(tenant, accountId, ids), (all) => all.map((item) => ({ ...item, automatic: true })))
    })
  ],
  ["a match is undone twice", "unmatch", (store) => ({ unmatch: (undone) => Effect.as(store.unmatch(undone), true) })],
  [
    "undone matches stand in the list",
    "matches",
    (store) => ({
      listMatches: (tenant, accountId, _filter, page) => store.listMatches(tenant, accountId, {}, page)
    })
  ],
  [
    "what is set aside may still be matched",
    "aside",
    (store) => ({
      match: (matches) =>
        Effect.andThen(
          Effect.forEach(matches, (match) =>
            store.takeBack(match.tenant, match.accountId, [...match.lines, ...match.entries])
          ),
          store.match(matches)
        )
    })
  ],
  ["a review never ends", "reviews", () => ({ endReviews: () => Effect.void })],
  [
    "tenants share what is open",
    "tenants",
    (store) => {
      let first: string | undefined
      return {
        addItems: (all) => {
          first = all[0]?.tenant ?? first
          return store.addItems(all)
        },
        openItems: (tenant, accountId) => store.openItems(first ?? tenant, accountId)
      }
    }
  ],
  [
    "a match stays when its transaction fails",
    "rollback",
    (store) => {
      const kept = new Map<string, SettlementMatch>()
      return {
        match: (matches) => {
          for (const match of matches) kept.set(match.id, match)
          return store.match(matches)
        },
        findMatch: (tenant, id) =>
          Effect.map(
            store.findMatch(tenant, id),
            Option.orElse(() => Option.fromNullishOr(kept.get(id)))
          )
      }
    }
  ]
]

describe("the suite", () => {
  it.live.each(bugs.map(([name, caughtBy, bug]) => ({ name, caughtBy, bug })))(
    "catches that $name",
    ({ bug, caughtBy }) =>
      Effect.gen(function* () {
        const wrong = Layer.effect(
          ReconciliationStore,
          Effect.map(ReconciliationStore, (store) => ReconciliationStore.of({ ...store, ...bug(store) }))
        ).pipe(Layer.provide(Layer.fresh(ReconciliationStore.layerMemory)), Layer.merge(Atomic.layerMemory))
        expect(yield* broken(ReconciliationStoreTest.checks, wrong)).toContain(caughtBy)
      })
  )

  it.live("finds nothing wrong with the memory store", () =>
    Effect.gen(function* () {
      expect(yield* broken(ReconciliationStoreTest.checks, Layer.fresh(memory))).toEqual([])
    })
  )
})
