/**
 * Text under seal: AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits, bound to the place where it belongs.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from "node:crypto"

/** A key of 32 bytes. */
export type Secret = Redacted.Redacted<Buffer>

/** A sealed text that this key and place do not open: altered, moved, or sealed by another key. */
export interface SealBroken {
  readonly _tag: "SealBroken"
}

/** A key from 64 hexadecimal digits. */
export const secretOf = (hexadecimal: string): Secret => {
  if (!/^[0-9a-f]{64}$/iu.test(hexadecimal)) throw new RangeError("A key is 32 bytes, as 64 hexadecimal digits")
  return Redacted.make(Buffer.from(hexadecimal, "hex"), { label: "key" })
}

/** A host with a random source of its own, or a simulation with a seed, provides `SecureRandom`. */
export const randomBytes = (size: number): Effect.Effect<Uint8Array> =>
  Effect.flatMap(Effect.serviceOption(SecureRandom.SecureRandom), (random) =>
    Option.isSome(random) ? random.value.randomBytes(size) : Effect.sync(() => SecureRandom.randomBytesUnsafe(size))
  )

/** A new key. */
export const newSecret: Effect.Effect<Secret> = Effect.map(randomBytes(32), (bytes) =>
  Redacted.make(Buffer.from(bytes), { label: "key" })
)

/** Keys as ciphers take them. To make one takes several times as long as to open a text by it, so each is made once. */
const prepared = new WeakMap<Secret, KeyObject>()

const keyObjectOf = (secret: Secret): KeyObject => {
  const known = prepared.get(secret)
  if (known !== undefined) return known
  const made = createSecretKey(Redacted.value(secret))
  prepared.set(secret, made)
  return made
}

const version = "v1."
const nonceSize = 12
const tagSize = 16

/** Seals a text for a place: `v1.` and the base64url of nonce, ciphertext and tag. */
export const seal = (key: Secret, place: string, text: string): Effect.Effect<string> =>
  Effect.map(randomBytes(nonceSize), (nonce) => {
    const cipher = createCipheriv("aes-256-gcm", keyObjectOf(key), nonce, { authTagLength: tagSize })
    cipher.setAAD(Buffer.from(place, "utf8"))
    const sealed = [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]
    return version + Buffer.concat(sealed).toString("base64url")
  })

/** Opens a text that was sealed by this key for this place. */
export const unseal = (key: Secret, place: string, sealed: string): Result.Result<string, SealBroken> => {
  const broken = Result.fail<SealBroken>({ _tag: "SealBroken" })
  const bytes = Buffer.from(sealed.slice(version.length), "base64url")
  if (!sealed.startsWith(version) || bytes.length < nonceSize + tagSize) return broken
  const nonce = bytes.subarray(0, nonceSize)
  const decipher = createDecipheriv("aes-256-gcm", keyObjectOf(key), nonce, { authTagLength: tagSize })
  decipher.setAAD(Buffer.from(place, "utf8"))
  decipher.setAuthTag(bytes.subarray(-tagSize))
  try {
    const text = [decipher.update(bytes.subarray(nonceSize, -tagSize)), decipher.final()]
    return Result.succeed(Buffer.concat(text).toString("utf8"))
  } catch {
    return broken
  }
}

/** HMAC-SHA-256 (RFC 2104) of a text, as 64 hexadecimal digits. */
export const keyedDigest = (key: Secret, text: string): string =>
  createHmac("sha256", keyObjectOf(key)).update(text, "utf8").digest("hex")
