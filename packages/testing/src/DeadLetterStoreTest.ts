import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Atomic } from "saldo/core/Atomic"
import { type DeadLetter, DeadLetterStore } from "saldo/core/DeadLetterStore"
import * as Id from "saldo/core/Id"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly atomic: Atomic["Service"]
  readonly store: DeadLetterStore["Service"]
  /** A subscription of this run of this check. */
  readonly subscription: string
  readonly letter: Effect.Effect<DeadLetter>
}

type Services = Atomic | DeadLetterStore

const check = checksOf<Subject, Services>(
  Effect.gen(function* () {
    const subscription = yield* Id.make("subscription")
    const letter = Effect.map(Id.make("event"), (id): DeadLetter => ({
      subscription,
      event: {
        id,
        name: "test.Happened",
        version: 1,
        tenant: "test",
        subject: "loan",
        occurredAt: DateTime.makeUnsafe(1_700_000_000_123),
        actor: "test/clerk",
        payload: { amount: "12345678901234567890", tags: ["å", null, 1.5] }
      },
      attempts: 3,
      reason: "no such account",
      diedAt: DateTime.makeUnsafe(1_700_000_000_456)
    }))
    return { atomic: yield* Atomic, store: yield* DeadLetterStore, subscription, letter }
  })
)

/** What every `DeadLetterStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<Services>> = [
  check("round-trip", "gives a letter back whole, and removes it", ({ letter, store, subscription }) =>
    Effect.gen(function* () {
      const put = yield* letter
      yield* store.put(put)
      expect(yield* store.list(subscription, undefined, 10)).toEqual([put])
      expect(yield* store.take(subscription, put.event.id)).toEqual(Option.some(put))
      expect(yield* store.take(subscription, put.event.id)).toEqual(Option.none())
      expect(yield* store.list(subscription, undefined, 10)).toEqual([])
    })
  ),
  check("replace", "keeps the newest letter of an event", ({ letter, store, subscription }) =>
    Effect.gen(function* () {
      const put = yield* letter
      yield* store.put(put)
      yield* store.put({ ...put, attempts: 4, reason: "still no such account" })
      const kept = yield* store.list(subscription, undefined, 10)
      expect(kept.map((one) => [one.attempts, one.reason])).toEqual([[4, "still no such account"]])
    })
  ),
  check("subscriptions", "keeps the letters of subscriptions apart", ({ letter, store, subscription }) =>
    Effect.gen(function* () {
      const put = yield* letter
      const other = { ...put, subscription: `${subscription}-2` }
      yield* store.put(put)
      yield* store.put(other)
      yield* store.take(subscription, put.event.id)
      expect(yield* store.list(other.subscription, undefined, 10)).toEqual([other])
    })
  ),
  check("order", "lists by ascending event id, after an id, up to a limit", ({ letter, store, subscription }) =>
    Effect.gen(function* () {
      const letters = yield* Effect.all([letter, letter, letter, letter])
      yield* Effect.forEach(letters.toReversed(), store.put)
      const ids = letters.map((one) => one.event.id)
      const first = yield* store.list(subscription, undefined, 3)
      const rest = yield* store.list(subscription, ids[1], 3)
      expect(first.map((one) => one.event.id)).toEqual(ids.slice(0, 3))
      expect(rest.map((one) => one.event.id)).toEqual(ids.slice(2))
    })
  ),
  check("one-winner", "gives a letter to one of 20 concurrent callers", ({ letter, store, subscription }) =>
    Effect.gen(function* () {
      const put = yield* letter
      yield* store.put(put)
      const take = store.take(subscription, put.event.id)
      const taken = yield* Effect.all(
        Array.from({ length: 20 }, () => take),
        { concurrency: "unbounded" }
      )
      expect(taken.filter(Option.isSome)).toHaveLength(1)
    })
  ),
  check("rollback", "puts and takes nothing in a transaction that rolls back", (subject) =>
    Effect.gen(function* () {
      const { atomic, letter, store, subscription } = subject
      const kept = yield* letter
      yield* store.put(kept)
      const dropped = yield* letter
      const within = Effect.andThen(store.take(subscription, kept.event.id), store.put(dropped))
      yield* Effect.ignore(atomic.run(Effect.andThen(within, Effect.fail("refused"))))
      expect(yield* store.list(subscription, undefined, 10)).toEqual([kept])
    })
  )
]

/** Tests a `DeadLetterStore` together with the `Atomic` on the same storage. */
export const suite = <E>(name: string, layer: Layer.Layer<Services, E>, options?: SuiteOptions): void =>
  register("DeadLetterStore", checks, name, layer, options)
