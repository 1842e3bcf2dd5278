import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { fromInstant, toMicros } from "saldo/ledger/BookingTime"
import type { Operation } from "saldo/ledger/LedgerCommand"
import type { CommitOutcome, LedgerStore } from "saldo/ledger/LedgerStore"
import * as LocalDate from "saldo/time/LocalDate"
import type { Check } from "../Check.ts"
import { countersText, eur, key, noon, opened, sek, tagOf, today, transfer } from "./ledgerBooks.ts"
import { type Books, check } from "./ledgerCheck.ts"

const entriesOf = (outcome: CommitOutcome | undefined) =>
  outcome !== undefined && Result.isSuccess(outcome) ? outcome.success.entries : []

const reasonOf = (outcome: CommitOutcome | undefined) =>
  outcome !== undefined && Result.isFailure(outcome) ? outcome.failure : undefined

const state = ({ store, tenant }: Books) =>
  Effect.all({
    rows: store.trialBalance(tenant, {}),
    head: store.head(tenant),
    entries: store.listEntries(tenant, {}, { limit: 500 })
  })

const textsOf = ({ anna, bo, cash, store, tenant }: Books) =>
  Effect.forEach([cash, anna, bo], ({ id }) =>
    Effect.map(store.findAccount(tenant, id), (found) => countersText(Option.getOrThrow(found)))
  )

const setting = (books: Books, settings: object) =>
  books.store.changeAccount(books.tenant, books.bo.id, (account) => Result.succeed({ ...account, ...settings }))

const posting: ReadonlyArray<Check<LedgerStore | Atomic>> = [
  check("post", "books an entry with everything it says, and counts it on its accounts", (books) =>
    Effect.gen(function* () {
      const { anna, cash, commit, store, tenant } = books
      const entryId = yield* Id.make("entry")
      const more = {
        entryId,
        valueOn: LocalDate.of("2026-02-28"),
        code: "deposit",
        description: 'Över disk; "quoted" \\ 漢',
        metadata: { till: "3", "a.b": "c'd" }
      }
      const outcome = yield* commit("deposit", transfer(cash.id, anna.id, sek(12_345), more))
      const [entry] = entriesOf(outcome)
      expect(entry).toEqual({
        id: entryId,
        tenant,
        key: "deposit",
        kind: "posted",
        sequence: 1,
        bookedAt: fromInstant(noon),
        valueOn: "2026-02-28",
        lines: [
          { accountId: cash.id, side: "debit", posted: sek(12_345), pending: sek(0) },
          { accountId: anna.id, side: "credit", posted: sek(12_345), pending: sek(0) }
        ],
        holdId: null,
        reverses: null,
        exchange: null,
        code: more.code,
        description: more.description,
        metadata: more.metadata
      })
      expect(yield* store.findEntry(tenant, entryId)).toEqual(Option.some(entry))
      expect((yield* store.listEntries(tenant, {}, {})).items).toEqual([entry])
      expect(yield* textsOf(books)).toEqual(["12345 0 0 0", "0 12345 0 0", "0 0 0 0"])
    })
  ),
  check("exchange", "passes money between currencies through liquidity accounts only, and keeps the rate", (books) =>
    Effect.gen(function* () {
      const { anna, cash, commit, store, tenant } = books
      const meeting = yield* opened(store, tenant, "meeting.sek", { role: "liquidity", type: "asset" })
      const abroad = yield* opened(store, tenant, "meeting.eur", { role: "liquidity", type: "asset", currency: "EUR" })
      const euros = yield* opened(store, tenant, "euros", { currency: "EUR" })
      yield* commit("deposit", transfer(cash.id, anna.id, sek(2000)))
      const exchange = { rate: "11.25", base: "EUR", quote: "SEK", date: today, source: "Riksbanken" }
      const via = (kronor: typeof cash.id): Operation => ({
        _tag: "Post",
        exchange,
        postings: [
          { accountId: anna.id, side: "debit", amount: sek(1125) },
          { accountId: kronor, side: "credit", amount: sek(1125) },
          { accountId: abroad.id, side: "debit", amount: eur(100) },
          { accountId: euros.id, side: "credit", amount: eur(100) }
        ]
      })
      const direct = reasonOf(yield* commit("direct", via(cash.id)))
      expect(direct?.reason).toMatchObject({ _tag: "LiquidityAccountMissing", currency: "SEK" })
      const [entry] = entriesOf(yield* commit("through", via(meeting.id)))
      expect(entry?.exchange).toEqual(exchange)
      const [stored] = (yield* store.listEntries(tenant, {}, {})).items.slice(-1)
      expect(stored).toEqual(entry)
    })
  ),
  check("refusals", "refuses what its accounts do not take, and leaves everything as it was", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit, store, tenant } = books
      const euros = yield* opened(store, tenant, "euros", { currency: "EUR" })
      yield* commit("deposit", transfer(cash.id, anna.id, sek(100)))
      const before = yield* state(books)
      const refusal = (name: string, operation: Operation) =>
        Effect.map(commit(name, operation), (outcome) => reasonOf(outcome)?.reason)
      const missing = yield* Id.make("acct")
      expect(yield* refusal("1", transfer(anna.id, missing, sek(1)))).toMatchObject({ accountId: missing })
      expect(yield* refusal("2", transfer(anna.id, euros.id, sek(1)))).toMatchObject({ _tag: "WrongCurrency" })
      const poor = yield* refusal("3", transfer(anna.id, bo.id, sek(101)))
      expect(poor).toMatchObject({ _tag: "InsufficientFunds", available: sek(100), requested: sek(101) })
      const tomorrow = LocalDate.addDays(today, 1)
      const early = yield* refusal("4", transfer(anna.id, bo.id, sek(1), { valueOn: tomorrow }))
      expect(early).toMatchObject({ _tag: "ValueDateInFuture", today })
      expect(yield* state(books)).toEqual(before)
      const meant = transfer(anna.id, bo.id, sek(1), { valueOn: tomorrow, allowFutureValue: true })
      expect(tagOf(yield* commit("5", meant))).toBe("ok")
    })
  ),
  check("settings", "minds closed, frozen and blocked accounts and both bounds", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit } = books
      yield* commit("deposit", transfer(cash.id, anna.id, sek(100)))
      yield* commit("to bo", transfer(cash.id, bo.id, sek(100)))
      let number = 0
      const tries = (settings: object) =>
        Effect.gen(function* () {
          number += 1
          yield* setting(books, settings)
          const into = yield* commit(`in ${number}`, transfer(anna.id, bo.id, sek(1)))
          const out = yield* commit(`out ${number}`, transfer(bo.id, anna.id, sek(1)))
          return [tagOf(into), tagOf(out)]
        })
      const no = "AccountUnavailable"
      expect(yield* tries({ closed: true })).toEqual([no, no])
      expect(yield* tries({ closed: false, frozen: true })).toEqual([no, no])
      expect(yield* tries({ frozen: false, debitsBlocked: true })).toEqual(["ok", no])
      expect(yield* tries({ debitsBlocked: false, creditsBlocked: true })).toEqual([no, "ok"])
      const bounds = { minimum: 100n, maximum: 100n }
      expect(yield* tries({ creditsBlocked: false, bounds })).toEqual(["MaximumExceeded", "InsufficientFunds"])
      // An account that is out of its bounds already may come nearer to them.
      expect(yield* tries({ bounds: { minimum: 200n, maximum: 300n } })).toEqual(["ok", "InsufficientFunds"])
    })
  ),
  check("net-effect", "judges a command by what it comes to, and carries out all of it or nothing", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit } = books
      const through = yield* commit("net", transfer(anna.id, bo.id, sek(50)), transfer(cash.id, anna.id, sek(50)))
      expect(tagOf(through)).toBe("ok")
      const before = yield* state(books)
      const half = yield* commit("half", transfer(cash.id, anna.id, sek(10)), transfer(bo.id, anna.id, sek(51)))
      expect(tagOf(half)).toBe("InsufficientFunds")
      expect(yield* state(books)).toEqual(before)
    })
  ),
  check("balancing", "moves up to what is available and what the other account may take", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit, commitAll } = books
      yield* commit("deposit", transfer(cash.id, anna.id, sek(70)))
      const all = (name: string) => commit(name, transfer(anna.id, bo.id, sek(100), { upToAvailableOn: anna.id }))
      yield* setting(books, { bounds: { minimum: 0n, maximum: 30n } })
      expect(entriesOf(yield* all("1"))[0]?.lines[0]?.posted).toEqual(sek(30))
      yield* setting(books, { bounds: { minimum: 0n, maximum: null } })
      const holdId = yield* Id.make("hold")
      yield* commit("held", { _tag: "PlaceHold", holdId, debit: anna.id, credit: bo.id, amount: sek(15) })
      expect(entriesOf(yield* all("2"))[0]?.lines[0]?.posted).toEqual(sek(25))
      expect(tagOf(yield* all("3"))).toBe("NothingAvailable")
      const [first, second] = yield* commitAll([
        { key: key("4"), operations: [transfer(cash.id, anna.id, sek(5))] },
        { key: key("5"), operations: [transfer(anna.id, bo.id, sek(9), { upToAvailableOn: anna.id })] }
      ])
      expect([tagOf(first), entriesOf(second)[0]?.lines[0]?.posted]).toEqual(["ok", sek(5)])
    })
  ),
  check("versions", "minds the expected versions of accounts", ({ anna, cash, commitAll, store, tenant }) =>
    Effect.gen(function* () {
      const versioned = (name: string, version: number) =>
        Effect.map(
          commitAll([
            {
              key: key(name),
              operations: [transfer(cash.id, anna.id, sek(1))],
              expectedVersions: [{ accountId: anna.id, version }]
            }
          ]),
          ([outcome]) => outcome
        )
      expect(tagOf(yield* versioned("1", 1))).toBe("ok")
      expect(reasonOf(yield* versioned("2", 1))?.reason).toMatchObject({ _tag: "VersionConflict", actual: 2 })
      expect(tagOf(yield* versioned("3", 2))).toBe("ok")
      expect(Option.getOrThrow(yield* store.findAccount(tenant, anna.id)).version).toBe(3)
    })
  ),
  check("overflow", "refuses a sum that does not fit", ({ anna, bo, cash, commit }) =>
    Effect.gen(function* () {
      const most = 2n ** 63n - 1n
      expect(tagOf(yield* commit("1", transfer(cash.id, anna.id, sek(most))))).toBe("ok")
      expect(tagOf(yield* commit("2", transfer(cash.id, anna.id, sek(1))))).toBe("LedgerOverflow")
      expect(tagOf(yield* commit("3", transfer(anna.id, bo.id, sek(most))))).toBe("ok")
    })
  )
]

const keys: ReadonlyArray<Check<LedgerStore | Atomic>> = [
  check("replay", "gives the outcome of then for a key that was used, and does nothing again", (books) =>
    Effect.gen(function* () {
      const { anna, cash, commit } = books
      const deposit = transfer(cash.id, anna.id, sek(100), { metadata: { b: "2", a: "1" } })
      const first = yield* commit("deposit", deposit)
      const before = yield* state(books)
      const reordered = { ...deposit, metadata: { a: "1", b: "2" } }
      const again = yield* commit("deposit", reordered)
      expect(entriesOf(again)).toEqual(entriesOf(first))
      expect(again).toMatchObject({ success: { replayed: true } })
      expect(yield* state(books)).toEqual(before)
    })
  ),
  check("mismatch", "names the first difference to what a key was used for", (books) =>
    Effect.gen(function* () {
      const { anna, cash, commit } = books
      yield* commit("deposit", transfer(cash.id, anna.id, sek(100)))
      const before = yield* state(books)
      const other = reasonOf(yield* commit("deposit", transfer(cash.id, anna.id, sek(101))))
      const path = "/operations/0/postings/0/amount/amount"
      expect(other).toMatchObject({ reason: { _tag: "IdempotencyMismatch", path }, replayed: true })
      expect(yield* state(books)).toEqual(before)
    })
  ),
  check("refusal-kept", "remembers a refusal, whatever has become possible since", ({ anna, bo, cash, commit }) =>
    Effect.gen(function* () {
      const wish = transfer(anna.id, bo.id, sek(100))
      const first = reasonOf(yield* commit("wish", wish))
      expect(first).toMatchObject({ reason: { _tag: "InsufficientFunds" }, replayed: false })
      yield* commit("deposit", transfer(cash.id, anna.id, sek(1000)))
      const again = reasonOf(yield* commit("wish", wish))
      expect(again).toEqual({ reason: first?.reason, replayed: true })
      expect(tagOf(yield* commit("another wish", wish))).toBe("ok")
      const mismatch = yield* commit("wish", transfer(anna.id, bo.id, sek(99)))
      expect(tagOf(mismatch)).toBe("IdempotencyMismatch")
    })
  ),
  check("batch", "carries out commands in their order, each on its own", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit, commitAll, store, tenant } = books
      yield* commit("0", transfer(cash.id, anna.id, sek(10)))
      const one = (name: string, operation: Operation) => ({ key: key(name), operations: [operation] })
      const outcomes = yield* commitAll([
        one("1", transfer(anna.id, bo.id, sek(11))),
        one("0", transfer(cash.id, anna.id, sek(10))),
        one("2", transfer(anna.id, bo.id, sek(10))),
        one("3", transfer(bo.id, anna.id, sek(4))),
        one("4", transfer(bo.id, anna.id, sek(7)))
      ])
      expect(outcomes.map(tagOf)).toEqual(["InsufficientFunds", "ok", "ok", "ok", "InsufficientFunds"])
      expect(outcomes.map((outcome) => entriesOf(outcome)[0]?.sequence)).toEqual([undefined, 1, 2, 3, undefined])
      expect(yield* textsOf(books)).toEqual(["10 0 0 0", "10 14 0 0", "4 10 0 0"])
      expect((yield* store.head(tenant)).sequence).toBe(3)
    })
  ),
  check("reverse", "takes an entry back once, linked and by the rules", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit, store, tenant } = books
      const [deposit] = entriesOf(yield* commit("deposit", transfer(cash.id, anna.id, sek(100))))
      const entryId = deposit?.id ?? (yield* Id.make("entry"))
      yield* commit("spend", transfer(anna.id, bo.id, sek(1)))
      expect(tagOf(yield* commit("early", { _tag: "Reverse", entryId }))).toBe("InsufficientFunds")
      yield* commit("more", transfer(cash.id, anna.id, sek(1)))
      const [reversal] = entriesOf(yield* commit("back", { _tag: "Reverse", entryId }))
      expect(reversal).toMatchObject({ kind: "posted", reverses: entryId })
      expect(reversal?.lines.map(({ accountId, side }) => [accountId, side])).toEqual([
        [cash.id, "credit"],
        [anna.id, "debit"]
      ])
      expect(yield* store.findReversal(tenant, entryId)).toEqual(Option.some(reversal?.id))
      const again = reasonOf(yield* commit("again", { _tag: "Reverse", entryId }))
      expect(again?.reason).toMatchObject({ _tag: "AlreadyReversed", reversedBy: reversal?.id })
      const itself = yield* commit("forth", { _tag: "Reverse", entryId: reversal?.id ?? entryId })
      expect(reasonOf(itself)?.reason).toMatchObject({ _tag: "EntryNotReversible", kind: "reversal" })
      const missing = yield* Id.make("entry")
      expect(tagOf(yield* commit("none", { _tag: "Reverse", entryId: missing }))).toBe("EntryNotFound")
      expect(tagOf(yield* commit("taken", transfer(cash.id, anna.id, sek(1), { entryId })))).toBe("EntryIdTaken")
    })
  ),
  check("times", "books at strictly increasing times that are never before the arrival", (books) =>
    Effect.gen(function* () {
      const { anna, cash, commit, commitAt, store, tenant } = books
      const deposit = transfer(cash.id, anna.id, sek(1))
      yield* commit("1", deposit, deposit)
      yield* commitAt(DateTime.subtract(noon, { hours: 1 }), "2", deposit)
      yield* commitAt(DateTime.add(noon, { seconds: 1 }), "3", deposit)
      const { items } = yield* store.listEntries(tenant, {}, {})
      const start = toMicros(fromInstant(noon))
      expect(items.map(({ bookedAt }) => toMicros(bookedAt) - start)).toEqual([0, 1, 2, 1_000_000])
      expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
      const head = yield* store.head(tenant)
      expect([head.sequence, head.bookedAt]).toEqual([4, items[3]?.bookedAt])
    })
  ),
  check("import", "takes over history in order, and nothing that is out of order", (books) =>
    Effect.gen(function* () {
      const { anna, cash, commit, commitAll, store, tenant } = books
      const valueOn = LocalDate.of("2020-01-02")
      const imported = (name: string, hoursAgo: number) => ({
        key: key(name),
        operations: [transfer(cash.id, anna.id, sek(1), { valueOn }), transfer(cash.id, anna.id, sek(2), { valueOn })],
        importedAt: fromInstant(DateTime.subtract(noon, { hours: hoursAgo }))
      })
      const outcomes = yield* commitAll([imported("1", 50), imported("2", 49), imported("3", 49), imported("4", 51)])
      expect(outcomes.map(tagOf)).toEqual(["ok", "ok", "ImportOutOfOrder", "ImportOutOfOrder"])
      expect(tagOf((yield* commitAll([imported("5", -1)]))[0])).toBe("ImportOutOfOrder")
      yield* commit("now", transfer(cash.id, anna.id, sek(3)))
      expect(tagOf((yield* commitAll([imported("6", 1)]))[0])).toBe("ImportOutOfOrder")
      const { items } = yield* store.listEntries(tenant, {}, {})
      const hours = items.map(({ bookedAt }) => (toMicros(fromInstant(noon)) - toMicros(bookedAt)) / 3.6e9)
      expect(hours.map(Math.round)).toEqual([50, 50, 49, 49, 0])
    })
  ),
  check("rolled-back", "is part of the transaction around it", (books) =>
    Effect.gen(function* () {
      const { anna, atomic, cash, commit, store, tenant } = books
      const before = yield* state(books)
      const holdId = yield* Id.make("hold")
      const work = Effect.gen(function* () {
        yield* commit("1", transfer(cash.id, anna.id, sek(100)))
        yield* commit("2", { _tag: "PlaceHold", holdId, debit: anna.id, credit: cash.id, amount: sek(10) })
        const inside = Option.getOrThrow(yield* store.findAccount(tenant, anna.id))
        expect(countersText(inside)).toBe("0 100 10 0")
        return yield* Effect.fail("no")
      })
      yield* Effect.flip(atomic.runLocking(work))
      yield* Effect.flip(atomic.run(work))
      expect(yield* state(books)).toEqual(before)
      expect(yield* store.findHold(tenant, holdId)).toEqual(Option.none())
      expect(tagOf(yield* commit("1", transfer(cash.id, anna.id, sek(100))))).toBe("ok")
      yield* atomic.run(commit("3", transfer(cash.id, anna.id, sek(1))))
      expect((yield* store.head(tenant)).sequence).toBe(2)
    })
  )
]

export const commands: ReadonlyArray<Check<LedgerStore | Atomic>> = [...posting, ...keys]
