import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { sha256 } from "saldo/core/sha256"
import type { StoredToken } from "saldo/identity/IdentityToken"
import { IdentityTokenStore, type TokenClaim } from "saldo/identity/IdentityTokenStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Desk {
  readonly store: IdentityTokenStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
}

const check = checksOf<Desk, IdentityTokenStore | Atomic>(
  Effect.gen(function* () {
    return { store: yield* IdentityTokenStore, atomic: yield* Atomic, tenant: yield* Id.make("tenant") }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
const later = (hours: number) => DateTime.add(noon, { hours })

const tokenOf = (tenant: string, given: Partial<StoredToken> = {}): Effect.Effect<StoredToken> =>
  Effect.map(Id.make("user"), (userId) => ({
    tenant,
    userId,
    purpose: "reset-password",
    hash: sha256(`token of ${userId}`),
    createdAt: noon,
    expiresAt: later(1),
    ...given
  }))

const claimOf = ({ hash, purpose, tenant }: StoredToken): TokenClaim => ({ hash, purpose, tenant })

/** What every `IdentityTokenStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<IdentityTokenStore | Atomic>> = [
  check("put", "gives a token by tenant, purpose and hash alone", ({ store, tenant }) =>
    Effect.gen(function* () {
      const token = yield* tokenOf(tenant)
      const claim = claimOf(token)
      expect(yield* store.find(claim, noon)).toEqual(Option.none())
      yield* store.put(token)
      expect(yield* store.find(claim, noon)).toEqual(Option.some(token))
      expect(yield* store.find({ ...claim, hash: sha256("another") }, noon)).toEqual(Option.none())
      expect(yield* store.find({ ...claim, purpose: "verify-email" }, noon)).toEqual(Option.none())
      expect(yield* store.find({ ...claim, tenant: yield* Id.make("tenant") }, noon)).toEqual(Option.none())
      expect(yield* store.take({ ...claim, purpose: "verify-email" }, noon)).toEqual(Option.none())
      expect(yield* store.take({ ...claim, tenant: yield* Id.make("tenant") }, noon)).toEqual(Option.none())
      expect(yield* store.find(claim, noon)).toEqual(Option.some(token))
    })
  ),
  check("take", "gives a token once", ({ store, tenant }) =>
    Effect.gen(function* () {
      const token = yield* tokenOf(tenant)
      yield* store.put(token)
      expect(yield* store.take(claimOf(token), noon)).toEqual(Option.some(token))
      expect(yield* store.take(claimOf(token), noon)).toEqual(Option.none())
      expect(yield* store.find(claimOf(token), noon)).toEqual(Option.none())
    })
  ),
  check("expiry", "gives no token from the instant of its expiry on", ({ store, tenant }) =>
    Effect.gen(function* () {
      const token = yield* tokenOf(tenant)
      const before = DateTime.subtract(later(1), { milliseconds: 1 })
      yield* store.put(token)
      expect(yield* store.find(claimOf(token), later(1))).toEqual(Option.none())
      expect(yield* store.take(claimOf(token), later(1))).toEqual(Option.none())
      expect(yield* store.find(claimOf(token), before)).toEqual(Option.some(token))
      expect(yield* store.take(claimOf(token), before)).toEqual(Option.some(token))
    })
  ),
  check("replace", "puts a token in place of the user's one for the same purpose", ({ store, tenant }) =>
    Effect.gen(function* () {
      const first = yield* tokenOf(tenant)
      const other = { ...first, purpose: "verify-email", hash: sha256("verify") } as const
      const second = { ...first, hash: sha256("second"), createdAt: later(1), expiresAt: later(2) }
      const others = yield* tokenOf(tenant)
      for (const token of [first, other, others, second]) yield* store.put(token)
      expect(yield* store.find(claimOf(first), noon)).toEqual(Option.none())
      for (const token of [second, other, others]) {
        expect(yield* store.find(claimOf(token), noon)).toEqual(Option.some(token))
      }
    })
  ),
  check("forget", "forgets all tokens of one user", ({ store, tenant }) =>
    Effect.gen(function* () {
      const first = yield* tokenOf(tenant)
      const second = { ...first, purpose: "accept-invitation", hash: sha256(`second ${tenant}`) } as const
      const elsewhere = { ...first, tenant: yield* Id.make("tenant") }
      const others = yield* tokenOf(tenant)
      for (const token of [first, second, elsewhere, others]) yield* store.put(token)
      expect(yield* store.forget(tenant, first.userId)).toBe(2)
      expect(yield* store.forget(tenant, first.userId)).toBe(0)
      for (const token of [first, second]) expect(yield* store.find(claimOf(token), noon)).toEqual(Option.none())
      for (const token of [elsewhere, others]) {
        expect(yield* store.find(claimOf(token), noon)).toEqual(Option.some(token))
      }
    })
  ),
  check("purge", "forgets what has expired, up to a limit", ({ store, tenant }) =>
    Effect.gen(function* () {
      const long = DateTime.makeUnsafe("1999-12-31T00:00:00Z")
      const expired = [
        yield* tokenOf(tenant, { expiresAt: long }),
        yield* tokenOf(tenant, { expiresAt: long }),
        yield* tokenOf(tenant, { expiresAt: DateTime.add(long, { milliseconds: 1 }) })
      ]
      for (const token of expired) yield* store.put(token)
      expect(yield* store.purge(long, 1)).toBe(1)
      expect(yield* store.purge(long, 100)).toBe(1)
      expect(yield* store.purge(long, 100)).toBe(0)
      const left = yield* Effect.forEach(expired, (token) => store.find(claimOf(token), long))
      expect(left.filter(Option.isSome)).toHaveLength(1)
      expect(yield* store.purge(DateTime.add(long, { milliseconds: 1 }), 100)).toBe(1)
    })
  ),
  check("one-winner", "gives a token to exactly one of those who take it at once", ({ store, tenant }) =>
    Effect.gen(function* () {
      const token = yield* tokenOf(tenant)
      yield* store.put(token)
      const taking = Array.from({ length: 8 }, () => store.take(claimOf(token), noon))
      const taken = yield* Effect.all(taking, { concurrency: "unbounded" })
      expect(taken.filter(Option.isSome)).toHaveLength(1)
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", ({ atomic, store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* tokenOf(tenant), yield* tokenOf(tenant)]
      yield* store.put(first)
      yield* store
        .take(claimOf(first), noon)
        .pipe(Effect.andThen(store.put(second)), Effect.andThen(Effect.fail("refused")), atomic.run, Effect.flip)
      expect(yield* store.find(claimOf(first), noon)).toEqual(Option.some(first))
      expect(yield* store.find(claimOf(second), noon)).toEqual(Option.none())
    })
  )
]

/** Tests an `IdentityTokenStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<IdentityTokenStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("IdentityTokenStore", checks, name, layer, options)
