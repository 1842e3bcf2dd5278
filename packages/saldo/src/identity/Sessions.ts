import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { AuditTrail } from "../audit/AuditTrail.ts"
import type { Actor, NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import type { CursorMismatch, InvalidCursor, Page, PageRequest } from "../core/Page.ts"
import { workerTurn } from "../core/WorkerTurn.ts"
import { AccessTokens } from "./AccessTokens.ts"
import type { Client } from "./clientText.ts"
import type { CredentialsInvalid } from "./CredentialsInvalid.ts"
import type { CredentialsRejected, EmailUnverified, SecondFactorRequired, TooManyAttempts } from "./IdentityRefusal.ts"
import { makeRefusals } from "../audit/internal/refusals.ts"
import { makeSessionEnds } from "./internal/sessionEnds.ts"
import { makeSessionGrants } from "./internal/sessionGrants.ts"
import { OperatorTenant } from "./OperatorTenant.ts"
import type { Session, SessionId, SessionNotFound } from "./Session.ts"
import { SessionStore } from "./SessionStore.ts"
import { SessionTerms } from "./SessionTerms.ts"
import type { UserId } from "./User.ts"
import { type Credentials, Users } from "./Users.ts"
import { UserStore } from "./UserStore.ts"

/** Who wants to be let in, by what, and from where. */
export interface SignIn extends Omit<Credentials, "from"> {
  readonly client: Client
}

/** Why somebody is not let in by a password. */
export type SignInRefusal = CredentialsRejected | EmailUnverified | SecondFactorRequired | TooManyAttempts

/** What a client gets that was let in: a token to act with, and one to get the next with. */
export interface SignedIn {
  readonly session: Session
  readonly accessToken: Redacted.Redacted
  readonly accessExpiresAt: DateTime.Utc
  readonly refreshToken: Redacted.Redacted
  readonly refreshExpiresAt: DateTime.Utc
}

/**
 * Use case: signing in, staying, and leaving.
 *
 * A refresh token is good once; with it comes its successor. When one comes a second time it was copied, and it cannot be told
 * who has the copy: the session ends for both. But answers get lost, so for some seconds a token that was just used gets the
 * same successor again, as long as its sender calls itself the same; whoever stole it thereby is found out at the next
 * refresh. Successors can be told from the token and a salt, which the store keeps for the last used token alone, and
 * which without the token tells nothing.
 *
 * Every beginning, refresh and end is a security event of the user's tenant.
 *
 * @effect-expect-leaking Actor
 */
export class Sessions extends Context.Service<
  Sessions,
  {
    /** Begins a session by password, and by one-time code if the user has a second factor. */
    readonly signIn: (request: SignIn) => Effect.Effect<SignedIn, SignInRefusal>
    /** Gives the next pair of tokens. A token that came before ends its session, and fails as any other. */
    readonly refresh: (token: Redacted.Redacted, client: Client) => Effect.Effect<SignedIn, CredentialsInvalid>
    /** Ends the session of a refresh token, if there is one; nobody has to be signed in for it. */
    readonly signOut: (token: Redacted.Redacted) => Effect.Effect<void>
    /** The actor's own sessions that live, the latest first. Needs `identity:self`. */
    readonly list: (
      page?: PageRequest
    ) => Effect.Effect<Page<Session>, NotPermitted | InvalidCursor | CursorMismatch, Actor>
    /** A user's sessions that live, the latest first. Needs `identity:manage`. */
    readonly listOf: (
      userId: UserId,
      page?: PageRequest
    ) => Effect.Effect<Page<Session>, NotPermitted | InvalidCursor | CursorMismatch, Actor>
    /** Ends a session, one's own with `identity:self` or anybody's with `identity:manage`; once over it stays as it is. */
    readonly revoke: (id: SessionId) => Effect.Effect<void, SessionNotFound | NotPermitted, Actor>
    /** Ends the actor's own sessions, but for one to keep, and says how many. Needs `identity:self`. */
    readonly revokeAll: (request?: { readonly keep?: SessionId }) => Effect.Effect<number, NotPermitted, Actor>
    /** Ends all sessions of a user, and says how many. Needs `identity:manage`. */
    readonly revokeAllOf: (userId: UserId) => Effect.Effect<number, NotPermitted, Actor>
    /** Forgets up to a thousand sessions that were over for 30 days, and says how many. */
    readonly purge: Effect.Effect<number>
  }
>()("saldo/identity/Sessions") {
  /** The sessions in a store; build it on the stores that `Presence` gives. */
  static readonly layer: Layer.Layer<
    Sessions,
    never,
    SessionStore | UserStore | Users | AccessTokens | Atomic | AuditTrail
  > = Layer.effect(
    this,
    Effect.suspend(() => make)
  )

  /** Purges once an hour as long as the layer lives; enough in one process of many. */
  static readonly layerPurge: Layer.Layer<never, never, Sessions> = Layer.effectDiscard(
    Effect.flatMap(this, (sessions) =>
      sessions.purge.pipe(
        workerTurn("session-purge"),
        Effect.catchCause((cause) => Effect.logWarning("Old sessions were not purged and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 hour")),
        Effect.forkScoped
      )
    )
  )
}

const make = Effect.gen(function* () {
  const [atomic, audit] = [yield* Atomic, yield* AuditTrail]
  const ground = {
    atomic,
    audit,
    store: yield* SessionStore,
    users: yield* Users,
    userStore: yield* UserStore,
    accessTokens: yield* AccessTokens,
    terms: yield* SessionTerms,
    operator: yield* OperatorTenant,
    refused: makeRefusals({ atomic, audit })
  }
  return Sessions.of({ ...makeSessionGrants(ground), ...makeSessionEnds(ground) })
})
