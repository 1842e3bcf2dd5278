/**
 * What people sign in with, from first to last over HTTP: codes, recovery codes, another address, an end. Every step has its
 * record in the trail, and none of them a secret.
 */
import { expect, layer } from "@effect/vitest"
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { AuditStore } from "saldo/audit/AuditStore"
import { Authenticator } from "../src/server/Authenticator.ts"
import { mailedToken, person, signedIn, users } from "./identityWorld.ts"
import { statementsOf, tracing } from "./statements.ts"
import { Served, servedOver, tenant } from "./world.ts"

const invalid = { status: 401, body: { code: "CredentialsInvalid" } }
const rejected = { status: 401, body: { code: "CredentialsRejected" } }
const required = { status: 401, body: { code: "SecondFactorRequired" } }

/** A question for what the trail says of a user since the last one, as `identity.signIn succeeded`; reasons of refusals instead. */
const trailing = (userId: string) => {
  const all = AuditStore.use((store) => store.list({ tenant, limit: 500, order: "oldest-first" })).pipe(
    Effect.orDie,
    Effect.map(({ items }) => items.filter(({ subject }) => subject.id === userId))
  )
  let seen = 0
  return Effect.map(all, (items) => {
    const since = items.slice(seen)
    seen = items.length
    return since.map(({ action, outcome, reason }) => `${action} ${outcome === "refused" ? reason : outcome}`)
  })
}

const idOf = (as: string) =>
  Effect.gen(function* () {
    const { call } = yield* Served
    return (yield* call("GET", "/api/auth/me", { as })).body.id as string
  })

/** Somebody with a confirmed second factor, and codes of steps from the present one on. */
const guarded = (name: string) =>
  Effect.gen(function* () {
    const { call } = yield* Served
    const { access: as, email, password } = yield* signedIn(name)
    const userId = yield* idOf(as)
    const trail = trailing(userId)
    yield* trail
    const begun = yield* call("POST", "/api/auth/second-factor", { as, body: { password } })
    expect(begun.headers.get("cache-control")).toBe("no-store")
    const secret = Redacted.make(begun.body.secret as string)
    // The clock may reach the next step at any time; one step to either side is taken, so this one and the next are good.
    const now = TotpCodes.stepAt(yield* DateTime.now)
    const code = (ahead: number) => Redacted.value(TotpCodes.codeOfStep(secret, now + ahead))
    const confirm = (shown: string) =>
      call("POST", "/api/auth/second-factor/confirmation", { as, body: { code: shown } })
    expect(yield* confirm("1")).toMatchObject(rejected)
    const confirmed = yield* confirm(code(0))
    expect(confirmed.status).toBe(200)
    expect(confirmed.headers.get("cache-control")).toBe("no-store")
    expect(yield* confirm(code(1))).toMatchObject({ status: 409, body: { code: "SecondFactorUnfit" } })
    expect(yield* trail).toEqual([
      "identity.beginSecondFactor succeeded",
      "identity.confirmSecondFactor CredentialsRejected",
      "identity.confirmSecondFactor succeeded"
    ])
    const login = (more: object = {}) => call("POST", "/api/auth/login", { body: { email, password, ...more } })
    const recovery = confirmed.body.recoveryCodes as ReadonlyArray<string>
    return { as, code, email, login, password, recovery, trail, userId }
  })

const world = servedOver(
  { tenant },
  Authenticator.layerIdentity.pipe(Layer.provideMerge(users), Layer.provideMerge(tracing))
)

layer(world, { excludeTestServices: true })("what somebody signs in with", (it) => {
  it.effect("is a password and a code, which is good once, or a recovery code, which is too", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { as, code, login, recovery, trail } = yield* guarded("alva")
      expect(yield* login()).toMatchObject(required)
      expect(yield* login({ code: "000000" })).toMatchObject(rejected)
      // The code that confirmed the authenticator is used up.
      expect(yield* login({ code: code(0) })).toMatchObject(rejected)
      const entered = yield* login({ code: code(1) })
      expect(entered.status).toBe(200)
      expect((yield* call("GET", "/api/auth/me", { as: entered.body.accessToken })).body.hasSecondFactor).toBe(true)
      expect(yield* login({ code: code(1) })).toMatchObject(rejected)
      expect((yield* login({ code: recovery[0] })).status).toBe(200)
      expect(yield* login({ code: recovery[0] })).toMatchObject(rejected)
      expect(yield* trail).toEqual([
        "identity.signIn SecondFactorRequired",
        "identity.signIn CredentialsRejected",
        "identity.signIn CredentialsRejected",
        "identity.signIn succeeded",
        "identity.signIn CredentialsRejected",
        "identity.signIn succeeded",
        "identity.signIn CredentialsRejected"
      ])
      expect((yield* call("GET", "/api/auth/me", { as })).text).not.toMatch(/secret"|recovery/iu)
    })
  )

  it.effect("gets new recovery codes in place of the old ones, by a password and a code", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { as, login, password, recovery, trail } = yield* guarded("beda")
      const renew = (body: object) => call("POST", "/api/auth/second-factor/recovery-codes", { as, body })
      expect(yield* renew({ password })).toMatchObject(required)
      expect(yield* renew({ password: "another wombat", code: recovery[0] })).toMatchObject(rejected)
      const renewed = yield* renew({ password, code: recovery[0] })
      expect(renewed.status).toBe(200)
      const fresh = renewed.body.recoveryCodes as ReadonlyArray<string>
      expect(new Set([...fresh, ...recovery]).size).toBe(20)
      expect(yield* login({ code: recovery[1] })).toMatchObject(rejected)
      expect((yield* login({ code: fresh[1] })).status).toBe(200)
      expect(yield* trail).toEqual([
        "identity.renewRecoveryCodes SecondFactorRequired",
        "identity.renewRecoveryCodes CredentialsRejected",
        "identity.renewRecoveryCodes succeeded",
        "identity.signIn CredentialsRejected",
        "identity.signIn succeeded"
      ])
    })
  )

  it.effect("is a password alone again, once the second factor was removed by both", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { as, login, password, recovery, trail } = yield* guarded("carin")
      const remove = (body: object) => call("POST", "/api/auth/second-factor/removal", { as, body })
      expect(yield* remove({ password })).toMatchObject(required)
      expect((yield* remove({ password, code: recovery[0] })).status).toBe(204)
      expect(yield* remove({ password })).toMatchObject({ status: 409, body: { code: "SecondFactorUnfit" } })
      expect((yield* login()).status).toBe(200)
      expect((yield* call("GET", "/api/auth/me", { as })).body.hasSecondFactor).toBe(false)
      expect(yield* trail).toEqual([
        "identity.removeSecondFactor SecondFactorRequired",
        "identity.removeSecondFactor succeeded",
        "identity.signIn succeeded"
      ])
    })
  )

  it.effect("is asked for before all is forgotten, and is worth nothing afterwards", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { as, email, login, password, recovery, trail } = yield* guarded("dagny")
      const forget = (body: object) => call("POST", "/api/v1/users/me/deletion", { as, body })
      expect(yield* forget({ password })).toMatchObject(required)
      expect((yield* forget({ password, code: recovery[0] })).status).toBe(204)
      expect(yield* call("GET", "/api/auth/me", { as })).toMatchObject(invalid)
      expect(yield* login({ code: recovery[1] })).toMatchObject(rejected)
      expect(yield* trail).toEqual(["identity.delete SecondFactorRequired", "identity.delete succeeded"])
      // The address is free: whoever has it may sign up with it.
      expect((yield* signedIn("dagny")).email).toBe(email)
    })
  )

  it.effect("is another address, once a link in a mail to it was opened, which ends all sessions", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access: as, email, password } = yield* signedIn("ellen")
      const trail = trailing(yield* idOf(as))
      yield* trail
      const wanted = "ellen.ny@example.test"
      const ask = (body: object, trace = "0".repeat(31)) =>
        call("POST", "/api/auth/email", { as, body, headers: { traceparent: `00-${trace}1-00f067aa0ba902b7-01` } })
      expect(yield* ask({ email: wanted, password: "another wombat" })).toMatchObject(rejected)
      expect(yield* ask({ email: "nowhere", password })).toMatchObject({ status: 422, body: { code: "EmailInvalid" } })
      const [first, second] = ["a".repeat(31), "b".repeat(31)]
      const others = (yield* signedIn("fanny")).email
      const taken = yield* ask({ email: others, password }, first)
      const free = yield* ask({ email: wanted, password }, second)
      expect([free.status, free.text]).toEqual([202, ""])
      expect([taken.status, taken.text]).toEqual([free.status, free.text])
      const kept = (answer: typeof free) =>
        [...answer.headers].filter(
          ([name]) => !["date", "x-request-id"].includes(name) && !name.startsWith("ratelimit")
        )
      expect(kept(taken)).toEqual(kept(free))
      // Whether somebody has the address shows in no answer, and in no work that is done for it.
      const work = (trace: string) => {
        const all = statementsOf(`${trace}1`)
        // What comes before is who asks, which may be remembered from the time before.
        return all.slice(all.findIndex((text) => text.includes("saldo_identity_attempts")))
      }
      expect(work(first).length).toBeGreaterThan(5)
      expect(work(first)).toEqual(work(second))

      const token = yield* mailedToken(wanted, "change-email")
      const confirm = call("POST", "/api/auth/email-confirmation", { body: { token } })
      expect(yield* confirm).toMatchObject({ status: 204, text: "" })
      expect(yield* confirm).toMatchObject({ status: 410, body: { code: "TokenRejected" } })
      expect(yield* call("GET", "/api/auth/me", { as })).toMatchObject(invalid)
      expect(yield* call("POST", "/api/auth/login", { body: { email, password } })).toMatchObject(rejected)
      const login = yield* call("POST", "/api/auth/login", { body: { email: wanted, password } })
      expect((yield* call("GET", "/api/auth/me", { as: login.body.accessToken })).body.email).toBe(wanted)
      expect((yield* trail).filter((each) => each !== "identity.mailToken succeeded")).toEqual([
        "identity.requestEmailChange CredentialsRejected",
        "identity.requestEmailChange succeeded",
        "identity.requestEmailChange succeeded",
        "identity.confirmEmailChange succeeded",
        "identity.signIn succeeded"
      ])
    })
  )

  it.effect("leaves no secret in the trail, nor what is personal", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { as, code, email, password, recovery } = yield* guarded("gerda")
      yield* call("POST", "/api/auth/email", { as, body: { email: "gerda.ny@example.test", password, code: code(1) } })
      const { items } = yield* AuditStore.use((store) => store.list({ tenant, limit: 500, order: "newest-first" }))
      const text = JSON.stringify(items)
      for (const secret of [password, email, "gerda.ny", person("gerda").name, ...recovery, as]) {
        expect(text).not.toContain(secret)
      }
    })
  )
})
