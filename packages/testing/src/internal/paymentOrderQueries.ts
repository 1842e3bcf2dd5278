import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { StoredPaymentOrder } from "saldo/banking/PaymentOrder"
import type { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import type { PaymentOrderFilter } from "saldo/banking/PaymentOrderStore"
import { PaymentOrderState } from "saldo/banking/PaymentStatus"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { type Cursor, InvalidCursor, type PageRequest } from "saldo/core/Page"
import type { Check } from "../Check.ts"

import { added, check, day, everything, later, march, noon, orderOf, type Subject } from "./paymentOrderCheck.ts"

const allPages = Effect.fnUntraced(function* ({ store, tenant }: Subject, filter: PaymentOrderFilter, limit: number) {
  const pages: Array<ReadonlyArray<string>> = []
  let request: PageRequest = { limit }
  for (;;) {
    const { items, next } = yield* store.list(tenant, filter, request)
    pages.push(items.map(({ id }) => id))
    if (next === null) return pages
    request = { limit, cursor: next }
  }
})

const own = <A extends { readonly tenant: string }>(all: ReadonlyArray<A>, { tenant }: Subject): ReadonlyArray<A> =>
  all.filter((each) => each.tenant.startsWith(tenant))

/** What `PaymentOrderStore` promises of its queries. */
export const queries: ReadonlyArray<Check<PaymentOrderStore | Atomic>> = [
  check("list", "lists orders newest first, page by page", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const all: Array<StoredPaymentOrder> = []
      for (let index = 0; index < 5; index += 1) all.unshift(yield* orderOf(subject))
      // Kept in another order than that of their ids.
      for (const order of [...all.slice(3), ...all.slice(0, 3)]) yield* store.insert(order)
      const ids = all.map(({ id }) => id)
      expect((yield* store.list(tenant, {}, {})).items).toEqual(all)
      expect(yield* allPages(subject, {}, 2)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)])
      expect(yield* allPages(subject, {}, 5)).toEqual([ids])
      const { next } = yield* store.list(tenant, {}, { limit: 2 })
      const cursor = next ?? (yield* Effect.fail("no cursor"))
      // One that is ordered meanwhile is newer than the page, and moves nothing.
      yield* added(subject)
      expect((yield* store.list(tenant, {}, { limit: 2, cursor })).items).toEqual(all.slice(2, 4))
      const filters: ReadonlyArray<PaymentOrderFilter> = [
        { customerId: yield* Id.make("cust") },
        { accountId: yield* Id.make("dep") },
        { state: "sent" },
        { disputed: false }
      ]
      for (const filter of filters) {
        expect((yield* Effect.flip(store.list(tenant, filter, { cursor })))._tag).toBe("CursorMismatch")
      }
      expect((yield* Effect.flip(store.list(`${tenant}2`, {}, { cursor })))._tag).toBe("CursorMismatch")
      // What is no cursor is refused, whoever let it pass as one.
      const broken = store.list(tenant, {}, { cursor: "none" as Cursor })
      expect(yield* Effect.flip(broken)).toBeInstanceOf(InvalidCursor)
    })
  ),
  check("filters", "lists what all parts of a filter fit, as orders stand now", (subject) =>
    Effect.gen(function* () {
      const { store } = subject
      const [customerId, accountId] = [yield* Id.make("cust"), yield* Id.make("dep")]
      const made: Array<StoredPaymentOrder> = []
      const choices = [false, true]
      for (const ofCustomer of choices)
        for (const ofAccount of choices)
          for (const state of ["created", "sent"] as const)
            for (const dispute of [null, "Sagt två gånger"]) {
              const given: Partial<StoredPaymentOrder> = {
                state: "approved",
                dispute: dispute === null ? "another" : null
              }
              const whose = { ...(ofCustomer ? { customerId } : {}), ...(ofAccount ? { accountId } : {}) }
              const order = yield* added(subject, { ...given, ...whose })
              const after = { ...order, state, dispute, version: 2 }
              yield* store.save(after)
              made.unshift(after)
            }
      const states = [undefined, "created", "sent", "approved"] as const
      for (const ofCustomer of choices)
        for (const ofAccount of choices)
          for (const state of states)
            for (const disputed of [undefined, true, false]) {
              const expected = made.filter(
                (order) =>
                  (!ofCustomer || order.customerId === customerId) &&
                  (!ofAccount || order.accountId === accountId) &&
                  (state === undefined || order.state === state) &&
                  (disputed === undefined || (order.dispute !== null) === disputed)
              )
              const pages = yield* allPages(
                subject,
                {
                  ...(ofCustomer ? { customerId } : {}),
                  ...(ofAccount ? { accountId } : {}),
                  ...(state === undefined ? {} : { state }),
                  ...(disputed === undefined ? {} : { disputed })
                },
                3
              )
              expect(pages.flat()).toEqual(expected.map(({ id }) => id))
            }
    })
  ),
  check("counted", "counts the orders of an account from a day on that may still take money, or have", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const accountId = yield* Id.make("dep")
      const on = (text: string, state: StoredPaymentOrder["state"] = "approved") => ({
        accountId,
        executeOn: day(text),
        state
      })
      const all: Array<StoredPaymentOrder> = []
      for (const state of PaymentOrderState.literals) all.push(yield* orderOf(subject, on("2026-03-10", state)))
      all.push(yield* orderOf(subject, on("9999-12-31")), yield* orderOf(subject, on("2026-03-11")))
      all.push(yield* orderOf(subject, on("2026-03-09")))
      for (const order of all.toReversed()) yield* store.insert(order)
      yield* added(subject)
      const expected = all.filter(
        ({ executeOn, state }) => executeOn >= march && state !== "failed" && state !== "cancelled"
      )
      expect(expected).toHaveLength(8)
      expect(yield* store.counted(tenant, accountId, march)).toEqual(expected)
      const [first] = expected
      if (first === undefined) return yield* Effect.fail("eight are counted")
      yield* store.save({ ...first, state: "cancelled", version: 2 })
      expect(yield* store.counted(tenant, accountId, march)).toEqual(expected.slice(1))
    })
  ),
  check("approved", "gives the approved orders of an account to be executed up to a day, by id", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const accountId = yield* Id.make("dep")
      const on = (text: string) => ({ accountId, executeOn: day(text) })
      const first = yield* orderOf(subject, on("2026-03-10"))
      const [second, third] = [yield* orderOf(subject, on("0001-01-01")), yield* orderOf(subject, on("2026-03-10"))]
      for (const order of [third, first, second]) yield* store.insert(order)
      const later = yield* added(subject, on("2026-03-11"))
      yield* added(subject)
      for (const state of PaymentOrderState.literals) {
        if (state !== "approved") yield* added(subject, { ...on("2026-03-10"), state })
      }
      expect(yield* store.approved(tenant, accountId, march, 9)).toEqual([first, second, third])
      expect(yield* store.approved(tenant, accountId, march, 2)).toEqual([first, second])
      expect(yield* store.approved(tenant, accountId, later.executeOn, 9)).toEqual([first, second, third, later])
      yield* store.save({ ...first, state: "sent", version: 2 })
      expect(yield* store.approved(tenant, accountId, march, 9)).toEqual([second, third])
    })
  ),
  check("in-file", "gives the orders that left in a payment file, by id, however they stand now", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const file = { messageId: "fil é 1", requestedOn: march, digest: "0".repeat(64) }
      const [first, second] = [yield* orderOf(subject), yield* orderOf(subject)]
      for (const order of [second, first]) {
        yield* store.insert(order)
        yield* store.save({ ...order, state: "sent", file, version: 2 })
      }
      yield* added(subject, { file: { ...file, messageId: "fil é 10" } })
      yield* added(subject)
      yield* added({ tenant: `${tenant}2`, store }, { file })
      const settled: StoredPaymentOrder = { ...first, state: "settled", file, version: 3 }
      expect(yield* store.save(settled)).toBe(true)
      expect(yield* store.inFile(tenant, file.messageId)).toEqual([
        settled,
        { ...second, state: "sent", file, version: 2 }
      ])
      expect(yield* store.inFile(tenant, "fil")).toEqual([])
    })
  ),
  check("due", "gives approved orders of all tenants to be executed up to a day, by day, then by id", (subject) =>
    Effect.gen(function* () {
      const { store } = subject
      const elsewhere = { ...subject, tenant: `${subject.tenant}2` }
      const on = (text: string) => ({ executeOn: day(text) })
      // Days before all others, so that a limit cuts between these.
      const [fourth, third] = [yield* orderOf(subject, on("0001-01-03")), yield* orderOf(subject, on("0001-01-02"))]
      const [fifth, second] = [yield* orderOf(elsewhere, on("0001-01-03")), yield* orderOf(subject, on("0001-01-01"))]
      const first = yield* orderOf(elsewhere, on("0001-01-01"))
      const inOrder = [...[first, second].sort((a, b) => (a.id < b.id ? -1 : 1)), third, fourth, fifth]
      for (const order of [fourth, fifth, third, first, second]) yield* store.insert(order)
      yield* added(subject, on("0001-01-04"))
      // Its money was lacking, and is looked for again at an instant.
      const waiting = yield* added(subject, { ...on("0001-01-01"), askAt: noon })
      for (const state of PaymentOrderState.literals) {
        if (state !== "approved") yield* added(subject, { ...on("0001-01-01"), state })
      }
      const keys = inOrder.map(({ id, tenant }) => ({ id, tenant }))
      expect(own(yield* store.due(day("0001-01-03"), everything), subject)).toEqual(keys)
      expect(own(yield* store.due(day("0001-01-02"), everything), subject)).toEqual(keys.slice(0, 3))
      expect(yield* store.due(day("0001-01-03"), 2)).toHaveLength(2)
      yield* store.save({ ...third, state: "sent", version: 2 })
      expect(own(yield* store.due(day("0001-01-02"), everything), subject)).toEqual(keys.slice(0, 2))
      // Gone from the queue, so that the next run of this check finds it as this one did.
      const known = [first, second, fourth, fifth, { ...waiting, askAt: null }]
      for (const order of known) yield* store.save({ ...order, state: "sent", version: 2 })
    })
  ),
  check(
    "unresolved",
    "gives orders of all tenants to be asked about by an instant, by instant, then by id",
    (subject) =>
      Effect.gen(function* () {
        const { store } = subject
        const elsewhere = { ...subject, tenant: `${subject.tenant}2` }
        const at = (hours: number): Partial<StoredPaymentOrder> => ({ state: "sent", askAt: later(hours) })
        const [third, second] = [yield* orderOf(subject, at(2)), yield* orderOf(elsewhere, at(1))]
        const [fourth, first] = [
          yield* orderOf(elsewhere, at(2)),
          yield* orderOf(subject, { askAt: DateTime.makeUnsafe(0) })
        ]
        for (const order of [fourth, third, second, first]) yield* store.insert(order)
        yield* added(subject, { askAt: DateTime.add(later(2), { milliseconds: 1 }) })
        yield* added(subject, { state: "sent" })
        const keys = [first, second, third, fourth].map(({ id, tenant }) => ({ id, tenant }))
        expect(own(yield* store.unresolved(later(2), everything), subject)).toEqual(keys)
        expect(own(yield* store.unresolved(later(1), everything), subject)).toEqual(keys.slice(0, 2))
        expect(yield* store.unresolved(later(2), 3)).toHaveLength(3)
        yield* store.save({ ...first, askAt: null, version: 2 })
        yield* store.save({ ...second, askAt: later(3), version: 2 })
        expect(own(yield* store.unresolved(later(2), everything), subject)).toEqual(keys.slice(2))
        yield* store.save({ ...fourth, askAt: noon, version: 2 })
        expect(own(yield* store.unresolved(later(2), everything), subject)).toEqual([keys[3], keys[2]])
      })
  )
]
