import { describe, expect, it } from "@effect/vitest"
import { broken } from "@saldo/testing/Check"
import * as DepositAccountStoreTest from "@saldo/testing/DepositAccountStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import * as SqlDepositAccountStore from "saldo/banking/SqlDepositAccountStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const memory = Layer.merge(DepositAccountStore.layerMemory, Atomic.layerMemory)
const sql = SqlDepositAccountStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

DepositAccountStoreTest.suite("memory", memory)
DepositAccountStoreTest.suite("sqlite :memory:", sql.pipe(Layer.provide(TestSqlite.layer)))
DepositAccountStoreTest.suite("sqlite file", sql.pipe(Layer.provide(TestSqlite.layerFile)))
DepositAccountStoreTest.suite("postgres", sql.pipe(Layer.provide(TestPostgres.layer)))

type Store = DepositAccountStore["Service"]

const bugs: ReadonlyArray<readonly [name: string, caughtBy: string, bug: (store: Store) => Partial<Store>]> = [
  [
    "insert writes over what is there",
    "insert",
    (store) => ({ insert: (account) => Effect.as(Effect.andThen(store.insert(account), store.save(account)), true) })
  ],
  [
    "save inserts",
    "save",
    (store) => ({ save: (account) => Effect.as(Effect.andThen(store.insert(account), store.save(account)), true) })
  ],
  [
    "save loses the accrual",
    "save",
    (store) => ({
      save: (account) =>
        Effect.flatMap(store.find(account.tenant, account.id), (known) =>
          store.save({
            ...account,
            accrual: Option.match(known, { onNone: () => account.accrual, onSome: ({ accrual }) => accrual })
          })
        )
    })
  ],
  [
    "lock forgets the order",
    "lock",
    (store) => ({
      lock: (tenant, ids) => Effect.map(store.lock(tenant, ids), (all) => all.toReversed())
    })
  ],
  [
    "lists ignore the state",
    "list",
    (store) => ({
      list: (tenant, { state: _state, ...filter }, page) => store.list(tenant, filter, page)
    })
  ],
  [
    "lists ignore the cursor",
    "list",
    (store) => ({
      list: (tenant, filter, { cursor: _cursor, ...page }) =>
        Effect.map(store.list(tenant, filter, page), ({ items }) => ({ items, next: null }))
    })
  ],
  [
    "the end of day forgets the day before its last",
    "due",
    (store) => ({
      due: ({ after: _after, ...request }) => store.due(request)
    })
  ],
  [
    "events before the day count",
    "events",
    (store) => ({
      events: (tenant, id) => store.events(tenant, id, "0001-01-01" as Parameters<Store["events"]>[2])
    })
  ],
  [
    "another tenant's events count",
    "tenants",
    (store) => {
      let first: string | undefined
      return {
        addEvent: (event) => {
          first = event.tenant
          return store.addEvent(event)
        },
        events: (tenant, id, from) => store.events(first ?? tenant, id, from)
      }
    }
  ],
  [
    "what was written stays when a transaction fails",
    "rollback",
    (store) => {
      const kept = new Map<string, Parameters<Store["insert"]>[0]>()
      return {
        insert: (account) => {
          kept.set(`${account.tenant} ${account.id}`, account)
          return store.insert(account)
        },
        find: (tenant, id) =>
          Effect.map(
            store.find(tenant, id),
            Option.orElse(() => Option.fromNullishOr(kept.get(`${tenant} ${id}`)))
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
          DepositAccountStore,
          Effect.map(DepositAccountStore, (store) => DepositAccountStore.of({ ...store, ...bug(store) }))
        ).pipe(Layer.provide(DepositAccountStore.layerMemory), Layer.merge(Atomic.layerMemory))
        expect(yield* broken(DepositAccountStoreTest.checks, wrong)).toContain(caughtBy)
      })
  )

  it.live("finds nothing wrong with the memory store", () =>
    Effect.gen(function* () {
      expect(yield* broken(DepositAccountStoreTest.checks, Layer.fresh(memory))).toEqual([])
    })
  )
})
