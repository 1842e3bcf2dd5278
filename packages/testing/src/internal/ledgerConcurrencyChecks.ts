import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { LedgerStore } from "saldo/ledger/LedgerStore"
import type { Check } from "../Check.ts"
import { countersText, hold, opened, sek, tagOf, transfer } from "./ledgerBooks.ts"
import { check } from "./ledgerCheck.ts"

const atOnce = <A, E>(count: number, each: (index: number) => Effect.Effect<A, E>) =>
  Effect.all(
    Array.from({ length: count }, (_, index) => each(index)),
    { concurrency: "unbounded" }
  )

export const concurrency: ReadonlyArray<Check<LedgerStore | Atomic>> = [
  check("race-funds", "never lets concurrent commands spend the same money twice", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit, store, tenant } = books
      yield* commit("deposit", transfer(cash.id, anna.id, sek(10)))
      const outcomes = yield* atOnce(16, (index) => commit(`spend ${index}`, transfer(anna.id, bo.id, sek(1))))
      const tags = outcomes.map(tagOf)
      expect(tags.filter((tag) => tag === "ok")).toHaveLength(10)
      expect(tags.filter((tag) => tag === "InsufficientFunds")).toHaveLength(6)
      expect(countersText(Option.getOrThrow(yield* store.findAccount(tenant, anna.id)))).toBe("10 10 0 0")
      const { items } = yield* store.listEntries(tenant, {}, { limit: 100 })
      expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
      expect(items.every(({ bookedAt }, index) => index === 0 || (items[index - 1]?.bookedAt ?? "") < bookedAt)).toBe(
        true
      )
    })
  ),
  check("race-key", "carries out one of concurrent commands with the same key, and gives all its outcome", (books) =>
    Effect.gen(function* () {
      const { anna, bo, cash, commit, store, tenant } = books
      const outcomes = yield* atOnce(8, () => commit("same", transfer(cash.id, anna.id, sek(5))))
      expect(outcomes.map(tagOf)).toEqual(Array.from({ length: 8 }, () => "ok"))
      expect(outcomes.filter((outcome) => JSON.stringify(outcome).includes('"replayed":false'))).toHaveLength(1)
      expect(countersText(Option.getOrThrow(yield* store.findAccount(tenant, anna.id)))).toBe("0 5 0 0")
      const mixed = yield* atOnce(8, (index) =>
        commit("mixed", transfer(cash.id, index % 2 === 0 ? anna.id : bo.id, sek(1)))
      )
      const oks = mixed.map(tagOf).filter((tag) => tag === "ok").length
      expect([oks, mixed.map(tagOf).filter((tag) => tag === "IdempotencyMismatch").length]).toEqual([4, 4])
      expect((yield* store.head(tenant)).sequence).toBe(2)
    })
  ),
  check("race-hold", "captures a hold once, however many try", ({ anna, bo, cash, commit, store, tenant }) =>
    Effect.gen(function* () {
      yield* commit("deposit", transfer(cash.id, anna.id, sek(10)))
      const holdId = yield* Id.make("hold")
      yield* commit("hold", hold(holdId, anna.id, bo.id, sek(10)))
      const outcomes = yield* atOnce(8, (index) =>
        index % 4 === 3
          ? commit(`end ${index}`, { _tag: "VoidHold", holdId })
          : commit(`end ${index}`, { _tag: "Capture", holdId, amount: sek(6), rest: "keep" })
      )
      const tags = outcomes.map(tagOf)
      expect(tags.filter((tag) => tag === "ok").length).toBeLessThanOrEqual(2)
      const ended = Option.getOrThrow(yield* store.findHold(tenant, holdId))
      expect(ended.captured.amount).toBeLessThanOrEqual(6n)
      expect(ended.state).not.toBe("held")
    })
  ),
  check("race-reverse", "takes an entry back once, however many try", ({ anna, cash, commit, store, tenant }) =>
    Effect.gen(function* () {
      const entryId = yield* Id.make("entry")
      yield* commit("deposit", transfer(cash.id, anna.id, sek(10), { entryId }))
      yield* commit("more", transfer(cash.id, anna.id, sek(90)))
      const outcomes = yield* atOnce(6, (index) => commit(`back ${index}`, { _tag: "Reverse", entryId }))
      expect(outcomes.map(tagOf).toSorted()).toEqual([...Array.from({ length: 5 }, () => "AlreadyReversed"), "ok"])
      expect(countersText(Option.getOrThrow(yield* store.findAccount(tenant, anna.id)))).toBe("10 100 0 0")
    })
  ),
  check(
    "race-circle",
    "comes to no deadlock when commands meet in different orders",
    ({ cash, commit, store, tenant }) =>
      Effect.gen(function* () {
        const accounts = yield* Effect.forEach([0, 1, 2, 3], (index) => opened(store, tenant, `c${index}`))
        const at = (index: number) => accounts[index % accounts.length]?.id ?? cash.id
        const outcomes = yield* atOnce(24, (index) => {
          const [a, b] = [index, index + 1 + (index % 2)]
          return commit(`move ${index}`, transfer(at(a), at(b), sek(1)), transfer(at(b), at(a + 3), sek(1)))
        })
        const tags = outcomes.map(tagOf)
        expect(tags.every((tag) => tag === "ok")).toBe(true)
        const rows = yield* store.trialBalance(tenant, {})
        const sum = rows.reduce((total, { counters }) => total + counters.debitsPosted - counters.creditsPosted, 0n)
        expect(sum).toBe(0n)
        expect((yield* store.head(tenant)).sequence).toBe(48)
      })
  )
]
