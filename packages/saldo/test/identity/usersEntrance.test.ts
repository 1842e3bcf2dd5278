import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { IdentityTokenStore } from "saldo/identity/IdentityTokenStore"
import { SessionStore } from "saldo/identity/SessionStore"
import { Users } from "saldo/identity/Users"
import { sessionOf } from "./sessionOf.ts"
import {
  active,
  admin,
  breached,
  deliver,
  email,
  inbox,
  inWorld,
  key,
  latestLink,
  mailedToken,
  next,
  password,
  records,
  redact,
  secrets,
  signIn,
  signUp,
  start,
  tenant
} from "./userWorld.ts"

const world = inWorld()
const name = redact(secrets.name)

const using = <A, E, R>(call: (users: Users["Service"]) => Effect.Effect<A, E, R>) => Users.use(call)

const signUpAs = (given: { readonly email?: string; readonly password?: string }) =>
  using((users) =>
    users.signUp({
      tenant,
      name,
      email: redact(given.email ?? secrets.email),
      password: redact(given.password ?? secrets.password)
    })
  )

const subjects = Effect.map(inbox, (all) => all.map(({ subject }) => subject))

/** What the trail says of refused sign-ins. */
const causes = Effect.map(records, (all) =>
  all.flatMap(({ changes }) =>
    changes.flatMap(({ after, path }) => (path === "/cause" && after._tag === "Plain" ? [after.value] : []))
  )
)

describe("signing up", () => {
  it.effect("tells a stranger nothing about who has an address", () =>
    world(
      Effect.gen(function* () {
        const { id } = yield* active
        // The owner, a stranger, and somebody who writes the address differently.
        expect(yield* signUp).toBeUndefined()
        expect(yield* signUpAs({ password: "another long password" })).toBeUndefined()
        expect(yield* signUpAs({ email: " QUIRINA.testsson@EXAMPLE.test " })).toBeUndefined()
        expect(yield* signUpAs({ email: "free@example.test" })).toBeUndefined()
        yield* deliver(4)
        expect(yield* subjects).toEqual([
          "Verify your e-mail address for Quick Bank",
          ...Array.from({ length: 3 }, () => "You have an account at Quick Bank"),
          "Verify your e-mail address for Quick Bank"
        ])
        // Mail goes to the address as it is known, not as a stranger wrote it.
        for (const mail of (yield* inbox).slice(1, 4)) expect(Redacted.value(mail.to.address)).toBe(secrets.email)
        expect((yield* signIn()).id).toBe(id)
      })
    )
  )

  it.effect("is told of in the trail, without what is personal or secret", () =>
    world(
      Effect.gen(function* () {
        const { id } = yield* active
        const [record] = yield* records
        expect(record).toMatchObject({
          action: "identity.signUp",
          kind: "security",
          actor: { kind: "service", id: "visitor" },
          onBehalfOf: { tenant, id },
          subject: { type: "user", id }
        })
        const told = new Map(record?.changes.map(({ after, path, redaction }) => [path, [redaction, after._tag]]))
        expect(told.get("/profile/email")).toEqual(["secret", "Secret"])
        expect(told.get("/profile/name")).toEqual(["secret", "Secret"])
        expect(told.get("/password")).toEqual(["secret", "Secret"])
        expect(told.get("/state")).toEqual(["public", "Plain"])
      })
    )
  )

  it.effect("lets the owner of an address say what the password is when two sign up with it", () =>
    world(
      Effect.gen(function* () {
        yield* signUpAs({ password: "the attacker waits here" })
        const early = yield* mailedToken
        yield* signUp
        const invitation = yield* mailedToken
        const verify = using((users) => users.verifyEmail({ tenant, token: early }))
        expect((yield* Effect.flip(verify))._tag).toBe("TokenRejected")
        // Nor does anybody get a link that makes one of the two passwords good.
        yield* using((users) => users.resendVerification({ tenant, email }))
        const latest = yield* mailedToken
        expect(yield* latestLink).toContain("/welcome#")
        const accept = (token: Redacted.Redacted) =>
          using((users) => users.acceptInvitation({ tenant, token, password: redact("another good password") }))
        expect((yield* Effect.flip(accept(invitation)))._tag).toBe("TokenRejected")
        const accepted = yield* using((users) =>
          users.acceptInvitation({ tenant, token: latest, password: redact("chosen by who reads mail") })
        )
        expect(accepted.state).toBe("active")
        for (const wrong of ["the attacker waits here", secrets.password]) {
          expect((yield* Effect.flip(signIn({ password: redact(wrong) })))._tag).toBe("CredentialsRejected")
        }
        expect((yield* signIn({ password: redact("chosen by who reads mail") })).id).toBe(accepted.id)
      })
    )
  )

  it.effect("sends the link again to whoever signs up again with the same password", () =>
    world(
      Effect.gen(function* () {
        yield* signUp
        const first = yield* mailedToken
        yield* signUp
        const second = yield* mailedToken
        const verify = (token: Redacted.Redacted) => using((users) => users.verifyEmail({ tenant, token }))
        expect((yield* Effect.flip(verify(first)))._tag).toBe("TokenRejected")
        expect((yield* verify(second)).state).toBe("active")
        expect((yield* Effect.flip(verify(second)))._tag).toBe("TokenRejected")
        yield* signIn()
      })
    )
  )

  it.effect("takes no unsuitable password, and says what is wrong with it and not what it is", () =>
    world(
      Effect.gen(function* () {
        for (const [weak, weakness] of [
          ["tiny", "too-short"],
          ["quirina-testsson", "personal"],
          ["quickbank-quick", "personal"],
          [breached, "breached"],
          ["x".repeat(129), "too-long"]
        ] as const) {
          const refused = yield* Effect.flip(signUpAs({ password: weak }))
          expect(refused._tag === "PasswordUnsuitable" ? refused.weaknesses : []).toContain(weakness)
          expect(`${refused.message}${JSON.stringify(refused)}`).not.toContain(weak)
        }
        expect((yield* Effect.flip(signUpAs({ email: "nobody" })))._tag).toBe("EmailInvalid")
        expect(yield* inbox).toEqual([])
        const { items } = yield* using(({ list }) => list()).pipe(admin)
        expect(items).toEqual([])
      })
    )
  )

  it.effect("can be closed, and users come by invitation alone", () =>
    inWorld({ policy: { signUpRoles: null } })(
      Effect.gen(function* () {
        expect((yield* Effect.flip(signUp))._tag).toBe("SignUpClosed")
        const invitation = { email, name, roles: ["teller"], party: null }
        const invite = using((users) => users.invite({ key: key("invite"), ...invitation })).pipe(admin)
        const user = yield* invite
        expect((yield* invite).id).toBe(user.id)
        const token = yield* mailedToken
        yield* using((users) => users.acceptInvitation({ tenant, token, password }))
        expect((yield* signIn()).roles).toEqual(["teller"])
        const again = using((users) => users.invite({ key: key("again"), ...invitation })).pipe(admin)
        expect(yield* Effect.flip(again)).toMatchObject({ _tag: "EmailTaken", userId: user.id })
      })
    )
  )

  it.effect("writes to one address only so often, and answers the same", () =>
    world(
      Effect.gen(function* () {
        yield* signUp
        for (let times = 0; times < 6; times++) yield* using((users) => users.resendVerification({ tenant, email }))
        const { items } = yield* using(({ list }) => list()).pipe(admin)
        expect(items).toHaveLength(1)
        // One mail of the sign-up and three more tries, of which the first after the free ones is the last for a minute.
        yield* deliver(4)
        const refused = (yield* records).filter(({ reason }) => reason === "TooManyAttempts")
        expect(refused).toHaveLength(1)
        yield* TestClock.adjust("61 seconds")
        yield* using((users) => users.resendVerification({ tenant, email }))
        yield* deliver(1)
        expect(yield* inbox).toHaveLength(5)
      })
    )
  )
})

describe("choosing another password", () => {
  const request = using((users) => users.requestPasswordReset({ tenant, email }))

  const confirm = (token: Redacted.Redacted, chosen = next) =>
    using((users) => users.confirmPasswordReset({ tenant, token, password: chosen }))

  it.effect("takes the mail, works once, and ends every session", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const sessions = yield* SessionStore
        const session = yield* sessionOf(user, start)
        yield* sessions.insert(session, "hash")
        yield* request
        const token = yield* mailedToken
        // A password that does not do leaves the link as it is.
        expect((yield* Effect.flip(confirm(token, redact("short"))))._tag).toBe("PasswordUnsuitable")
        yield* confirm(token)
        expect((yield* Effect.flip(confirm(token)))._tag).toBe("TokenRejected")
        expect((yield* Effect.flip(signIn()))._tag).toBe("CredentialsRejected")
        expect((yield* signIn({ password: next })).id).toBe(user.id)
        const ended = yield* sessions.find(tenant, session.id)
        expect(ended).toMatchObject({ value: { ended: { reason: "credentials-changed" } } })
        yield* deliver(1)
        expect((yield* subjects).at(-1)).toBe("Your password for Quick Bank was changed")
      })
    )
  )

  it.effect("answers the same, by the same work, to whoever asks for an address that nobody has", () =>
    world(
      Effect.gen(function* () {
        yield* active
        const before = (yield* records).length
        expect(yield* request).toBeUndefined()
        const nobody = redact("nobody@example.test")
        expect(yield* using((users) => users.requestPasswordReset({ tenant, email: nobody }))).toBeUndefined()
        const [known, unknown] = (yield* records).slice(before)
        expect({ ...known, id: "", salt: "", subject: "" }).toEqual({ ...unknown, id: "", salt: "", subject: "" })
        yield* deliver(2)
        expect(yield* inbox).toHaveLength(2)
      })
    )
  )

  it.effect("lasts an hour, and only the latest link works", () =>
    world(
      Effect.gen(function* () {
        yield* active
        yield* request
        const first = yield* mailedToken
        yield* request
        const second = yield* mailedToken
        expect((yield* Effect.flip(confirm(first)))._tag).toBe("TokenRejected")
        yield* TestClock.adjust("1 hour")
        expect((yield* Effect.flip(confirm(second)))._tag).toBe("TokenRejected")
        expect(yield* using((users) => users.purge())).toBe(1)
        const store = yield* IdentityTokenStore
        expect(yield* store.purge(start, 100)).toBe(0)
      })
    )
  )

  it.effect("leaves nothing of expired links and old tries where the worker runs", () =>
    world(
      Effect.gen(function* () {
        yield* active
        yield* request
        yield* deliver(1)
        yield* TestClock.adjust("2 days")
        yield* Effect.gen(function* () {
          yield* TestClock.adjust("1 hour")
          expect(yield* using((users) => users.purge())).toBe(0)
        }).pipe(Effect.provide(Users.layerPurge))
      })
    )
  )

  it.effect("verifies the address of whoever reads its mail, and opens no lock", () =>
    world(
      Effect.gen(function* () {
        yield* signUp
        yield* deliver(1)
        yield* request
        const user = yield* confirm(yield* mailedToken)
        expect(user.state).toBe("active")
        yield* deliver(1)
        yield* request
        const token = yield* mailedToken
        yield* using(({ lock }) => lock({ key: key("lock"), userId: user.id })).pipe(admin)
        expect((yield* confirm(token)).state).toBe("locked")
        expect((yield* Effect.flip(signIn({ password: next })))._tag).toBe("CredentialsRejected")
        expect(yield* causes).toContain("locked")
        yield* using(({ unlock }) => unlock({ key: key("unlock"), userId: user.id })).pipe(admin)
        expect((yield* signIn({ password: next })).id).toBe(user.id)
      })
    )
  )

  it.effect("lets somebody in again whom a guesser had shut out", () =>
    world(
      Effect.gen(function* () {
        yield* active
        for (let tries = 0; tries < 7; tries++) yield* Effect.ignore(signIn({ password: redact(`guess ${tries}`) }))
        expect((yield* Effect.flip(signIn()))._tag).toBe("TooManyAttempts")
        yield* request
        yield* confirm(yield* mailedToken)
        yield* signIn({ password: next })
      })
    )
  )
})
