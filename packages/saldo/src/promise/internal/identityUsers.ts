/**
 * Users, without Effect.
 */
import type * as Model from "../../identity/User.ts"
import type * as Acts from "../../identity/Users.ts"
import type { CallOptions, Page, PageOptions } from "./callOptions.ts"
import type { Given, Plain } from "./plain.ts"
import type { Secret } from "./secret.ts"

/** A user. What is personal is in `profile`, behind `Secret`s, and null once deleted. */
export type User = Plain<Model.User>
/** Which users a list holds. */
export type UserFilter = Plain<Model.UserFilter>
/** Somebody who wants to become a user; `from` is the network address, if the host knows it. */
export type SignUp = Given<Omit<Acts.SignUp, "tenant">>
/** An e-mail address that somebody typed, and from where. */
export type EmailGiven = Given<Pick<Acts.SignUp, "email" | "from">>
/** What somebody shows who signs in: `code` is one of the authenticator or a recovery code. */
export type UserCredentials = Given<Omit<Acts.Credentials, "tenant">>
/** A token from a mail, and from where it comes. */
export type MailedToken = Given<Omit<Acts.Mailed, "tenant">>
/** A token from a mail, and the password that its reader chose. */
export type MailedPassword = MailedToken & { readonly password: string | Secret }
/** What somebody shows to change how it signs in: the password, and a code where there is a second factor. */
export type UserProof = Given<Acts.Proof>
/** A user whom an administrator brings in. */
export type UserInvitation = Given<Acts.Invitation>
/** An act on a user by an administrator. */
export type OnUser = Given<Acts.OnUser>
/** A second factor that was begun: the secret for the authenticator, and the address that holds it for a picture. */
export type SecondFactorBegun = Plain<Acts.SecondFactorBegun>
/** Codes that each let the user in once without the authenticator. They are shown once. */
export type RecoveryCodes = Plain<Acts.RecoveryCodes>

/**
 * The users of the actor's tenant.
 *
 * Up to `authenticate` anybody may call, as those do who have not signed in; what they ask for by an address is answered the
 * same whether or not somebody has it, and is slowed down (`TooManyAttempts`). From `me` to `delete` the user who acts changes
 * itself, with `identity:self`; from `find` on administrators act, with `identity:manage`. All reject with `InputInvalid` for
 * what cannot be read, and those with a `key` happen once for it.
 */
export interface Users {
  /** Rejects with `EmailInvalid`, `PasswordUnsuitable`, `SignUpClosed`. The link in the mail makes the user active. */
  readonly signUp: (signUp: SignUp, options?: CallOptions) => Promise<void>
  /** Sends the link to verify an address again, if somebody waits for it. */
  readonly resendVerification: (to: EmailGiven, options?: CallOptions) => Promise<void>
  /** Makes an unverified user active. Rejects with `TokenRejected`, as all do that take a token. */
  readonly verifyEmail: (mailed: MailedToken, options?: CallOptions) => Promise<User>
  /** Gives an invited user its password and makes it active. */
  readonly acceptInvitation: (mailed: MailedPassword, options?: CallOptions) => Promise<User>
  /** Sends a link to choose another password, if somebody has the address. */
  readonly requestPasswordReset: (to: EmailGiven, options?: CallOptions) => Promise<void>
  /** Gives a user another password and ends all its sessions. The second factor stays. */
  readonly confirmPasswordReset: (mailed: MailedPassword, options?: CallOptions) => Promise<User>
  /** Makes the address of a mail the one that its user signs in with, and ends all its sessions and links. */
  readonly confirmEmailChange: (mailed: MailedToken, options?: CallOptions) => Promise<User>
  /**
   * Who somebody is, without a session. Rejects with `CredentialsRejected`, `EmailUnverified`, `SecondFactorRequired`.
   */
  readonly authenticate: (credentials: UserCredentials, options?: CallOptions) => Promise<User>

  /** The user who acts. */
  readonly me: (options?: CallOptions) => Promise<User>
  /** Changes what a user is called, and the language of its mails. */
  readonly changeProfile: (
    change: { readonly key: string; readonly name: string | Secret; readonly locale: string },
    options?: CallOptions
  ) => Promise<User>
  /** Changes the password and ends all sessions but the one to keep. */
  readonly changePassword: (
    change: UserProof & { readonly next: string | Secret; readonly keep?: string },
    options?: CallOptions
  ) => Promise<User>
  /** Sends a link to another address, which makes it the one to sign in with, and says so to the one so far. */
  readonly requestEmailChange: (
    change: UserProof & { readonly email: string | Secret },
    options?: CallOptions
  ) => Promise<void>
  /** Makes a secret for an authenticator, in place of one that was not confirmed. Rejects with `SecondFactorUnfit`. */
  readonly beginSecondFactor: (proof: UserProof, options?: CallOptions) => Promise<SecondFactorBegun>
  /** Asks for the second factor from now on, as a code shows that the authenticator works. */
  readonly confirmSecondFactor: (
    shown: { readonly code: string | Secret },
    options?: CallOptions
  ) => Promise<RecoveryCodes>
  /** Makes new recovery codes in place of those that are left. */
  readonly renewRecoveryCodes: (proof: UserProof, options?: CallOptions) => Promise<RecoveryCodes>
  /** Asks for no second factor any more. */
  readonly removeSecondFactor: (proof: UserProof, options?: CallOptions) => Promise<User>
  /** Forgets what is personal about the user who acts, and ends its sessions. What it did stays in the trail. */
  readonly delete: (proof: UserProof, options?: CallOptions) => Promise<User>

  /** Rejects with `UserNotFound`. */
  readonly find: (id: string, options?: CallOptions) => Promise<User>
  readonly list: (filter?: UserFilter, options?: PageOptions) => Promise<Page<User>>
  /** Makes a user who chooses a password by the link in a mail. Rejects with `EmailTaken`, `RoleUnknown`. */
  readonly invite: (invitation: UserInvitation, options?: CallOptions) => Promise<User>
  /** Gives a user these roles and no others; none that may do more than oneself. */
  readonly setRoles: (act: OnUser & { readonly roles: ReadonlyArray<string> }, options?: CallOptions) => Promise<User>
  /** Says whose data the user's acts concern, such as a customer of the bank; null for its own. */
  readonly setParty: (act: OnUser & { readonly party: string | null }, options?: CallOptions) => Promise<User>
  /** Keeps a user from signing in, and ends its sessions. */
  readonly lock: (act: OnUser, options?: CallOptions) => Promise<User>
  /** Lets a locked user sign in again. */
  readonly unlock: (act: OnUser, options?: CallOptions) => Promise<User>

  /** Seals users of all tenants anew that an earlier key seals, and says how many; at 0 the earlier keys can go. */
  readonly reseal: (limit?: number, options?: CallOptions) => Promise<number>
  /** Forgets expired tokens and old tries of all tenants, and says how many; it also happens by itself every hour. */
  readonly purge: (limit?: number, options?: CallOptions) => Promise<number>
}
