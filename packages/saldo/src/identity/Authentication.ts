import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { AuditTrail } from "../audit/AuditTrail.ts"
import type { Identity } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import { AccessTokens } from "./AccessTokens.ts"
import { ApiKeys } from "./ApiKeys.ts"
import { CredentialsInvalid } from "./CredentialsInvalid.ts"
import { makeRefusals } from "../audit/internal/refusals.ts"
import { OperatorTenant } from "./OperatorTenant.ts"
import { Presence, type Present, type PresentKey } from "./Presence.ts"
import type { SessionId } from "./Session.ts"
import { isInForce } from "./sessionLife.ts"
import { SessionStore } from "./SessionStore.ts"
import { Users } from "./Users.ts"

/** Somebody whose access token is believed: as whom it acts, in which session, and until when. */
export interface Authenticated {
  readonly identity: Identity
  readonly sessionId: SessionId
  readonly expiresAt: DateTime.Utc
}

/**
 * Use case: who sends a request, by what the request carries.
 *
 * An access token is believed when its signature, its times and its place are right *and* its session lives and its user may
 * act; who that is, is looked up, so that a role that was taken away is gone within the moment that `Presence` remembers.
 * All that is not believed fails the same. Each refusal is a security event of the tenant that it names, or of the
 * operator's if none is known; floods of one kind are counted, and told in part.
 */
export class Authentication extends Context.Service<
  Authentication,
  {
    /** As whom the bearer of an access token acts. */
    readonly bearer: (token: Redacted.Redacted) => Effect.Effect<Identity, CredentialsInvalid>
    /** The same, with the session and the end of the token. */
    readonly session: (token: Redacted.Redacted) => Effect.Effect<Authenticated, CredentialsInvalid>
    /** As whom the holder of an API key acts; notes that the key was used. */
    readonly apiKey: (key: Redacted.Redacted) => Effect.Effect<Identity, CredentialsInvalid>
  }
>()("saldo/identity/Authentication") {
  /** Authentication by access tokens and API keys; build it on the stores that `Presence` gives. */
  static readonly layer: Layer.Layer<
    Authentication,
    never,
    AccessTokens | ApiKeys | Presence | SessionStore | Users | Atomic | AuditTrail
  > = Layer.effect(
    this,
    Effect.suspend(() => make)
  )
}

const action = "identity.authenticate" as const

const make = Effect.gen(function* () {
  const [tokens, apiKeys, presence] = [yield* AccessTokens, yield* ApiKeys, yield* Presence]
  const [sessions, users, operator] = [yield* SessionStore, yield* Users, yield* OperatorTenant]
  const refused = makeRefusals({ atomic: yield* Atomic, audit: yield* AuditTrail })

  const look = Effect.fnUntraced(function* ({ sessionId, tenant, userId }: PresentKey) {
    const session = yield* sessions.find(tenant, sessionId)
    const identity = yield* users.acting(tenant, userId)
    return Option.isSome(session) && Option.isSome(identity) && session.value.userId === userId
      ? Option.some<Present>({ session: session.value, identity: identity.value })
      : Option.none<Present>()
  })

  // Every request asks, and nearly always memory answers: a span of its own would cost more than that and tell nothing.
  const session = Effect.fnUntraced(function* (token: Redacted.Redacted) {
    const now = yield* DateTime.now
    const verified = yield* Effect.result(tokens.verify(token, now))
    if (Result.isFailure(verified)) {
      const subject = { type: "access-token", id: "unknown" }
      yield* refused({ tenant: operator, action, subject, reason: verified.failure.reason })
      return yield* new CredentialsInvalid()
    }
    const { expiresAt, sessionId, tenant, userId } = verified.success
    const key = { tenant, userId, sessionId }
    const present = yield* presence.remember(key, look(key))
    if (Option.isSome(present) && isInForce(present.value.session, now)) {
      return { identity: present.value.identity, sessionId, expiresAt }
    }
    yield* refused({ tenant, action, subject: { type: "session", id: sessionId }, reason: "SessionOver" })
    return yield* new CredentialsInvalid()
  })

  const apiKey = Effect.fn("Authentication.apiKey")(function* (key: Redacted.Redacted) {
    const identity = yield* Effect.result(apiKeys.identify(key))
    if (Result.isSuccess(identity)) return identity.success
    const { apiKeyId, reason, tenant } = identity.failure
    const subject = { type: "api-key", id: apiKeyId ?? "unknown" }
    yield* refused({ tenant: tenant ?? operator, action, subject, reason })
    return yield* new CredentialsInvalid()
  })

  return Authentication.of({
    session,
    bearer: (token) => Effect.map(session(token), ({ identity }) => identity),
    apiKey
  })
})
