/**
 * How users come: by signing up and verifying the address, or by an invitation.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Actor from "../../core/Actor.ts"
import * as Id from "../../core/Id.ts"
import { readEmailAddress } from "../emailAddress.ts"
import { SignUpClosed } from "../IdentityRefusal.ts"
import type { StoredUser, UserFile } from "../User.ts"
import type { Mailed, SignUp, Users, Visit } from "../Users.ts"
import { storable } from "./userFiles.ts"
import type { Ground } from "./userGround.ts"
import { makeRedeem } from "./userTokens.ts"
import { changed, type OpenUser, visitor } from "./userTrail.ts"

type Service = Users["Service"]

/** The address that somebody typed, as mail is sent to it. */
export const addressOf = (email: Redacted.Redacted) =>
  Effect.map(Effect.fromResult(readEmailAddress(Redacted.value(email))), ({ address }) =>
    Redacted.make(address, { label: "e-mail address" })
  )

/** A user who is new, with its file sealed. */
export const newUser = Effect.fnUntraced(function* (
  { files }: Pick<Ground, "files">,
  tenant: string,
  facts: Pick<StoredUser, "locale" | "party" | "roles">,
  file: UserFile
) {
  const id = yield* Id.make("user")
  const user: StoredUser = {
    ...facts,
    id,
    tenant,
    state: "unverified",
    createdAt: yield* DateTime.now,
    version: 1,
    emailIndex: yield* files.emailIndex(tenant, file.email),
    ...(yield* files.seal({ id, tenant }, file))
  }
  return { user: yield* storable(user), file } satisfies OpenUser
})

/** What happens when somebody signs up with an address that a user has. */
const makeKnown = ({ locked, mailTo, refused, replace, tokens }: Ground) =>
  Effect.fnUntraced(function* (action: "identity.signUp", known: StoredUser, isSamePassword: boolean) {
    const there = yield* Effect.orDie(locked(known.tenant, known.id))
    yield* refused(action, there.user, "EmailTaken")
    if (there.user.state !== "unverified" || there.file === null) return yield* mailTo(there, "address-in-use")
    if (isSamePassword) return yield* mailTo(there, "verify-email")
    // Two people may be at it, one of whom does not have the address: whoever has it says what the password is.
    const undecided =
      there.file.passwordHash === null
        ? there
        : yield* replace(action, there, { file: { ...there.file, passwordHash: null } })
    yield* tokens.forget(known.tenant, known.id)
    return yield* mailTo(undecided, "accept-invitation")
  })

const makeSignUp = (base: Ground): Service["signUp"] => {
  const { atomic, audit, files, mailTo, passwords, policy, throttle, users } = base
  const known = makeKnown(base)
  const action = "identity.signUp"
  return Effect.fn("Users.signUp")(function* ({ email, from, locale, name, password, tenant }: SignUp) {
    const roles = policy.signUpRoles
    if (roles === null) return yield* new SignUpClosed()
    const address = yield* addressOf(email)
    const issuer = Redacted.make(policy.issuer)
    const origin = yield* throttle.originGates(tenant, from)
    yield* throttle.enter({ tenant, action, gates: origin, from })
    const passwordHash = yield* passwords.choose(password, [address, name, issuer])
    const index = yield* files.emailIndex(tenant, address)
    const there = yield* users.findByEmail(tenant, index)
    const file = Option.isSome(there) ? yield* files.open(there.value) : null
    const { matches } = yield* passwords.compare(file?.passwordHash ?? null, password)
    const gates = [yield* throttle.mailGate(tenant, index)]
    if (!(yield* throttle.admits({ tenant, action, gates, from }))) return
    const signingUp = Effect.gen(function* () {
      const made = yield* newUser(
        base,
        tenant,
        { roles, party: null, locale: locale ?? policy.locale },
        {
          email: address,
          name,
          passwordHash,
          secondFactor: null
        }
      )
      const other = yield* users.insert(made.user)
      if (Option.isSome(other)) return yield* known(action, other.value, matches)
      yield* audit.recordSecurity(changed(action, null, made))
      return yield* mailTo(made, "verify-email")
    })
    yield* atomic.runLocking(signingUp).pipe(Actor.as(visitor(tenant)))
  })
}

/** How users come. */
export const makeEntrance = (base: Ground) => {
  const { atomic, audit, files, mail, passwords, policy, throttle } = base
  const redeem = makeRedeem(base)

  /** Counts a wish for a mail, and passes it on in the same way whether or not anybody has the address. */
  const wish = (kind: "verify-email" | "reset-password", action: `identity.${string}`) =>
    Effect.fnUntraced(function* ({ email, from, tenant }: Visit & { readonly email: Redacted.Redacted }) {
      const address = yield* addressOf(email)
      const emailIndex = yield* files.emailIndex(tenant, address)
      yield* throttle.enter({ tenant, action, gates: yield* throttle.originGates(tenant, from), from })
      const gates = [yield* throttle.mailGate(tenant, emailIndex)]
      if (!(yield* throttle.admits({ tenant, action, gates, from }))) return
      const wishing = Effect.andThen(
        audit.recordSecurity({ action, subject: { type: "address", id: emailIndex } }),
        mail(tenant, kind, { _tag: "Address", emailIndex })
      )
      yield* atomic.runLocking(wishing).pipe(Actor.as(visitor(tenant)))
    })

  return {
    signUp: makeSignUp(base),
    resendVerification: Effect.fn("Users.resendVerification")(
      wish("verify-email", "identity.resendVerification")
    ) satisfies Service["resendVerification"],
    requestPasswordReset: Effect.fn("Users.requestPasswordReset")(
      wish("reset-password", "identity.requestPasswordReset")
    ) satisfies Service["requestPasswordReset"],
    verifyEmail: Effect.fn("Users.verifyEmail")(function* (mailed: Mailed) {
      const { file, user } = yield* redeem(mailed, {
        action: "identity.verifyEmail",
        purpose: "verify-email",
        prepare: () => Effect.succeed(null),
        decide: ({ state }) => (state === "unverified" ? { facts: { state: "active" } } : null),
        also: () => Effect.void
      })
      return files.read(user, file)
    }) satisfies Service["verifyEmail"],
    acceptInvitation: Effect.fn("Users.acceptInvitation")(function* ({
      password,
      ...mailed
    }: Mailed & { readonly password: Redacted.Redacted }) {
      const { file, user } = yield* redeem(mailed, {
        action: "identity.acceptInvitation",
        purpose: "accept-invitation",
        prepare: ({ file: known }) =>
          passwords.choose(password, known === null ? [] : [known.email, known.name, Redacted.make(policy.issuer)]),
        decide: ({ state }, open, passwordHash) =>
          state === "unverified" ? { facts: { state: "active" }, file: { ...open, passwordHash } } : null,
        also: () => Effect.void
      })
      return files.read(user, file)
    }) satisfies Service["acceptInvitation"]
  }
}
