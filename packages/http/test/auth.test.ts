import { expect, layer } from "@effect/vitest"
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AuditStore } from "saldo/audit/AuditStore"
import { mailedToken, person, servedWithUsers, signedIn } from "./identityWorld.ts"
import { Served, tenant } from "./world.ts"

const invalid = { status: 401, body: { code: "CredentialsInvalid" } }

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

layer(servedWithUsers(), { excludeTestServices: true })("somebody", (it) => {
  it.effect("signs up, verifies the address, signs in, stays and leaves", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { email, name, password } = person("anna")
      expect(yield* call("POST", "/api/auth/signup", { body: { email, name, password, locale: "sv" } })).toMatchObject({
        status: 202,
        text: ""
      })
      const credentials = { email: email.toUpperCase(), password }
      expect(yield* call("POST", "/api/auth/login", { body: credentials })).toMatchObject({
        status: 403,
        body: { code: "EmailUnverified" }
      })
      const token = yield* mailedToken(email, "verify-email")
      expect(yield* call("POST", "/api/auth/verify-email", { body: { token } })).toMatchObject({ status: 204 })
      expect(yield* call("POST", "/api/auth/verify-email", { body: { token } })).toMatchObject({
        status: 410,
        body: { code: "TokenRejected" }
      })

      const login = yield* call("POST", "/api/auth/login", { body: credentials })
      expect(login.status).toBe(200)
      expect(login.headers.get("cache-control")).toBe("no-store")
      const me = yield* call("GET", "/api/auth/me", { as: login.body.accessToken })
      expect(me).toMatchObject({
        status: 200,
        body: { email, name, locale: "sv", roles: ["customer"], party: null, state: "active", hasSecondFactor: false }
      })
      expect(me.body.permissions).toContain("bank:read")
      expect(me.text).not.toMatch(/hash|tenant/iu)

      const first = { body: { refreshToken: login.body.refreshToken } }
      const next = yield* call("POST", "/api/auth/refresh", first)
      expect(next).toMatchObject({ status: 200, body: { sessionId: login.body.sessionId } })
      expect((yield* call("GET", "/api/auth/me", { as: next.body.accessToken })).status).toBe(200)

      const last = { body: { refreshToken: next.body.refreshToken } }
      expect(yield* call("POST", "/api/auth/logout", last)).toMatchObject({ status: 204 })
      expect(yield* call("POST", "/api/auth/logout", last)).toMatchObject({ status: 204 })
      expect(yield* call("POST", "/api/auth/refresh", last)).toMatchObject(invalid)
      expect(yield* call("GET", "/api/auth/me", { as: next.body.accessToken })).toMatchObject(invalid)
    })
  )

  it.effect("loses the session when a refresh token comes from two", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access, refresh } = yield* signedIn("berta")
      const body = { refreshToken: refresh }
      const next = yield* call("POST", "/api/auth/refresh", { body, headers: { "user-agent": "hers" } })
      expect(next.status).toBe(200)
      const stolen = yield* call("POST", "/api/auth/refresh", { body, headers: { "user-agent": "the thief's" } })
      expect(stolen).toMatchObject(invalid)
      for (const as of [access, next.body.accessToken]) {
        expect(yield* call("GET", "/api/auth/me", { as })).toMatchObject(invalid)
      }
      const again = { body: { refreshToken: next.body.refreshToken } }
      expect(yield* call("POST", "/api/auth/refresh", again)).toMatchObject(invalid)
    })
  )

  it.effect("is asked for the second factor once there is one", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access: as, email, password } = yield* signedIn("cecilia")
      const begun = yield* call("POST", "/api/auth/second-factor", { as, body: { password } })
      expect(begun.body.uri).toContain("otpauth://totp/")
      const secret = Redacted.make(begun.body.secret as string)
      const step = TotpCodes.stepAt(yield* DateTime.now)
      const code = (at: number) => Redacted.value(TotpCodes.codeOfStep(secret, at))
      const confirmed = yield* call("POST", "/api/auth/second-factor/confirmation", { as, body: { code: code(step) } })
      expect(confirmed.body.recoveryCodes).toHaveLength(10)

      const required = yield* call("POST", "/api/auth/login", { body: { email, password } })
      expect(required).toMatchObject({
        status: 401,
        body: { code: "SecondFactorRequired", type: expect.stringMatching(/\/second-factor-required$/u) }
      })
      const wrong = yield* call("POST", "/api/auth/login", { body: { email, password: "another wombat", code: "1" } })
      expect(wrong).toMatchObject({ status: 401, body: { code: "CredentialsRejected" } })
      const recovery = confirmed.body.recoveryCodes[0] as string
      const login = yield* call("POST", "/api/auth/login", { body: { email, password, code: recovery } })
      expect(login.status).toBe(200)
      const twice = yield* call("POST", "/api/auth/login", { body: { email, password, code: recovery } })
      expect(twice).toMatchObject({ status: 401, body: { code: "CredentialsRejected" } })
    })
  )

  it.effect("chooses another password by mail, which ends all sessions, and nobody learns who has an address", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access, email, password } = yield* signedIn("doris")
      const request = (body: object) => call("POST", "/api/auth/password-reset-request", { body })
      const [known, unknown] = [yield* request({ email }), yield* request({ email: "nobody@example.test" })]
      expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
      expect(known.status).toBe(202)
      const next = "seven purple herons dance"
      const confirm = { body: { token: yield* mailedToken(email, "reset-password"), password: next } }
      expect((yield* call("POST", "/api/auth/password-reset-confirm", confirm)).status).toBe(204)
      expect(yield* call("GET", "/api/auth/me", { as: access })).toMatchObject(invalid)
      expect((yield* call("POST", "/api/auth/login", { body: { email, password } })).status).toBe(401)
      expect((yield* call("POST", "/api/auth/login", { body: { email, password: next } })).status).toBe(200)
    })
  )

  it.effect("sees the sessions, ends them, and keeps the one that changes the password", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access: as, email, password } = yield* signedIn("elsa")
      const other = yield* call("POST", "/api/auth/login", { body: { email, password } })
      const third = yield* call("POST", "/api/auth/login", { body: { email, password } })
      const listed = yield* call("GET", "/api/v1/users/me/sessions", { as })
      expect(listed.body.items.map(({ current }: { readonly current: boolean }) => current)).toEqual([
        false,
        false,
        true
      ])
      expect(listed.body.items[0]).toMatchObject({ address: "127.0.0.1" })
      const path = `/api/v1/users/me/sessions/${other.body.sessionId}`
      expect((yield* call("DELETE", path, { as, key: "end" })).status).toBe(204)
      expect(yield* call("GET", "/api/auth/me", { as: other.body.accessToken })).toMatchObject(invalid)
      const body = { password, next: "seven purple herons dance" }
      expect((yield* call("POST", "/api/auth/password", { as, body })).status).toBe(204)
      expect(yield* call("GET", "/api/auth/me", { as: third.body.accessToken })).toMatchObject(invalid)
      expect((yield* call("GET", "/api/auth/me", { as })).status).toBe(200)
    })
  )

  it.effect("makes an API key that may do what it was given, until it is revoked", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access: as } = yield* signedIn("frida")
      const wanted = { name: "Accounting", scopes: ["bank:read"], expiresAt: null }
      const tooMuch = yield* call("POST", "/api/v1/api-keys", { as, body: { ...wanted, scopes: ["ledger:read"] } })
      expect(tooMuch).toMatchObject({ status: 422, body: { code: "ScopesExcessive" } })
      const made = yield* call("POST", "/api/v1/api-keys", { as, body: wanted })
      expect(made.status).toBe(201)
      const by = { headers: { "x-api-key": made.body.text as string } }
      expect((yield* call("GET", "/api/v1/accounts", by)).status).toBe(200)
      expect(yield* call("GET", "/api/auth/me", by)).toMatchObject({ status: 403, body: { code: "NotPermitted" } })
      const listed = yield* call("GET", "/api/v1/api-keys", { as })
      expect(listed.body.items).toMatchObject([{ id: made.body.key.id, scopes: ["bank:read"] }])
      expect(listed.text).not.toContain(made.body.text)
      const revoked = yield* call("DELETE", `/api/v1/api-keys/${made.body.key.id}`, { as, key: "revoke" })
      expect(revoked.body.revokedAt).not.toBeNull()
      expect(yield* call("GET", "/api/v1/accounts", by)).toMatchObject(invalid)
    })
  )

  it.effect("gets one and the same answer whatever is wrong with a token", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access, refresh } = yield* signedIn("greta")
      const [head = "", claims = "", signature = ""] = access.split(".")
      const read = JSON.parse(Buffer.from(claims, "base64url").toString()) as object
      const flipped = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`
      const longAgo = base64url({ ...read, exp: 1 })
      const tokens = [
        "x",
        "a.b.c",
        `${head}.${claims}.`,
        `${head}.${claims}.${flipped}`,
        `${head}.${longAgo}.${signature}`,
        `${base64url({ alg: "none" })}.${claims}.`,
        `${base64url({ alg: "HS256", kid: "1" })}.${claims}.${signature}`,
        refresh
      ]
      const answers = yield* Effect.forEach(tokens, (as) => call("GET", "/api/auth/me", { as }))
      const byKey = yield* call("GET", "/api/auth/me", { headers: { "x-api-key": "sk_unknown_key" } })
      const [first] = answers
      expect(first).toMatchObject(invalid)
      for (const { body, headers, status } of [...answers, byKey]) {
        expect({ body, status }).toEqual({ body: first?.body, status: 401 })
        expect(headers.get("www-authenticate")).toBe(`Bearer realm="saldo"`)
      }
      expect((yield* call("GET", "/api/auth/me", { as: access })).status).toBe(200)
    })
  )

  it.effect("is slowed down who guesses, and told for how long", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { email } = yield* signedIn("hedda")
      const guess = call("POST", "/api/auth/login", { body: { email, password: "guessing wombats" } })
      // Five are free; the sixth is judged as well, and from it on the next one has to wait.
      for (let left = 6; left > 0; left--) expect((yield* guess).body.code).toBe("CredentialsRejected")
      const slowed = yield* guess
      expect(slowed).toMatchObject({ status: 429, body: { code: "TooManyAttempts" } })
      expect(Number(slowed.headers.get("retry-after"))).toBeGreaterThan(0)
      expect(Number(slowed.headers.get("retry-after"))).toBeLessThanOrEqual(30)
    })
  )

  it.effect("has no say in the tenant, and leaves no password in the trail", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { email, password } = yield* signedIn("ines")
      const elsewhere = yield* call("POST", "/api/auth/login", { body: { email, password, tenant: "elsewhere" } })
      expect(elsewhere).toMatchObject({ status: 400, body: { code: "RequestInvalid" } })
      expect(elsewhere.text).not.toContain(password)
      const { items } = yield* AuditStore.use((store) => store.list({ tenant, limit: 500, order: "newest-first" }))
      expect(items.length).toBeGreaterThan(10)
      expect(JSON.stringify(items)).not.toContain(password)
    })
  )

  it.effect("hears nothing back of a password, token or code that does not fit", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const planted = "planted wombat"
      const long = planted.repeat(100)
      const sent = [
        ["/api/auth/login", { email: "anna@example.test", password: long }],
        ["/api/auth/login", { email: "anna@example.test", password: [planted] }],
        ["/api/auth/login", { email: { [planted]: planted }, password: "x" }],
        ["/api/auth/login", { email: "anna@example.test", password: "x", code: long }],
        ["/api/auth/refresh", { refreshToken: long }],
        ["/api/auth/signup", { email: long, name: "Anna", password: planted }],
        ["/api/auth/password-reset-confirm", { token: { planted }, password: planted }]
      ] as const
      for (const [path, body] of sent) {
        const answer = yield* call("POST", path, { body })
        expect(answer).toMatchObject({ status: 400, body: { code: "RequestInvalid" } })
        expect(answer.text).not.toContain(planted)
      }
    })
  )

  it.effect("finds the public keys where others look for them", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      yield* signedIn("kajsa")
      const { body, status } = yield* call("GET", "/.well-known/jwks.json")
      expect(status).toBe(200)
      expect(body.keys[0]).toMatchObject({ kty: "OKP", crv: "Ed25519", alg: "EdDSA" })
      expect(Object.keys(body.keys[0])).not.toContain("d")
    })
  )
})

layer(servedWithUsers({ trustedProxies: 1 }), { excludeTestServices: true })("behind a proxy", (it) => {
  it.effect("a session shows the address that the proxy saw", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { email, password } = yield* signedIn("judit")
      const headers = { "x-forwarded-for": "10.9.9.9, 192.0.2.7" }
      const login = yield* call("POST", "/api/auth/login", { body: { email, password }, headers })
      const listed = yield* call("GET", "/api/v1/users/me/sessions", { as: login.body.accessToken })
      expect(listed.body.items[0]).toMatchObject({ address: "192.0.2.7", current: true })
    })
  )
})
