/**
 * Every endpoint with every credential that is not good: one answer for all, and a word of each in the trail.
 */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { AuditStore } from "saldo/audit/AuditStore"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import { OperatorTenant } from "saldo/identity/OperatorTenant"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { UserId } from "saldo/identity/User"
import { Users } from "saldo/identity/Users"
import { current } from "./contract/committed.ts"
import { operations, publicEndpoints } from "./contract/operations.ts"
import { servedWithUsers, signedIn } from "./identityWorld.ts"
import { type Answer, Served, tenant } from "./world.ts"

type Json = Readonly<Record<string, unknown>>
type Headers = Readonly<Record<string, string>>

const encoded = (value: object | Buffer) =>
  Buffer.from(Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString("base64url")

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` })
const byKey = (text: string): Headers => ({ "x-api-key": text })

/** A token of a header and claims, with what somebody makes of them for a signature. */
const tokenOf = (header: Json, claims: Json, signature: (text: string) => Buffer): string => {
  const text = `${encoded(header)}.${encoded(claims)}`
  return `${text}.${encoded(signature(text))}`
}

const eddsa = (key: KeyObject) => (text: string) => sign(null, Buffer.from(text), key)
const hmac = (secret: string | Buffer) => (text: string) => createHmac("sha256", secret).update(text).digest()

const admin = new Actor.Identity({
  kind: "user",
  tenant,
  id: "admin",
  roles: [],
  permissions: [Actor.Permission.make("identity:*"), Actor.Permission.make("bank:*")]
})

const meOf = (as: string) =>
  Effect.flatMap(Served, ({ call }) =>
    Effect.map(call("GET", "/api/auth/me", { as }), ({ body }) => UserId.make(body.id))
  )

const ask = (method: string, path: string, as: string, body?: unknown, key?: string) =>
  Effect.flatMap(Served, ({ call }) => call(method, path, { as, body, ...(key === undefined ? {} : { key }) }))

/** Tokens that were made for the purpose, of somebody whose own token is good. */
const forged = Effect.gen(function* () {
  const { access, refresh } = yield* signedIn("nobody")
  const [ownHeader = "", ownClaims = "", ownSignature = ""] = access.split(".")
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Json
  const [header, claims] = [read(ownHeader), read(ownClaims)]
  const { key: published, secret } = yield* SigningKeys.use(({ signing }) => signing)
  const { publicKey } = published
  const jwk = { kty: "OKP", crv: "Ed25519", x: publicKey, d: Redacted.value(secret) }
  const ours = createPrivateKey({ key: jwk, format: "jwk" })
  const theirs = generateKeyPairSync("ed25519")
  const now = Number(claims["iat"])
  const signed = (changed: Json, changedHeader: Json = {}) =>
    bearer(tokenOf({ ...header, ...changedHeader }, { ...claims, ...changed }, eddsa(ours)))
  const spki = theirs.publicKey.export({ format: "pem", type: "spki" }).toString()
  const flipped = ownSignature.startsWith("A") ? `B${ownSignature.slice(1)}` : `A${ownSignature.slice(1)}`
  // What is signed here in the same way is taken: so what is refused below is refused for what it says.
  const { call } = yield* Served
  expect((yield* call("GET", "/api/auth/me", { headers: signed({}) })).status).toBe(200)
  return {
    "another scheme": { authorization: "Basic b2ZmaWNlcjp4" },
    "a scheme alone": { authorization: "Bearer" },
    "no scheme": { authorization: access },
    "an empty token": bearer(""),
    "a word": bearer("forged"),
    "three words": bearer("a.b.c"),
    "a refresh token": bearer(refresh),
    "a signature cut off": bearer(`${ownHeader}.${ownClaims}.`),
    "a signature changed": bearer(`${ownHeader}.${ownClaims}.${flipped}`),
    "claims changed": bearer(`${ownHeader}.${encoded({ ...claims, tenant: "elsewhere" })}.${ownSignature}`),
    "another's signature": bearer(tokenOf(header, claims, eddsa(theirs.privateKey))),
    "a key that it brings itself": bearer(
      tokenOf({ ...header, jwk: theirs.publicKey.export({ format: "jwk" }) }, claims, eddsa(theirs.privateKey))
    ),
    "an unknown key": signed({}, { kid: "sigkey_00000000000000000000000000" }),
    "no key": signed({}, { kid: null }),
    "no algorithm": bearer(`${encoded({ ...header, alg: "none" })}.${encoded(claims)}.`),
    "no algorithm, in capitals": bearer(`${encoded({ ...header, alg: "NONE" })}.${encoded(claims)}.${ownSignature}`),
    "HS256 by the public key": bearer(
      tokenOf({ ...header, alg: "HS256" }, claims, hmac(Buffer.from(publicKey, "base64url")))
    ),
    "HS256 by its text": bearer(tokenOf({ ...header, alg: "HS256" }, claims, hmac(publicKey))),
    "HS256 by its PEM": bearer(tokenOf({ ...header, alg: "HS256" }, claims, hmac(spki))),
    "a demand that nobody knows": signed({}, { crit: ["urgent"], urgent: true }),
    "another kind of token": signed({}, { typ: "JWT" }),
    "another issuer": signed({ iss: "https://elsewhere.example" }),
    "another audience": signed({ aud: "https://elsewhere.example" }),
    "no audience": signed({ aud: undefined }),
    "an end in the past": signed({ iat: now - 7200, exp: now - 3600 }),
    "no end": signed({ exp: undefined }),
    "a beginning in the future": signed({ nbf: now + 3600 }),
    "another tenant": signed({ tenant: "elsewhere" }),
    "another user": signed({ sub: "user_00000000000000000000000000" }),
    "another session": signed({ sid: "sess_00000000000000000000000000" }),
    "an unknown API key": byKey(`sk_${"0".repeat(16)}_${"A".repeat(43)}`),
    "no API key": byKey("sk_"),
    "an access token as API key": byKey(access)
  } satisfies Readonly<Record<string, Headers>>
})

/** Credentials that were good, of people to whom something happened. */
const lost = Effect.gen(function* () {
  const { call } = yield* Served
  const users = yield* Users
  const sql = yield* SqlClient.SqlClient
  const keyFor = (as: string) =>
    ask("POST", "/api/v1/api-keys", as, { name: "Accounting", scopes: ["identity:self"], expiresAt: null })

  const replayed = yield* signedIn("replayed")
  const twice = { body: { refreshToken: replayed.refresh } }
  yield* call("POST", "/api/auth/refresh", { ...twice, headers: { "user-agent": "hers" } })
  yield* call("POST", "/api/auth/refresh", { ...twice, headers: { "user-agent": "the thief's" } })

  const revoked = yield* signedIn("revoked")
  yield* ask("DELETE", `/api/v1/users/me/sessions/${revoked.sessionId}`, revoked.access, undefined, "end")

  const locked = yield* signedIn("locked")
  const lockedKey = yield* keyFor(locked.access)
  const userId = yield* meOf(locked.access)
  yield* users.lock({ key: CommandKey.make("lock"), userId }).pipe(Actor.as(admin))

  const deleted = yield* signedIn("deleted")
  const deletedKey = yield* keyFor(deleted.access)
  yield* ask("POST", "/api/v1/users/me/deletion", deleted.access, { password: deleted.password })

  const keyed = yield* signedIn("keyed")
  const [ended, over, good] = [yield* keyFor(keyed.access), yield* keyFor(keyed.access), yield* keyFor(keyed.access)]
  yield* ask("DELETE", `/api/v1/api-keys/${ended.body.key.id}`, keyed.access, undefined, "revoke")
  yield* sql`UPDATE saldo_identity_api_keys SET expires_at = 1000 WHERE key_id = ${over.body.key.id}`
  expect((yield* call("GET", "/api/v1/audit/records", { headers: byKey(good.body.text) })).status).toBe(200)
  return {
    "a session whose refresh token came twice": bearer(replayed.access),
    "a session that was ended": bearer(revoked.access),
    "a locked user": bearer(locked.access),
    "a locked user's API key": byKey(lockedKey.body.text),
    "a deleted user": bearer(deleted.access),
    "a deleted user's API key": byKey(deletedKey.body.text),
    "an API key that was revoked": byKey(ended.body.text),
    "an API key that is over": byKey(over.body.text),
    "another's secret behind a known prefix": byKey(`${(good.body.text as string).slice(0, 20)}${"A".repeat(43)}`)
  } satisfies Readonly<Record<string, Headers>>
})

const ownHeaders = /^(?:date|x-request-id|ratelimit(?:-policy)?)$/u

/** What an answer tells. */
const told = ({ headers, status, text }: Answer) => ({
  status,
  text,
  headers: [...headers].filter(([name]) => !ownHeaders.test(name))
})

/** Why somebody was not let in, as the trail has it. */
const reasons = Effect.gen(function* () {
  const operator = yield* OperatorTenant
  const filter = { action: "identity.authenticate" }
  const pages = yield* Effect.forEach([operator, tenant], (of) =>
    AuditStore.use((store) => store.list({ tenant: of, limit: 500, filter }))
  )
  return new Set(pages.flatMap(({ items }) => items.map(({ outcome, reason }) => `${outcome} ${reason}`)))
})

layer(servedWithUsers(), { excludeTestServices: true })("a credential that is not good", (it) => {
  it.effect("gets the answer of somebody who has none, at every endpoint, and is recorded", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const credentials = { ...(yield* forged), ...(yield* lost) }
      const endpoints = operations(current()).filter(({ id }) => !publicEndpoints.has(id))
      yield* Effect.forEach(
        endpoints,
        Effect.fnUntraced(function* ({ id, method, url }) {
          const none = told(yield* call(method.toUpperCase(), url))
          expect(none, id).toMatchObject({ status: 401, text: expect.stringContaining(`"CredentialsInvalid"`) })
          for (const [name, headers] of Object.entries(credentials)) {
            expect(told(yield* call(method.toUpperCase(), url, { headers })), `${id} by ${name}`).toEqual(none)
          }
        }),
        { concurrency: 8, discard: true }
      )
      const known = yield* reasons
      const expected = ["malformed", "signature-wrong", "algorithm-refused", "key-unknown", "not-for-us", "expired"]
      const ofKeys = ["ApiKeyUnknown", "ApiKeyRevoked", "ApiKeyOver", "ApiKeyPowerless"]
      for (const reason of [...expected, "SessionOver", ...ofKeys]) expect(known).toContain(`refused ${reason}`)
      expect([...known].filter((each) => !each.startsWith("refused "))).toEqual([])
    })
  )
})
