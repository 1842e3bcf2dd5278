import * as TotpCodes from "@saldo/testing/TotpCodes"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import type { User } from "saldo/identity/User"
import { Users } from "saldo/identity/Users"
import {
  active,
  admin,
  asUser,
  deliver,
  email,
  inbox,
  inWorld,
  key,
  latestLink,
  next,
  password,
  records,
  redact,
  secrets,
  signIn,
  tenant
} from "./userWorld.ts"

const world = inWorld()

const using = <A, E, R>(call: (users: Users["Service"]) => Effect.Effect<A, E, R>) => Users.use(call)

const refusal = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

const other = redact("Quirina.New@example.test")

/** A user asks for another address. */
const ask = (user: User, wanted = other, more: { readonly code?: Redacted.Redacted } = {}) =>
  using((all) => all.requestEmailChange({ email: wanted, password, ...more })).pipe(asUser(user))

/** What is in the mails, the latest last. */
const mails = Effect.map(inbox, (all) => all.map(({ subject, to }) => `${Redacted.value(to.address)}: ${subject}`))

/** The token in the mail to the new address, which comes before the one that tells the old. */
const tokenOfChange = Effect.gen(function* () {
  yield* deliver(1)
  const token = redact((yield* latestLink).split("#")[1] ?? "")
  yield* deliver(1)
  return token
})

const confirm = (token: Redacted.Redacted) => using((all) => all.confirmEmailChange({ tenant, token }))

const shown = ({ profile }: User): string | null => (profile === null ? null : Redacted.value(profile.email))

/** Somebody else, who has an address. */
const somebodyElse = (address: string) =>
  Effect.gen(function* () {
    yield* using((all) => all.signUp({ tenant, email: redact(address), name: redact("Bo Ek"), password }))
    yield* deliver(1)
    return yield* using((all) =>
      Effect.flatMap(latestLink, (link) => all.verifyEmail({ tenant, token: redact(link.split("#")[1] ?? "") }))
    )
  })

const changing = (records_: ReadonlyArray<{ readonly action: string; readonly outcome: string }>) =>
  records_.filter(({ action }) => action.endsWith("EmailChange")).map(({ action, outcome }) => `${action} ${outcome}`)

describe("another e-mail address", () => {
  it.effect("is the address once the link in a mail to it is opened, and the old one is told twice", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const before = (yield* mails).length
        yield* ask(user)
        const token = yield* tokenOfChange
        expect((yield* mails).slice(before)).toEqual([
          "Quirina.New@example.test: Confirm your new e-mail address for Quick Bank",
          `${secrets.email}: Another e-mail address was asked for at Quick Bank`
        ])
        // Until then nothing is different.
        expect((yield* signIn()).id).toBe(user.id)
        expect(yield* refusal(signIn({ email: other }))).toBe("CredentialsRejected")

        const changed = yield* confirm(token)
        expect(shown(changed)).toBe("Quirina.New@example.test")
        expect((yield* signIn({ email: redact("quirina.new@EXAMPLE.test") })).id).toBe(user.id)
        expect(yield* refusal(signIn())).toBe("CredentialsRejected")
        yield* deliver(1)
        expect((yield* mails).at(-1)).toBe(`${secrets.email}: Your e-mail address for Quick Bank was changed`)
        // The link is good once, and the old address is free for others.
        expect(yield* refusal(confirm(token))).toBe("TokenRejected")
        expect((yield* somebodyElse(secrets.email)).state).toBe("active")

        const trail = yield* records
        expect(changing(trail)).toEqual([
          "identity.requestEmailChange succeeded",
          "identity.confirmEmailChange succeeded",
          "identity.confirmEmailChange refused"
        ])
        expect(JSON.stringify(trail)).not.toMatch(/quirina|example\.test/iu)
      })
    )
  )

  it.effect("takes the password, and a code where there is a second factor, which is used up", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const wrong = using((all) => all.requestEmailChange({ email: other, password: next })).pipe(asUser(user))
        expect(yield* refusal(wrong)).toBe("CredentialsRejected")
        const { secret } = yield* using((all) => all.beginSecondFactor({ password })).pipe(asUser(user))
        const codeNow = Effect.map(DateTime.now, (now) => TotpCodes.codeAt(secret, now))
        yield* using((all) => Effect.flatMap(codeNow, (code) => all.confirmSecondFactor({ code }))).pipe(asUser(user))
        yield* TestClock.adjust("1 minute")
        expect(yield* refusal(ask(user))).toBe("SecondFactorRequired")
        const code = yield* codeNow
        yield* ask(user, other, { code })
        expect(yield* refusal(ask(user, other, { code }))).toBe("CredentialsRejected")
        expect(yield* refusal(ask(user, redact("no address"), { code }))).toBe("EmailInvalid")
        expect(changing(yield* records)).toEqual([
          "identity.requestEmailChange refused",
          "identity.requestEmailChange refused",
          "identity.requestEmailChange succeeded",
          "identity.requestEmailChange refused"
        ])
      })
    )
  )

  it.effect("is asked for in the same words and traces when somebody has it, who is told and keeps it", () =>
    world(
      Effect.gen(function* () {
        const owner = yield* somebodyElse("bo@example.test")
        const user = yield* active
        const traced = Effect.map(records, (all) =>
          all.slice(-1).map(({ action, changes }) => [action, changes.length])
        )
        yield* ask(user)
        const free = yield* traced
        yield* deliver(2)
        yield* ask(user, redact("BO@example.test"))
        expect(yield* traced).toEqual(free)
        const before = (yield* mails).length
        yield* deliver(2)
        expect((yield* mails).slice(before)).toEqual([
          "bo@example.test: You have an account at Quick Bank",
          `${secrets.email}: Another e-mail address was asked for at Quick Bank`
        ])
        const told = (yield* inbox).at(-2)
        expect(told === undefined ? "" : Redacted.value(told.to.name)).toBe("Bo Ek")
        expect((yield* signIn({ email: redact("bo@example.test") })).id).toBe(owner.id)
      })
    )
  )

  it.effect("is refused at its link when somebody took it meanwhile", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        yield* ask(user)
        const token = yield* tokenOfChange
        const winner = yield* somebodyElse("quirina.NEW@example.test")
        expect(yield* refusal(confirm(token))).toBe("TokenRejected")
        expect((yield* signIn({ email: other })).id).toBe(winner.id)
        expect((yield* signIn()).id).toBe(user.id)
      })
    )
  )

  it.effect("comes by the link of the latest wish alone", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        yield* ask(user)
        const first = yield* tokenOfChange
        yield* ask(user, redact("third@example.test"))
        // The link to the first address cannot make the second one the address, which nobody has read a mail at.
        expect(yield* refusal(confirm(first))).toBe("TokenRejected")
        const second = yield* tokenOfChange
        expect(shown(yield* confirm(second))).toBe("third@example.test")
      })
    )
  )

  const takenBack: Readonly<Record<string, (user: User) => Effect.Effect<unknown, unknown, Users>>> = {
    "by another password": (user) => using((all) => all.changePassword({ password, next })).pipe(asUser(user)),
    "by the deletion of the user": (user) => using((all) => all.delete({ password })).pipe(asUser(user)),
    "while the user is locked": (user) => using((all) => all.lock({ key: key("lock"), userId: user.id })).pipe(admin),
    "an hour later": () => TestClock.adjust("1 hour")
  }
  for (const [when, act] of Object.entries(takenBack)) {
    it.effect(`does not come ${when}`, () =>
      world(
        Effect.gen(function* () {
          const user = yield* active
          yield* ask(user)
          const token = yield* tokenOfChange
          yield* act(user)
          expect(yield* refusal(confirm(token))).toBe("TokenRejected")
          expect(Exit.isSuccess(yield* Effect.exit(signIn({ email: other })))).toBe(false)
        })
      )
    )
  }

  it.effect("does not come after the password was reset, not even by a mail that leaves later", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        yield* using((all) => all.requestPasswordReset({ tenant, email }))
        yield* deliver(1)
        const reset = redact((yield* latestLink).split("#")[1] ?? "")
        yield* ask(user)
        // A wish ends the links that were sent before it, so that who reset the password asks for another one.
        const again = using((all) => all.confirmPasswordReset({ tenant, token: reset, password: next }))
        expect(yield* refusal(again)).toBe("TokenRejected")
        yield* using((all) => all.requestPasswordReset({ tenant, email }))
        yield* deliver(3)
        const link = redact((yield* latestLink).split("#")[1] ?? "")
        yield* using((all) => all.confirmPasswordReset({ tenant, token: link, password: next }))
        const sent = (yield* mails).length
        yield* deliver(1)
        expect((yield* mails).slice(sent)).toEqual([`${secrets.email}: Your password for Quick Bank was changed`])
      })
    )
  )

  it.effect("is slowed down for the user who asks, and without a word for an address that gets many", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        for (const name of ["a", "b", "c", "d"]) yield* ask(user, redact(`${name}@example.test`))
        expect(yield* refusal(ask(user, redact("e@example.test")))).toBe("TooManyAttempts")
        yield* TestClock.adjust("2 days")
        const often = redact("often@example.test")
        for (const _ of [1, 2, 3, 4]) yield* using((all) => all.requestPasswordReset({ tenant, email: often }))
        // Those of the wishes that were answered; of those without a user there is none to deliver to.
        yield* deliver(8 + 4)
        const sent = (yield* mails).length
        yield* ask(user, often)
        yield* using((all) => all.changePassword({ password, next })).pipe(asUser(user))
        yield* deliver(1)
        expect((yield* mails).slice(sent)).toEqual([`${secrets.email}: Your password for Quick Bank was changed`])
      })
    )
  )
})
