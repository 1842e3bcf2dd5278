import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { type Attempts, noAttempts } from "saldo/identity/attempts"
import { type AttemptKey, AttemptStore } from "saldo/identity/AttemptStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Counter {
  readonly store: AttemptStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A key in a tenant of this run of this check. */
  readonly key: AttemptKey
}

const check = checksOf<Counter, AttemptStore | Atomic>(
  Effect.gen(function* () {
    const key = { tenant: yield* Id.make("tenant"), key: "anna" }
    return { store: yield* AttemptStore, atomic: yield* Atomic, key }
  })
)

const tries = (failures: number, more: Partial<Attempts> = {}): Attempts => ({
  failures,
  lastAt: 1_773_144_000_000,
  openAt: 1_773_144_060_000,
  refused: false,
  ...more
})

/** What every `AttemptStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<AttemptStore | Atomic>> = [
  check("save", "gives back what was kept, and nothing where nothing was", ({ atomic, key, store }) =>
    Effect.gen(function* () {
      expect(yield* store.find(key)).toEqual(noAttempts)
      expect(yield* atomic.runLocking(store.lock(key))).toEqual(noAttempts)
      expect(yield* store.find(key)).toEqual(noAttempts)
      for (const kept of [tries(3), tries(4, { refused: true }), noAttempts]) {
        yield* store.save(key, kept)
        expect(yield* store.find(key)).toEqual(kept)
        expect(yield* atomic.runLocking(store.lock(key))).toEqual(kept)
      }
    })
  ),
  check("apart", "keeps keys and tenants apart", ({ key, store }) =>
    Effect.gen(function* () {
      const elsewhere = { ...key, tenant: yield* Id.make("tenant") }
      yield* store.save(key, tries(1))
      yield* store.save({ ...key, key: "bo" }, tries(2))
      yield* store.save(elsewhere, tries(3))
      expect((yield* store.find(key)).failures).toBe(1)
      expect((yield* store.find({ ...key, key: "bo" })).failures).toBe(2)
      expect((yield* store.find(elsewhere)).failures).toBe(3)
    })
  ),
  check("lock", "counts each of tries at the same time, also the first ones", ({ atomic, key, store }) =>
    Effect.gen(function* () {
      const one = atomic.runLocking(
        Effect.gen(function* () {
          const before = yield* store.lock(key)
          yield* Effect.yieldNow
          yield* store.save(key, tries(before.failures + 1))
        })
      )
      yield* Effect.all(
        Array.from({ length: 8 }, () => one),
        { concurrency: "unbounded" }
      )
      expect((yield* store.find(key)).failures).toBe(8)
    })
  ),
  check("purge", "forgets tries that are long ago, up to a limit", ({ key, store }) =>
    Effect.gen(function* () {
      const long = DateTime.makeUnsafe("1999-12-31T00:00:00Z")
      const at = (name: string, lastAt: number) => store.save({ ...key, key: name }, tries(1, { lastAt }))
      yield* at("a", long.epochMilliseconds - 1)
      yield* at("b", long.epochMilliseconds)
      yield* at("c", long.epochMilliseconds + 1)
      while ((yield* store.purge(long, 1)) > 0) yield* Effect.yieldNow
      const left = yield* Effect.forEach(["a", "b", "c"], (name) => store.find({ ...key, key: name }))
      expect(left.map(({ failures }) => failures)).toEqual([0, 0, 1])
      yield* at("a", long.epochMilliseconds)
      yield* at("b", long.epochMilliseconds)
      expect(yield* store.purge(long, 1)).toBe(1)
      expect(yield* store.purge(long, 100)).toBe(1)
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", ({ atomic, key, store }) =>
    Effect.gen(function* () {
      yield* store.save(key, tries(1))
      yield* store
        .lock(key)
        .pipe(
          Effect.andThen(store.save(key, tries(2))),
          Effect.andThen(Effect.fail("refused")),
          atomic.runLocking,
          Effect.flip
        )
      expect(yield* store.find(key)).toEqual(tries(1))
    })
  )
]

/** Tests an `AttemptStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<AttemptStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("AttemptStore", checks, name, layer, options)
