import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { LedgerAccount } from "saldo/ledger/LedgerAccount"
import type { LedgerStore } from "saldo/ledger/LedgerStore"
import type { Check } from "../Check.ts"
import { countersText, opened, sek, sender, tagOf, transfer } from "./ledgerBooks.ts"
import { check } from "./ledgerCheck.ts"

const largest = 2n ** 63n - 1n

export const accounts: ReadonlyArray<Check<LedgerStore | Atomic>> = [
  check("open", "keeps an account as it was opened", ({ anna, store, tenant }) =>
    Effect.gen(function* () {
      const account: LedgerAccount = {
        ...anna,
        id: yield* Id.make("acct"),
        code: yield* Effect.succeed("9.odd_code:1/2-3" as LedgerAccount["code"]),
        type: "expense",
        role: "liquidity",
        currency: "EUR",
        name: "Ann's “odd” account \\ '; --",
        parent: anna.id,
        bounds: { minimum: -largest, maximum: largest },
        debitsBlocked: true,
        metadata: { order: "a'b\"c", "customer.segment": "é漢" }
      }
      expect(yield* store.openAccount(account)).toEqual(Option.none())
      expect(yield* store.findAccount(tenant, account.id)).toEqual(Option.some(account))
      expect(yield* store.findAccountByCode(tenant, account.code)).toEqual(Option.some(account))
    })
  ),
  check("open-taken", "gives the account that is there when its id or code is taken, and writes nothing", (books) =>
    Effect.gen(function* () {
      const { anna, bo, store, tenant } = books
      const id = yield* Id.make("acct")
      expect(yield* store.openAccount({ ...bo, id, code: anna.code })).toEqual(Option.some(anna))
      expect(yield* store.findAccount(tenant, id)).toEqual(Option.none())
      const renamed = { ...anna, code: bo.code.concat("2") as typeof bo.code, name: "somebody else" }
      expect(yield* store.openAccount(renamed)).toEqual(Option.some(anna))
      expect(yield* store.findAccountByCode(tenant, renamed.code)).toEqual(Option.none())
    })
  ),
  check("open-concurrent", "opens one of several with the same code at once", ({ anna, store }) =>
    Effect.gen(function* () {
      const code = anna.code.concat(".twin") as typeof anna.code
      const tries = yield* Effect.all(
        Array.from({ length: 8 }, () =>
          Effect.flatMap(Id.make("acct"), (id) => store.openAccount({ ...anna, id, code }))
        ),
        { concurrency: "unbounded" }
      )
      expect(tries.filter(Option.isNone)).toHaveLength(1)
      const ids = new Set(tries.filter(Option.isSome).map(({ value }) => value.id))
      expect(ids.size).toBe(1)
    })
  ),
  check("tenants", "keeps tenants apart", ({ anna, bo, cash, commit, store }) =>
    Effect.gen(function* () {
      yield* commit("deposit", transfer(cash.id, anna.id, sek(100)))
      const other = yield* Id.make("tenant")
      const theirs = yield* opened(store, other, "anna")
      expect(theirs.id).not.toBe(anna.id)
      const elsewhere = sender(store, other)
      expect(tagOf(yield* elsewhere.commit("1", transfer(anna.id, bo.id, sek(1))))).toBe("AccountNotFound")
      // Keys are per tenant, and so are journals.
      const own = yield* opened(store, other, "own")
      expect(tagOf(yield* elsewhere.commit("deposit", transfer(theirs.id, own.id, sek(7))))).toBe("ok")
      expect((yield* store.head(other)).sequence).toBe(1)
      const { items } = yield* store.listEntries(anna.tenant, {}, {})
      expect(yield* store.findEntry(other, items[0]?.id ?? (yield* Id.make("entry")))).toEqual(Option.none())
      expect(yield* store.findAccount(other, anna.id)).toEqual(Option.none())
      expect(yield* store.counters(other, anna.id, {})).toEqual(Option.none())
      expect((yield* store.trialBalance(other, {})).map(({ account }) => account.id)).toEqual([theirs.id, own.id])
      expect((yield* store.listLines(other, anna.id, {}, {})).items).toEqual([])
    })
  ),
  check("change", "writes what a change returns, and counts it", ({ anna, bo, store, tenant }) =>
    Effect.gen(function* () {
      const settings = {
        name: "Anna A",
        parent: bo.id,
        bounds: { minimum: -5n, maximum: 10n },
        closed: true,
        frozen: true,
        debitsBlocked: true,
        creditsBlocked: true,
        metadata: { a: "1" }
      }
      const changed = yield* store.changeAccount(tenant, anna.id, () => Result.succeed(settings))
      const expected = { ...anna, ...settings, version: 2 }
      expect(changed).toEqual(Option.some(Result.succeed(expected)))
      expect(yield* store.findAccount(tenant, anna.id)).toEqual(Option.some(expected))
      // The same again is no change.
      yield* store.changeAccount(tenant, anna.id, () => Result.succeed(settings))
      expect(yield* store.findAccount(tenant, anna.id)).toEqual(Option.some(expected))
      const refused = yield* store.changeAccount(tenant, anna.id, () => Result.fail("no"))
      expect(refused).toEqual(Option.some(Result.fail("no")))
      expect(yield* store.changeAccount(tenant, yield* Id.make("acct"), () => Result.fail("no"))).toEqual(Option.none())
      const found = yield* store.listAccounts(tenant, { metadata: { a: "1" } }, {})
      expect(found.items).toEqual([expected])
    })
  ),
  check(
    "change-concurrent",
    "lets each of concurrent changes see the one before it",
    ({ anna, cash, commit, store, tenant }) =>
      Effect.gen(function* () {
        const bump = store.changeAccount(tenant, anna.id, (account) =>
          Result.succeed({ ...account, bounds: { minimum: (account.bounds.minimum ?? 0n) - 1n, maximum: null } })
        )
        const post = (index: number) => commit(`c${index}`, transfer(cash.id, anna.id, sek(1)))
        yield* Effect.all(
          Array.from({ length: 10 }, (_, index) => Effect.andThen(bump, post(index))),
          { concurrency: "unbounded" }
        )
        const after = Option.getOrThrow(yield* store.findAccount(tenant, anna.id))
        expect(after.bounds.minimum).toBe(-10n)
        expect(after.version).toBe(21)
        expect(countersText(after)).toBe("0 10 0 0")
      })
  ),
  check("change-rolled-back", "takes a change back with its transaction", ({ anna, atomic, store, tenant }) =>
    Effect.gen(function* () {
      const freeze = store.changeAccount(tenant, anna.id, (account) => Result.succeed({ ...account, frozen: true }))
      yield* Effect.flip(atomic.runLocking(Effect.andThen(freeze, Effect.fail("no"))))
      expect(yield* store.findAccount(tenant, anna.id)).toEqual(Option.some(anna))
    })
  )
]
