import { describe, expect, it } from "@effect/vitest"
import * as AccessTokensTest from "@saldo/testing/AccessTokensTest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type * as Jose from "jose"
import { compactVerify, importJWK } from "jose"
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify
} from "node:crypto"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { AccessTokens } from "saldo/identity/AccessTokens"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import { vi } from "vitest"
import * as JoseAccessTokens from "../src/JoseAccessTokens.ts"

const signatures = vi.hoisted(() => ({ count: 0 }))

// The library itself, with a count of the signatures that it verifies.
vi.mock("jose", async (importOriginal) => {
  const original = await importOriginal<typeof Jose>()
  return {
    ...original,
    jwtVerify: (...given: Parameters<typeof Jose.jwtVerify>) => {
      signatures.count++
      return original.jwtVerify(...given)
    }
  }
})

const issuer = "https://bank.example"

const keys = SigningKeys.layer.pipe(
  Layer.provide(
    IdentityKeys.layer({
      current: { id: "1", key: Redacted.make("1".repeat(64)) },
      index: Redacted.make("2".repeat(64))
    })
  ),
  Layer.provideMerge(AuditTrail.layer),
  Layer.provide([SigningKeyStore.layerMemory, AuditStore.layerMemory]),
  Layer.provide(Atomic.layerMemory)
)

const tokens = JoseAccessTokens.layer({ issuer }).pipe(Layer.provideMerge(keys))

AccessTokensTest.suite("jose", tokens)

const inWorld = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof tokens>>) =>
  Effect.provide(effect, Layer.fresh(tokens))

const base64url = (text: string): string => Buffer.from(text, "utf8").toString("base64url")

type Json = Readonly<Record<string, unknown>>

const encoded = (header: Json, payload: Json): string =>
  `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}`

const partOf = (token: string, index: number): Json =>
  JSON.parse(Buffer.from(token.split(".")[index] ?? "", "base64url").toString("utf8")) as Json

/** A good token of an installation, the key that signed it, and the parts from which forgers start. */
const good = Effect.gen(function* () {
  const now = yield* DateTime.now
  const claims = {
    tenant: "bank",
    userId: yield* Id.make("user"),
    sessionId: yield* Id.make("sess"),
    tokenId: "1",
    issuedAt: now,
    expiresAt: DateTime.add(now, { minutes: 30 })
  }
  const text = Redacted.value(yield* AccessTokens.use((all) => all.sign(claims)))
  const { secret } = yield* SigningKeys.use((all) => all.signing)
  return { text, header: partOf(text, 0), payload: partOf(text, 1), secret: Redacted.value(secret) }
})

/** The platform's own signatures, so that what signs here is not what verifies there. */
const signedBy = (key: KeyObject, text: string): string =>
  `${text}.${sign(null, Buffer.from(text), key).toString("base64url")}`

const forgedBy = (secret: string, x: string) => {
  const key = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d: secret, x }, format: "jwk" })
  return (header: Json, payload: Json) => signedBy(key, encoded(header, payload))
}

const reasonFor = (token: string) =>
  Effect.flatMap(DateTime.now, (now) =>
    AccessTokens.use((all) =>
      Effect.match(all.verify(Redacted.make(token), now), {
        onSuccess: () => "believed",
        onFailure: ({ reason }) => reason
      })
    )
  )

const without = (record: Json, name: string): Json =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))

describe("signatures", () => {
  it("are those of RFC 8037, appendix A.4, as jose reads them", async () => {
    const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    const text =
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc" +
      ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    const { payload } = await compactVerify(text, await importJWK({ kty: "OKP", crv: "Ed25519", x }, "EdDSA"))
    expect(Buffer.from(payload).toString("utf8")).toBe("Example of Ed25519 signing")
  })

  it.effect("can be verified by whoever has the published keys", () =>
    Effect.gen(function* () {
      const { header, text } = yield* good
      const { keys } = yield* SigningKeys.use((all) => all.published)
      const key = keys.find(({ kid }) => kid === header["kid"])
      expect(key).toMatchObject({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" })
      expect(Object.keys(key ?? {})).not.toContain("d")
      const signed = Buffer.from(text.slice(0, text.lastIndexOf(".")))
      const signature = Buffer.from(text.split(".")[2] ?? "", "base64url")
      const publicKey = createPublicKey({ key: { ...key }, format: "jwk" })
      expect(verify(null, signed, publicKey, signature)).toBe(true)
      expect(header).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: key?.kid })
    }).pipe(inWorld)
  )
})

describe("tokens that others make", () => {
  it.effect("are believed when they are as ours, so that each refusal below is for its own reason", () =>
    Effect.gen(function* () {
      const { header, payload, secret } = yield* good
      const { keys } = yield* SigningKeys.use((all) => all.published)
      const forged = forgedBy(secret, keys[0]?.x ?? "")
      expect(yield* reasonFor(forged(header, payload))).toBe("believed")
      const day = 86_400
      const exp = Number(payload["exp"])
      const wrong: ReadonlyArray<readonly [string, Json, Json]> = [
        ["not-for-us", header, { ...payload, iss: "https://other.example" }],
        ["not-for-us", header, without(payload, "iss")],
        ["not-for-us", header, { ...payload, aud: "https://other.example" }],
        ["not-for-us", header, without(payload, "aud")],
        ["not-for-us", { ...header, typ: "JWT" }, payload],
        ["not-for-us", without(header, "typ"), payload],
        ["not-for-us", header, { ...payload, nbf: exp }],
        ["expired", header, { ...payload, exp: exp - day }],
        ["not-for-us", header, { ...payload, exp: String(exp) }],
        ["malformed", header, without(payload, "exp")],
        ["malformed", header, without(payload, "sub")],
        ["malformed", header, { ...payload, sub: "admin" }],
        ["malformed", header, without(payload, "sid")],
        ["malformed", header, without(payload, "tenant")],
        ["malformed", { ...header, crit: ["exp"] }, payload],
        ["malformed", { ...header, crit: ["b64"], b64: false }, payload],
        ["algorithm-refused", { ...header, alg: "Ed448" }, payload],
        ["algorithm-refused", { ...header, alg: "eddsa" }, payload],
        ["algorithm-refused", without(header, "alg"), payload],
        ["key-unknown", without(header, "kid"), payload],
        ["key-unknown", { ...header, kid: "sigkey_00000000000000000000000000" }, payload],
        ["key-unknown", { ...header, kid: { kid: header["kid"] } }, payload]
      ]
      for (const [reason, headers, claims] of wrong) {
        expect(yield* reasonFor(forged(headers, claims)), JSON.stringify([headers, claims])).toBe(reason)
      }
    }).pipe(inWorld)
  )

  it.effect("are not believed for want of a signature, nor by another key's", () =>
    Effect.gen(function* () {
      const { header, payload, text } = yield* good
      const { keys } = yield* SigningKeys.use((all) => all.published)
      const none = encoded({ ...header, alg: "none" }, payload)
      for (const unsigned of [`${none}.`, `${none}.${text.split(".")[2]}`, none]) {
        expect(yield* reasonFor(unsigned)).not.toBe("believed")
      }
      expect(yield* reasonFor(`${none}.`)).toBe("algorithm-refused")
      expect(yield* reasonFor(`${encoded(header, payload)}.`)).toBe("signature-wrong")
      const stranger = generateKeyPairSync("ed25519")
      expect(yield* reasonFor(signedBy(stranger.privateKey, encoded(header, payload)))).toBe("signature-wrong")
      // The stranger's own key in the header changes nothing.
      const jwk = stranger.publicKey.export({ format: "jwk" })
      expect(yield* reasonFor(signedBy(stranger.privateKey, encoded({ ...header, jwk }, payload)))).toBe(
        "signature-wrong"
      )
      // The public key as the secret of an HMAC is what a verifier falls for that lets the token choose.
      const confused = encoded({ ...header, alg: "HS256" }, payload)
      const mac = createHmac("sha256", Buffer.from(keys[0]?.x ?? "", "base64url"))
        .update(confused)
        .digest("base64url")
      expect(yield* reasonFor(`${confused}.${mac}`)).toBe("algorithm-refused")
    }).pipe(inWorld)
  )

  it.effect("are not believed when another installation made them", () =>
    Effect.gen(function* () {
      const { text } = yield* good
      const elsewhere = yield* Effect.provide(good, Layer.fresh(tokens))
      expect(yield* reasonFor(text)).toBe("believed")
      expect(yield* reasonFor(elsewhere.text)).toBe("key-unknown")
    }).pipe(inWorld)
  )
})

describe("tokens that come again", () => {
  it.effect("are believed as at first, and no longer, nor before", () =>
    Effect.gen(function* () {
      const { header, payload, secret, text } = yield* good
      const { keys } = yield* SigningKeys.use((all) => all.published)
      const later = forgedBy(secret, keys[0]?.x ?? "")(header, { ...payload, nbf: 600 })
      const verdicts = Effect.all([reasonFor(text), reasonFor(text), reasonFor(later)])
      expect(yield* verdicts).toEqual(["believed", "believed", "not-for-us"])
      yield* TestClock.adjust("10 minutes")
      expect(yield* verdicts).toEqual(["believed", "believed", "believed"])
      yield* TestClock.adjust("-1 second")
      expect(yield* verdicts).toEqual(["believed", "believed", "not-for-us"])
      yield* TestClock.adjust("20 minutes")
      expect(yield* verdicts).toEqual(["believed", "believed", "believed"])
      yield* TestClock.adjust("1 second")
      expect(yield* verdicts).toEqual(["expired", "expired", "expired"])
    }).pipe(inWorld)
  )

  it.effect("cost no signature, as long as they are remembered", () =>
    Effect.gen(function* () {
      const { text } = yield* good
      const other = yield* good
      const verifications = (...texts: ReadonlyArray<string>) =>
        Effect.map(Effect.forEach(texts, reasonFor), () => {
          const { count } = signatures
          signatures.count = 0
          return count
        })
      yield* verifications()
      expect(yield* verifications(text, text, text)).toBe(1)
      expect(yield* verifications(other.text, text, other.text)).toBe(1)
      const few = JoseAccessTokens.layer({ issuer, rememberedAtMost: 1 })
      expect(yield* Effect.provide(verifications(text, text, other.text, other.text, other.text, text), few)).toBe(3)
      const none = JoseAccessTokens.layer({ issuer, rememberedAtMost: 0 })
      expect(yield* Effect.provide(verifications(text, text), none)).toBe(2)
    }).pipe(inWorld)
  )
})

describe("keys that change", () => {
  it.effect("leave the tokens of the old one good, and sign by the new one at once", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys
      const before = yield* good
      const rotated = yield* keys.rotate.pipe(Actor.as(Actor.system("system")))
      const after = yield* good
      expect(after.header["kid"]).toBe(rotated.id)
      expect(before.header["kid"]).not.toBe(rotated.id)
      expect([yield* reasonFor(before.text), yield* reasonFor(after.text)]).toEqual(["believed", "believed"])
    }).pipe(inWorld)
  )

  it.effect("take the tokens of a withdrawn one with them", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys
      const before = yield* good
      expect(yield* reasonFor(before.text)).toBe("believed")
      const { key } = yield* keys.signing
      yield* keys.withdraw(key.id).pipe(Actor.as(Actor.system("system")))
      expect(yield* reasonFor(before.text)).toBe("key-unknown")
      const after = yield* good
      expect(after.header["kid"]).not.toBe(key.id)
      expect(yield* reasonFor(after.text)).toBe("believed")
    }).pipe(inWorld)
  )

  it.effect("do so through years, and no token is ever refused before its time", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys
      const names = new Set<unknown>()
      for (let hour = 0; hour < 24 * 400; hour++) {
        if (hour % 6 === 0) yield* keys.keep
        if (hour % 24 === 0) {
          const { header, text } = yield* good
          names.add(header["kid"])
          yield* TestClock.adjust("29 minutes")
          expect(yield* reasonFor(text)).toBe("believed")
          yield* TestClock.adjust("31 minutes")
        } else {
          yield* TestClock.adjust("1 hour")
        }
        if (hour % 240 === 0) expect((yield* keys.published).keys.length).toBeLessThanOrEqual(3)
      }
      expect(names.size).toBe(5)
    }).pipe(inWorld)
  )
})
