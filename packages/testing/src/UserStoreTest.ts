import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { type Cursor, InvalidCursor } from "saldo/core/Page"
import { sha256 } from "saldo/core/sha256"
import type { StoredUser } from "saldo/identity/User"
import { UserStore } from "saldo/identity/UserStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Register {
  readonly store: UserStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
}

const check = checksOf<Register, UserStore | Atomic>(
  Effect.gen(function* () {
    return { store: yield* UserStore, atomic: yield* Atomic, tenant: yield* Id.make("tenant") }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00Z")

const userOf = (tenant: string, given: Partial<StoredUser> = {}): Effect.Effect<StoredUser> =>
  Effect.map(Id.make("user"), (id) => ({
    id,
    tenant,
    state: "active",
    roles: ["customer"],
    party: null,
    locale: "sv",
    createdAt: noon,
    version: 1,
    sealed: `k.v1.${id}`,
    sealedBy: "k",
    emailIndex: sha256(id),
    ...given
  }))

const gone = { state: "deleted", roles: [], party: null, sealed: null, sealedBy: null, emailIndex: null } as const

const kept: ReadonlyArray<Check<UserStore | Atomic>> = [
  check("insert", "gives back what was kept, by its id and its address", ({ store, tenant }) =>
    Effect.gen(function* () {
      const user = yield* userOf(tenant, {
        state: "locked",
        roles: ["teller", "auditor"],
        party: "cust_1",
        locale: "en-GB",
        version: 7
      })
      expect(yield* store.find(tenant, user.id)).toEqual(Option.none())
      expect(yield* store.insert(user)).toEqual(Option.none())
      expect(yield* store.find(tenant, user.id)).toEqual(Option.some(user))
      expect(yield* store.findByEmail(tenant, sha256(user.id))).toEqual(Option.some(user))
      expect(yield* store.findByEmail(tenant, sha256("nobody"))).toEqual(Option.none())
    })
  ),
  check("taken", "keeps an id and an address once, and says whose it is", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* userOf(tenant), yield* userOf(tenant)]
      yield* store.insert(first)
      expect(yield* store.insert({ ...second, emailIndex: first.emailIndex })).toEqual(Option.some(first))
      expect(yield* store.find(tenant, second.id)).toEqual(Option.none())
      expect(yield* store.insert({ ...second, id: first.id })).toEqual(Option.some(first))
    })
  ),
  check("tenants", "shows nothing of one tenant in another", ({ store, tenant }) =>
    Effect.gen(function* () {
      const other = yield* Id.make("tenant")
      const user = yield* userOf(tenant)
      yield* store.insert(user)
      expect(yield* store.find(other, user.id)).toEqual(Option.none())
      expect(yield* store.lock(other, user.id)).toEqual(Option.none())
      expect(yield* store.findByEmail(other, sha256(user.id))).toEqual(Option.none())
      expect(yield* store.insert({ ...user, tenant: other })).toEqual(Option.none())
      expect(yield* store.save({ ...user, tenant: other, state: "locked", version: 2 })).toBe(true)
      expect(yield* store.find(tenant, user.id)).toEqual(Option.some(user))
      expect((yield* store.list(other, {}, {})).items).toHaveLength(1)
    })
  ),
  check("save", "puts the next version in place of the one before it", ({ store, tenant }) =>
    Effect.gen(function* () {
      const user = yield* userOf(tenant)
      expect(yield* store.save({ ...user, version: 2 })).toBe(false)
      yield* store.insert(user)
      const next = {
        ...user,
        state: "locked",
        roles: [],
        party: "cust_2",
        locale: "nb",
        sealed: "l.v1.other",
        sealedBy: "l",
        emailIndex: sha256("another"),
        version: 2
      } as const
      expect(yield* store.save(next)).toBe(true)
      expect(yield* store.find(tenant, user.id)).toEqual(Option.some(next))
      expect(yield* store.findByEmail(tenant, sha256(user.id))).toEqual(Option.none())
      expect(yield* store.save({ ...next, state: "active" })).toBe(false)
      expect(yield* store.save({ ...next, state: "active", version: 4 })).toBe(false)
      expect(yield* store.find(tenant, user.id)).toEqual(Option.some(next))
    })
  ),
  check("save-taken", "saves nobody under another's address", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* userOf(tenant), yield* userOf(tenant)]
      yield* store.insert(first)
      yield* store.insert(second)
      expect(yield* store.save({ ...second, emailIndex: first.emailIndex, version: 2 })).toBe(false)
      expect(yield* store.find(tenant, second.id)).toEqual(Option.some(second))
    })
  ),
  check("deleted", "frees the address of a deleted user", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [first, second, third] = [yield* userOf(tenant), yield* userOf(tenant), yield* userOf(tenant)]
      const deleted = { ...first, ...gone, version: 2 } as const
      yield* store.insert(first)
      expect(yield* store.save(deleted)).toBe(true)
      expect(yield* store.find(tenant, first.id)).toEqual(Option.some(deleted))
      expect(yield* store.insert({ ...second, emailIndex: first.emailIndex })).toEqual(Option.none())
      expect(yield* store.insert({ ...third, ...gone })).toEqual(Option.none())
    })
  )
]

const lists: ReadonlyArray<Check<UserStore | Atomic>> = [
  check("list", "lists users by id, page by page, by state and party", ({ store, tenant }) =>
    Effect.gen(function* () {
      const all: Array<StoredUser> = []
      for (const index of [0, 1, 2, 3, 4]) {
        const state = index % 2 === 0 ? "active" : "locked"
        all.push(yield* userOf(tenant, { state, party: index < 2 ? "cust_1" : null }))
      }
      // Kept in another order than that of their ids.
      for (const user of all.toReversed()) yield* store.insert(user)
      expect((yield* store.list(tenant, {}, {})).items).toEqual(all)
      const first = yield* store.list(tenant, {}, { limit: 3 })
      expect(first.items).toEqual(all.slice(0, 3))
      const cursor = first.next ?? (yield* Effect.fail("no cursor"))
      expect(yield* store.list(tenant, {}, { limit: 3, cursor })).toEqual({ items: all.slice(3), next: null })
      expect((yield* store.list(tenant, { state: "active" }, {})).items).toEqual([all[0], all[2], all[4]])
      expect((yield* store.list(tenant, { state: "active", party: "cust_1" }, {})).items).toEqual([all[0]])
      expect((yield* Effect.flip(store.list(tenant, { state: "active" }, { cursor })))._tag).toBe("CursorMismatch")
      // What is no cursor is refused, whoever let it pass as one.
      const broken = store.list(tenant, {}, { cursor: "none" as Cursor })
      expect(yield* Effect.flip(broken)).toBeInstanceOf(InvalidCursor)
    })
  ),
  check("sealed-by-others", "finds what another key seals, in order, up to a limit", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [old, current] = [`old of ${tenant}`, `current of ${tenant}`]
      const users = [
        yield* userOf(tenant, { sealedBy: old }),
        yield* userOf(tenant, { sealedBy: current }),
        yield* userOf(tenant, { sealedBy: old }),
        yield* userOf(tenant, gone)
      ]
      for (const user of users.toReversed()) yield* store.insert(user)
      const found = (yield* store.sealedByOthers(current, 100_000)).filter((each) => each.tenant === tenant)
      expect(found).toEqual([users[0], users[2]])
      expect(yield* store.sealedByOthers(current, 1)).toHaveLength(1)
    })
  )
]

const concurrency: ReadonlyArray<Check<UserStore | Atomic>> = [
  check("one-winner", "lets exactly one of concurrent users have an address", ({ store, tenant }) =>
    Effect.gen(function* () {
      const six = yield* Effect.replicateEffect(userOf(tenant, { emailIndex: sha256("shared") }), 6)
      const found = yield* Effect.forEach(six, store.insert, { concurrency: "unbounded" })
      expect(found.filter(Option.isNone)).toHaveLength(1)
      const winner = six[found.findIndex(Option.isNone)]
      expect(found.filter(Option.isSome).map(({ value }) => value.id)).toEqual(
        Array.from({ length: 5 }, () => winner?.id)
      )
    })
  ),
  check("one-taker", "lets exactly one of concurrent changes take an address", ({ atomic, store, tenant }) =>
    Effect.gen(function* () {
      const six = yield* Effect.replicateEffect(userOf(tenant), 6)
      yield* Effect.forEach(six, store.insert)
      const emailIndex = sha256(`${tenant} wanted`)
      const take = (user: StoredUser) =>
        atomic.runLocking(
          Effect.gen(function* () {
            const before = Option.getOrThrow(yield* store.lock(tenant, user.id))
            yield* Effect.yieldNow
            const took = yield* store.save({ ...before, emailIndex, version: 2 })
            // Whoever did not get it goes on in the same transaction.
            return took || (yield* store.save({ ...before, state: "locked", version: 2 })) ? took : "nothing"
          })
        )
      const taken = yield* Effect.forEach(six, take, { concurrency: "unbounded" })
      expect(taken.filter((took) => took === true)).toHaveLength(1)
      expect(taken.filter((took) => took === false)).toHaveLength(5)
      const after = Option.getOrThrow(yield* store.findByEmail(tenant, emailIndex))
      expect(after.id).toBe(six[taken.indexOf(true)]?.id)
    })
  ),
  check("lock", "keeps others from a locked user until the transaction ends", ({ atomic, store, tenant }) =>
    Effect.gen(function* () {
      const user = yield* userOf(tenant, { roles: [] })
      yield* store.insert(user)
      const give = (index: number) =>
        atomic.runLocking(
          Effect.gen(function* () {
            const before = Option.getOrThrow(yield* store.lock(tenant, user.id))
            yield* Effect.yieldNow
            const roles = [...before.roles, `role-${index}`]
            expect(yield* store.save({ ...before, roles, version: before.version + 1 })).toBe(true)
          })
        )
      yield* Effect.forEach([1, 2, 3, 4, 5, 6], give, { concurrency: "unbounded" })
      const after = Option.getOrThrow(yield* store.find(tenant, user.id))
      expect(after.version).toBe(7)
      expect([...after.roles].sort()).toEqual([1, 2, 3, 4, 5, 6].map((index) => `role-${index}`))
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", ({ atomic, store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* userOf(tenant), yield* userOf(tenant)]
      yield* store.insert(first)
      yield* store
        .save({ ...first, state: "locked", version: 2 })
        .pipe(Effect.andThen(store.insert(second)), Effect.andThen(Effect.fail("refused")), atomic.run, Effect.flip)
      expect(yield* store.find(tenant, first.id)).toEqual(Option.some(first))
      expect(yield* store.find(tenant, second.id)).toEqual(Option.none())
    })
  )
]

/** What every `UserStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<UserStore | Atomic>> = [...kept, ...lists, ...concurrency]

/** Tests a `UserStore` together with the `Atomic` of the same storage. */
export const suite = <E>(name: string, layer: Layer.Layer<UserStore | Atomic, E>, options: SuiteOptions = {}): void =>
  register("UserStore", checks, name, layer, options)
