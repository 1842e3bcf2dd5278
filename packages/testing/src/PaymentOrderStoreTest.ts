import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { StoredPaymentOrder } from "saldo/banking/PaymentOrder"
import type { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import { PaymentOrderState, PaymentStatus } from "saldo/banking/PaymentStatus"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import * as Money from "saldo/money/Money"
import { type Check, register, type SuiteOptions } from "./Check.ts"

import {
  added,
  check,
  day,
  encode,
  march,
  moved,
  noon,
  orderOf,
  strayOf,
  textOf
} from "./internal/paymentOrderCheck.ts"
import { hearing } from "./internal/paymentOrderHearing.ts"
import { queries } from "./internal/paymentOrderQueries.ts"
import { readAfter } from "./internal/takingTurns.ts"

const amounts: ReadonlyArray<Money.Money> = [
  Money.fromMinor(2n ** 63n - 1n, "SEK"),
  Money.fromMinor(1n, "SEK"),
  Money.fromMinor(90_071_992_547_409_93n, "JPY"),
  Money.fromMinor(-(2n ** 63n), "KWD")
]

const keeping: ReadonlyArray<Check<PaymentOrderStore | Atomic>> = [
  check("insert", "keeps an order exactly, once", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const order = yield* orderOf(subject)
      expect(yield* store.find(tenant, order.id)).toEqual(Option.none())
      expect(yield* store.insert(order)).toBe(true)
      expect(yield* store.insert({ ...order, createdBy: "eve", endToEndId: `${order.endToEndId} 2` })).toBe(false)
      expect(textOf(yield* store.find(tenant, order.id))).toBe(encode(order))
      expect(yield* store.find(tenant, order.id)).toEqual(Option.some(order))
    })
  ),
  check("parts", "gives back every part of an order as it was kept", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const keep = Effect.fnUntraced(function* (given: Partial<StoredPaymentOrder>) {
        const order = yield* added(subject, given)
        expect(textOf(yield* store.find(tenant, order.id))).toBe(encode(order))
        expect(textOf(yield* store.findByReference(order.endToEndId))).toBe(encode(order))
      })
      for (const amount of amounts) yield* keep({ amount })
      for (const state of PaymentOrderState.literals) yield* keep({ state })
      for (const status of PaymentStatus.literals) yield* keep({ status })
      for (const sealed of ["", "v1.", "\u{1F3E0} \"'\\\n", "v1.".padEnd(2000, "-_")]) yield* keep({ sealed })
      yield* keep({ plan: { planId: yield* Id.make("plan"), number: 2 ** 31 - 1 }, createdBy: "Åsa 🏦" })
      yield* keep({ file: { messageId: "fil 1 é", requestedOn: march, digest: "0".repeat(64) } })
      yield* keep({ executeOn: day("0001-01-01") })
      yield* keep({ executeOn: day("9999-12-31") })
      yield* keep(yield* Effect.flatMap(orderOf(subject), moved))
    })
  ),
  check("references", "keeps an end-to-end id once, for whichever tenant, and finds it in all", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const order = yield* added(subject)
      const elsewhere = yield* orderOf({ tenant: `${tenant}2` }, { endToEndId: order.endToEndId })
      expect(yield* store.insert(elsewhere)).toBe(false)
      expect(yield* store.find(elsewhere.tenant, elsewhere.id)).toEqual(Option.none())
      expect(yield* store.findByReference(order.endToEndId)).toEqual(Option.some(order))
      expect(yield* store.findByReference(`${order.endToEndId} `)).toEqual(Option.none())
    })
  ),
  check("save", "puts the next version in place of the one before it, with every part", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const [order, other] = [yield* added(subject), yield* added(subject)]
      const after = yield* moved(order)
      expect(yield* store.save(after)).toBe(true)
      expect(textOf(yield* store.find(tenant, order.id))).toBe(encode(after))
      expect(textOf(yield* store.findByReference(order.endToEndId))).toBe(encode(after))
      expect(yield* store.find(tenant, other.id)).toEqual(Option.some(other))
      // Whatever whoever saves has at hand, what was sealed once stays.
      const resealed = { ...order, sealed: "v1.another", version: 3 }
      expect(yield* store.save(resealed)).toBe(true)
      const back = { ...order, version: 3 }
      expect(textOf(yield* store.find(tenant, order.id))).toBe(encode(back))
    })
  ),
  check("lost-update", "refuses the same version again, one further on, and what is not there", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const order = yield* orderOf(subject)
      expect(yield* store.save({ ...order, version: 2 })).toBe(false)
      expect(yield* store.find(tenant, order.id)).toEqual(Option.none())
      yield* store.insert(order)
      const after: StoredPaymentOrder = { ...order, state: "sent", version: 2 }
      expect(yield* store.save(order)).toBe(false)
      expect(yield* store.save({ ...after, version: 3 })).toBe(false)
      expect(yield* store.find(tenant, order.id)).toEqual(Option.some(order))
      expect(yield* store.save(after)).toBe(true)
      expect(yield* store.save({ ...order, state: "cancelled", version: 2 })).toBe(false)
      expect(yield* store.find(tenant, order.id)).toEqual(Option.some(after))
    })
  ),
  check("tenants", "shows and changes nothing of one tenant in another", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const order = yield* added(subject)
      const other = `${tenant}2`
      expect(yield* store.find(other, order.id)).toEqual(Option.none())
      expect(yield* store.lock(other, order.id)).toEqual(Option.none())
      expect((yield* store.list(other, {}, {})).items).toEqual([])
      expect((yield* store.list(other, { customerId: order.customerId }, {})).items).toEqual([])
      expect(yield* store.counted(other, order.accountId, march)).toEqual([])
      expect(yield* store.approved(other, order.accountId, march, 9)).toEqual([])
      expect(yield* store.inFile(other, "file")).toEqual([])
      expect(yield* store.save({ ...order, tenant: other, version: 2 })).toBe(false)
      // The same id in another tenant is another order.
      const namesake: StoredPaymentOrder = { ...order, tenant: other, endToEndId: `${order.endToEndId} 2` }
      expect(yield* store.insert(namesake)).toBe(true)
      expect(yield* store.save({ ...namesake, state: "cancelled", version: 2 })).toBe(true)
      expect(yield* store.find(tenant, order.id)).toEqual(Option.some(order))
      expect((yield* store.list(tenant, {}, {})).items).toEqual([order])
      expect(yield* store.counted(tenant, order.accountId, march)).toEqual([order])
      expect(yield* store.approved(other, order.accountId, march, 9)).toEqual([])
    })
  )
]

const sixOf = [1, 2, 3, 4, 5, 6]
const atOnce = { concurrency: "unbounded" } as const

const concurrency: ReadonlyArray<Check<PaymentOrderStore | Atomic>> = [
  check("one-insert", "keeps exactly one of concurrent orders with one id, or one end-to-end id", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const order = yield* orderOf(subject)
      const sameId = sixOf.map((index) => ({ ...order, endToEndId: `${order.endToEndId} ${index}` }))
      const toldOfId = yield* Effect.forEach(sameId, store.insert, atOnce)
      expect(toldOfId.filter((won) => won)).toHaveLength(1)
      expect(yield* store.find(tenant, order.id)).toEqual(Option.fromNullishOr(sameId[toldOfId.indexOf(true)]))
      const sameReference = yield* Effect.forEach(sixOf, () => orderOf(subject, { endToEndId: order.endToEndId }))
      const told = yield* Effect.forEach(sameReference, store.insert, atOnce)
      expect(told.filter((won) => won)).toHaveLength(1)
      const winner = Option.fromNullishOr(sameReference[told.indexOf(true)])
      expect(yield* store.findByReference(order.endToEndId)).toEqual(winner)
    })
  ),
  check("one-save", "lets exactly one of those who change a version at once do so", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const order = yield* added(subject)
      const claims = sixOf.map((attempts): StoredPaymentOrder => ({ ...order, state: "sent", attempts, version: 2 }))
      const told = yield* Effect.forEach(claims, store.save, atOnce)
      expect(told.filter((won) => won)).toHaveLength(1)
      expect(yield* store.find(tenant, order.id)).toEqual(Option.fromNullishOr(claims[told.indexOf(true)]))
    })
  ),
  check("one-hearing", "tells exactly one of those who hear an event, or move on from a place, at once", (subject) =>
    Effect.gen(function* () {
      const { rail, store } = subject
      const heard = yield* Effect.forEach(sixOf, () => store.hear(rail, "event", noon), atOnce)
      expect(heard.filter((isNew) => isNew)).toHaveLength(1)
      for (const from of [null, "to"]) {
        const to = (index: number) => (from === null ? "to" : `to ${index}`)
        const told = yield* Effect.forEach(sixOf, (index) => store.moveOn(rail, from, to(index)), atOnce)
        expect(told.filter((won) => won)).toHaveLength(1)
        if (from !== null) expect(yield* store.place(rail)).toBe(to(told.indexOf(true) + 1))
      }
    })
  ),
  check("lock", "keeps others from a locked order until the transaction ends", (subject) =>
    Effect.gen(function* () {
      const { atomic, store } = subject
      const { id, tenant } = yield* added(subject)
      expect(yield* atomic.runLocking(store.lock(tenant, yield* Id.make("pay")))).toEqual(Option.none())
      const change = (found: Option.Option<StoredPaymentOrder>) =>
        Effect.gen(function* () {
          const before = Option.getOrThrow(found)
          const after = { ...before, attempts: before.attempts + 1, version: before.version + 1 }
          expect(yield* store.save(after)).toBe(true)
        })
      const read = yield* readAfter(atomic, store.lock(tenant, id), change)
      expect(Option.getOrThrow(read)).toMatchObject({ attempts: 1, version: 2 })
      const count = atomic.runLocking(Effect.flatMap(store.lock(tenant, id), change))
      yield* Effect.forEach(sixOf, () => count, atOnce)
      expect(Option.getOrThrow(yield* store.find(tenant, id))).toMatchObject({ attempts: 7, version: 8 })
    })
  ),
  check("lock-payer", "lets those who decide about one payer take turns, also before its first order", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const accountId = yield* Id.make("dep")
      // What is counted under the lock must not change before it is acted on.
      const count = Effect.andThen(store.lockPayer(tenant, accountId), store.counted(tenant, accountId, march))
      for (const before of [0, 1]) {
        const read = yield* readAfter(atomic, count, (found) =>
          Effect.map(added(subject, { accountId }), () => expect(found).toHaveLength(before))
        )
        expect(read).toHaveLength(before + 1)
      }
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, rail, store, tenant } = subject
      const [order, second] = [yield* added(subject), yield* orderOf(subject)]
      const stray = strayOf(subject, "astray")
      const everyWrite = Effect.gen(function* () {
        yield* store.lockPayer(tenant, order.accountId)
        expect(yield* store.save({ ...order, state: "sent", version: 2 })).toBe(true)
        expect(yield* store.insert(second)).toBe(true)
        expect(yield* store.hear(rail, "event", noon)).toBe(true)
        yield* store.stray(stray)
        expect(yield* store.moveOn(rail, null, "1")).toBe(true)
      })
      yield* Effect.flip(atomic.run(Effect.andThen(everyWrite, Effect.fail("refused"))))
      expect(yield* store.find(tenant, order.id)).toEqual(Option.some(order))
      expect(yield* store.find(tenant, second.id)).toEqual(Option.none())
      expect(yield* store.strays(rail)).toEqual([])
      expect(yield* store.place(rail)).toBe(null)
      // What was undone is as if it had never been: all of it can be done now.
      yield* atomic.runLocking(everyWrite)
      expect(yield* store.find(tenant, second.id)).toEqual(Option.some(second))
      expect(yield* store.strays(rail)).toEqual([stray])
    })
  )
]

/** What every `PaymentOrderStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<PaymentOrderStore | Atomic>> = [
  ...keeping,
  ...queries,
  ...hearing,
  ...concurrency
]

/** Tests a `PaymentOrderStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<PaymentOrderStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("PaymentOrderStore", checks, name, layer, options)
