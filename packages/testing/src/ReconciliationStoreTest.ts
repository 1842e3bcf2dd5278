import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ReconciliationStore } from "saldo/banking/ReconciliationStore"
import type { SettlementAccount, SettlementStatement } from "saldo/banking/SettlementAccount"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { BookingTime } from "saldo/ledger/BookingTime"
import * as LocalDate from "saldo/time/LocalDate"
import { type Check, register, type SuiteOptions } from "./Check.ts"
import { apart, matching } from "./internal/settlementMatching.ts"
import {
  accountOf,
  accountText,
  added,
  allPages,
  check,
  entryOf,
  lineOf,
  march,
  matchOf,
  noon,
  open,
  sek,
  statementText,
  type Store,
  texts
} from "./internal/settlementSamples.ts"

const accounts: ReadonlyArray<Check<ReconciliationStore | Atomic>> = [
  check("accounts", "keeps an account exactly, once for its id and once for its currency", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const account = yield* accountOf(tenant)
      expect(yield* store.findAccount(tenant, account.id)).toEqual(Option.none())
      expect(yield* store.saveAccount(account)).toBe(false)
      expect(yield* store.insertAccount(account)).toBe(true)
      expect(yield* store.insertAccount({ ...account, currency: "EUR" })).toBe(false)
      expect(yield* store.insertAccount(yield* accountOf(tenant))).toBe(false)
      const eur = yield* added(subject, { currency: "EUR" })
      expect((yield* store.accounts(tenant)).map(accountText)).toEqual([eur, account].map(accountText))
      const later: SettlementAccount = {
        ...account,
        statements: 7,
        last: { statementId: "S-7", sequenceNumber: "7/2026", closing: sek(-(2n ** 62n)), on: march },
        taken: { sequence: 99, bookedAt: BookingTime.make("2026-03-10T12:00:00.000123Z") }
      }
      expect(yield* store.saveAccount(later)).toBe(true)
      expect(accountText(Option.getOrThrow(yield* store.findAccount(tenant, account.id)))).toBe(accountText(later))
      expect(accountText(Option.getOrThrow(yield* store.findAccount(tenant, eur.id)))).toBe(accountText(eur))
    })
  ),
  check("lock", "lets concurrent changes of an account take turns, so that none is lost", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const first = yield* added(subject)
      const second = yield* added(subject, { currency: "EUR" })
      const count = atomic.runLocking(
        Effect.gen(function* () {
          const [account] = yield* store.lockAccounts(tenant, [first.id])
          if (account === undefined) return yield* Effect.die(new RangeError("the account is gone"))
          yield* Effect.yieldNow
          yield* store.saveAccount({ ...account, statements: account.statements + 1 })
        })
      )
      yield* Effect.all(
        Array.from({ length: 8 }, () => count),
        { concurrency: "unbounded" }
      )
      expect(Option.getOrThrow(yield* store.findAccount(tenant, first.id)).statements).toBe(8)
      const missing = yield* Id.make("nostro")
      const both = yield* atomic.runLocking(store.lockAccounts(tenant, [second.id, missing, first.id, second.id]))
      expect(both.map(({ id }) => id)).toEqual([first.id, second.id])
      expect(yield* store.lockAccounts(tenant, [])).toEqual([])
    })
  ),
  check("statements", "keeps a statement once for its account and id, and lists them newest first", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const account = yield* added(subject)
      const other = yield* added(subject, { currency: "EUR" })
      const statementOf = Effect.fnUntraced(function* (number: number, more: Partial<SettlementStatement> = {}) {
        const statement: SettlementStatement = {
          id: yield* Id.make("stmt"),
          tenant,
          accountId: account.id,
          number,
          statementId: `S-${number}`,
          sequenceNumber: number === 1 ? null : `${number}`,
          skipped: number,
          opening: sek(2n ** 62n),
          closing: sek(-1n),
          closedOn: number === 1 ? null : march,
          lines: 3,
          contentHash: "ab".repeat(32),
          importedAt: noon,
          importedBy: "officer",
          ...more
        }
        return statement
      })
      const all = yield* Effect.forEach([1, 2, 3, 9, 10], (number) => statementOf(number))
      for (const statement of all) expect(yield* store.insertStatement(statement)).toBe(true)
      expect(yield* store.insertStatement(yield* statementOf(11, { statementId: "S-2" }))).toBe(false)
      expect(yield* store.insertStatement(yield* statementOf(1, { accountId: other.id, statementId: "S-2" }))).toBe(
        true
      )
      const found = yield* store.findStatement(tenant, account.id, "S-2")
      expect(Option.map(found, statementText)).toEqual(Option.fromNullishOr(all[1] && statementText(all[1])))
      expect(yield* store.findStatement(tenant, account.id, "S-4")).toEqual(Option.none())
      const pages = yield* allPages((page) => store.listStatements(tenant, account.id, page))
      expect(pages.map(statementText)).toEqual(all.toReversed().map(statementText))
    })
  )
]

const items: ReadonlyArray<Check<ReconciliationStore | Atomic>> = [
  check("items", "keeps what items say exactly, and never changes what is there", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const account = yield* added(subject)
      const line = yield* lineOf(account)
      const bare = yield* lineOf(account, {
        on: LocalDate.of("2026-03-02"),
        reference: null,
        endToEndId: null,
        counterparty: null,
        valueOn: null,
        counterpartyAccount: null,
        message: null,
        servicerReference: null,
        transactionCode: null,
        parts: []
      })
      const entry = yield* entryOf(account, { on: LocalDate.of("2026-03-03") })
      expect(yield* store.addItems([line, bare, entry])).toBe(3)
      expect(yield* store.addItems([{ ...line, amount: sek(5n) }, yield* entryOf(account)])).toBe(1)
      expect(yield* store.addItems([])).toBe(0)
      const found = yield* store.findItems(tenant, account.id, [entry.id, line.id, bare.id, line.id])
      expect(texts(found)).toEqual(texts([line, bare, entry].map(open)))
      expect(yield* store.findItems(tenant, account.id, [])).toEqual([])
    })
  ),
  check("many", "takes more items than fit into one statement", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const lines = yield* Effect.replicateEffect(lineOf(account, { amount: sek(1n) }), 1201)
      const whole = yield* entryOf(account, { amount: sek(1201n) })
      expect(yield* store.addItems([...lines, whole])).toBe(1202)
      const match = yield* matchOf(account, lines, [whole])
      expect(yield* atomic.runLocking(store.match([match]))).toBe(true)
      expect(yield* store.openItems(tenant, account.id)).toEqual([])
      const ids = lines.map(({ id }) => id)
      const found = yield* store.findItems(tenant, account.id, ids.toReversed())
      expect(found.map(({ facts }) => facts.id)).toEqual(ids)
    })
  ),
  check("list", "lists items by day and id, page by page, of a side, in a state, of a statement", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const other = yield* added(subject, { currency: "EUR" })
      const statementId = yield* Id.make("stmt")
      const second = LocalDate.of("2026-03-02")
      const a = yield* lineOf(account, { on: second, statementId })
      const b = yield* entryOf(account, { on: second })
      const c = yield* lineOf(account, { on: march })
      const d = yield* entryOf(account, { on: LocalDate.of("2026-02-28") })
      const e = yield* lineOf(account, { on: second, statementId })
      yield* store.addItems([a, b, c, d, e, yield* lineOf(other)])
      yield* atomic.runLocking(store.setAside(tenant, account.id, [e.id], { reason: "why", by: "officer", at: noon }))
      const ids = (filter: Parameters<Store["listItems"]>[2]) =>
        Effect.map(
          allPages((page) => store.listItems(tenant, account.id, filter, page)),
          (all) => all.map(({ facts }) => facts.id)
        )
      expect(yield* ids({})).toEqual([d.id, c.id, ...[a.id, b.id, e.id].sort()])
      expect(yield* ids({ side: "line" })).toEqual([c.id, a.id, e.id])
      expect(yield* ids({ side: "entry" })).toEqual([d.id, b.id])
      expect(yield* ids({ state: "setAside" })).toEqual([e.id])
      expect(yield* ids({ statementId, state: "open" })).toEqual([a.id])
      const openOnes = yield* store.openItems(tenant, account.id)
      expect(openOnes.map(({ facts }) => facts.id)).toEqual([d.id, c.id, ...[a.id, b.id].sort()])
      const { next } = yield* store.listItems(tenant, account.id, {}, { limit: 2 })
      if (next === null) return yield* Effect.die(new RangeError("there must be another page"))
      const page = { limit: 2, cursor: next }
      expect((yield* Effect.flip(store.listItems(tenant, account.id, { side: "line" }, page)))._tag).toBe(
        "CursorMismatch"
      )
    })
  ),
  check("sums", "sums exactly, beyond what an integer of a database holds", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      expect(yield* store.sums(tenant, account.id)).toEqual([])
      const most = 2n ** 63n - 1n
      const lines = yield* Effect.forEach([most, most, -1n, -4_294_967_297n], (amount) =>
        lineOf(account, { amount: sek(amount) })
      )
      const entry = yield* entryOf(account, { amount: sek(-(2n ** 63n)) })
      const aside = yield* entryOf(account, { amount: sek(-7n) })
      yield* store.addItems([...lines, entry, aside])
      yield* atomic.runLocking(store.setAside(tenant, account.id, [aside.id], { reason: "why", by: "b", at: noon }))
      expect(yield* store.sums(tenant, account.id)).toEqual([
        { side: "entry", state: "open", count: 1, amount: -(2n ** 63n) },
        { side: "entry", state: "setAside", count: 1, amount: -7n },
        { side: "line", state: "open", count: 4, amount: 2n * most - 4_294_967_298n }
      ])
    })
  )
]

/** What every `ReconciliationStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<ReconciliationStore | Atomic>> = [...accounts, ...items, ...matching, ...apart]

/** Tests a `ReconciliationStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<ReconciliationStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("ReconciliationStore", checks, name, layer, options)
