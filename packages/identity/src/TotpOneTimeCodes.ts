/** One-time codes by otplib (RFC 6238), with the parameters that every authenticator has. */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { OneTimeCodes } from "saldo/identity/OneTimeCodes"
import { generateSecret, generateURI, verifySync } from "otplib"

const periodSeconds = 30
const secretBytes = 20

const parameters = { algorithm: "sha1", digits: 6, period: periodSeconds } as const

const stepOf = (secret: string, code: string, at: DateTime.Utc): Option.Option<number> => {
  const epoch = Math.floor(at.epochMilliseconds / 1000)
  const verdict = verifySync({ secret, token: code, epoch, epochTolerance: periodSeconds, ...parameters })
  return verdict.valid ? Option.some(Math.floor(epoch / periodSeconds) + verdict.delta) : Option.none()
}

/** One-time codes of six digits, by SHA-1, one for each 30 seconds. */
export const layer: Layer.Layer<OneTimeCodes> = Layer.succeed(
  OneTimeCodes,
  OneTimeCodes.of({
    generateSecret: Effect.sync(() =>
      Redacted.make(generateSecret({ length: secretBytes }), { label: "one-time code secret" })
    ),
    uri: (secret, { account, issuer }) =>
      Effect.sync(() =>
        Redacted.make(generateURI({ issuer, label: account, secret: Redacted.value(secret), ...parameters }), {
          label: "one-time code address"
        })
      ),
    verify: (secret, code, at) =>
      // A secret or a code that is none is refused by an exception.
      Effect.try(() => stepOf(Redacted.value(secret), Redacted.value(code), at)).pipe(
        Effect.orElseSucceed(() => Option.none<number>())
      )
  })
)
