/**
 * Signatures of webhooks by Standard Webhooks 1.0.0, scheme `v1`: HMAC-SHA-256 over `id.timestamp.body`, under a secret of 24
 * to 64 bytes that is written as `whsec_` and base64.
 */
import * as Result from "effect/Result"
import { base64OfBytes, bytesOfBase64, hmacBase64, isSameText } from "./internal/hmac.ts"

/** How far the clocks of sender and receiver may be apart, and how old a message may be that somebody sends again. */
export const toleranceSeconds = 300

/** How many random bytes a new secret has. */
export const secretSize = 32

const prefix = "whsec_"

/** A secret as receivers are given it. */
export const secretText = (bytes: Uint8Array): string => prefix + base64OfBytes(bytes)

/** What is signed: the id and the body of a message, and when it is sent, in seconds since 1970. */
export interface SignedMessage {
  readonly id: string
  readonly timestamp: number
  readonly body: string
}

/** Why a message is not taken for genuine. */
export type SignatureProblem =
  | "SecretUnreadable"
  | "HeadersMissing"
  | "TimestampTooOld"
  | "TimestampTooNew"
  | "SignatureWrong"

const keyOf = (secret: string): Uint8Array | undefined => {
  const bytes = bytesOfBase64(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret)
  return bytes !== undefined && bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined
}

const signatureOf = (key: Uint8Array, { body, id, timestamp }: SignedMessage): string =>
  `v1,${hmacBase64(key, `${id}.${timestamp}.${body}`)}`

/**
 * The value of `webhook-signature`: one signature for each secret, so that a receiver who has the old or the new one of a
 * rotation finds its own. A secret that is none is a mistake in the program (`RangeError`).
 */
export const sign = (secrets: ReadonlyArray<string>, message: SignedMessage): string =>
  secrets
    .map((secret) => {
      const key = keyOf(secret)
      if (key === undefined) throw new RangeError("A webhook secret is whsec_ and 24 to 64 bytes in base64")
      return signatureOf(key, message)
    })
    .join(" ")

/** What a receiver has before it: the headers by lower-case name, the body as it came, and its clock in milliseconds. */
export interface ReceivedMessage {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  readonly nowMs: number
}

/**
 * Whether a message is genuine and fresh; gives its id, by which a receiver knows one that comes again.
 *
 * Takes every secret that is in force at the receiver. All signatures are compared, in a time that tells nothing.
 *
 * @example
 * ```ts
 * import * as Result from "effect/Result"
 * import { sign, verify } from "saldo/notifications/webhookSignature"
 *
 * const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
 * const body = '{"type":"banking.create-payment"}'
 * const signature = sign([secret], { id: "audit_1", timestamp: 1_700_000_000, body })
 * const headers = { "webhook-id": "audit_1", "webhook-timestamp": "1700000000", "webhook-signature": signature }
 *
 * Result.isSuccess(verify([secret], { headers, body, nowMs: 1_700_000_010_000 })) // => true
 * Result.isSuccess(verify([secret], { headers, body: "{}", nowMs: 1_700_000_010_000 })) // => false
 * ```
 */
export const verify = (
  secrets: ReadonlyArray<string>,
  { body, headers, nowMs }: ReceivedMessage
): Result.Result<{ readonly id: string; readonly timestamp: number }, SignatureProblem> => {
  const [id, time, given] = [headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]]
  if (id === undefined || given === undefined || id === "" || time === undefined || !/^\d{1,12}$/u.test(time)) {
    return Result.fail("HeadersMissing")
  }
  const timestamp = Number(time)
  const ageSeconds = Math.floor(nowMs / 1000) - timestamp
  if (ageSeconds > toleranceSeconds) return Result.fail("TimestampTooOld")
  if (ageSeconds < -toleranceSeconds) return Result.fail("TimestampTooNew")
  const signatures = given.split(" ")
  let genuine = false
  for (const secret of secrets) {
    const key = keyOf(secret)
    if (key === undefined) return Result.fail("SecretUnreadable")
    const expected = signatureOf(key, { id, timestamp, body })
    for (const signature of signatures) genuine = isSameText(expected, signature) || genuine
  }
  return genuine ? Result.succeed({ id, timestamp }) : Result.fail("SignatureWrong")
}
