import { describe, expect, it } from "@effect/vitest"
import { broken } from "@saldo/testing/Check"
import * as PaymentOrderStoreTest from "@saldo/testing/PaymentOrderStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { PaymentOrderFacts } from "saldo/banking/PaymentOrder"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import * as SqlPaymentOrderStore from "saldo/banking/SqlPaymentOrderStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Money from "saldo/money/Money"
import * as Migrations from "saldo/sql/Migrations"
import * as LocalDate from "saldo/time/LocalDate"

type Orders = PaymentOrderStore["Service"]
type Bugs = ReadonlyArray<readonly [name: string, caughtBy: string, bug: (store: Orders) => Partial<Orders>]>

const saveOver =
  (store: Orders) =>
  (order: PaymentOrderFacts): Effect.Effect<boolean> =>
    Effect.flatMap(store.find(order.tenant, order.id), (found) =>
      Option.isSome(found) ? store.save({ ...order, version: found.value.version + 1 }) : Effect.succeed(false)
    )

const keepingBugs: Bugs = [
  [
    "a second order takes the place of the first",
    "insert",
    (store) => ({
      insert: (order) =>
        Effect.flatMap(store.insert(order), (won) => (won ? Effect.succeed(true) : saveOver(store)(order)))
    })
  ],
  [
    "a whole amount is kept as a number",
    "parts",
    (store) => ({
      insert: (order) => {
        const { amount, currency } = order.amount
        return store.insert({ ...order, amount: Money.fromMinor(BigInt(Number(amount)), currency) })
      }
    })
  ],
  [
    "what is sealed is cut off",
    "parts",
    (store) => ({ insert: (order) => store.insert({ ...order, sealed: order.sealed.slice(0, 1000) }) })
  ],
  [
    "what is sealed of one order is kept of another",
    "parts",
    (store) => {
      let first: string | undefined
      return {
        insert: (order) => {
          first ??= order.sealed
          return store.insert({ ...order, sealed: first })
        }
      }
    }
  ],
  [
    "a save puts another seal in place of the first",
    "save",
    (store) => {
      const last = new Map<string, string>()
      return {
        save: (order: PaymentOrderFacts & { readonly sealed?: string }) =>
          Effect.tap(store.save(order), (won) =>
            Effect.sync(() => won && order.sealed !== undefined && last.set(order.id, order.sealed))
          ),
        find: (tenant, id) =>
          Effect.map(
            store.find(tenant, id),
            Option.map((order) => ({ ...order, sealed: last.get(id) ?? order.sealed }))
          )
      }
    }
  ],
  [
    "a reference is kept once per tenant",
    "references",
    (store) => ({
      insert: (order) => store.insert({ ...order, endToEndId: `${order.tenant} ${order.endToEndId}` }),
      findByReference: () => Effect.succeedNone
    })
  ],
  ["the last writer wins", "lost-update", (store) => ({ save: saveOver(store) })],
  [
    "a save is always said to have won",
    "one-save",
    (store) => ({ save: (order) => Effect.as(store.save(order), true) })
  ],
  ["what came back is forgotten", "save", (store) => ({ save: (order) => store.save({ ...order, returned: null }) })],
  [
    "tenants are one",
    "tenants",
    (store) => ({
      insert: (order) => store.insert({ ...order, tenant: "all" }),
      find: (_tenant, id) => store.find("all", id),
      save: (order) => store.save({ ...order, tenant: "all" })
    })
  ]
]

const findingBugs: Bugs = [
  [
    "pages begin anew",
    "list",
    (store) => ({
      list: (tenant, filter, { cursor: _cursor, ...page }) =>
        Effect.map(store.list(tenant, filter, page), ({ items }) => ({ items, next: null }))
    })
  ],
  [
    "the oldest come first",
    "list",
    (store) => ({
      list: (tenant, filter, page) =>
        Effect.map(store.list(tenant, filter, page), ({ items, next }) => ({ items: items.toReversed(), next }))
    })
  ],
  ...(["customerId", "accountId", "state", "disputed"] as const).map((part): Bugs[number] => [
    `a filter ignores its ${part}`,
    "filters",
    (store) => ({
      list: (tenant, filter, page) => {
        const { [part]: _ignored, ...rest } = filter
        return store.list(tenant, rest, page)
      }
    })
  ]),
  [
    "failed and cancelled orders count",
    "counted",
    (store) => ({
      counted: (tenant, accountId, from) =>
        Effect.map(store.list(tenant, { accountId }, { limit: 200 }), ({ items }) =>
          items.filter(({ executeOn }) => executeOn >= from).toReversed()
        ).pipe(Effect.orDie)
    })
  ],
  [
    "the first day does not count",
    "counted",
    (store) => ({
      counted: (tenant, accountId, from) => store.counted(tenant, accountId, LocalDate.addDays(from, 1))
    })
  ],
  [
    "what is due today is not approved until tomorrow",
    "approved",
    (store) => ({
      approved: (tenant, accountId, through, limit) =>
        store.approved(tenant, accountId, LocalDate.addDays(through, -1), limit)
    })
  ],
  [
    "the limit of approved orders is ignored",
    "approved",
    (store) => ({ approved: (tenant, accountId, through) => store.approved(tenant, accountId, through, 9) })
  ],
  [
    "files of one name are one",
    "in-file",
    (store) => ({
      save: (order) =>
        store.save(order.file === undefined ? order : { ...order, file: { ...order.file, messageId: "file" } }),
      inFile: (tenant) => store.inFile(tenant, "file")
    })
  ],
  [
    "a file is forgotten once an order is settled",
    "in-file",
    (store) => ({
      inFile: (tenant, id) => Effect.map(store.inFile(tenant, id), (all) => all.filter(({ state }) => state === "sent"))
    })
  ],
  [
    "what is due today is sent tomorrow",
    "due",
    (store) => ({
      due: (through, limit) =>
        through === "0001-01-01" ? Effect.succeed([]) : store.due(LocalDate.addDays(through, -1), limit)
    })
  ],
  [
    "what is due comes in any order",
    "due",
    (store) => ({ due: (through, limit) => Effect.map(store.due(through, limit), (keys) => keys.toReversed()) })
  ],
  ["the limit of what is due is ignored", "due", (store) => ({ due: (through) => store.due(through, 100_000) })],
  [
    "a rail is asked a moment late",
    "unresolved",
    (store) => ({
      unresolved: (at, limit) => store.unresolved(DateTime.subtract(at, { milliseconds: 1 }), limit)
    })
  ],
  [
    "the limit of questions is ignored",
    "unresolved",
    (store) => ({ unresolved: (at) => store.unresolved(at, 100_000) })
  ],
  [
    "questions come by id",
    "unresolved",
    (store) => ({
      unresolved: (at, limit) =>
        Effect.map(store.unresolved(at, limit), (keys) => keys.toSorted((left, right) => (left.id < right.id ? -1 : 1)))
    })
  ]
]

const hearingBugs: Bugs = [
  ["every event is new", "hear", (store) => ({ hear: (...event) => Effect.as(store.hear(...event), true) })],
  ["rails share their events", "hear", (store) => ({ hear: (_rail, id, at) => store.hear("all", id, at) })],
  [
    "what went astray counts as heard",
    "stray-unheard",
    (store) => ({
      stray: (event) => Effect.andThen(store.hear(event.rail, event.eventId, event.receivedAt), store.stray(event))
    })
  ],
  [
    "what went astray is kept as often as it comes",
    "strays",
    () => {
      const kept: Array<Parameters<Orders["stray"]>[0]> = []
      return {
        stray: (event) => Effect.sync(() => void kept.push(event)),
        strays: (rail) => Effect.sync(() => kept.filter((event) => event.rail === rail))
      }
    }
  ],
  [
    "the place moves on from anywhere",
    "place",
    (store) => ({
      moveOn: (rail, _from, to) => Effect.flatMap(store.place(rail), (from) => store.moveOn(rail, from, to))
    })
  ],
  ["two hear one event", "one-hearing", () => ({ hear: () => Effect.succeed(true) })],
  [
    "what was heard stays heard when a transaction fails",
    "rollback",
    () => {
      const heard = new Set<string>()
      return {
        hear: (rail, id) => Effect.sync(() => heard.size < heard.add(`${rail} ${id}`).size)
      }
    }
  ]
]

/** Bugs that take a database which lets several transactions run at once. */
const lockBugs: Bugs = [
  ["a lock locks nothing", "lock", (store) => ({ lock: store.find })],
  ["a payer is not locked", "lock-payer", () => ({ lockPayer: () => Effect.void })]
]

const ordersWith = (bug: (store: Orders) => Partial<Orders>) =>
  Layer.effect(
    PaymentOrderStore,
    Effect.map(PaymentOrderStore, (store) => PaymentOrderStore.of({ ...store, ...bug(store) }))
  )

const memoryOrders = Layer.fresh(Layer.merge(PaymentOrderStore.layerMemory, Atomic.layerMemory))
const postgres = SqlPaymentOrderStore.layer.pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer),
  Layer.provide(TestPostgres.layer)
)

describe("the suite of payment orders catches planted bugs", () => {
  const orderBugs = [
    ...[...keepingBugs, ...findingBugs, ...hearingBugs].map((bug) => [memoryOrders, ...bug] as const),
    ...lockBugs.map((bug) => [postgres, ...bug] as const)
  ]
  for (const [stores, name, caughtBy, bug] of orderBugs) {
    it.live(name, () =>
      Effect.map(
        broken(PaymentOrderStoreTest.checks, Layer.provideMerge(ordersWith(bug), stores), { only: [caughtBy] }),
        (keys) => expect(keys).toEqual([caughtBy])
      )
    )
  }
  it.live("and passes what has none, twice on the same database", () =>
    Effect.gen(function* () {
      expect(yield* broken(PaymentOrderStoreTest.checks, memoryOrders)).toEqual([])
      const twice = [...PaymentOrderStoreTest.checks, ...PaymentOrderStoreTest.checks]
      expect(yield* broken(twice, postgres)).toEqual([])
    })
  )
})
