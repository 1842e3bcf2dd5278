/** The users of a tenant, and the mails that they get. */
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as SqlClient from "effect/sql/SqlClient"
import * as Actor from "saldo/core/Actor"
import * as DomainEvent from "saldo/core/DomainEvent"
import { IdentityMail } from "saldo/identity/IdentityMail"
import { MailDue, type MailKind } from "saldo/identity/MailDue"
import { identityOf, standardRoles } from "saldo/identity/Roles"
import type { User } from "saldo/identity/User"
import { Users } from "saldo/identity/Users"
import { email, latestLink, next, password, redact, signUp } from "../identity/userWorld.ts"
import { anew, type Call, inner, key, own, type UseCase } from "./everything.ts"

const tenant = "bank"
const name = redact("Quirina Annat-Namn")

const using = <A, E, R>(call: (users: Users["Service"]) => Effect.Effect<A, E, R>) => Users.use(call)

/** Somebody who has signed up. */
const unverified = Effect.gen(function* () {
  yield* signUp
  const { items } = yield* using(({ list }) => list())
  const [user] = items
  return user ?? (yield* Effect.die(new RangeError("nobody signed up")))
})

const due = (kind: MailKind, userId: User["id"]) =>
  DomainEvent.make(MailDue, { tenant, subject: userId, payload: { kind, to: { _tag: "User", userId } } })

/** The token in a mail that a user gets. */
const tokenOf = (kind: MailKind, userId: User["id"]) =>
  Effect.gen(function* () {
    const event = yield* due(kind, userId)
    yield* IdentityMail.use(({ deliver }) => deliver(event))
    return redact((yield* latestLink).split("#")[1] ?? "")
  })

const verifying = Effect.flatMap(unverified, ({ id }) => tokenOf("verify-email", id))

/** Somebody who has verified the address. */
export const active = Effect.flatMap(verifying, (token) => using(({ verifyEmail }) => verifyEmail({ tenant, token })))

const resetting = Effect.flatMap(active, ({ id }) => tokenOf("reset-password", id))

export const asUser = (user: User) => identityOf(standardRoles, user)

const changing = Effect.flatMap(active, (user) =>
  using((all) => all.requestEmailChange({ password, email: redact("other@example.test") })).pipe(
    Actor.as(asUser(user)),
    Effect.andThen(tokenOf("change-email", user.id))
  )
)

const invitation = { email, name, roles: ["customer"], party: null }

const invited = using(({ invite }) => invite({ key: key("invited"), ...invitation }))

const accepting = Effect.flatMap(invited, ({ id }) => tokenOf("accept-invitation", id))

const locked = Effect.tap(active, ({ id: userId }) => using(({ lock }) => lock({ key: key("locked"), userId })))

/** What an active user does itself. */
const self = (call: (all: Users["Service"]) => Call) => own(active, () => using(call), { by: asUser })

/** What an administrator does with a user. */
const onUser = (call: (all: Users["Service"], userId: User["id"]) => Call) =>
  own(active, ({ id }) => using((all) => call(all, id)))

/** A user with a secret in its authenticator, of which it has shown nothing. */
const begun = Effect.flatMap(active, (user) =>
  Effect.map(
    using(({ beginSecondFactor }) => beginSecondFactor({ password })).pipe(Actor.as(asUser(user))),
    (made) => ({
      user,
      secret: made.secret
    })
  )
)

const code = (secret: Redacted.Redacted) => Effect.map(DateTime.now, (now) => TotpCodes.codeAt(secret, now))

const withCode = (secret: Redacted.Redacted, call: (all: Users["Service"], shown: Redacted.Redacted) => Call) =>
  Effect.flatMap(code(secret), (shown) => using((all) => call(all, shown)))

/** A user with a second factor, one of whose codes was used a minute ago. */
const guarded = Effect.gen(function* () {
  const { secret, user } = yield* begun
  yield* withCode(secret, ({ confirmSecondFactor }, shown) => confirmSecondFactor({ code: shown })).pipe(
    Actor.as(asUser(user))
  )
  yield* TestClock.adjust("1 minute")
  return { user, secret }
})

const byGuarded = { by: ({ user }: { readonly user: User }) => asUser(user) }

/** A user whose file an earlier key of the host sealed, as far as the store knows. */
const outdated = Effect.tap(
  active,
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql`UPDATE saldo_identity_users SET sealed_by = 'earlier'`)
)

export const users: UseCase = {
  methods: Users.useSync(Object.keys),
  reads: {
    me: self(({ me }) => me),
    find: onUser(({ find }, id) => find(id)),
    list: own(active, () => using(({ list }) => list())),
    acting: inner(active, ({ id }) => using(({ acting }) => acting(tenant, id))),
    // It forgets what is good for nothing any more, of which there is nothing to tell.
    purge: inner(active, () => using(({ purge }) => purge()))
  },
  writes: {
    // Whoever signs in or has lost the password acts as nobody.
    signUp: inner(Effect.void, () => signUp),
    resendVerification: inner(unverified, () => using((all) => all.resendVerification({ tenant, email }))),
    verifyEmail: inner(verifying, (token) => using(({ verifyEmail }) => verifyEmail({ tenant, token }))),
    acceptInvitation: inner(accepting, (token) =>
      using(({ acceptInvitation }) => acceptInvitation({ tenant, token, password }))
    ),
    requestPasswordReset: inner(active, () => using((all) => all.requestPasswordReset({ tenant, email }))),
    confirmPasswordReset: inner(resetting, (token) =>
      using((all) => all.confirmPasswordReset({ tenant, token, password: next }))
    ),
    authenticate: inner(guarded, ({ secret }) =>
      withCode(secret, (all, shown) => all.authenticate({ tenant, email, password, code: shown }))
    ),
    changeProfile: self(({ changeProfile }) => changeProfile({ key: key("1"), name, locale: "sv" })),
    changePassword: self(({ changePassword }) => changePassword({ password, next })),
    requestEmailChange: self((all) => all.requestEmailChange({ password, email: redact("other@example.test") })),
    confirmEmailChange: inner(changing, (token) => using((all) => all.confirmEmailChange({ tenant, token }))),
    beginSecondFactor: self(({ beginSecondFactor }) => beginSecondFactor({ password })),
    confirmSecondFactor: own(
      begun,
      ({ secret }) => withCode(secret, ({ confirmSecondFactor }, shown) => confirmSecondFactor({ code: shown })),
      byGuarded
    ),
    renewRecoveryCodes: own(
      guarded,
      ({ secret }) => withCode(secret, (all, shown) => all.renewRecoveryCodes({ password, code: shown })),
      byGuarded
    ),
    removeSecondFactor: own(
      guarded,
      ({ secret }) => withCode(secret, (all, shown) => all.removeSecondFactor({ password, code: shown })),
      byGuarded
    ),
    delete: self((all) => all.delete({ password })),
    invite: anew(invited),
    setRoles: onUser(({ setRoles }, userId) => setRoles({ key: key("1"), userId, roles: ["teller"] })),
    setParty: onUser(({ setParty }, userId) => setParty({ key: key("1"), userId, party: "cust_1" })),
    lock: onUser(({ lock }, userId) => lock({ key: key("1"), userId })),
    unlock: own(locked, ({ id: userId }) => using(({ unlock }) => unlock({ key: key("1"), userId }))),
    reseal: inner(outdated, () => using(({ reseal }) => reseal()))
  }
}

export const identityMail: UseCase = {
  methods: IdentityMail.useSync(Object.keys),
  reads: {},
  writes: {
    deliver: inner(
      Effect.flatMap(active, ({ id }) => due("reset-password", id)),
      (event) => IdentityMail.use(({ deliver }) => deliver(event))
    )
  }
}
