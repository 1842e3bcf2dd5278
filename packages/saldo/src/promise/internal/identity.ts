/**
 * Identity in an open Saldo: what it needs from its host, and what it does.
 */
import type { AttemptRule } from "../../identity/attempts.ts"
import type { IdentityTools } from "../../identity/IdentityTools.ts"
import type { TokenPurpose } from "../../identity/IdentityToken.ts"
import type * as Mails from "../../identity/Mail.ts"
import type { PasswordPolicy } from "../../identity/passwordStrength.ts"
import type { ActorOptions } from "./actors.ts"
import type { BankKeys } from "./bank.ts"
import type { CallOptions } from "./callOptions.ts"
import type { ApiKeys, Sessions, SigningKeys } from "./identitySessions.ts"
import type { Users } from "./identityUsers.ts"
import type { Plain } from "./plain.ts"
import type { Asking } from "./rail.ts"
import type { Secret } from "./secret.ts"

/** A mail to a user. Its text may hold a link that lets its reader in; it and the address are `Secret`s. */
export type IdentityMail = Plain<Mails.Mail>

/** The keys of the host for what identity seals; see `BankKeys`. They may be the same as those of its bank. */
export type IdentityKeys = BankKeys

/** What the host decides about its users; what is left out is as usual. */
export interface IdentityRules {
  /** What authenticators and mails call the host; `Saldo` when left out. */
  readonly issuer?: string
  /** What each role may do, in place of the usual roles, which are those of `bankRoles` with `identity:self` and more. */
  readonly roles?: Readonly<Record<string, ReadonlyArray<string>>>
  /** The roles of whoever signs up, `customer` when left out; null where users come by invitation alone. */
  readonly signUpRoles?: ReadonlyArray<string> | null
  /** The language of those who name none; `en` when left out. */
  readonly locale?: string
  /** At least 12 characters, at most 128, 6 of them not easy to guess. */
  readonly password?: Partial<PasswordPolicy>
  /** A day to verify an address, an hour to reset a password, a week to accept an invitation. */
  readonly tokenLifeMs?: Partial<Record<TokenPurpose, number>>
  /** How tries on one user are slowed down. */
  readonly userAttempts?: Partial<AttemptRule>
  /** How tries from one network address are slowed down. */
  readonly originAttempts?: Partial<AttemptRule>
  /** How mails that anybody can ask for are slowed down. */
  readonly mailAttempts?: Partial<AttemptRule>
}

/** How long somebody who signed in stays. */
export interface SessionRules {
  /** The life of an access token; 30 minutes when left out. */
  readonly accessForMs?: number
  /** The life of a refresh token; a week when left out. */
  readonly unusedForMs?: number
  /** How long a session lasts however much it is used; 30 days when left out. */
  readonly atMostMs?: number
  /** How long a client that got no answer to a refresh may ask again; 10 seconds when left out. */
  readonly askAgainForMs?: number
  /** For how long a process remembers who is there, and so believes in a session that another one ended; 2 seconds. */
  readonly rememberedForMs?: number
}

/** How the keys come and go that sign access tokens. */
export interface SigningKeyRules {
  /** How long a key signs; 90 days when left out. */
  readonly signsForMs?: number
  /** How long it is published before; a day when left out. */
  readonly announcedForMs?: number
  /** For how long a process may believe a key that another one withdrew; 5 seconds when left out. */
  readonly rememberedForMs?: number
  /** The tenant whose administrators rotate and withdraw keys, as all tenants share them; `system` when left out. */
  readonly operatorTenant?: string
}

/** What identity needs from its host. */
export interface IdentityOptions {
  readonly keys: IdentityKeys
  /** `identityTools({ issuer })` of `@saldo/identity`. */
  readonly tools: IdentityTools
  /** Hands a mail to whoever carries it. A rejection asks for another try; of the error only its name is kept. */
  readonly mail: (mail: IdentityMail, asking: Asking) => Promise<void>
  /** The page for each kind of link. The token comes behind `#`, so that it is in no log of a server. */
  readonly pages: Readonly<Record<TokenPurpose, string>>
  readonly rules?: IdentityRules
  readonly sessions?: SessionRules
  readonly signingKeys?: SigningKeyRules
  /**
   * Passwords that have leaked: a list, or a function that says how often one was seen and never sends the password
   * itself anywhere. Its rejection is told in the log, and keeps nobody from choosing a password. None when left out.
   */
  readonly breachedPasswords?: ReadonlyArray<string> | ((password: Secret, asking: Asking) => Promise<number>)
}

/** What a request carries: an access token or an API key. */
export interface CredentialGiven {
  readonly scheme: "bearer" | "apiKey"
  readonly text: string | Secret
}

/** As whom somebody acts, for `saldo.as`. */
export interface SignedInActor extends ActorOptions {
  readonly kind: "user" | "service" | "system"
  readonly roles: ReadonlyArray<string>
  readonly permissions: ReadonlyArray<string>
}

/** Somebody whose access token is believed: as whom it acts, in which session, and until when. */
export interface PresentActor {
  readonly actor: SignedInActor
  readonly sessionId: string
  readonly expiresAt: Date
}

/** The users of an open Saldo and how they sign in, in the hands of one actor. */
export interface Identity {
  readonly users: Users
  readonly sessions: Sessions
  readonly apiKeys: ApiKeys
  readonly signingKeys: SigningKeys
  /** As whom the sender of a request acts, of whatever tenant. Rejects with `CredentialsInvalid`, whatever is wrong. */
  readonly authenticate: (credential: CredentialGiven, options?: CallOptions) => Promise<SignedInActor>
  /** The same for an access token, with its session and its end. */
  readonly authenticateSession: (accessToken: string | Secret, options?: CallOptions) => Promise<PresentActor>
}
