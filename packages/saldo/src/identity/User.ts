/**
 * The users of a tenant: people who sign in. What is personal about them is `Redacted` where it is read and sealed where it
 * is stored.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { redacted } from "../core/RedactedSchema.ts"

/** Names one user. */
export const UserId = Id.schema("user")

/** The id of one user. */
export type UserId = typeof UserId.Type

/**
 * From `unverified` to `active` by a link in a mail, between `active` and `locked` by an administrator, and from any of
 * them to `deleted`, which is the end.
 */
export const UserState = Schema.Literals(["unverified", "active", "locked", "deleted"])

/** One of the four states of a user. */
export type UserState = typeof UserState.Type

/** The name of a role, such as `teller`; what it may do is in the role policy. */
export const RoleName = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9-]{0,63}$/u, { expected: "the name of a role, such as teller" })
)

/** A language tag (BCP 47) in which to write to somebody, such as `sv` or `en-GB`. */
export const LocaleTag = Schema.String.check(
  Schema.isPattern(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}$/u, { expected: "a language tag such as sv or en-GB" })
)

/** The id of a party, such as a customer of the bank: 1 to 255 characters, none of them a control character. */
export const PartyId = Schema.String.check(
  Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,255}$/u, { expected: "an id of 1 to 255 characters without control characters" })
)

/** What somebody is called: 1 to 200 characters, none of them a control character. */
export const UserName = redacted(
  Schema.String.check(
    Schema.isPattern(/^(?=.*\S)[^\p{Cc}\p{Cs}]{1,200}$/u, {
      expected: "1 to 200 characters without control characters"
    })
  ),
  "name"
)

/** What somebody is called. */
export type UserName = typeof UserName.Type

/** An e-mail address in the form in which mail is sent to it; see `readEmailAddress`. */
export const UserEmail = redacted(Schema.String.check(Schema.isMaxLength(254)), "e-mail address")

const secret = redacted(Schema.String, "secret")

/** An authenticator of a user, and what it needs to be believed once and no more. */
export const SecondFactor = Schema.Struct({
  /** Base32; see `OneTimeCodes`. */
  secret,
  /** False until the user has shown a code of it. */
  confirmed: Schema.Boolean,
  /** The step of the last code that was taken. */
  lastStep: Schema.Int,
  /** The SHA-256 of the recovery codes that are left. */
  recoveryCodes: Schema.Array(Schema.String)
})

/** An authenticator of a user. */
export type SecondFactor = typeof SecondFactor.Type

/** What is sealed of a user. */
export const UserFile = Schema.Struct({
  email: UserEmail,
  /** The address that the user wants instead, until a link in a mail to it is opened. */
  pendingEmail: Schema.optionalKey(UserEmail),
  /** The address before this one, which is told that it is not the address any more. */
  formerEmail: Schema.optionalKey(UserEmail),
  name: UserName,
  /** Null until the user has chosen a password. */
  passwordHash: Schema.NullOr(secret),
  secondFactor: Schema.NullOr(SecondFactor)
})

/** What is sealed of a user. */
export type UserFile = typeof UserFile.Type

const facts = {
  id: UserId,
  tenant: Schema.String,
  state: UserState,
  roles: Schema.Array(RoleName),
  /** Whose data the user's acts concern, such as a customer of the bank; null when it is the user's own. */
  party: Schema.NullOr(PartyId),
  locale: LocaleTag,
  createdAt: Schema.DateTimeUtcFromMillis,
  /** Counts every change; 1 when the user came. */
  version: Schema.Int
}

/** A user as it is stored: nothing personal but under seal. */
export const StoredUser = Schema.Struct({
  ...facts,
  /** The sealed file; null once deleted. */
  sealed: Schema.NullOr(Schema.String),
  /** The name of the host's key that seals it; null once deleted. */
  sealedBy: Schema.NullOr(Schema.String),
  /** The keyed digest by which the address is found; null once deleted. */
  emailIndex: Schema.NullOr(Schema.String)
})

/** A user as it is stored. */
export type StoredUser = typeof StoredUser.Type

/** A user as it is read, without anything by which to sign in. */
export const User = Schema.Struct({
  ...facts,
  /** Null once deleted. */
  profile: Schema.NullOr(Schema.Struct({ email: UserEmail, name: UserName })),
  /** Whether to sign in takes a code besides the password. */
  hasSecondFactor: Schema.Boolean
})

/** A user as it is read. */
export type User = typeof User.Type

/** Which users a list holds; what is left out does not matter. */
export interface UserFilter {
  readonly state?: UserState
  /** Who acts for this party. */
  readonly party?: string
}
