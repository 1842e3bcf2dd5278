/**
 * Users and their sessions as they are shown.
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Permission } from "saldo/core/Actor"
import { redacted } from "saldo/core/RedactedSchema"
import { Session } from "saldo/identity/Session"
import { User, UserEmail, UserName } from "saldo/identity/User"

/** A user as it is shown; address and name are null once it was deleted. */
export const UserView = Schema.Struct({
  ...User.mapFields(Struct.omit(["tenant", "profile"])).mapFields(Struct.map(Schema.toType)).fields,
  email: Schema.NullOr(UserEmail),
  name: Schema.NullOr(UserName)
}).annotate({ identifier: "User" })

/** A user as it is shown to itself, with what it may do. */
export const MeView = Schema.Struct({ ...UserView.fields, permissions: Schema.Array(Permission) }).annotate({
  identifier: "Me"
})

/** A user in the form in which it is shown. */
export const userShown = ({ profile, tenant: _tenant, ...facts }: User): typeof UserView.Type => ({
  ...facts,
  email: profile?.email ?? null,
  name: profile?.name ?? null
})

/** A session as it is shown; `current` is the one by whose token it was asked for. */
export const SessionView = Schema.Struct({
  ...Session.mapFields(Struct.omit(["tenant"])).fields,
  current: Schema.Boolean
}).annotate({ identifier: "Session" })

/** The password of a request. A password may be of any length up to this; how long it must be is for the policy to say. */
export const PasswordText = redacted(Schema.String.check(Schema.isMaxLength(1024)), "password")

/** A code of an authenticator, or a recovery code. */
export const CodeText = redacted(Schema.String.check(Schema.isMaxLength(64)), "code")

/** An e-mail address as somebody wrote it. */
export const EmailText = redacted(Schema.String.check(Schema.isMaxLength(1000)), "e-mail address")

/** A token of a mail or of a session. */
export const TokenText = redacted(Schema.String.check(Schema.isMaxLength(1024)), "token")

/** What somebody shows to change how it signs in: the password, and a code where there is a second factor. */
export const ProofGiven = Schema.Struct({ password: PasswordText, code: Schema.optionalKey(CodeText) }).annotate({
  identifier: "Proof"
})
