/**
 * The users of an open Saldo.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { CommandKey } from "../../core/Command.ts"
import { SessionId } from "../../identity/Session.ts"
import * as Model from "../../identity/User.ts"
import { Users as UsersUseCase } from "../../identity/Users.ts"
import { type IdentityCalls, inTenant, managing } from "./identityCalls.ts"
import type { Users } from "./identityUsers.ts"
import { concealed, reader, readLimit, withParts } from "./reading.ts"

const concealing = (...names: ReadonlyArray<string>) =>
  withParts(Object.fromEntries(names.map((name) => [`/${name}`, concealed(name)])))

const Text = Schema.Redacted(Schema.String)
const from = { from: Schema.optionalKey(Schema.String) }
const proof = { ...from, password: Text, code: Schema.optionalKey(Text) }
const onUser = { key: CommandKey, userId: Model.UserId }
const roles = { roles: Schema.Array(Model.RoleName) }
const party = { party: Schema.NullOr(Model.PartyId) }
const locale = { locale: Schema.optionalKey(Model.LocaleTag) }

/** Reads what somebody shows who signs in, or wants another address. */
export const readCredentials = concealing("email", "password", "code")(reader(Schema.Struct({ ...proof, email: Text })))

const read = {
  signUp: concealing(
    "email",
    "name",
    "password"
  )(reader(Schema.Struct({ ...from, ...locale, email: Text, name: Model.UserName, password: Text }))),
  email: concealing("email")(reader(Schema.Struct({ ...from, email: Text }))),
  mailed: concealing("token")(reader(Schema.Struct({ ...from, token: Text }))),
  mailedPassword: concealing("token", "password")(reader(Schema.Struct({ ...from, token: Text, password: Text }))),
  profile: concealing("name")(
    reader(Schema.Struct({ key: CommandKey, name: Model.UserName, locale: Model.LocaleTag }))
  ),
  password: concealing(
    "password",
    "code",
    "next"
  )(reader(Schema.Struct({ ...proof, next: Text, keep: Schema.optionalKey(SessionId) }))),
  proof: concealing("password", "code")(reader(Schema.Struct(proof))),
  code: concealing("code")(reader(Schema.Struct({ code: Text }))),
  invitation: concealing(
    "email",
    "name"
  )(reader(Schema.Struct({ key: CommandKey, ...locale, ...roles, ...party, email: Text, name: Model.UserName }))),
  id: reader(Model.UserId),
  filter: reader(
    Schema.Struct({ state: Schema.optionalKey(Model.UserState), party: Schema.optionalKey(Model.PartyId) })
  ),
  onUser: reader(Schema.Struct(onUser)),
  roles: reader(Schema.Struct({ ...onUser, ...roles })),
  party: reader(Schema.Struct({ ...onUser, ...party }))
}

const use = <A, E, R>(act: (users: UsersUseCase["Service"]) => Effect.Effect<A, E, R>) => UsersUseCase.use(act)

const makeVisits = (calls: IdentityCalls) => {
  const visiting =
    <K, A, E, R>(act: (users: UsersUseCase["Service"], visit: K & { tenant: string }) => Effect.Effect<A, E, R>) =>
    (known: K) =>
      inTenant((tenant) => use((one) => act(one, { ...known, tenant })))
  return {
    signUp: calls.reading(
      read.signUp,
      visiting((one, visit) => one.signUp(visit))
    ),
    resendVerification: calls.reading(
      read.email,
      visiting((one, visit) => one.resendVerification(visit))
    ),
    verifyEmail: calls.reading(
      read.mailed,
      visiting((one, visit) => one.verifyEmail(visit))
    ),
    acceptInvitation: calls.reading(
      read.mailedPassword,
      visiting((one, visit) => one.acceptInvitation(visit))
    ),
    requestPasswordReset: calls.reading(
      read.email,
      visiting((one, visit) => one.requestPasswordReset(visit))
    ),
    confirmPasswordReset: calls.reading(
      read.mailedPassword,
      visiting((one, visit) => one.confirmPasswordReset(visit))
    ),
    confirmEmailChange: calls.reading(
      read.mailed,
      visiting((one, visit) => one.confirmEmailChange(visit))
    ),
    authenticate: calls.reading(
      readCredentials,
      visiting((one, visit) => one.authenticate(visit))
    )
  }
}

const makeSelf = (calls: IdentityCalls) =>
  ({
    me: (options) =>
      calls.run(
        use((one) => one.me),
        options
      ),
    changeProfile: calls.reading(read.profile, (known) => use((one) => one.changeProfile(known))),
    changePassword: calls.reading(read.password, (known) => use((one) => one.changePassword(known))),
    requestEmailChange: calls.reading(readCredentials, (known) => use((one) => one.requestEmailChange(known))),
    beginSecondFactor: calls.reading(read.proof, (known) => use((one) => one.beginSecondFactor(known))),
    confirmSecondFactor: calls.reading(read.code, (known) => use((one) => one.confirmSecondFactor(known))),
    renewRecoveryCodes: calls.reading(read.proof, (known) => use((one) => one.renewRecoveryCodes(known))),
    removeSecondFactor: calls.reading(read.proof, (known) => use((one) => one.removeSecondFactor(known))),
    delete: calls.reading(read.proof, (known) => use((one) => one.delete(known)))
  }) satisfies Partial<Users>

const makeAdmin = (calls: IdentityCalls) =>
  ({
    find: calls.reading(read.id, (known) => use((one) => one.find(known))),
    list: calls.paging(read.filter, (known, page) => use((one) => one.list(known, page))),
    invite: calls.reading(read.invitation, (known) => use((one) => one.invite(known))),
    setRoles: calls.reading(read.roles, (known) => use((one) => one.setRoles(known))),
    setParty: calls.reading(read.party, (known) => use((one) => one.setParty(known))),
    lock: calls.reading(read.onUser, (known) => use((one) => one.lock(known))),
    unlock: calls.reading(read.onUser, (known) => use((one) => one.unlock(known))),
    reseal: calls.reading(readLimit, (limit) => managing(use((one) => one.reseal(limit)))),
    purge: calls.reading(readLimit, (limit) => managing(use((one) => one.purge(limit))))
  }) satisfies Partial<Users>

/** The users of an open Saldo. */
export const makeUsers = (calls: IdentityCalls): Users => ({
  ...makeVisits(calls),
  ...makeSelf(calls),
  ...makeAdmin(calls)
})
