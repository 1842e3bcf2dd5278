import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Authentication } from "saldo/identity/Authentication"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { Sessions } from "saldo/identity/Sessions"
import { Users } from "saldo/identity/Users"
import { key, redact } from "./userWorld.ts"
import { as, asAdmin, client, inMemory, recordsOf, signedIn, somebody } from "./sessionWorld.ts"

const bearer = (token: Redacted.Redacted) => Authentication.use((authentication) => authentication.bearer(token))

describe("signing in", () => {
  it.effect("begins a session that lasts a week without use, and an access of half an hour", () =>
    Effect.gen(function* () {
      const { accessExpiresAt, accessToken, refreshExpiresAt, session, user } = yield* signedIn
      const now = yield* DateTime.now
      expect(session).toMatchObject({ userId: user.id, ...client, startedAt: now, refreshedAt: now, ended: null })
      expect(refreshExpiresAt).toEqual(DateTime.add(now, { days: 7 }))
      expect(session.endsAt).toEqual(DateTime.add(now, { days: 30 }))
      expect(accessExpiresAt).toEqual(DateTime.add(now, { minutes: 30 }))
      expect(yield* bearer(accessToken)).toMatchObject({ kind: "user", id: user.id, roles: user.roles })
      yield* TestClock.adjust("30 minutes")
      expect(yield* Effect.flip(bearer(accessToken))).toEqual(new CredentialsInvalid())
    }).pipe(inMemory())
  )

  it.effect("asks for what users are known by, and begins nothing without it", () =>
    Effect.gen(function* () {
      const { credentials, tenant, user } = yield* somebody
      const sessions = yield* Sessions
      const wrong = { ...credentials, password: redact("eight green lemons nap"), client }
      expect((yield* Effect.flip(sessions.signIn(wrong)))._tag).toBe("CredentialsRejected")
      expect((yield* sessions.list().pipe(as(user))).items).toEqual([])
      expect(yield* recordsOf(tenant, "identity.begin-session")).toEqual([])
    }).pipe(inMemory())
  )

  it.effect("keeps of a client what can be kept and shown", () =>
    Effect.gen(function* () {
      const { credentials } = yield* somebody
      const signIn = (from: { readonly address: string | null; readonly agent: string | null }) =>
        Effect.map(
          Sessions.use((sessions) => sessions.signIn({ ...credentials, client: from })),
          ({ session: { address, agent } }) => [address, agent]
        )
      expect(yield* signIn({ address: null, agent: " \u0000\n " })).toEqual([null, null])
      expect(yield* signIn({ address: "::1", agent: "a\u0000b\uD800" })).toEqual(["::1", "a b\uFFFD"])
      const [, agent] = yield* signIn({ address: "::1", agent: "🏗".repeat(1000) })
      expect(agent).toBe("🏗".repeat(400))
    }).pipe(inMemory())
  )

  /** Sessions whose users are met by an act each time that their password was found right. */
  const interfered = (act: Effect.Effect<unknown, unknown>) =>
    Effect.gen(function* () {
      const users = yield* Users
      const asked = { times: 0 }
      const counting = Effect.sync(() => asked.times++)
      const meddled = Layer.succeed(Users, {
        ...users,
        authenticate: (given) =>
          Effect.tap(users.authenticate(given), () => Effect.andThen(counting, Effect.ignore(act)))
      })
      const sessions = yield* Effect.provide(Sessions, Layer.fresh(Sessions.layer).pipe(Layer.provide(meddled)))
      return { asked, sessions }
    })

  it.effect("begins no session for a user who is locked after the password was found right", () =>
    Effect.gen(function* () {
      const { credentials, tenant, user } = yield* somebody
      const users = yield* Users
      const lock = users.lock({ key: key("1"), userId: user.id }).pipe(asAdmin(tenant))
      const { asked, sessions } = yield* interfered(lock)
      expect((yield* Effect.flip(sessions.signIn({ ...credentials, client })))._tag).toBe("CredentialsRejected")
      expect(asked.times).toBe(1)
      expect((yield* sessions.listOf(user.id).pipe(asAdmin(tenant))).items).toEqual([])
    }).pipe(inMemory())
  )

  it.effect("begins no session by a password that is replaced after it was found right", () =>
    Effect.gen(function* () {
      const { credentials, user } = yield* somebody
      const users = yield* Users
      const next = redact("seven purple herons dance")
      const change = users.changePassword({ password: credentials.password, next }).pipe(as(user))
      const { asked, sessions } = yield* interfered(change)
      expect((yield* Effect.flip(sessions.signIn({ ...credentials, client })))._tag).toBe("CredentialsRejected")
      expect(asked.times).toBe(1)
      expect((yield* sessions.list().pipe(as(user))).items).toEqual([])
      yield* sessions.signIn({ ...credentials, password: next, client })
    }).pipe(inMemory())
  )

  it.effect("asks again when the user was changed in another way, and then begins", () =>
    Effect.gen(function* () {
      const { credentials, user } = yield* somebody
      const users = yield* Users
      const name = redact("Quirina Annat-Namn")
      // Sent again it is a replay, so that it happens once.
      const rename = users.changeProfile({ key: key("1"), name, locale: "sv" }).pipe(as(user))
      const { asked, sessions } = yield* interfered(rename)
      yield* sessions.signIn({ ...credentials, client })
      expect(asked.times).toBe(2)
      expect((yield* sessions.list().pipe(as(user))).items.length).toBe(1)
    }).pipe(inMemory())
  )
})
