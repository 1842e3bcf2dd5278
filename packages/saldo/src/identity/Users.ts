import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type { AuditTrail } from "../audit/AuditTrail.ts"
import type { Actor, Identity, NotPermitted } from "../core/Actor.ts"
import type { Atomic } from "../core/Atomic.ts"
import type { CommandInProgress, CommandKey, IdempotencyMismatch } from "../core/Command.ts"
import type { Idempotency } from "../core/Idempotency.ts"
import type { Outbox } from "../core/Outbox.ts"
import type { CursorMismatch, InvalidCursor, Page, PageRequest } from "../core/Page.ts"
import { workerTurn } from "../core/WorkerTurn.ts"
import type { AttemptStore } from "./AttemptStore.ts"
import type { BreachedPasswordSource } from "./BreachedPasswordSource.ts"
import type { IdentityKeys } from "./IdentityKeys.ts"
import { type IdentityPolicy, standardIdentityPolicy } from "./IdentityPolicy.ts"
import type * as Refusal from "./IdentityRefusal.ts"
import type { IdentityTokenStore } from "./IdentityTokenStore.ts"
import { makeAdmin } from "./internal/userAdmin.ts"
import { makeEmailChange } from "./internal/userEmail.ts"
import { makeEntrance } from "./internal/userEntrance.ts"
import { ground } from "./internal/userGround.ts"
import { makeRecovery } from "./internal/userRecovery.ts"
import { makeSecondFactor } from "./internal/userSecondFactor.ts"
import { makeSelf } from "./internal/userSelf.ts"
import { makeSignIn } from "./internal/userSignIn.ts"
import type { OneTimeCodes } from "./OneTimeCodes.ts"
import type { PasswordHasher } from "./PasswordHasher.ts"
import type { SessionId } from "./Session.ts"
import type { SessionStore } from "./SessionStore.ts"
import type { User, UserFilter, UserId } from "./User.ts"
import type { UserStore } from "./UserStore.ts"

/** From where somebody comes who has not signed in: the tenant, and the network address if the transport knows it. */
export interface Visit {
  readonly tenant: string
  readonly from?: string
}

/** Somebody who wants to become a user. */
export interface SignUp extends Visit {
  readonly email: Redacted.Redacted
  readonly name: Redacted.Redacted
  readonly locale?: string
  readonly password: Redacted.Redacted
}

/** What somebody shows who signs in: a code of the authenticator or a recovery code, if the user has a second factor. */
export interface Credentials extends Visit {
  readonly email: Redacted.Redacted
  readonly password: Redacted.Redacted
  readonly code?: Redacted.Redacted
}

/** A token from a mail. */
export interface Mailed extends Visit {
  readonly token: Redacted.Redacted
}

/** A user whom an administrator brings in. */
export interface Invitation {
  readonly key: CommandKey
  readonly email: Redacted.Redacted
  readonly name: Redacted.Redacted
  readonly locale?: string
  readonly roles: ReadonlyArray<string>
  /** Whose data the user's acts will concern; null for its own. */
  readonly party: string | null
}

/** An act on a user by an administrator. */
export interface OnUser {
  readonly key: CommandKey
  readonly userId: UserId
}

/** What somebody shows to change how it signs in: the password, and a code where there is a second factor. */
export interface Proof {
  readonly password: Redacted.Redacted
  readonly code?: Redacted.Redacted
  readonly from?: string
}

/** A second factor that was begun: the secret for the authenticator, and the address that holds it for a picture. */
export interface SecondFactorBegun {
  readonly secret: Redacted.Redacted
  readonly uri: Redacted.Redacted
}

/** Codes that each let the user in once without the authenticator. They are shown once. */
export type RecoveryCodes = ReadonlyArray<Redacted.Redacted>

/** Why a proof does not let an act happen. */
export type ProofFailure =
  | Refusal.CredentialsRejected
  | Refusal.SecondFactorRequired
  | Refusal.TooManyAttempts
  | Refusal.UserNotFound
  | NotPermitted

/** Why a token lets nothing happen. */
export type TokenFailure = Refusal.TokenRejected | Refusal.TooManyAttempts

/** Why a command is not carried out, whatever it is. */
export type CommandFailure = IdempotencyMismatch | CommandInProgress | NotPermitted

type Administering<Input, E = never> = (
  input: Input
) => Effect.Effect<
  User,
  E | Refusal.UserNotFound | Refusal.UserStateUnfit | Refusal.ActOnOneself | CommandFailure,
  Actor
>

/**
 * Use case: the users of a tenant, from sign-up to deletion, and everything by which they sign in.
 *
 * Whoever has not signed in learns nothing about others: what they ask for by an address is answered the same, by the same
 * work, whether or not somebody has it. Tries are counted before they are judged, by user and by network address, and slowed
 * down. Every act is a security event of the trail, in the transaction of the act. Addresses, names, hashes and second
 * factors are stored under seal, and of tokens there is but the hash, so that neither database nor outbox lets anybody in.
 *
 * Acts that carry a password, a code or a token take no key of a command, as what is remembered of a command could be used
 * to guess them; they change what they are judged by, so that none of them happens twice.
 *
 * Names, languages and parties come as their schemas in `User` want them, which whoever takes the input checks; others are
 * defects, and nothing is kept of them.
 */
export class Users extends Context.Service<
  Users,
  {
    /**
     * Makes a user who is `unverified` until the link in a mail is opened. Somebody who has the address already gets a mail
     * that says so. Where two sign up with one address and other passwords, its owner chooses one anew.
     */
    readonly signUp: (
      signUp: SignUp
    ) => Effect.Effect<
      void,
      Refusal.EmailInvalid | Refusal.PasswordUnsuitable | Refusal.TooManyAttempts | Refusal.SignUpClosed
    >
    /** Sends the link to verify an address again, if somebody waits for it. */
    readonly resendVerification: (
      visit: Visit & { readonly email: Redacted.Redacted }
    ) => Effect.Effect<void, Refusal.EmailInvalid | Refusal.TooManyAttempts>
    /** Makes an unverified user active. */
    readonly verifyEmail: (mailed: Mailed) => Effect.Effect<User, TokenFailure>
    /** Gives an invited user its password and makes it active. */
    readonly acceptInvitation: (
      mailed: Mailed & { readonly password: Redacted.Redacted }
    ) => Effect.Effect<User, TokenFailure | Refusal.PasswordUnsuitable>
    /** Sends a link to choose another password, if somebody has the address. */
    readonly requestPasswordReset: (
      visit: Visit & { readonly email: Redacted.Redacted }
    ) => Effect.Effect<void, Refusal.EmailInvalid | Refusal.TooManyAttempts>
    /** Gives a user another password and ends all its sessions. The second factor stays. */
    readonly confirmPasswordReset: (
      mailed: Mailed & { readonly password: Redacted.Redacted }
    ) => Effect.Effect<User, TokenFailure | Refusal.PasswordUnsuitable>
    /**
     * Makes the address of a mail the one that its user signs in with, and ends all its sessions and links. An address that
     * somebody else has by then is refused in the same words as a link that is not good.
     */
    readonly confirmEmailChange: (mailed: Mailed) => Effect.Effect<User, TokenFailure>
    /** Who somebody is, by its credentials. A code is taken once; a hash that is too weak is replaced. */
    readonly authenticate: (
      credentials: Credentials
    ) => Effect.Effect<
      User,
      Refusal.CredentialsRejected | Refusal.EmailUnverified | Refusal.SecondFactorRequired | Refusal.TooManyAttempts
    >

    /** The user who acts. Needs `identity:self`, as all that follow up to `delete`. */
    readonly me: Effect.Effect<User, Refusal.UserNotFound | NotPermitted, Actor>
    /** Changes what a user is called, and the language of its mails. */
    readonly changeProfile: (change: {
      readonly key: CommandKey
      readonly name: Redacted.Redacted
      readonly locale: string
    }) => Effect.Effect<User, Refusal.UserNotFound | Refusal.UserStateUnfit | CommandFailure, Actor>
    /** Changes the password and ends all sessions but the one to keep. */
    readonly changePassword: (
      change: Proof & { readonly next: Redacted.Redacted; readonly keep?: SessionId }
    ) => Effect.Effect<User, ProofFailure | Refusal.PasswordUnsuitable, Actor>
    /**
     * Wants another address: the link in a mail to it makes it the address, and a mail to the one so far says what was asked
     * for. It is answered the same, by the same work, whether or not somebody has the address, who then gets a mail that
     * says so. Another wish takes the place of this one; another password takes it back.
     */
    readonly requestEmailChange: (
      change: Proof & { readonly email: Redacted.Redacted }
    ) => Effect.Effect<void, ProofFailure | Refusal.EmailInvalid, Actor>
    /** Makes a secret for an authenticator, in place of one that was not confirmed. */
    readonly beginSecondFactor: (
      proof: Proof
    ) => Effect.Effect<SecondFactorBegun, ProofFailure | Refusal.SecondFactorUnfit, Actor>
    /** Asks for the second factor from now on, as a code shows that the authenticator works. */
    readonly confirmSecondFactor: (shown: {
      readonly code: Redacted.Redacted
    }) => Effect.Effect<RecoveryCodes, ProofFailure | Refusal.SecondFactorUnfit, Actor>
    /** Makes new recovery codes in place of those that are left. */
    readonly renewRecoveryCodes: (
      proof: Proof
    ) => Effect.Effect<RecoveryCodes, ProofFailure | Refusal.SecondFactorUnfit, Actor>
    /** Asks for no second factor any more. */
    readonly removeSecondFactor: (proof: Proof) => Effect.Effect<User, ProofFailure | Refusal.SecondFactorUnfit, Actor>
    /** Forgets all that is personal about the user who acts, and ends its sessions. What it did stays in the trail. */
    readonly delete: (proof: Proof) => Effect.Effect<User, ProofFailure, Actor>

    /** A user of the tenant. Needs `identity:manage`, as all that follow up to `unlock`. */
    readonly find: (id: UserId) => Effect.Effect<User, Refusal.UserNotFound | NotPermitted, Actor>
    /** Users by id. */
    readonly list: (
      filter?: UserFilter,
      page?: PageRequest
    ) => Effect.Effect<Page<User>, InvalidCursor | CursorMismatch | NotPermitted, Actor>
    /** Makes a user who chooses a password by the link in a mail. Nobody gives roles that may do more than oneself. */
    readonly invite: (
      invitation: Invitation
    ) => Effect.Effect<User, Refusal.EmailInvalid | Refusal.EmailTaken | Refusal.RoleUnknown | CommandFailure, Actor>
    /** Gives a user these roles and no others. Nobody gives or takes roles that may do more than oneself. */
    readonly setRoles: Administering<OnUser & { readonly roles: ReadonlyArray<string> }, Refusal.RoleUnknown>
    /** Says whose data the user's acts concern; null for its own. */
    readonly setParty: Administering<OnUser & { readonly party: string | null }>
    /** Keeps a user from signing in, and ends its sessions. */
    readonly lock: Administering<OnUser>
    /** Lets a locked user sign in again. */
    readonly unlock: Administering<OnUser>

    /** For other use cases: as whom a user acts now; `None` unless it is active. */
    readonly acting: (tenant: string, id: UserId) => Effect.Effect<Option.Option<Identity>>
    /** For workers: seals up to so many users (100 when left out) anew that an earlier key of the host seals; says how many. */
    readonly reseal: (limit?: number) => Effect.Effect<number>
    /** For workers: forgets up to so many (1000 when left out) expired tokens and old tries; says how many. */
    readonly purge: (limit?: number) => Effect.Effect<number>
  }
>()("saldo/identity/Users") {
  /** The users in a store, by what a host decides; what it leaves out is as in `standardIdentityPolicy`. */
  static readonly layerWith = (
    policy: Partial<IdentityPolicy>
  ): Layer.Layer<
    Users,
    never,
    | AttemptStore
    | Atomic
    | AuditTrail
    | BreachedPasswordSource
    | Idempotency
    | IdentityKeys
    | IdentityTokenStore
    | OneTimeCodes
    | Outbox
    | PasswordHasher
    | SessionStore
    | UserStore
  > =>
    Layer.effect(
      this,
      Effect.suspend(() => make({ ...standardIdentityPolicy, ...policy }))
    )

  /** The users in a store, by the standard policy. */
  static readonly layer = this.layerWith({})

  /** Purges once an hour as long as the layer lives; enough in one process of many. */
  static readonly layerPurge: Layer.Layer<never, never, Users> = Layer.effectDiscard(
    Effect.flatMap(this, (users) =>
      users.purge().pipe(
        Effect.repeat({ while: (forgotten) => forgotten > 0 }),
        workerTurn("token-purge"),
        Effect.catchCause((cause) => Effect.logWarning("Old tokens were not purged and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 hour")),
        Effect.forkScoped
      )
    )
  )
}

const make = Effect.fnUntraced(function* (policy: IdentityPolicy) {
  const base = yield* ground(policy)
  return Users.of({
    ...makeEntrance(base),
    ...makeRecovery(base),
    ...makeSignIn(base),
    ...makeSelf(base),
    ...makeEmailChange(base),
    ...makeSecondFactor(base),
    ...makeAdmin(base)
  })
})
