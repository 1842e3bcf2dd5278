import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { Page, PageRequest } from "saldo/core/Page"
import { sha256 } from "saldo/core/sha256"
import { toMicros } from "saldo/ledger/BookingTime"
import { entryText } from "saldo/ledger/entryText"
import { blockHash, noHash } from "saldo/ledger/journalBlocks"
import type { LedgerStore } from "saldo/ledger/LedgerStore"
import * as LocalDate from "saldo/time/LocalDate"
import type { Check } from "../Check.ts"
import { program, runProgram } from "../LedgerProgram.ts"
import { hold, key, noon, opened, sek, tagOf, today, transfer } from "./ledgerBooks.ts"
import { type Books, check } from "./ledgerCheck.ts"

/** Entries with value dates forwards and backwards, one a second; code, metadata and kinds of every sort. */
const filled = Effect.fnUntraced(function* (books: Books) {
  const { anna, bo, cash, commitAt } = books
  const offsets = [0, 1, 2, -3, 0, 5, -1, 3, 3, 0, -10, 1]
  for (const [index, offset] of offsets.entries()) {
    const debit = index % 3 === 0 ? cash.id : index % 3 === 1 ? cash.id : anna.id
    const credit = index % 3 === 2 ? bo.id : anna.id
    const at = DateTime.add(noon, { seconds: index })
    const outcome = yield* commitAt(
      at,
      `entry ${index}`,
      transfer(debit, credit, sek(index + 1), {
        valueOn: LocalDate.addDays(today, offset),
        allowFutureValue: true,
        code: index % 2 === 0 ? "even" : "odd",
        metadata: { third: String(index % 3), ...(index % 2 === 0 ? { even: "yes" } : {}) }
      })
    )
    expect(tagOf(outcome)).toBe("ok")
  }
  const holdId = yield* Id.make("hold")
  yield* commitAt(DateTime.add(noon, { seconds: 20 }), "hold", hold(holdId, cash.id, anna.id, sek(1)))
  return holdId
})

const all = <A, E>(list: (page: PageRequest) => Effect.Effect<Page<A>, E>, limit: number) =>
  Effect.gen(function* () {
    const items: Array<A> = []
    let page: Page<A> = yield* list({ limit })
    items.push(...page.items)
    while (page.next !== null) {
      page = yield* list({ limit, cursor: page.next })
      items.push(...page.items)
    }
    return items
  })

export const reads: ReadonlyArray<Check<LedgerStore | Atomic>> = [
  check("as-of", "adds up to the balance at every value date as known at every booking time", (books) =>
    Effect.gen(function* () {
      const { anna, store, tenant } = books
      yield* filled(books)
      const entries = yield* all((page) => store.listEntries(tenant, {}, page), 5)
      const sum = (known: number, day: string) =>
        entries
          .slice(0, known)
          .filter(({ valueOn }) => valueOn <= day)
          .flatMap(({ lines }) => lines.filter(({ accountId }) => accountId === anna.id))
          .reduce((total, { posted, side }) => total + (side === "credit" ? posted.amount : -posted.amount), 0n)
      for (let known = 0; known <= entries.length; known++) {
        for (let offset = -11; offset <= 6; offset++) {
          const valueOn = LocalDate.addDays(today, offset)
          const at = entries[known - 1]?.bookedAt
          if (known > 0 && at === undefined) continue
          const asOf = { valueOn, ...(at === undefined ? {} : { knownAt: at }) }
          const found = Option.getOrThrow(yield* store.counters(tenant, anna.id, asOf))
          expect(found.creditsPosted - found.debitsPosted).toBe(sum(at === undefined ? entries.length : known, valueOn))
        }
      }
      const rows = yield* store.trialBalance(tenant, { valueOn: LocalDate.addDays(today, -2) })
      const row = rows.find(({ account }) => account.id === anna.id)
      const expected = yield* store.counters(tenant, anna.id, { valueOn: LocalDate.addDays(today, -2) })
      expect(Option.some(row?.counters)).toEqual(expected)
    })
  ),
  check("lines", "gives an account's lines in booking order with its counters after each", (books) =>
    Effect.gen(function* () {
      const { anna, store, tenant } = books
      yield* filled(books)
      const lines = yield* all((page) => store.listLines(tenant, anna.id, {}, page), 3)
      let [debits, credits] = [0n, 0n]
      for (const line of lines) {
        if (line.side === "debit") debits += line.posted.amount
        else credits += line.posted.amount
        expect([line.after.debitsPosted, line.after.creditsPosted]).toEqual([debits, credits])
      }
      expect(lines.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
      expect(lines[1]).toMatchObject({ code: "odd", kind: "posted", valueOn: LocalDate.addDays(today, 1) })
      const counted = (filter: Parameters<typeof store.listLines>[2]) =>
        Effect.map(store.listLines(tenant, anna.id, filter, {}), ({ items }) => items.length)
      expect(yield* counted({ postedOnly: true })).toBe(12)
      expect(yield* counted({ valueFrom: today, valueTo: today })).toBe(4)
      const [third, fifth] = [lines[2]?.bookedAt, lines[4]?.bookedAt]
      if (third !== undefined && fifth !== undefined) {
        expect(yield* counted({ bookedFrom: third, bookedTo: fifth })).toBe(3)
      }
    })
  ),
  check("entries", "finds entries by account, kind, code, hold, dates and metadata, page by page", (books) =>
    Effect.gen(function* () {
      const { anna, bo, store, tenant } = books
      const holdId = yield* filled(books)
      const found = (filter: Parameters<typeof store.listEntries>[1]) =>
        Effect.map(
          all((page) => store.listEntries(tenant, filter, page), 2),
          (entries) => entries.map(({ sequence }) => sequence)
        )
      expect(yield* found({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
      expect(yield* found({ accountId: bo.id })).toEqual([3, 6, 9, 12])
      expect(yield* found({ code: "odd", accountId: anna.id })).toEqual([2, 4, 6, 8, 10, 12])
      expect(yield* found({ kind: "held" })).toEqual([13])
      expect(yield* found({ holdId })).toEqual([13])
      expect(yield* found({ metadata: { third: "0" } })).toEqual([1, 4, 7, 10])
      expect(yield* found({ metadata: { third: "0", even: "yes" } })).toEqual([1, 7])
      expect(yield* found({ metadata: { even: "no" } })).toEqual([])
      expect(yield* found({ metadata: { unknown: "yes" } })).toEqual([])
      const until = LocalDate.addDays(today, -3)
      expect(yield* found({ valueTo: until })).toEqual([4, 11])
      expect(yield* found({ valueFrom: LocalDate.addDays(today, 3), valueTo: LocalDate.addDays(today, 4) })).toEqual([
        8, 9
      ])
      const { items } = yield* store.listEntries(tenant, {}, {})
      const [from, to] = [items[3]?.bookedAt, items[5]?.bookedAt]
      if (from !== undefined && to !== undefined)
        expect(yield* found({ bookedFrom: from, bookedTo: to })).toEqual([4, 5, 6])
      const page = yield* store.listEntries(tenant, { code: "odd" }, { limit: 1 })
      const cursor = page.next === null ? {} : { cursor: page.next }
      const other = yield* Effect.flip(store.listEntries(tenant, { code: "even" }, { limit: 1, ...cursor }))
      expect(other._tag).toBe("CursorMismatch")
    })
  ),
  check("accounts", "finds accounts by type, currency, parent, state, code and metadata, by code", (books) =>
    Effect.gen(function* () {
      const { anna, store, tenant } = books
      yield* opened(store, tenant, "anna.savings", { parent: anna.id, metadata: { kind: "savings", x: "1" } })
      yield* opened(store, tenant, "anna.euros", { currency: "EUR", metadata: { kind: "savings" } })
      yield* opened(store, tenant, "annax", { closed: true })
      yield* opened(store, tenant, "anna_x", { type: "equity" })
      yield* opened(store, tenant, "Zebra")
      const found = (filter: Parameters<typeof store.listAccounts>[1]) =>
        Effect.map(
          all((page) => store.listAccounts(tenant, filter, page), 2),
          (accounts) => accounts.map(({ code }) => code)
        )
      const everyone = ["Zebra", "anna", "anna.euros", "anna.savings", "anna_x", "annax", "bo", "cash"]
      expect(yield* found({})).toEqual(everyone)
      expect((yield* store.trialBalance(tenant, {})).map(({ account }) => account.code)).toEqual(everyone)
      expect(yield* found({ type: "asset" })).toEqual(["cash"])
      expect(yield* found({ currency: "EUR" })).toEqual(["anna.euros"])
      expect(yield* found({ parent: anna.id })).toEqual(["anna.savings"])
      expect(yield* found({ closed: true })).toEqual(["annax"])
      expect(yield* found({ codePrefix: "anna." })).toEqual(["anna.euros", "anna.savings"])
      expect(yield* found({ codePrefix: "anna_" })).toEqual(["anna_x"])
      expect(yield* found({ metadata: { kind: "savings" }, closed: false })).toEqual(["anna.euros", "anna.savings"])
      expect(yield* found({ metadata: { kind: "savings", x: "1" } })).toEqual(["anna.savings"])
    })
  ),
  check("chain", "links every block to the one before it, each a transaction of its own", (books) =>
    Effect.gen(function* () {
      const { anna, atomic, cash, commit, commitAll, store, tenant } = books
      expect(yield* store.head(tenant)).toEqual({ tenant, sequence: 0, bookedAt: null, hash: noHash })
      const deposit = transfer(cash.id, anna.id, sek(1))
      yield* commit("1", deposit, deposit)
      yield* commitAll([
        { key: key("2"), operations: [deposit] },
        { key: key("3"), operations: [transfer(anna.id, cash.id, sek(1000))] },
        { key: key("4"), operations: [deposit] }
      ])
      yield* commit("refused", transfer(anna.id, cash.id, sek(1001)))
      yield* atomic.runLocking(commit("5", deposit))
      const blocks = yield* Stream.runCollect(store.blocks(tenant))
      expect(blocks.map(({ entries }) => entries.map(({ sequence }) => sequence))).toEqual([[1, 2], [3, 4], [5]])
      let previous = noHash
      for (const { entries, hash } of blocks) {
        const [first] = entries
        const place = { sequence: first?.sequence ?? 0, micros: first === undefined ? 0 : toMicros(first.bookedAt) }
        const contents = entries.map((entry) => sha256(entryText(tenant, entry.key, entry)))
        expect(hash).toBe(blockHash(previous, place, contents))
        previous = hash
      }
      expect((yield* store.head(tenant)).hash).toBe(previous)
    })
  ),
  check("model", "agrees with the plainest possible ledger on random programs", ({ store }) =>
    Effect.gen(function* () {
      for (const steps of fc.sample(program(40), { numRuns: 12, seed: 20_260_310 })) yield* runProgram(store, steps)
    })
  )
]
