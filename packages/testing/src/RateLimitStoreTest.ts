import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Id from "saldo/core/Id"
import { RateLimitStore } from "saldo/core/RateLimitStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Counter {
  readonly store: RateLimitStore["Service"]
  /** A key of this run of this check. */
  readonly key: string
}

const check = checksOf<Counter, RateLimitStore>(
  Effect.gen(function* () {
    return { store: yield* RateLimitStore, key: yield* Id.make("key") }
  })
)

const start = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
const after = (milliseconds: number) => DateTime.add(start, { milliseconds })

/** What every `RateLimitStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<RateLimitStore>> = [
  check("take", "counts in a window, and begins the next one at its end", ({ key, store }) =>
    Effect.gen(function* () {
      const [first, second] = [after(1000), after(2000)]
      expect(yield* store.take(key, 1000, start)).toEqual({ count: 1, endsAt: first })
      expect(yield* store.take(key, 1000, after(1))).toEqual({ count: 2, endsAt: first })
      expect(yield* store.take(key, 1000, after(999))).toEqual({ count: 3, endsAt: first })
      expect(yield* store.take(key, 1000, first)).toEqual({ count: 1, endsAt: second })
      expect(yield* store.take(key, 1000, after(1500))).toEqual({ count: 2, endsAt: second })
    })
  ),
  check("apart", "keeps keys apart", ({ key, store }) =>
    Effect.gen(function* () {
      yield* store.take(key, 1000, start)
      expect((yield* store.take(`${key} of another`, 1000, start)).count).toBe(1)
      expect((yield* store.take(key, 1000, start)).count).toBe(2)
    })
  ),
  check("together", "gives those at the same time different numbers", ({ key, store }) =>
    Effect.gen(function* () {
      const takes = Array.from({ length: 20 }, () => store.take(key, 60_000, start))
      const counts = (yield* Effect.all(takes, { concurrency: "unbounded" })).map(({ count }) => count)
      expect(counts.toSorted((left, right) => left - right)).toEqual(takes.map((_, at) => at + 1))
    })
  ),
  check("purge", "forgets what is over and nothing else", ({ key, store }) =>
    Effect.gen(function* () {
      yield* store.take(key, 1000, start)
      yield* store.take(`${key} later`, 1001, start)
      yield* Effect.repeat(store.purge(after(1000), 10), { while: (forgotten) => forgotten > 0 })
      // What is forgotten begins anew, as if nothing had been.
      expect((yield* store.take(key, 1000, start)).count).toBe(1)
      expect((yield* store.take(`${key} later`, 1001, start)).count).toBe(2)
    })
  )
]

/** Tests a `RateLimitStore`. */
export const suite = <E>(name: string, layer: Layer.Layer<RateLimitStore, E>, options: SuiteOptions = {}): void =>
  register("RateLimitStore", checks, name, layer, options)
