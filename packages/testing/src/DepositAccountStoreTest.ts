import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { DepositAccount, DepositAccountId, DepositEvent } from "saldo/banking/DepositAccount"
import { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import { ProductId } from "saldo/banking/DepositProduct"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { BookingTime } from "saldo/ledger/BookingTime"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly store: DepositAccountStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
}

const check = checksOf<Subject, DepositAccountStore | Atomic>(
  Effect.gen(function* () {
    const store = yield* DepositAccountStore
    const atomic = yield* Atomic
    return { store, atomic, tenant: `bank ${yield* Id.make("tenant")}` }
  })
)

const march = LocalDate.of("2026-03-01")
const fresh = {
  accrued: { numerator: 0n, denominator: 1n },
  posted: 0n,
  bearing: { numerator: 0n, denominator: 1n },
  segment: null
}

const accountOf = Effect.fnUntraced(function* (tenant: string, more: Partial<DepositAccount> = {}) {
  const account: DepositAccount = {
    id: yield* Id.make("dep"),
    tenant,
    customerId: yield* Id.make("cust"),
    product: { productId: ProductId.make("savings"), version: 3 },
    name: "Sommarstugan 🏖",
    currency: "SEK",
    ledgerAccountId: yield* Id.make("acct"),
    state: "open",
    openedOn: march,
    closedOn: null,
    accrual: { state: { nextOn: march, credit: fresh, debit: fresh }, knownAt: null },
    ...more
  }
  return account
})

const added = ({ store, tenant }: Subject, more: Partial<DepositAccount> = {}) =>
  Effect.tap(accountOf(tenant, more), (account) => store.insert(account))

/** A state in which every part has a value that is easily lost. */
const moved = (account: DepositAccount): DepositAccount => ({
  ...account,
  state: "closed",
  closedOn: LocalDate.of("2026-12-31"),
  accrual: {
    knownAt: BookingTime.make("2026-03-10T12:00:00.000123Z"),
    state: {
      nextOn: LocalDate.of("2026-03-11"),
      credit: {
        accrued: { numerator: 123_456_789_012_345_678_901_234_567_890n, denominator: 365_000_000_000_000_000_000_000n },
        posted: -(2n ** 63n),
        bearing: { numerator: -1n, denominator: 3n },
        segment: {
          startOn: march,
          ratesFrom: LocalDate.of("0001-01-01"),
          days: 10,
          balances: { numerator: 7n, denominator: 2n },
          interest: { numerator: 1n, denominator: 365n }
        }
      },
      debit: { ...fresh, posted: 5n }
    }
  }
})

const keeping: ReadonlyArray<Check<DepositAccountStore | Atomic>> = [
  check("insert", "keeps an account exactly, once", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const account = yield* accountOf(tenant)
      expect(yield* store.find(tenant, account.id)).toEqual(Option.none())
      expect(yield* store.insert(account)).toBe(true)
      expect(yield* store.insert({ ...account, name: "another" })).toBe(false)
      expect(yield* store.find(tenant, account.id)).toEqual(Option.some(account))
    })
  ),
  check("save", "replaces an account with every part of it, and only one that is there", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const account = yield* added(subject)
      const other = yield* added(subject)
      expect(yield* store.save(moved(account))).toBe(true)
      expect(yield* store.find(tenant, account.id)).toEqual(Option.some(moved(account)))
      expect(yield* store.find(tenant, other.id)).toEqual(Option.some(other))
      expect(yield* store.save(yield* accountOf(tenant))).toBe(false)
    })
  ),
  check("tenants", "shows no tenant another's accounts and events", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const account = yield* added(subject)
      const event = yield* eventOf(account, "2026-03-05")
      yield* store.addEvent(event)
      const other = `${tenant}2`
      expect(yield* store.find(other, account.id)).toEqual(Option.none())
      expect(yield* store.lock(other, [account.id])).toEqual([])
      expect((yield* store.list(other, {}, {})).items).toEqual([])
      expect(yield* store.due({ tenant: other, through: march, limit: 9 })).toEqual([])
      expect(yield* store.events(other, account.id, march)).toEqual([])
      expect(yield* store.save({ ...account, tenant: other })).toBe(false)
      // The same id in another tenant is another account.
      expect(yield* store.insert({ ...account, tenant: other, name: "other" })).toBe(true)
      expect(yield* store.find(tenant, account.id)).toEqual(Option.some(account))
    })
  ),
  check("rollback", "takes part in a transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const event = yield* eventOf(account, "2026-03-05")
      const second = yield* accountOf(tenant)
      yield* store
        .save(moved(account))
        .pipe(
          Effect.andThen(store.insert(second)),
          Effect.andThen(store.addEvent(event)),
          Effect.andThen(Effect.fail("refused")),
          atomic.run,
          Effect.flip
        )
      expect(yield* store.find(tenant, account.id)).toEqual(Option.some(account))
      expect(yield* store.find(tenant, second.id)).toEqual(Option.none())
      expect(yield* store.events(tenant, account.id, march)).toEqual([])
    })
  ),
  check("lock", "lets concurrent changes of an account take turns, so that none is lost", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const { id } = yield* added(subject, { name: "0" })
      const other = yield* added(subject)
      const count = atomic.runLocking(
        Effect.gen(function* () {
          const [account] = yield* store.lock(tenant, [id])
          if (account === undefined) return yield* Effect.die(new RangeError("the account is gone"))
          yield* Effect.yieldNow
          yield* store.save({ ...account, name: `${Number(account.name) + 1}` })
        })
      )
      yield* Effect.all(
        Array.from({ length: 8 }, () => count),
        { concurrency: "unbounded" }
      )
      expect(Option.getOrThrow(yield* store.find(tenant, id)).name).toBe("8")
      const missing = yield* Id.make("dep")
      const both = yield* atomic.runLocking(store.lock(tenant, [other.id, missing, id, other.id]))
      expect(both.map((account) => account.id)).toEqual([id, other.id])
      expect(yield* store.lock(tenant, [])).toEqual([])
    })
  )
]

const allPages = Effect.fnUntraced(function* (
  { store, tenant }: Subject,
  filter: Parameters<DepositAccountStore["Service"]["list"]>[1]
) {
  const ids: Array<DepositAccountId> = []
  let page = yield* store.list(tenant, filter, { limit: 2 })
  for (;;) {
    ids.push(...page.items.map(({ id }) => id))
    if (page.next === null) return ids
    page = yield* store.list(tenant, filter, { limit: 2, cursor: page.next })
  }
})

const finding: ReadonlyArray<Check<DepositAccountStore | Atomic>> = [
  check("list", "lists accounts by id, page by page, of a customer or in a state", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const customerId = yield* Id.make("cust")
      const first = yield* added(subject)
      const second = yield* added(subject, { customerId })
      const third = yield* added(subject, { state: "blocked" })
      const fourth = yield* added(subject, { customerId, state: "blocked" })
      const fifth = yield* added(subject, { customerId })
      expect(yield* allPages(subject, {})).toEqual([first, second, third, fourth, fifth].map(({ id }) => id))
      expect(yield* allPages(subject, { customerId })).toEqual([second.id, fourth.id, fifth.id])
      expect(yield* allPages(subject, { state: "blocked" })).toEqual([third.id, fourth.id])
      expect(yield* allPages(subject, { customerId, state: "blocked" })).toEqual([fourth.id])
      const { next } = yield* store.list(tenant, {}, { limit: 2 })
      if (next === null) return yield* Effect.die(new RangeError("there must be another page"))
      const refused = yield* Effect.flip(store.list(tenant, { customerId }, { limit: 2, cursor: next }))
      expect(refused._tag).toBe("CursorMismatch")
    })
  ),
  check("due", "gives what the end of a day has not reached, by id, and not what is closed", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const at = (day: string): Partial<DepositAccount> => ({
        accrual: { knownAt: null, state: { nextOn: LocalDate.of(day), credit: fresh, debit: fresh } }
      })
      const first = yield* added(subject, at("2026-03-05"))
      yield* added(subject, at("2026-03-06"))
      const third = yield* added(subject, { ...at("2026-02-01"), state: "blocked" })
      yield* added(subject, { ...at("2026-02-01"), state: "closed" })
      const fifth = yield* added(subject, at("2026-03-04"))
      const request = { tenant, through: LocalDate.of("2026-03-05"), limit: 10 }
      expect(yield* store.due(request)).toEqual([first.id, third.id, fifth.id])
      expect(yield* store.due({ ...request, limit: 2 })).toEqual([first.id, third.id])
      expect(yield* store.due({ ...request, after: third.id })).toEqual([fifth.id])
      yield* store.save({ ...first, ...at("2026-03-06") })
      expect(yield* store.due(request)).toEqual([third.id, fifth.id])
    })
  ),
  check("events", "keeps what happened once, and gives it from a day on, by day", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const account = yield* added(subject)
      const other = yield* added(subject)
      const late = yield* eventOf(account, "2026-03-20")
      const early = yield* eventOf(account, "2026-03-05")
      const before = yield* eventOf(account, "2026-03-04")
      const same = yield* eventOf(account, "2026-03-05")
      for (const event of [late, early, before, same, early, yield* eventOf(other, "2026-03-06")]) {
        yield* store.addEvent(event)
      }
      expect(yield* store.events(tenant, account.id, LocalDate.of("2026-03-05"))).toEqual([early, same, late])
    })
  )
]

const eventOf = Effect.fnUntraced(function* ({ id: accountId, tenant }: DepositAccount, on: string) {
  const event: DepositEvent = {
    id: yield* Id.make("depev"),
    tenant,
    accountId,
    event: "withdrawal",
    on: LocalDate.of(on),
    amount: Money.of("90071992547409.93", "SEK")
  }
  return event
})

/** What every `DepositAccountStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<DepositAccountStore | Atomic>> = [...keeping, ...finding]

/** Tests a `DepositAccountStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<DepositAccountStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("DepositAccountStore", checks, name, layer, options)
