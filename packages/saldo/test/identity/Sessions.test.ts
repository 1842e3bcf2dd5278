import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Id from "saldo/core/Id"
import { Authentication } from "saldo/identity/Authentication"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { Sessions } from "saldo/identity/Sessions"
import { SessionStore } from "saldo/identity/SessionStore"
import { SessionTerms, usualTerms } from "saldo/identity/SessionTerms"
import { Users } from "saldo/identity/Users"
import { UserStore } from "saldo/identity/UserStore"
import { key, redact } from "./userWorld.ts"
import { as, asAdmin, client, inMemory, recordsOf, signedIn, stranger } from "./sessionWorld.ts"

const refresh = (token: Redacted.Redacted, from = client) => Sessions.use((sessions) => sessions.refresh(token, from))

const refused = (token: Redacted.Redacted, from = client) => Effect.flip(refresh(token, from))

const bearer = (token: Redacted.Redacted) => Authentication.use((authentication) => authentication.bearer(token))

const kept = (tenant: string, id: Id.Id<"sess">) =>
  Effect.flatMap(
    SessionStore.use((store) => store.find(tenant, id)),
    Effect.fromOption
  )

const text = Redacted.value

describe("a refresh", () => {
  it.effect("gives other tokens, which are good as long as if somebody had just signed in", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      yield* TestClock.adjust("6 days")
      const second = yield* refresh(first.refreshToken, { ...client, address: "203.0.113.9" })
      const now = yield* DateTime.now
      expect(text(second.refreshToken)).not.toBe(text(first.refreshToken))
      expect(text(second.accessToken)).not.toBe(text(first.accessToken))
      expect(second.refreshExpiresAt).toEqual(DateTime.add(now, { days: 7 }))
      expect(second.session).toEqual({
        ...first.session,
        address: "203.0.113.9",
        refreshedAt: now,
        expiresAt: DateTime.add(now, { days: 7 })
      })
      expect(yield* kept(first.tenant, first.session.id)).toEqual(second.session)
      yield* bearer(second.accessToken)
    }).pipe(inMemory())
  )

  it.effect("comes too late after a week without use, to the millisecond", () =>
    Effect.gen(function* () {
      const one = yield* signedIn
      const other = yield* signedIn
      yield* TestClock.adjust("7 days")
      expect(yield* refused(one.refreshToken)).toEqual(new CredentialsInvalid())
      yield* TestClock.adjust("-1 millis")
      yield* refresh(other.refreshToken)
      expect((yield* kept(one.tenant, one.session.id)).ended).toBe(null)
    }).pipe(inMemory())
  )

  it.effect("does not make a session last longer than thirty days, nor its tokens", () =>
    Effect.gen(function* () {
      let last: Effect.Success<ReturnType<typeof refresh>> = yield* signedIn
      for (let day = 6; day <= 24; day += 6) {
        yield* TestClock.adjust("6 days")
        last = yield* refresh(last.refreshToken)
      }
      expect(last.refreshExpiresAt).toEqual(last.session.endsAt)
      yield* TestClock.adjust(Duration.subtract(Duration.days(6), Duration.minutes(10)))
      last = yield* refresh(last.refreshToken)
      expect(last.accessExpiresAt).toEqual(last.session.endsAt)
      yield* TestClock.adjust("10 minutes")
      expect(yield* refused(last.refreshToken)).toEqual(new CredentialsInvalid())
      expect(yield* Effect.flip(bearer(last.accessToken))).toEqual(new CredentialsInvalid())
    }).pipe(inMemory())
  )

  it.effect("answers a client again that got no answer, the same, for ten seconds", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      const second = yield* refresh(first.refreshToken)
      yield* TestClock.adjust("10 seconds")
      const again = yield* refresh(first.refreshToken, { ...client, address: "203.0.113.9" })
      expect(text(again.refreshToken)).toBe(text(second.refreshToken))
      expect(again.session).toEqual(second.session)
      yield* bearer(again.accessToken)
      expect((yield* recordsOf(first.tenant, "identity.refresh-session")).length).toBe(1)
      const third = yield* refresh(again.refreshToken)
      yield* bearer(third.accessToken)
    }).pipe(inMemory())
  )

  it.effect("is the last of its session when the token was used before", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      const second = yield* refresh(first.refreshToken)
      yield* TestClock.adjust("10001 millis")
      expect(yield* refused(first.refreshToken)).toEqual(new CredentialsInvalid())
      const { ended } = yield* kept(first.tenant, first.session.id)
      expect(ended).toEqual({ at: yield* DateTime.now, reason: "token-reused" })
      expect(yield* refused(second.refreshToken)).toEqual(new CredentialsInvalid())
      expect(yield* Effect.flip(bearer(second.accessToken))).toEqual(new CredentialsInvalid())
      const [record, ...more] = yield* recordsOf(first.tenant, "identity.reuse-refresh-token")
      expect(more).toEqual([])
      expect(record).toMatchObject({
        kind: "security",
        outcome: "refused",
        reason: "RefreshTokenReused",
        subject: { type: "session", id: first.session.id },
        actor: { kind: "user", id: first.user.id }
      })
    }).pipe(inMemory())
  )

  it.effect("is the last of its session when another client uses the token at once", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      yield* refresh(first.refreshToken)
      expect(yield* refused(first.refreshToken, stranger)).toEqual(new CredentialsInvalid())
      expect((yield* kept(first.tenant, first.session.id)).ended?.reason).toBe("token-reused")
    }).pipe(inMemory())
  )

  it.effect("is the last of its session when the token is not the last that was used", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      const second = yield* refresh(first.refreshToken)
      yield* refresh(second.refreshToken)
      expect(yield* refused(first.refreshToken)).toEqual(new CredentialsInvalid())
      expect((yield* kept(first.tenant, first.session.id)).ended?.reason).toBe("token-reused")
    }).pipe(inMemory())
  )

  it.effect("leaves other sessions of the user alone", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      const other = yield* Sessions.use((sessions) => sessions.signIn({ ...first.credentials, client: stranger }))
      yield* refresh(first.refreshToken)
      yield* refused(first.refreshToken, stranger)
      yield* bearer(other.accessToken)
      yield* refresh(other.refreshToken, stranger)
    }).pipe(inMemory())
  )

  it.effect("is refused once the user is locked, and stays so when it is unlocked", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      const users = yield* Users
      yield* users.lock({ key: key("1"), userId: first.user.id }).pipe(asAdmin(first.tenant))
      expect(yield* refused(first.refreshToken)).toEqual(new CredentialsInvalid())
      yield* users.unlock({ key: key("2"), userId: first.user.id }).pipe(asAdmin(first.tenant))
      expect(yield* refused(first.refreshToken)).toEqual(new CredentialsInvalid())
      expect((yield* kept(first.tenant, first.session.id)).ended?.reason).toBe("user-locked")
    }).pipe(inMemory())
  )

  it.effect("is refused while the user may not act, even if nobody ended the session", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      const users = yield* UserStore
      const put = (state: "active" | "locked", version: number) => users.save({ ...first.user, state, version })
      yield* put("locked", first.user.version + 1)
      expect(yield* refused(first.refreshToken)).toEqual(new CredentialsInvalid())
      expect(yield* Effect.flip(bearer(first.accessToken))).toEqual(new CredentialsInvalid())
      expect((yield* kept(first.tenant, first.session.id)).ended).toBe(null)
      yield* put("active", first.user.version + 2)
      yield* bearer(first.accessToken)
      yield* refresh(first.refreshToken)
    }).pipe(inMemory())
  )

  it.effect("is no way to find out anything, whatever is sent", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* signedIn
      const [head, tail] = [text(refreshToken).slice(0, -1), text(refreshToken).slice(-1)]
      for (const sent of [
        "",
        "srt_",
        text(refreshToken).slice(4),
        head + (tail === "A" ? "B" : "A"),
        "x".repeat(1e6)
      ]) {
        expect(yield* refused(redact(sent))).toEqual(new CredentialsInvalid())
      }
      yield* refresh(refreshToken)
    }).pipe(inMemory())
  )

  it.effect("goes by the terms of the host", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      yield* refresh(first.refreshToken)
      yield* TestClock.adjust("1 millis")
      yield* refused(first.refreshToken)
      expect((yield* kept(first.tenant, first.session.id)).ended?.reason).toBe("token-reused")
    }).pipe(inMemory(), Effect.provideService(SessionTerms, { ...usualTerms, askAgainFor: Duration.zero }))
  )
})

describe("sessions", () => {
  it.effect("end when their users leave, and leaving again changes nothing", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken, session, tenant, user } = yield* signedIn
      const sessions = yield* Sessions
      yield* bearer(accessToken)
      yield* sessions.signOut(refreshToken)
      expect(yield* Effect.flip(bearer(accessToken))).toEqual(new CredentialsInvalid())
      expect(yield* refused(refreshToken)).toEqual(new CredentialsInvalid())
      const { ended } = yield* kept(tenant, session.id)
      expect(ended?.reason).toBe("signed-out")
      yield* TestClock.adjust("1 minute")
      yield* sessions.signOut(refreshToken)
      yield* sessions.signOut(redact("srt_unknown"))
      expect((yield* kept(tenant, session.id)).ended).toEqual(ended)
      const records = yield* recordsOf(tenant, "identity.end-session")
      expect(records.map(({ actor, kind }) => [actor.id, kind])).toEqual([[user.id, "security"]])
    }).pipe(inMemory())
  )

  it.effect("are listed to their users, who end them one by one or all but one", () =>
    Effect.gen(function* () {
      const first = yield* signedIn
      const sessions = yield* Sessions
      const others = yield* Effect.forEach([1, 2, 3], () => sessions.signIn({ ...first.credentials, client }))
      const mine = as(first.user)
      const ids = [first, ...others].map(({ session }) => session.id).toReversed()
      expect((yield* sessions.list().pipe(mine)).items.map(({ id }) => id)).toEqual(ids)
      const [latest, next] = ids
      if (latest === undefined || next === undefined) return yield* Effect.die("no sessions")
      yield* sessions.revoke(next).pipe(mine)
      yield* sessions.revoke(next).pipe(mine)
      expect(yield* sessions.revokeAll({ keep: latest }).pipe(mine)).toBe(2)
      expect((yield* sessions.list().pipe(mine)).items.map(({ id }) => id)).toEqual([latest])
      expect(yield* sessions.revokeAll().pipe(mine)).toBe(1)
      expect(yield* sessions.revokeAll().pipe(mine)).toBe(0)
      expect((yield* recordsOf(first.tenant, "identity.end-session")).length).toBe(4)
    }).pipe(inMemory())
  )

  it.effect("are out of the reach of other users, but for administrators of their tenant", () =>
    Effect.gen(function* () {
      const { session, tenant, user } = yield* signedIn
      const sessions = yield* Sessions
      const other = { ...user, id: yield* Id.make("user") }
      expect((yield* sessions.list().pipe(as(other))).items).toEqual([])
      expect((yield* Effect.flip(sessions.revoke(session.id).pipe(as(other))))._tag).toBe("SessionNotFound")
      expect(yield* sessions.revokeAll().pipe(as(other))).toBe(0)
      expect((yield* Effect.flip(sessions.listOf(user.id).pipe(as(other))))._tag).toBe("NotPermitted")
      expect((yield* Effect.flip(sessions.revokeAllOf(user.id).pipe(as(other))))._tag).toBe("NotPermitted")
      expect((yield* Effect.flip(sessions.revoke(session.id).pipe(asAdmin("elsewhere"))))._tag).toBe("SessionNotFound")
      expect((yield* sessions.listOf(user.id).pipe(asAdmin("elsewhere"))).items).toEqual([])
      expect(yield* sessions.revokeAllOf(user.id).pipe(asAdmin("elsewhere"))).toBe(0)
      expect((yield* sessions.listOf(user.id).pipe(asAdmin(tenant))).items).toEqual([session])
      expect(yield* sessions.revokeAllOf(user.id).pipe(asAdmin(tenant))).toBe(1)
      const [record] = yield* recordsOf(tenant, "identity.end-session")
      expect(record).toMatchObject({ actor: { id: "admin" }, onBehalfOf: { id: user.id } })
    }).pipe(inMemory())
  )

  it.effect("are forgotten thirty days after they were over, with their tokens", () =>
    Effect.gen(function* () {
      const one = yield* signedIn
      const other = yield* signedIn
      const sessions = yield* Sessions
      yield* sessions.signOut(one.refreshToken)
      yield* TestClock.adjust("30 days")
      expect(yield* sessions.purge).toBe(0)
      yield* TestClock.adjust("1 millis")
      expect(yield* sessions.purge).toBe(1)
      expect(yield* SessionStore.use((store) => store.find(one.tenant, one.session.id))).toEqual(Option.none())
      yield* kept(other.tenant, other.session.id)
      yield* TestClock.adjust("7 days")
      expect(yield* sessions.purge).toBe(1)
      expect((yield* recordsOf("system", "identity.purge-sessions")).length).toBe(2)
    }).pipe(inMemory())
  )
})

describe("the trail", () => {
  it.effect("tells how sessions begin and go on, and hides where their users are", () =>
    Effect.gen(function* () {
      const { refreshToken, session, tenant, user } = yield* signedIn
      const next = yield* refresh(refreshToken)
      const [begun] = yield* recordsOf(tenant, "identity.begin-session")
      const [refreshed] = yield* recordsOf(tenant, "identity.refresh-session")
      for (const record of [begun, refreshed]) {
        expect(record).toMatchObject({
          kind: "security",
          outcome: "succeeded",
          actor: { kind: "user", id: user.id },
          subject: { type: "session", id: session.id }
        })
      }
      const personal = begun?.changes.filter(({ redaction }) => redaction === "personal").map(({ path }) => path)
      expect(personal?.toSorted()).toEqual(["/address", "/agent"])
      const told = JSON.stringify([begun, refreshed])
      for (const secret of [refreshToken, next.refreshToken, next.accessToken]) {
        expect(told).not.toContain(text(secret).slice(4, 20))
      }
    }).pipe(inMemory())
  )

  it.effect("tells of refusals ten times a minute, and then how many it left out", () =>
    Effect.gen(function* () {
      const flood = Effect.replicateEffect(refused(redact("srt_unknown")), 25)
      yield* flood
      const refusals = recordsOf("system", "identity.refresh-session")
      expect((yield* refusals).length).toBe(10)
      expect((yield* refusals)[0]).toMatchObject({ outcome: "refused", reason: "TokenUnknown", kind: "security" })
      yield* TestClock.adjust("1 minute")
      yield* refused(redact("srt_unknown"))
      const last = (yield* refusals).at(-1)
      expect(last?.changes).toMatchObject([{ path: "/leftOut", after: { _tag: "Plain", value: 15 } }])
      yield* refused(redact("srt_unknown"))
      expect((yield* refusals).at(-1)?.changes).toEqual([])
    }).pipe(inMemory())
  )
})
