/**
 * Access tokens as signed JSON Web Tokens (RFC 7519) of the profile of RFC 9068, by jose: EdDSA with Ed25519 (RFC 8037), and no
 * other algorithm.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type CryptoKey, decodeProtectedHeader, errors, importJWK, jwtVerify, SignJWT } from "jose"
import { type AccessClaims, AccessTokenInvalid, AccessTokens } from "saldo/identity/AccessTokens"
import { sha256 } from "saldo/core/sha256"
import { SessionId } from "saldo/identity/Session"
import type { SigningKey } from "saldo/identity/SigningKey"
import { type SigningPair, SigningKeys } from "saldo/identity/SigningKeys"
import { UserId } from "saldo/identity/User"

/** By whom tokens are made, and for whom. A token of another installation, or for another, is refused. */
export interface JoseOptions {
  /** The address of whoever signs, such as `https://bank.example`. */
  readonly issuer: string
  /** Who believes it; the issuer when left out. */
  readonly audience?: string
  /** Of how many tokens it is remembered that their signature is right; 10,000 when left out. */
  readonly rememberedAtMost?: number
}

const algorithm = "EdDSA"

/** RFC 9068, section 2.1: what keeps a token of another purpose from being taken for this one. */
const type = "at+jwt"

const Claims = Schema.Struct({
  sub: UserId,
  tenant: Schema.String,
  sid: SessionId,
  jti: Schema.String,
  iat: Schema.Int,
  exp: Schema.Int
})
const decodeClaims = Schema.decodeUnknownEffect(Claims)

type Reason = AccessTokenInvalid["reason"]

const refusal = (reason: Reason) => new AccessTokenInvalid({ reason })

const reasonOf = (error: unknown): Reason => {
  if (error instanceof errors.JWTExpired) return "expired"
  if (error instanceof errors.JWTClaimValidationFailed) return "not-for-us"
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm-refused"
  return error instanceof errors.JWSSignatureVerificationFailed ? "signature-wrong" : "malformed"
}

const seconds = (instant: DateTime.Utc): number => Math.floor(instant.epochMilliseconds / 1000)
const instant = (second: number): DateTime.Utc => DateTime.makeUnsafe(second * 1000)

const claimsOf = ({ exp, iat, jti, sid, sub, tenant }: typeof Claims.Type): AccessClaims => ({
  tenant,
  userId: sub,
  sessionId: sid,
  tokenId: jti,
  issuedAt: instant(iat),
  expiresAt: instant(exp)
})

const jwkOf = ({ publicKey }: SigningKey) => ({ kty: "OKP", crv: "Ed25519", x: publicKey })

/** Imported keys by name; there are as many as signing keys that verify, so none is ever dropped. */
const remembering = <K>(nameOf: (given: K) => string, load: (given: K) => Promise<CryptoKey | Uint8Array>) => {
  const loaded = new Map<string, CryptoKey | Uint8Array>()
  return Effect.fnUntraced(function* (given: K) {
    const there = loaded.get(nameOf(given))
    if (there !== undefined) return there
    const key = yield* Effect.promise(() => load(given))
    loaded.set(nameOf(given), key)
    return key
  })
}

const makeSign = (keys: SigningKeys["Service"], issuer: string, audience: string) => {
  const secretKey = remembering(
    ({ key }: SigningPair) => key.id,
    ({ key, secret }) => importJWK({ ...jwkOf(key), d: Redacted.value(secret) }, algorithm)
  )

  return Effect.fn("JoseAccessTokens.sign")(function* (claims: AccessClaims) {
    const pair = yield* keys.signing
    const key = yield* secretKey(pair)
    const payload = {
      iss: issuer,
      aud: audience,
      sub: claims.userId,
      tenant: claims.tenant,
      sid: claims.sessionId,
      jti: claims.tokenId,
      iat: seconds(claims.issuedAt),
      exp: seconds(claims.expiresAt)
    }
    const header = { alg: algorithm, typ: type, kid: pair.key.id }
    const text = yield* Effect.promise(() => new SignJWT(payload).setProtectedHeader(header).sign(key))
    return Redacted.make(text, { label: "access token" })
  })
}

interface Verified {
  readonly claims: AccessClaims
  readonly keyId: string
  readonly verifiedAt: DateTime.Utc
}

/**
 * Tokens that were verified, by their digest: a client sends the same one for half an hour, and a signature that was right
 * stays right. What may change, the time and the key, is looked at each time.
 */
const makeMemory = (rememberedAtMost: number) => {
  const verified = new Map<string, Verified>()

  return {
    find: (digest: string, at: DateTime.Utc): Verified | undefined => {
      const known = verified.get(digest)
      if (known === undefined) return undefined
      const { claims, verifiedAt } = known
      const inTime = DateTime.isLessThanOrEqualTo(verifiedAt, at) && DateTime.isLessThan(at, claims.expiresAt)
      return inTime ? known : undefined
    },
    keep: (digest: string, token: Verified): void => {
      verified.delete(digest)
      for (const oldest of verified.keys()) {
        if (verified.size < rememberedAtMost) break
        verified.delete(oldest)
      }
      if (verified.size < rememberedAtMost) verified.set(digest, token)
    }
  }
}

const makeVerify = (keys: SigningKeys["Service"], { audience, issuer, rememberedAtMost }: Required<JoseOptions>) => {
  const memory = makeMemory(rememberedAtMost)
  const publicKey = remembering(
    ({ id }: SigningKey) => id,
    (key) => importJWK(jwkOf(key), algorithm)
  )

  const verifyNew = Effect.fn("JoseAccessTokens.verify")(function* (text: string, digest: string, at: DateTime.Utc) {
    const header = yield* Effect.try({
      try: () => decodeProtectedHeader(text),
      catch: () => refusal("malformed")
    })
    if (header.alg !== algorithm) return yield* refusal("algorithm-refused")
    const found = typeof header.kid === "string" ? yield* keys.verifying(header.kid) : Option.none<SigningKey>()
    if (Option.isNone(found)) return yield* refusal("key-unknown")
    const key = yield* publicKey(found.value)
    const checks = { algorithms: [algorithm], typ: type, issuer, audience, currentDate: DateTime.toDateUtc(at) }
    const { payload } = yield* Effect.tryPromise({
      try: () => jwtVerify(text, key, checks),
      catch: (error) => refusal(reasonOf(error))
    })
    const claims = claimsOf(yield* Effect.mapError(decodeClaims(payload), () => refusal("malformed")))
    memory.keep(digest, { claims, keyId: found.value.id, verifiedAt: at })
    return claims
  })

  return (token: Redacted.Redacted, at: DateTime.Utc) =>
    Effect.suspend(() => {
      const text = Redacted.value(token)
      const digest = sha256(text)
      const known = memory.find(digest, at)
      if (known === undefined) return verifyNew(text, digest, at)
      return Effect.flatMap(keys.verifying(known.keyId), (key) =>
        Option.isSome(key) ? Effect.succeed(known.claims) : verifyNew(text, digest, at)
      )
    })
}

/** Access tokens signed by the installation's `SigningKeys`. */
export const layer = ({
  issuer,
  audience = issuer,
  rememberedAtMost = 10_000
}: JoseOptions): Layer.Layer<AccessTokens, never, SigningKeys> =>
  Layer.effect(
    AccessTokens,
    Effect.map(SigningKeys, (keys) =>
      AccessTokens.of({
        sign: makeSign(keys, issuer, audience),
        verify: makeVerify(keys, { issuer, audience, rememberedAtMost })
      })
    )
  )
