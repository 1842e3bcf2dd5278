import { describe, expect, it } from "@effect/vitest"
import { broken } from "@saldo/testing/Check"
import * as PaymentPlanStoreTest from "@saldo/testing/PaymentPlanStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { PaymentPlanFacts } from "saldo/banking/PaymentPlan"
import { PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import * as SqlPaymentPlanStore from "saldo/banking/SqlPaymentPlanStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlPaymentPlanStore.layer.pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)

PaymentPlanStoreTest.suite("memory", Layer.merge(PaymentPlanStore.layerMemory, Atomic.layerMemory))
PaymentPlanStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
PaymentPlanStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
PaymentPlanStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))

type Store = PaymentPlanStore["Service"]

const bugs: ReadonlyArray<readonly [name: string, caughtBy: string, bug: (store: Store) => Partial<Store>]> = [
  [
    "insert says yes to what is there",
    "insert",
    (store) => ({ insert: (plan) => Effect.as(store.insert(plan), true) })
  ],
  [
    "save takes any version",
    "save",
    (store) => ({
      save: (plan) =>
        Effect.flatMap(store.find(plan.tenant, plan.id), (found) =>
          Option.isSome(found) ? store.save({ ...plan, version: found.value.version + 1 }) : Effect.succeed(false)
        )
    })
  ],
  [
    "save loses the pauses",
    "save",
    (store) => ({ save: (plan) => store.save({ ...plan, schedule: { ...plan.schedule, pauses: [] } }) })
  ],
  [
    "save puts another seal in place of the first",
    "save",
    (store) => {
      const last = new Map<string, string>()
      return {
        save: (plan: PaymentPlanFacts & { readonly sealed?: string }) =>
          Effect.tap(store.save(plan), (won) =>
            Effect.sync(() => won && plan.sealed !== undefined && last.set(plan.id, plan.sealed))
          ),
        find: (tenant, id) =>
          Effect.map(
            store.find(tenant, id),
            Option.map((plan) => ({ ...plan, sealed: last.get(id) ?? plan.sealed }))
          )
      }
    }
  ],
  ["a payment is noted twice", "note", (store) => ({ note: (payment) => Effect.as(store.note(payment), true) })],
  [
    "payments come the first one first",
    "note",
    (store) => ({
      payments: (tenant, planId, page) =>
        Effect.map(store.payments(tenant, planId, page), ({ items, next }) => ({ items: items.toReversed(), next }))
    })
  ],
  [
    "a plan is changed by two at once",
    "races",
    (store) => ({
      save: (plan) =>
        Effect.gen(function* () {
          const found = yield* store.find(plan.tenant, plan.id)
          yield* Effect.sleep("5 millis")
          yield* store.save(plan)
          return Option.isSome(found) && found.value.version === plan.version - 1
        })
    })
  ],
  [
    "list ignores the account",
    "list",
    (store) => ({ list: (tenant, { accountId: _accountId, ...filter }, page) => store.list(tenant, filter, page) })
  ],
  [
    "list ignores the state",
    "list",
    (store) => ({ list: (tenant, { state: _state, ...filter }, page) => store.list(tenant, filter, page) })
  ],
  ["due gives everything", "due", (store) => ({ due: (through) => store.due(through, 1_000_000) })],
  [
    "what is due comes in any order",
    "due",
    (store) => ({ due: (through, limit) => Effect.map(store.due(through, limit), (keys) => keys.toReversed()) })
  ],
  [
    "another tenant finds a plan",
    "tenants",
    (store) => ({
      find: (tenant, id) =>
        store.find(tenant, id).pipe(Effect.filterOrElse(Option.isSome, () => store.find(tenant.replace(/2$/u, ""), id)))
    })
  ]
]

describe("the suite catches planted bugs", () => {
  for (const [name, caughtBy, bug] of bugs) {
    it.live(name, () =>
      Effect.gen(function* () {
        const buggy = Layer.effect(
          PaymentPlanStore,
          Effect.map(PaymentPlanStore, (store) => PaymentPlanStore.of({ ...store, ...bug(store) }))
        ).pipe(Layer.provideMerge(Layer.merge(PaymentPlanStore.layerMemory, Atomic.layerMemory)))
        expect(yield* broken(PaymentPlanStoreTest.checks, Layer.fresh(buggy))).toContain(caughtBy)
      })
    )
  }

  it.live("and passes what has none, twice on the same database", () =>
    Effect.gen(function* () {
      const same = Layer.succeedContext(yield* Layer.build(sqlStore.pipe(Layer.provide(TestPostgres.layer))))
      for (const _ of [1, 2]) expect(yield* broken(PaymentPlanStoreTest.checks, same)).toEqual([])
    }).pipe(Effect.scoped)
  )
})
