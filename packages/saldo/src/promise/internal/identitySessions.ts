/**
 * Sessions, API keys and the keys that sign, without Effect.
 */
import type * as Programs from "../../identity/ApiKey.ts"
import type * as KeyActs from "../../identity/ApiKeys.ts"
import type * as Model from "../../identity/Session.ts"
import type * as Acts from "../../identity/Sessions.ts"
import type * as Signing from "../../identity/SigningKey.ts"
import type * as SigningActs from "../../identity/SigningKeys.ts"
import type { CallOptions, Page, PageOptions } from "./callOptions.ts"
import type { UserCredentials } from "./identityUsers.ts"
import type { Plain } from "./plain.ts"
import type { Secret } from "./secret.ts"

/** A user who signed in once, at one client, and has stayed since. */
export type Session = Plain<Model.Session>
/** What a client gets that was let in: a token to act with, and one to get the next with. */
export type SignedIn = Plain<Acts.SignedIn>
/** A key by which a program acts for a user. */
export type ApiKey = Plain<Programs.ApiKey>
/** A key that was made. Its text is shown once and kept nowhere. */
export type MadeApiKey = Plain<KeyActs.MadeApiKey>
/** A key to be made: what it is called, what it may do, and until when; null for until it is revoked. */
export type NewApiKey = Plain<KeyActs.NewApiKey>
/** A pair of keys that signs access tokens, without its secret half. */
export type SigningKey = Plain<Signing.SigningKey>
/** The public keys with which others verify access tokens (RFC 7517). */
export type JsonWebKeySet = Plain<Signing.JsonWebKeySet>
/** What came of a round that keeps the signing keys. */
export type KeptKeys = Plain<SigningActs.KeptKeys>

/** Where a request comes from: its network address, and what its sender calls itself. */
export interface ClientGiven {
  readonly address?: string
  readonly agent?: string
}

/** What somebody shows who signs in, and where. */
export interface SignInGiven extends Omit<UserCredentials, "from"> {
  readonly client?: ClientGiven
}

/** Signing in, staying, and leaving. One's own sessions need `identity:self`, those of others `identity:manage`. */
export interface Sessions {
  /**
   * Begins a session of a user of the actor's tenant. Rejects with `CredentialsRejected`, `EmailUnverified`,
   * `SecondFactorRequired` or `TooManyAttempts`.
   */
  readonly signIn: (request: SignInGiven, options?: CallOptions) => Promise<SignedIn>
  /** Gives the next pair of tokens. Rejects with `CredentialsInvalid`; a token that came before ends its session. */
  readonly refresh: (refreshToken: string | Secret, client?: ClientGiven, options?: CallOptions) => Promise<SignedIn>
  /** Ends the session of a refresh token, if there is one. */
  readonly signOut: (refreshToken: string | Secret, options?: CallOptions) => Promise<void>
  /** The actor's own sessions that live, the latest first. */
  readonly list: (options?: PageOptions) => Promise<Page<Session>>
  readonly listOf: (userId: string, options?: PageOptions) => Promise<Page<Session>>
  /** Ends a session. Rejects with `SessionNotFound`. */
  readonly revoke: (sessionId: string, options?: CallOptions) => Promise<void>
  /** Ends the actor's own sessions, but for one to keep, and says how many. */
  readonly revokeAll: (request?: { readonly keep?: string }, options?: CallOptions) => Promise<number>
  readonly revokeAllOf: (userId: string, options?: CallOptions) => Promise<number>
  /** Forgets sessions of all tenants that were over for 30 days; it also happens by itself every hour. */
  readonly purge: (options?: CallOptions) => Promise<number>
}

/** Keys by which programs act for users. One's own need `identity:self`, those of others `identity:manage`. */
export interface ApiKeys {
  /** Makes a key of the user who acts. Rejects with `ScopesExcessive`, `ApiKeyExpiryPast`. */
  readonly make: (request: NewApiKey, options?: CallOptions) => Promise<MadeApiKey>
  /** The actor's own keys, the latest first. */
  readonly list: (options?: PageOptions) => Promise<Page<ApiKey>>
  /** The keys of the tenant, or of one of its users. */
  readonly listAll: (filter?: { readonly userId?: string }, options?: PageOptions) => Promise<Page<ApiKey>>
  /** Ends a key. Rejects with `ApiKeyNotFound`. */
  readonly revoke: (apiKeyId: string, options?: CallOptions) => Promise<ApiKey>
}

/** The keys that sign access tokens, for all tenants. Acts need `identity:manage` in the tenant that operates Saldo. */
export interface SigningKeys {
  /** What others verify tokens with; serve it as `/.well-known/jwks.json`. */
  readonly published: (options?: CallOptions) => Promise<JsonWebKeySet>
  /** Has a new key sign from now on; what the others signed stays good. */
  readonly rotate: (options?: CallOptions) => Promise<SigningKey>
  /** Ends a key and everything it signed. Rejects with `SigningKeyNotFound`. */
  readonly withdraw: (signingKeyId: string, options?: CallOptions) => Promise<void>
  /** Makes the next key when it is time, and forgets those that are over; it also happens by itself every hour. */
  readonly keep: (options?: CallOptions) => Promise<KeptKeys>
  /** Seals keys again that an earlier key of the host seals, and says how many; at 0 the earlier keys can go. */
  readonly reseal: (options?: CallOptions) => Promise<number>
}
