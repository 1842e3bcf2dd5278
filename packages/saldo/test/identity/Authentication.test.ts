import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Actor from "saldo/core/Actor"
import { AccessTokens } from "saldo/identity/AccessTokens"
import { Authentication } from "saldo/identity/Authentication"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { OperatorTenant } from "saldo/identity/OperatorTenant"
import { Sessions } from "saldo/identity/Sessions"
import { SessionStore } from "saldo/identity/SessionStore"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { Users } from "saldo/identity/Users"
import { key, password, redact } from "./userWorld.ts"
import { as, asAdmin, client, inMemory, recordsOf, signedIn, somebodyIn, storages, identity } from "./sessionWorld.ts"

const bearer = (token: Redacted.Redacted) => Authentication.use((authentication) => authentication.bearer(token))

const turnedAway = (token: Redacted.Redacted) =>
  Effect.map(Effect.flip(bearer(token)), (failure) => expect(failure).toEqual(new CredentialsInvalid()))

describe("the bearer of an access token", () => {
  it.effect("is its user, in its session, until the token is over", () =>
    Effect.gen(function* () {
      const { accessExpiresAt, accessToken, session, user } = yield* signedIn
      const found = yield* Authentication.use((authentication) => authentication.session(accessToken))
      expect(found).toMatchObject({ sessionId: session.id, expiresAt: accessExpiresAt })
      expect(found.identity).toMatchObject({ kind: "user", tenant: user.tenant, id: user.id, roles: user.roles })
      expect(found.identity.onBehalfOf).toBe(undefined)
      expect(found.identity.may(Actor.Permission.make("bank:pay"))).toBe(true)
      expect(found.identity.may(Actor.Permission.make("bank:approve"))).toBe(false)
    }).pipe(inMemory())
  )

  it.effect("has the roles and acts for the party that its user has now, not those it had then", () =>
    Effect.gen(function* () {
      const { accessToken, tenant, user } = yield* signedIn
      const users = yield* Users
      yield* bearer(accessToken)
      yield* users.setRoles({ key: key("1"), userId: user.id, roles: ["auditor"] }).pipe(asAdmin(tenant))
      expect((yield* bearer(accessToken)).roles).toEqual(["auditor"])
      yield* users.setParty({ key: key("2"), userId: user.id, party: "cust_1" }).pipe(asAdmin(tenant))
      expect((yield* bearer(accessToken)).owner).toEqual(new Actor.Subject({ tenant, id: "cust_1" }))
    }).pipe(inMemory())
  )

  it.effect("is nobody once the user is locked, has another password, is deleted, or left", () =>
    Effect.gen(function* () {
      const [users, sessions] = [yield* Users, yield* Sessions]
      const ends: Readonly<
        Record<string, (first: Effect.Success<typeof signedIn>) => Effect.Effect<unknown, unknown>>
      > = {
        locked: ({ tenant, user }) => users.lock({ key: key("1"), userId: user.id }).pipe(asAdmin(tenant)),
        changed: ({ user }) =>
          users.changePassword({ password, next: redact("seven purple herons dance") }).pipe(as(user)),
        deleted: ({ user }) => users.delete({ password }).pipe(as(user)),
        left: ({ refreshToken }) => sessions.signOut(refreshToken),
        revoked: ({ session, user }) => sessions.revoke(session.id).pipe(as(user)),
        "thrown out": ({ tenant, user }) => sessions.revokeAllOf(user.id).pipe(asAdmin(tenant))
      }
      for (const [how, end] of Object.entries(ends)) {
        const first = yield* signedIn
        yield* bearer(first.accessToken)
        yield* end(first)
        yield* turnedAway(first.accessToken)
        const [refusal] = yield* recordsOf(first.tenant, "identity.authenticate")
        expect(refusal, how).toMatchObject({ reason: "SessionOver", outcome: "refused", kind: "security" })
      }
    }).pipe(inMemory())
  )

  it.effect("keeps the session in which it changes its password, if it says so", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      const [users, sessions] = [yield* Users, yield* Sessions]
      const other = yield* sessions.signIn({ ...first.credentials, client })
      const next = redact("seven purple herons dance")
      yield* users.changePassword({ password, next, keep: first.session.id }).pipe(as(first.user))
      yield* bearer(first.accessToken)
      yield* turnedAway(other.accessToken)
    }).pipe(inMemory())
  )

  it.effect("is nobody by a token that is signed well and says what is not so", () =>
    Effect.gen(function* () {
      const one = yield* signedIn
      const other = yield* signedIn
      const { user: neighbour } = yield* somebodyIn(one.tenant, "neighbour@example.test")
      const { sign } = yield* AccessTokens
      const claims = {
        tenant: one.tenant,
        userId: one.user.id,
        sessionId: one.session.id,
        tokenId: "1",
        issuedAt: one.session.startedAt,
        expiresAt: one.accessExpiresAt
      }
      yield* bearer(yield* sign(claims))
      const wrong = [
        { tenant: other.tenant },
        { userId: other.user.id },
        { userId: neighbour.id },
        { sessionId: other.session.id },
        { tenant: other.tenant, userId: other.user.id },
        { tenant: other.tenant, sessionId: other.session.id },
        { userId: other.user.id, sessionId: other.session.id },
        { tenant: "elsewhere" }
      ]
      for (const each of wrong) yield* turnedAway(yield* sign({ ...claims, ...each }))
      yield* bearer(one.accessToken)
      yield* bearer(other.accessToken)
    }).pipe(inMemory())
  )

  it.effect("is told no more than that, and the trail of the operator why", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* signedIn
      const text = Redacted.value(accessToken)
      for (const wrong of ["", "nonsense", `${text.slice(0, -20)}${"A".repeat(20)}`]) yield* turnedAway(redact(wrong))
      yield* TestClock.adjust("30 minutes")
      yield* turnedAway(accessToken)
      const refusals = yield* recordsOf("operator", "identity.authenticate")
      expect(refusals.map(({ reason }) => reason)).toEqual(["malformed", "malformed", "signature-wrong", "expired"])
      expect(JSON.stringify(refusals)).not.toContain(text.slice(0, 20))
    }).pipe(inMemory(), Effect.provideService(OperatorTenant, "operator"))
  )

  it.effect("is nobody when the key is withdrawn that signed", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* signedIn
      yield* bearer(accessToken)
      const keys = yield* SigningKeys
      const { key: signing } = yield* keys.signing
      yield* keys.withdraw(signing.id).pipe(asAdmin("system"))
      yield* turnedAway(accessToken)
      const next = yield* Sessions.use((sessions) => sessions.refresh(refreshToken, client))
      yield* bearer(next.accessToken)
    }).pipe(inMemory())
  )
})

describe("what is remembered of who is there", () => {
  const counting = Effect.gen(function* () {
    const store = yield* SessionStore
    const looks = { count: 0 }
    const counted = Layer.succeed(SessionStore, {
      ...store,
      find: (tenant, id) => {
        looks.count++
        return store.find(tenant, id)
      }
    })
    return { looks, counted }
  })

  const counted = (options: Parameters<typeof identity>[0]) =>
    Effect.gen(function* () {
      const { counted: layer, looks } = yield* counting
      const services = yield* Layer.build(Layer.fresh(Layer.provide(identity(options), layer)))
      return { looks, services }
    }).pipe(Effect.map(({ looks, services }) => ({ looks, within: Effect.provideContext(services) })))

  it.effect("saves most looks, and lasts two seconds", () =>
    Effect.gen(function* () {
      const { looks, within } = yield* counted({})
      const { accessToken } = yield* within(signedIn)
      looks.count = 0
      for (const _ of [1, 2, 3]) yield* within(bearer(accessToken))
      expect(looks.count).toBe(1)
      yield* TestClock.adjust("2 seconds")
      yield* within(bearer(accessToken))
      expect(looks.count).toBe(2)
    }).pipe(Effect.scoped, Effect.provide(Layer.fresh(storages.memory)))
  )

  it.effect("is of so many sessions, and nothing when the host says so", () =>
    Effect.gen(function* () {
      const few = yield* counted({ presence: { sessionsAtMost: 2 } })
      const all = yield* few.within(Effect.all([signedIn, signedIn, signedIn]))
      few.looks.count = 0
      for (const { accessToken } of [...all, ...all.slice(1)]) yield* few.within(bearer(accessToken))
      expect(few.looks.count).toBe(3)
      for (const { accessToken } of all.slice(0, 1)) yield* few.within(bearer(accessToken))
      expect(few.looks.count).toBe(4)
      const none = yield* counted({ presence: { rememberedFor: 0 } })
      for (const { accessToken } of [...all, ...all]) yield* none.within(bearer(accessToken))
      expect(none.looks.count).toBe(6)
    }).pipe(Effect.scoped, Effect.provide(Layer.fresh(storages.memory)))
  )
})
