import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { HoldId } from "saldo/ledger/Hold"
import type { Capture, PlaceHold } from "saldo/ledger/LedgerCommand"
import type { LedgerStore } from "saldo/ledger/LedgerStore"
import type { Check } from "../Check.ts"
import { countersText, hold, key, noon, sek, tagOf, transfer } from "./ledgerBooks.ts"
import { type Books, check } from "./ledgerCheck.ts"
import { knownOf } from "./ledgerOracle.ts"

/** Anna has 1000 and sets 600 aside for Bo. */
const placed = Effect.fnUntraced(function* (books: Books, more: Partial<PlaceHold> = {}) {
  const { anna, bo, cash, commit, store, tenant } = books
  const holdId = yield* Id.make("hold")
  yield* commit("deposit", transfer(cash.id, anna.id, sek(1000)))
  expect(tagOf(yield* commit("hold", hold(holdId, anna.id, bo.id, sek(600), more)))).toBe("ok")
  const capture = (name: string, amount: number | undefined, rest?: Capture["rest"], at = noon) =>
    Effect.map(
      books.commitAt(at, name, {
        _tag: "Capture",
        holdId,
        ...(amount === undefined ? {} : { amount: sek(amount) }),
        ...(rest === undefined ? {} : { rest })
      }),
      tagOf
    )
  return {
    holdId,
    capture,
    end: (name: string, kind: "VoidHold" | "ExpireHold", at = noon) =>
      Effect.map(books.commitAt(at, name, { _tag: kind, holdId }), tagOf),
    stands: Effect.gen(function* () {
      const found = Option.getOrThrow(yield* store.findHold(tenant, holdId))
      const { captured, remaining, state } = knownOf(found)
      const [debit, credit] = yield* Effect.forEach([anna.id, bo.id], (id) => store.findAccount(tenant, id))
      const texts = [debit, credit].map((each) => countersText(Option.getOrThrow(each ?? Option.none())))
      return [`${captured} ${remaining} ${state}`, ...texts]
    })
  }
})

const kept = (store: LedgerStore["Service"], tenant: string, holdId: HoldId) =>
  Effect.map(store.findHold(tenant, holdId), Option.getOrThrow)

export const holds: ReadonlyArray<Check<LedgerStore | Atomic>> = [
  check("hold", "sets money aside, which nobody may spend meanwhile", (books) =>
    Effect.gen(function* () {
      const { anna, bo, commit, store, tenant } = books
      const { holdId, stands } = yield* placed(books, { expiresAfterMs: 5000, overCapture: sek(7) })
      expect(yield* kept(store, tenant, holdId)).toEqual({
        id: holdId,
        tenant,
        debit: anna.id,
        credit: bo.id,
        amount: sek(600),
        captured: sek(0),
        remaining: sek(600),
        state: "held",
        expiresAt: DateTime.add(noon, { seconds: 5 }),
        overCapture: sek(7)
      })
      expect(yield* stands).toEqual(["0 600 held", "0 1000 600 0", "0 0 0 600"])
      expect(tagOf(yield* commit("too much", transfer(anna.id, bo.id, sek(401))))).toBe("InsufficientFunds")
      expect(tagOf(yield* commit("not yet", transfer(bo.id, anna.id, sek(1))))).toBe("InsufficientFunds")
      expect(tagOf(yield* commit("the rest", transfer(anna.id, bo.id, sek(400))))).toBe("ok")
      const other = hold(yield* Id.make("hold"), anna.id, bo.id, sek(1))
      expect(tagOf(yield* commit("another", other))).toBe("InsufficientFunds")
      expect(tagOf(yield* commit("same", { ...other, holdId }))).toBe("HoldIdTaken")
    })
  ),
  check("hold-maximum", "counts announced money towards a maximum", ({ anna, bo, cash, commit, store, tenant }) =>
    Effect.gen(function* () {
      yield* commit("deposit", transfer(cash.id, anna.id, sek(1000)))
      yield* store.changeAccount(tenant, bo.id, (account) =>
        Result.succeed({ ...account, bounds: { minimum: 0n, maximum: 600n } })
      )
      yield* commit("1", hold(yield* Id.make("hold"), anna.id, bo.id, sek(500)))
      expect(tagOf(yield* commit("2", transfer(anna.id, bo.id, sek(101))))).toBe("MaximumExceeded")
      expect(tagOf(yield* commit("3", hold(yield* Id.make("hold"), anna.id, bo.id, sek(101))))).toBe("MaximumExceeded")
      expect(tagOf(yield* commit("4", transfer(anna.id, bo.id, sek(100))))).toBe("ok")
    })
  ),
  check("capture", "moves all that is held", (books) =>
    Effect.gen(function* () {
      const { capture, stands } = yield* placed(books)
      expect(yield* capture("1", undefined)).toBe("ok")
      expect(yield* stands).toEqual(["600 0 captured", "600 1000 0 0", "0 600 0 0"])
      expect(yield* capture("2", 1)).toBe("HoldEnded")
    })
  ),
  check("capture-release", "moves a part and gives back the rest at once", (books) =>
    Effect.gen(function* () {
      const { capture, stands } = yield* placed(books)
      expect(yield* capture("1", 250)).toBe("ok")
      expect(yield* stands).toEqual(["250 0 captured", "250 1000 0 0", "0 250 0 0"])
      expect(yield* capture("2", 1)).toBe("HoldEnded")
    })
  ),
  check("capture-keep", "moves parts one after the other, and no more than is left", (books) =>
    Effect.gen(function* () {
      const { capture, end, stands } = yield* placed(books)
      expect(yield* capture("1", 250, "keep")).toBe("ok")
      expect(yield* stands).toEqual(["250 350 held", "250 1000 350 0", "0 250 0 350"])
      expect(yield* capture("1", 250, "keep")).toBe("ok")
      expect(yield* capture("2", 351, "keep")).toBe("CaptureTooLarge")
      expect(yield* capture("3", 50, "keep")).toBe("ok")
      expect(yield* end("4", "VoidHold")).toBe("ok")
      expect(yield* stands).toEqual(["300 0 partly-captured", "300 1000 0 0", "0 300 0 0"])
    })
  ),
  check("capture-over", "moves more than is held as far as was agreed, and by the account's bounds", (books) =>
    Effect.gen(function* () {
      const { anna, bo, commit } = books
      const { capture, stands } = yield* placed(books, { overCapture: sek(450) })
      expect(yield* capture("1", 1051)).toBe("CaptureTooLarge")
      expect(yield* capture("2", 1050)).toBe("InsufficientFunds")
      expect(yield* capture("3", 700)).toBe("ok")
      expect(yield* stands).toEqual(["700 0 captured", "700 1000 0 0", "0 700 0 0"])
      expect(tagOf(yield* commit("all", transfer(anna.id, bo.id, sek(301))))).toBe("InsufficientFunds")
    })
  ),
  check("void", "gives everything back, also when the account has been closed meanwhile", (books) =>
    Effect.gen(function* () {
      const { anna, store, tenant } = books
      const { capture, end, stands } = yield* placed(books)
      yield* store.changeAccount(tenant, anna.id, (account) => Result.succeed({ ...account, closed: true }))
      expect(yield* capture("1", 1)).toBe("AccountUnavailable")
      expect(yield* end("2", "VoidHold")).toBe("ok")
      expect(yield* stands).toEqual(["0 0 voided", "0 1000 0 0", "0 0 0 0"])
      expect(yield* end("3", "VoidHold")).toBe("HoldEnded")
      expect(yield* capture("4", 1)).toBe("HoldEnded")
    })
  ),
  check("expire", "ends by the ledger's clock, from which on nothing is captured", (books) =>
    Effect.gen(function* () {
      const { capture, end, stands } = yield* placed(books, { expiresAfterMs: 5000 })
      const [before, at] = [4999, 5000].map((millis) => DateTime.addDuration(noon, millis))
      expect(yield* end("1", "ExpireHold", before)).toBe("HoldTimeMismatch")
      expect(yield* capture("2", 100, "keep", before)).toBe("ok")
      expect(yield* capture("3", 100, "keep", at)).toBe("HoldTimeMismatch")
      expect(yield* end("4", "ExpireHold", at)).toBe("ok")
      expect(yield* stands).toEqual(["100 0 partly-captured", "100 1000 0 0", "0 100 0 0"])
    })
  ),
  check("due", "lists what is overdue of all tenants, the oldest first", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit, store, tenant } = books
      yield* commit("deposit", transfer(cash.id, anna.id, sek(1000)))
      const ids = yield* Effect.forEach([3000, 1000, 2000, 9000, undefined], (expiresAfterMs, index) =>
        Effect.gen(function* () {
          const id = yield* Id.make("hold")
          const more = expiresAfterMs === undefined ? {} : { expiresAfterMs }
          yield* commit(`hold ${index}`, hold(id, anna.id, bo.id, sek(1), more))
          return id
        })
      )
      const due = (seconds: number) =>
        Effect.map(store.dueHolds(DateTime.add(noon, { seconds }), 10_000), (all) =>
          all.filter((one) => one.tenant === tenant).map(({ id }) => id)
        )
      expect(yield* due(0)).toEqual([])
      expect(yield* due(3)).toEqual([ids[1], ids[2], ids[0]])
      const voided = ids[2] ?? (yield* Id.make("hold"))
      yield* commit("void", { _tag: "VoidHold", holdId: voided })
      expect(yield* due(3)).toEqual([ids[1], ids[0]])
      expect(yield* store.dueHolds(DateTime.add(noon, { seconds: 3 }), 1)).toHaveLength(1)
    })
  ),
  check("refused-hold", "knows no hold whose command was refused", ({ anna, bo, cash, commit, store, tenant }) =>
    Effect.gen(function* () {
      const holdId = yield* Id.make("hold")
      expect(tagOf(yield* commit("1", hold(holdId, anna.id, bo.id, sek(1))))).toBe("InsufficientFunds")
      expect(yield* store.findHold(tenant, holdId)).toEqual(Option.none())
      expect(tagOf(yield* commit("2", { _tag: "Capture", holdId }))).toBe("HoldNotFound")
      yield* commit("3", transfer(cash.id, anna.id, sek(1)))
      expect(tagOf(yield* commit("4", hold(holdId, anna.id, bo.id, sek(1))))).toBe("ok")
    })
  ),
  check("one-command", "takes a hold and its capture in one command, and in one call", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit, commitAll, store, tenant } = books
      yield* commit("deposit", transfer(cash.id, anna.id, sek(10)))
      const [first, second] = [yield* Id.make("hold"), yield* Id.make("hold")]
      const both = yield* commit("1", hold(first, anna.id, bo.id, sek(5)), { _tag: "Capture", holdId: first })
      expect(tagOf(both)).toBe("ok")
      const outcomes = yield* commitAll([
        { key: key("2"), operations: [hold(second, anna.id, bo.id, sek(5))] },
        { key: key("3"), operations: [{ _tag: "Capture", holdId: second, amount: sek(2) }] },
        { key: key("4"), operations: [{ _tag: "VoidHold", holdId: second }] }
      ])
      expect(outcomes.map(tagOf)).toEqual(["ok", "ok", "HoldEnded"])
      expect((yield* kept(store, tenant, second)).state).toBe("captured")
    })
  ),
  check("list-holds", "lists holds by account and state, page by page", ({ anna, bo, cash, commit, store, tenant }) =>
    Effect.gen(function* () {
      yield* commit("deposit", transfer(cash.id, anna.id, sek(10)))
      const ids = yield* Effect.forEach([0, 1, 2, 3, 4], (index) =>
        Effect.gen(function* () {
          const id = yield* Id.make("hold")
          yield* commit(`h${index}`, hold(id, index < 3 ? anna.id : cash.id, index < 3 ? cash.id : bo.id, sek(1)))
          return id
        })
      )
      const [first] = ids
      if (first !== undefined) yield* commit("void", { _tag: "VoidHold", holdId: first })
      const list = (filter: Parameters<typeof store.listHolds>[1]) =>
        Effect.map(store.listHolds(tenant, filter, {}), ({ items }) => items.map(({ id }) => id))
      expect(yield* list({})).toEqual(ids)
      expect(yield* list({ accountId: anna.id })).toEqual(ids.slice(0, 3))
      expect(yield* list({ accountId: cash.id, state: "held" })).toEqual(ids.slice(1))
      expect(yield* list({ state: "voided" })).toEqual(ids.slice(0, 1))
      const page = yield* store.listHolds(tenant, {}, { limit: 3 })
      const rest = yield* store.listHolds(
        tenant,
        {},
        { limit: 3, ...(page.next === null ? {} : { cursor: page.next }) }
      )
      expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual(ids)
      expect(rest.next).toBe(null)
    })
  )
]
