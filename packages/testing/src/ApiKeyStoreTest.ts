import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Permission } from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { ApiKey } from "saldo/identity/ApiKey"
import { ApiKeyStore } from "saldo/identity/ApiKeyStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly store: ApiKeyStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
  readonly userId: ApiKey["userId"]
}

const check = checksOf<Subject, ApiKeyStore | Atomic>(
  Effect.gen(function* () {
    return {
      store: yield* ApiKeyStore,
      atomic: yield* Atomic,
      tenant: yield* Id.make("tenant"),
      userId: yield* Id.make("user")
    }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00.123Z")
const later = (minutes: number) => DateTime.add(noon, { minutes })

const keyOf = ({ tenant, userId }: Pick<Subject, "tenant" | "userId">, more: Partial<ApiKey> = {}) =>
  Effect.map(Id.make("apikey"), (id): ApiKey => ({
    id,
    tenant,
    userId,
    name: "Nattlig körning 🏗",
    prefix: `sk_${id}`,
    scopes: [Permission.make("bank:read"), Permission.make("ledger:*")],
    createdAt: noon,
    expiresAt: later(60),
    lastUsedAt: null,
    revokedAt: null,
    ...more
  }))

const kept = (subject: Subject, more: Partial<ApiKey> = {}) =>
  Effect.gen(function* () {
    const key = yield* keyOf(subject, more)
    expect(yield* subject.store.insert(key, `hash of ${key.id}`)).toBe(true)
    return key
  })

/** What every `ApiKeyStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<ApiKeyStore | Atomic>> = [
  check("insert", "keeps a key with its hash, and finds it by its prefix and in its tenant", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const key = yield* kept(subject)
      const endless = yield* kept(subject, { expiresAt: null, scopes: [] })
      expect(yield* store.find(tenant, key.id)).toEqual(Option.some(key))
      expect(yield* store.find(tenant, endless.id)).toEqual(Option.some(endless))
      expect(yield* store.find("elsewhere", key.id)).toEqual(Option.none())
      expect(yield* store.findByPrefix(key.prefix)).toEqual(Option.some({ key, hash: `hash of ${key.id}` }))
      expect(yield* store.findByPrefix(`${key.prefix}x`)).toEqual(Option.none())
    })
  ),
  check("prefix-once", "takes a prefix once in all tenants, and an id once", (subject) =>
    Effect.gen(function* () {
      const key = yield* kept(subject)
      const other = yield* keyOf({ ...subject, tenant: `${subject.tenant} b` }, { prefix: key.prefix })
      expect(yield* subject.store.insert(other, "other")).toBe(false)
      expect(yield* subject.store.find(other.tenant, other.id)).toEqual(Option.none())
      const again = subject.store.insert({ ...key, prefix: `${key.prefix} b` }, "again")
      expect(Exit.hasDies(yield* Effect.exit(again))).toBe(true)
    })
  ),
  check("list", "gives the keys of a user or of the tenant, the latest first, page by page", (subject) =>
    Effect.gen(function* () {
      const { store, tenant, userId } = subject
      const three = yield* Effect.all([kept(subject), kept(subject, { expiresAt: later(-1) }), kept(subject)])
      const other = yield* kept({ ...subject, userId: yield* Id.make("user") })
      yield* kept({ ...subject, tenant: `${tenant} b` })
      const latestFirst = three.toReversed()
      const first = yield* store.list(tenant, { userId }, { limit: 2 })
      expect(first.items).toEqual(latestFirst.slice(0, 2))
      const cursor = yield* Effect.fromOption(Option.fromNullishOr(first.next))
      expect(yield* store.list(tenant, { userId }, { limit: 2, cursor })).toEqual({
        items: latestFirst.slice(2),
        next: null
      })
      expect((yield* store.list(tenant, {}, {})).items).toEqual([other, ...latestFirst])
      expect((yield* Effect.flip(store.list(tenant, {}, { cursor })))._tag).toBe("CursorMismatch")
    })
  ),
  check("revoke", "revokes a key once, in its tenant", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const key = yield* kept(subject)
      expect(yield* store.revoke("elsewhere", key.id, later(1))).toBe(false)
      expect(yield* store.revoke(tenant, key.id, later(1))).toBe(true)
      expect(yield* store.revoke(tenant, key.id, later(2))).toBe(false)
      expect(yield* store.find(tenant, key.id)).toEqual(Option.some({ ...key, revokedAt: later(1) }))
    })
  ),
  check("touch", "moves the last use forward and never back", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const key = yield* kept(subject)
      expect(yield* store.touch("elsewhere", key.id, later(1))).toBe(false)
      expect(yield* store.touch(tenant, key.id, later(2))).toBe(true)
      expect(yield* store.touch(tenant, key.id, later(2))).toBe(false)
      expect(yield* store.touch(tenant, key.id, later(1))).toBe(false)
      expect(yield* store.find(tenant, key.id)).toEqual(Option.some({ ...key, lastUsedAt: later(2) }))
    })
  ),
  check("one-wins", "lets one of those revoke who do so at the same time, and one insert a prefix", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const key = yield* kept(subject)
      const six = [1, 2, 3, 4, 5, 6]
      const told = yield* Effect.forEach(six, () => store.revoke(tenant, key.id, later(1)), {
        concurrency: "unbounded"
      })
      expect(told.filter(Boolean).length).toBe(1)
      const keys = yield* Effect.forEach(six, () => keyOf(subject, { prefix: `one ${key.id}` }))
      const kinds = yield* Effect.forEach(keys, (each) => store.insert(each, each.id), { concurrency: "unbounded" })
      expect(kinds.filter(Boolean).length).toBe(1)
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const key = yield* kept(subject)
      const draft = yield* keyOf(subject)
      yield* store
        .insert(draft, "draft")
        .pipe(
          Effect.andThen(store.revoke(tenant, key.id, noon)),
          Effect.andThen(store.touch(tenant, key.id, noon)),
          Effect.andThen(Effect.fail("refused")),
          atomic.run,
          Effect.flip
        )
      expect(yield* store.find(tenant, key.id)).toEqual(Option.some(key))
      expect(yield* store.find(tenant, draft.id)).toEqual(Option.none())
    })
  )
]

/** Tests an `ApiKeyStore` together with the `Atomic` of the same storage. */
export const suite = <E>(name: string, layer: Layer.Layer<ApiKeyStore | Atomic, E>, options: SuiteOptions = {}): void =>
  register("ApiKeyStore", checks, name, layer, options)
