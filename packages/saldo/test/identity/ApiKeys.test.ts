import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Actor from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import { sha256 } from "saldo/core/sha256"
import { ApiKeys } from "saldo/identity/ApiKeys"
import { ApiKeyStore } from "saldo/identity/ApiKeyStore"
import { Authentication } from "saldo/identity/Authentication"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { Users } from "saldo/identity/Users"
import { UserStore } from "saldo/identity/UserStore"
import { key, redact } from "./userWorld.ts"
import { as, asAdmin, inMemory, recordsOf, somebody } from "./sessionWorld.ts"

const read = Actor.Permission.make("bank:read")
const pay = Actor.Permission.make("bank:pay")
const approve = Actor.Permission.make("bank:approve")
const everything = Actor.Permission.make("*")

const request = { name: "Nattlig körning", scopes: [read, pay], expiresAt: null }

/** Somebody with a key. */
const holding = Effect.gen(function* () {
  const { tenant, user } = yield* somebody
  const made = yield* ApiKeys.use((keys) => keys.make(request)).pipe(as(user))
  return { tenant, user, made }
})

const holder = (text: Redacted.Redacted) => Authentication.use((authentication) => authentication.apiKey(text))

const turnedAway = (text: Redacted.Redacted) =>
  Effect.map(Effect.flip(holder(text)), (failure) => expect(failure).toEqual(new CredentialsInvalid()))

describe("a key", () => {
  it.effect("lets its holder act for the user who made it, with what it was given", () =>
    Effect.gen(function* () {
      const { made, tenant, user } = yield* holding
      const identity = yield* holder(made.text)
      expect(identity).toMatchObject({ kind: "service", tenant, id: made.key.id, roles: [], permissions: [read, pay] })
      expect(identity.owner).toEqual(new Actor.Subject({ tenant, id: user.id }))
    }).pipe(inMemory())
  )

  it.effect("acts for whom its user acts", () =>
    Effect.gen(function* () {
      const { made, tenant, user } = yield* holding
      yield* UserStore.use((users) => users.save({ ...user, party: "cust_1", version: user.version + 1 }))
      expect((yield* holder(made.text)).owner).toEqual(new Actor.Subject({ tenant, id: "cust_1" }))
    }).pipe(inMemory())
  )

  it.effect("is shown once, and kept as a hash beside what may be shown", () =>
    Effect.gen(function* () {
      const { made, tenant, user } = yield* holding
      const text = Redacted.value(made.text)
      expect(text).toMatch(/^sk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/u)
      expect(text.startsWith(`${made.key.prefix}_`)).toBe(true)
      const kept = yield* Effect.flatMap(
        ApiKeyStore.use((store) => store.findByPrefix(made.key.prefix)),
        Effect.fromOption
      )
      expect(kept).toEqual({ key: made.key, hash: sha256(text) })
      expect(yield* ApiKeys.use((keys) => keys.list()).pipe(as(user))).toEqual({ items: [made.key], next: null })
      const secret = text.slice(20, 50)
      const [record] = yield* recordsOf(tenant, "identity.make-api-key")
      expect(JSON.stringify([kept, made, record])).not.toContain(secret)
      expect(record).toMatchObject({ kind: "security", actor: { id: user.id }, subject: { id: made.key.id } })
    }).pipe(inMemory())
  )

  it.effect("is asked for by users, and no greater than they are", () =>
    Effect.gen(function* () {
      const { made, user } = yield* holding
      const keys = yield* ApiKeys
      const refused = (more: Partial<typeof request>) => Effect.flip(keys.make({ ...request, ...more })).pipe(as(user))
      expect(yield* refused({ scopes: [read, approve, everything] })).toMatchObject({
        _tag: "ScopesExcessive",
        scopes: [approve, everything]
      })
      expect((yield* refused({ scopes: [Actor.Permission.make("bank:*")] }))._tag).toBe("ScopesExcessive")
      expect((yield* refused({ scopes: [] })).message).toContain("at least one")
      const now = yield* DateTime.now
      const past = yield* Effect.flip(keys.make({ ...request, expiresAt: now }).pipe(as(user)))
      expect(past._tag).toBe("ApiKeyExpiryPast")
      for (const name of ["", " ", "a\nb", "x".repeat(101)]) {
        expect(Exit.hasDies(yield* Effect.exit(keys.make({ ...request, name }).pipe(as(user))))).toBe(true)
      }
      expect((yield* keys.list().pipe(as(user))).items).toEqual([made.key])
      const identity = yield* holder(made.text)
      const { id, tenant } = identity
      const full = new Actor.Identity({ kind: "service", tenant, id, roles: [], permissions: [everything] })
      expect((yield* Effect.flip(keys.make(request).pipe(Actor.as(full))))._tag).toBe("NotPermitted")
    }).pipe(inMemory())
  )

  it.effect("loses what its user loses, and gets it back with the user", () =>
    Effect.gen(function* () {
      const { made, tenant, user } = yield* holding
      const users = yield* Users
      const permissions = Effect.map(holder(made.text), (identity) => identity.permissions)
      yield* users.setRoles({ key: key("1"), userId: user.id, roles: ["teller"] }).pipe(asAdmin(tenant))
      expect(yield* permissions).toEqual([read])
      yield* users.setRoles({ key: key("2"), userId: user.id, roles: ["customer"] }).pipe(asAdmin(tenant))
      expect(yield* permissions).toEqual([read, pay])
      yield* users.lock({ key: key("3"), userId: user.id }).pipe(asAdmin(tenant))
      yield* turnedAway(made.text)
      yield* users.unlock({ key: key("4"), userId: user.id }).pipe(asAdmin(tenant))
      expect(yield* permissions).toEqual([read, pay])
    }).pipe(inMemory())
  )

  it.effect("is over at its time, to the millisecond, and once it is revoked", () =>
    Effect.gen(function* () {
      const { tenant, user } = yield* somebody
      const keys = yield* ApiKeys
      const expiresAt = DateTime.add(yield* DateTime.now, { hours: 1 })
      const made = yield* keys.make({ ...request, expiresAt }).pipe(as(user))
      yield* TestClock.adjust("3599999 millis")
      yield* holder(made.text)
      yield* TestClock.adjust("1 millis")
      yield* turnedAway(made.text)
      const other = yield* keys.make(request).pipe(as(user))
      const revoked = yield* keys.revoke(other.key.id).pipe(as(user))
      expect(revoked.revokedAt).toEqual(yield* DateTime.now)
      yield* turnedAway(other.text)
      yield* TestClock.adjust("1 minute")
      expect(yield* keys.revoke(other.key.id).pipe(as(user))).toEqual(revoked)
      expect((yield* recordsOf(tenant, "identity.revoke-api-key")).length).toBe(1)
      const refusals = yield* recordsOf(tenant, "identity.authenticate")
      expect(refusals.map(({ reason, subject }) => [reason, subject.id])).toEqual([
        ["ApiKeyOver", made.key.id],
        ["ApiKeyRevoked", other.key.id]
      ])
    }).pipe(inMemory())
  )

  it.effect("says when it was used, to the hour", () =>
    Effect.gen(function* () {
      const { made, user } = yield* holding
      const lastUse = Effect.map(ApiKeys.use((keys) => keys.list()).pipe(as(user)), ({ items }) => items[0]?.lastUsedAt)
      const first = yield* DateTime.now
      expect(yield* lastUse).toBe(null)
      yield* holder(made.text)
      expect(yield* lastUse).toEqual(first)
      yield* TestClock.adjust("59 minutes")
      yield* holder(made.text)
      expect(yield* lastUse).toEqual(first)
      yield* TestClock.adjust("1 minute")
      yield* holder(made.text)
      expect(yield* lastUse).toEqual(DateTime.add(first, { hours: 1 }))
    }).pipe(inMemory())
  )

  it.effect("lets nobody in by anything but all of it", () =>
    Effect.gen(function* () {
      const { made } = yield* holding
      const text = Redacted.value(made.text)
      const other = Redacted.value((yield* holding).made.text)
      const wrong = [
        "",
        "sk_",
        made.key.prefix,
        text.slice(0, -1),
        `${text}A`,
        ` ${text}`,
        text.toUpperCase(),
        `${made.key.prefix}_${"A".repeat(43)}`,
        made.key.prefix + other.slice(made.key.prefix.length),
        "x".repeat(1e6)
      ]
      for (const each of wrong) yield* turnedAway(redact(each))
      yield* holder(made.text)
      const refusals = yield* recordsOf("system", "identity.authenticate")
      expect(new Set(refusals.map(({ reason }) => reason))).toEqual(new Set(["ApiKeyUnknown"]))
    }).pipe(inMemory())
  )
})

describe("keys", () => {
  it.effect("are out of the reach of other users, but for administrators of their tenant", () =>
    Effect.gen(function* () {
      const { made, tenant, user } = yield* holding
      const keys = yield* ApiKeys
      const other = { ...user, id: yield* Id.make("user") }
      expect((yield* keys.list().pipe(as(other))).items).toEqual([])
      expect((yield* Effect.flip(keys.revoke(made.key.id).pipe(as(other))))._tag).toBe("ApiKeyNotFound")
      expect((yield* Effect.flip(keys.listAll().pipe(as(other))))._tag).toBe("NotPermitted")
      expect((yield* keys.listAll().pipe(asAdmin("elsewhere"))).items).toEqual([])
      expect((yield* Effect.flip(keys.revoke(made.key.id).pipe(asAdmin("elsewhere"))))._tag).toBe("ApiKeyNotFound")
      expect((yield* keys.listAll({ userId: other.id }).pipe(asAdmin(tenant))).items).toEqual([])
      expect((yield* keys.listAll({ userId: user.id }).pipe(asAdmin(tenant))).items).toEqual([made.key])
      yield* keys.revoke(made.key.id).pipe(asAdmin(tenant))
      const [record] = yield* recordsOf(tenant, "identity.revoke-api-key")
      expect(record).toMatchObject({ actor: { id: "admin" }, onBehalfOf: { id: user.id } })
      yield* turnedAway(made.text)
    }).pipe(inMemory())
  )

  it.effect("of a holder are none: it lists nothing, even if it may", () =>
    Effect.gen(function* () {
      const { user } = yield* somebody
      const keys = yield* ApiKeys
      const self = Actor.Permission.make("identity:self")
      const made = yield* keys.make({ ...request, scopes: [self] }).pipe(as(user))
      const identity = yield* holder(made.text)
      expect((yield* keys.list().pipe(Actor.as(identity))).items).toEqual([])
      expect((yield* Effect.flip(keys.revoke(made.key.id).pipe(Actor.as(identity))))._tag).toBe("ApiKeyNotFound")
    }).pipe(inMemory())
  )
})
