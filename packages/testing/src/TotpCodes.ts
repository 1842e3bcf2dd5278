import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { OneTimeCodes } from "saldo/identity/OneTimeCodes"
import { createHmac, randomBytes } from "node:crypto"

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
const periodMs = 30_000

/** Bytes as base32 (RFC 4648, section 6) without padding. */
export const toBase32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("")
  return (bits.match(/.{1,5}/gu) ?? []).map((five) => alphabet.charAt(Number.parseInt(five.padEnd(5, "0"), 2))).join("")
}

const fromBase32 = (text: string): Buffer => {
  const bits = [...text].map((each) => alphabet.indexOf(each).toString(2).padStart(5, "0")).join("")
  return Buffer.from((bits.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** The code of six digits for a step (RFC 4226, section 5.3), as an authenticator with the secret shows it. */
export const codeOfStep = (secret: Redacted.Redacted, step: number): Redacted.Redacted => {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac("sha1", fromBase32(Redacted.value(secret)))
    .update(counter)
    .digest()
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fff_ffff
  return Redacted.make(String(number % 1_000_000).padStart(6, "0"), { label: "code" })
}

/** The step at an instant. */
export const stepAt = (at: DateTime.Utc): number => Math.floor(at.epochMilliseconds / periodMs)

/** The code that an authenticator with the secret shows at an instant. */
export const codeAt = (secret: Redacted.Redacted, at: DateTime.Utc): Redacted.Redacted => codeOfStep(secret, stepAt(at))

/** Codes of authenticators from the standards alone, to test against and to test with. */
export const layer: Layer.Layer<OneTimeCodes> = Layer.succeed(
  OneTimeCodes,
  OneTimeCodes.of({
    generateSecret: Effect.sync(() => Redacted.make(toBase32(randomBytes(20)), { label: "secret" })),
    uri: (secret, { account, issuer }) =>
      Effect.sync(() => {
        const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
        const query = `secret=${Redacted.value(secret)}&issuer=${encodeURIComponent(issuer)}`
        return Redacted.make(`otpauth://totp/${label}?${query}`, { label: "secret" })
      }),
    verify: (secret, code, at) =>
      Effect.sync(() => {
        if (!/^[A-Z2-7]{16,}$/u.test(Redacted.value(secret))) return Option.none()
        const now = stepAt(at)
        const steps = [now, now - 1, now + 1].filter((step) => step >= 0)
        return Option.fromUndefinedOr(
          steps.find((step) => Redacted.value(codeOfStep(secret, step)) === Redacted.value(code))
        )
      })
  })
)
