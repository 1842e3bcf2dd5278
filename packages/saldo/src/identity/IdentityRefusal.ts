/**
 * What identity refuses. None of it says a password, a token, an address, or whether somebody else is a user.
 */
import * as Schema from "effect/Schema"
import { UserId, UserState } from "./User.ts"
import { TokenPurpose } from "./IdentityToken.ts"

/** The text is no e-mail address that mail can be sent to. */
export class EmailInvalid extends Schema.TaggedError<EmailInvalid>()("EmailInvalid", {}, { httpApiStatus: 422 }) {
  override get message(): string {
    return "This is no e-mail address; write one such as anna@example.com"
  }
}

/** What may be wrong with a password. */
export const PasswordWeakness = Schema.Literals([
  "too-short",
  "too-long",
  "unreadable",
  "repetition",
  "sequence",
  "common",
  "personal",
  "breached"
])

/** What is wrong with a password. */
export type PasswordWeakness = typeof PasswordWeakness.Type

/** The password is too easy to guess, or cannot be used; it stays unsaid. */
export class PasswordUnsuitable extends Schema.TaggedError<PasswordUnsuitable>()(
  "PasswordUnsuitable",
  { weaknesses: Schema.Array(PasswordWeakness) },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The password is unsuitable (${this.weaknesses.join(", ")}); choose a longer one, such as four random words`
  }
}

/** Address, password or code do not fit together, or whoever they belong to may not sign in. Which of it stays unsaid. */
export class CredentialsRejected extends Schema.TaggedError<CredentialsRejected>()(
  "CredentialsRejected",
  {},
  { httpApiStatus: 401 }
) {
  override get message(): string {
    return "The sign-in was rejected; check the address, the password and the code"
  }
}

/** The password is right and the address was not verified; only whoever has the password learns it. */
export class EmailUnverified extends Schema.TaggedError<EmailUnverified>()(
  "EmailUnverified",
  {},
  { httpApiStatus: 403 }
) {
  override get message(): string {
    return "The e-mail address is not verified; open the link in the mail that was sent to it, or ask for another one"
  }
}

/** The password is right, and a code of the authenticator is needed too. */
export class SecondFactorRequired extends Schema.TaggedError<SecondFactorRequired>()(
  "SecondFactorRequired",
  {},
  { httpApiStatus: 401 }
) {
  override get message(): string {
    return "A code of the authenticator is needed; send it, or a recovery code, with the address and the password"
  }
}

/** Somebody tried too often. */
export class TooManyAttempts extends Schema.TaggedError<TooManyAttempts>()(
  "TooManyAttempts",
  { retryAt: Schema.DateTimeUtcFromMillis },
  { httpApiStatus: 429 }
) {
  override get message(): string {
    return "There were too many attempts; try again later"
  }
}

/** The token was used, has expired, was replaced by a later one, or was never given. */
export class TokenRejected extends Schema.TaggedError<TokenRejected>()(
  "TokenRejected",
  { purpose: TokenPurpose },
  { httpApiStatus: 410 }
) {
  override get message(): string {
    return "The link is not valid any more; ask for another mail and use the latest one"
  }
}

/** The tenant has no such user, or the actor may not know of it. */
export class UserNotFound extends Schema.TaggedError<UserNotFound>()(
  "UserNotFound",
  { userId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no user ${this.userId}`
  }
}

/** In its state the user allows no such act. */
export class UserStateUnfit extends Schema.TaggedError<UserStateUnfit>()(
  "UserStateUnfit",
  { userId: UserId, state: UserState },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The user ${this.userId} is ${this.state}, which does not allow this`
  }
}

/** The user has a second factor where none may be, or none where one is needed. */
export class SecondFactorUnfit extends Schema.TaggedError<SecondFactorUnfit>()(
  "SecondFactorUnfit",
  { userId: UserId, confirmed: Schema.Boolean },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return this.confirmed
      ? `The user ${this.userId} has a second factor; remove it first`
      : `The user ${this.userId} has no second factor to do this with; begin one first`
  }
}

/** Another user of the tenant has the address; said only to those who may see all users. */
export class EmailTaken extends Schema.TaggedError<EmailTaken>()(
  "EmailTaken",
  { userId: UserId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The user ${this.userId} has this e-mail address`
  }
}

/** The role policy has no such role. */
export class RoleUnknown extends Schema.TaggedError<RoleUnknown>()(
  "RoleUnknown",
  { role: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `There is no role ${this.role}; use one of the role policy`
  }
}

/** Nobody locks itself or gives itself roles: somebody else has to. */
export class ActOnOneself extends Schema.TaggedError<ActOnOneself>()(
  "ActOnOneself",
  { userId: UserId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The user ${this.userId} cannot do this to itself; somebody else has to`
  }
}

/** Users come by invitation alone. */
export class SignUpClosed extends Schema.TaggedError<SignUpClosed>()("SignUpClosed", {}, { httpApiStatus: 403 }) {
  override get message(): string {
    return "Nobody can sign up here; ask for an invitation"
  }
}
