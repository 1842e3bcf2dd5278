import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { Atomic } from "saldo/core/Atomic"
import * as Command from "saldo/core/Command"
import { type Fingerprint, fingerprint } from "saldo/core/fingerprint"
import * as Id from "saldo/core/Id"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly atomic: Atomic["Service"]
  readonly store: IdempotencyStore["Service"]
  readonly scope: Command.CommandScope
}

type Services = Atomic | IdempotencyStore

const check = checksOf<Subject, Services>(
  Effect.gen(function* () {
    const unique = Command.CommandKey.make(yield* Id.make("command"))
    return {
      atomic: yield* Atomic,
      store: yield* IdempotencyStore,
      scope: { tenant: "test", operation: "test.store", key: unique }
    }
  })
)

const tokenOf = (reservation: { readonly _tag: string; readonly token?: bigint }): bigint => {
  expect(reservation._tag).toBe("Reserved")
  return reservation.token ?? 0n
}

const printOf = (value: unknown): Fingerprint => Result.getOrThrow(fingerprint(value))

/** What every `IdempotencyStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<Services>> = [
  check("one-winner", "reserves for one of 20 concurrent callers", ({ scope, store }) =>
    Effect.gen(function* () {
      const wish = { scope, request: printOf(1), now: 1000, leaseUntil: 2000 }
      const reservations = yield* Effect.all(
        Array.from({ length: 20 }, () => store.reserve(wish)),
        {
          concurrency: "unbounded"
        }
      )
      expect(reservations.filter((reservation) => reservation._tag === "Reserved")).toHaveLength(1)
      const late = { ...wish, now: 2000, leaseUntil: 3000 }
      const takeovers = yield* Effect.all(
        Array.from({ length: 20 }, () => store.reserve(late)),
        {
          concurrency: "unbounded"
        }
      )
      expect(takeovers.filter((reservation) => reservation._tag === "Reserved")).toHaveLength(1)
    })
  ),
  check("lease", "holds for the length of the lease, and then only for the same request", ({ scope, store }) =>
    Effect.gen(function* () {
      const wish = { scope, request: printOf({ a: 1 }), now: 1000, leaseUntil: 2000 }
      const first = yield* store.reserve(wish)
      const held = { _tag: "Held", request: wish.request, until: 2000 }
      expect(yield* store.reserve({ ...wish, now: 1999, leaseUntil: 3000 })).toEqual(held)
      expect(yield* store.reserve({ ...wish, request: printOf({ a: 2 }), now: 2000, leaseUntil: 3000 })).toEqual(held)
      const second = yield* store.reserve({ ...wish, now: 2000, leaseUntil: 3000 })
      const [older, newer] = [tokenOf(first), tokenOf(second)]
      expect(newer > older).toBe(true)
      expect(yield* store.settle(scope, older, '"old"', 2100)).toBe(false)
      expect(yield* store.release(scope, older)).toBe(false)
      expect(yield* store.settle(scope, newer, '"new"', 2100)).toBe(true)
      expect(yield* store.settle(scope, newer, '"newer"', 2200)).toBe(false)
      expect(yield* store.release(scope, newer)).toBe(false)
      expect(yield* store.reserve({ ...wish, now: 9000, leaseUntil: 9001 })).toEqual({
        _tag: "Settled",
        request: wish.request,
        outcome: '"new"'
      })
    })
  ),
  check("renew", "gives a lease another end, for its holder alone", ({ scope, store }) =>
    Effect.gen(function* () {
      const wish = { scope, request: printOf(1), now: 1000, leaseUntil: 2000 }
      const first = tokenOf(yield* store.reserve(wish))
      expect(yield* store.renew(scope, first, 5000)).toBe(true)
      const held = { _tag: "Held", request: wish.request, until: 5000 }
      expect(yield* store.reserve({ ...wish, now: 4999, leaseUntil: 9000 })).toEqual(held)
      const second = tokenOf(yield* store.reserve({ ...wish, now: 5000, leaseUntil: 6000 }))
      expect(yield* store.renew(scope, first, 9000)).toBe(false)
      expect(yield* store.reserve({ ...wish, now: 5500, leaseUntil: 9000 })).toEqual({ ...held, until: 6000 })
      expect(yield* store.settle(scope, second, "2", 5600)).toBe(true)
      expect(yield* store.renew(scope, second, 9000)).toBe(false)
    })
  ),
  check("release", "gives a released command to any request, with a greater token", ({ scope, store }) =>
    Effect.gen(function* () {
      const first = tokenOf(yield* store.reserve({ scope, request: printOf(1), now: 1000, leaseUntil: 2000 }))
      expect(yield* store.release(scope, first)).toBe(true)
      expect(yield* store.release(scope, first)).toBe(false)
      const second = tokenOf(yield* store.reserve({ scope, request: printOf(2), now: 1000, leaseUntil: 2000 }))
      expect(second > first).toBe(true)
      expect(yield* store.settle(scope, first, "1", 1001)).toBe(false)
      expect(yield* store.settle(scope, second, "2", 1001)).toBe(true)
    })
  ),
  check("purge", "purges what is older than an instant, and nothing else", ({ scope, store }) =>
    Effect.gen(function* () {
      const other = { ...scope, key: Command.CommandKey.make(`${scope.key}-2`) }
      // Long before anything else in the database, so that this purges only what it made.
      yield* store.purge(5000)
      const wish = { request: printOf(1), now: 1000, leaseUntil: 2000 }
      yield* store.settle(scope, tokenOf(yield* store.reserve({ ...wish, scope })), "1", 3000)
      yield* store.settle(other, tokenOf(yield* store.reserve({ ...wish, scope: other })), "2", 4000)
      expect(yield* store.purge(3000)).toBe(0)
      expect(yield* store.purge(4000)).toBe(1)
      expect((yield* store.reserve({ ...wish, scope, now: 4500, leaseUntil: 5000 }))._tag).toBe("Reserved")
      expect((yield* store.reserve({ ...wish, scope: other, now: 4500, leaseUntil: 5000 }))._tag).toBe("Settled")
    })
  ),
  check("rollback", "forgets with a transaction that rolls back", ({ atomic, scope, store }) =>
    Effect.gen(function* () {
      const wish = { scope, request: printOf(1), now: 1000, leaseUntil: 2000 }
      const within = Effect.flatMap(store.reserve(wish), (made) => store.settle(wish.scope, tokenOf(made), "1", 1001))
      yield* Effect.ignore(atomic.run(Effect.andThen(within, Effect.fail("refused"))))
      expect((yield* store.reserve(wish))._tag).toBe("Reserved")
    })
  )
]

/** Tests an `IdempotencyStore` together with the `Atomic` on the same storage. */
export const suite = <E>(name: string, layer: Layer.Layer<Services, E>, options?: SuiteOptions): void =>
  register("IdempotencyStore", checks, name, layer, options)
