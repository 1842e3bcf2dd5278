/**
 * Time-based one-time codes (RFC 6238), and the secret they are made from. The codes come from otplib; what is ours is a
 * normalisation that never drops a character in silence, because that yields codes that look right and are wrong.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createGuardrails, generateSync } from "otplib"

/** What a code is made from: the shared secret in base 32, and the parameters of the authenticator. */
export interface TotpSecret {
  /** Upper case, `A-Z2-7`, without blanks and padding. */
  readonly secret: Redacted.Redacted
  readonly digits: 6 | 7 | 8
  /** Seconds per code. */
  readonly period: number
  readonly algorithm: "sha1" | "sha256" | "sha512"
}

/** Why a text is not a TOTP secret. `problem` names the character and its position at most, never the secret. */
export class TotpSecretInvalid extends Error {
  readonly _tag = "TotpSecretInvalid"
  override readonly name = "TotpSecretInvalid"
  readonly problem: string
  constructor(problem: string) {
    super(`The TOTP secret cannot be used: ${problem}.`)
    this.problem = problem
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
const maximumLength = 1000

const invalid = (problem: string): Result.Result<never, TotpSecretInvalid> =>
  Result.fail(new TotpSecretInvalid(problem))

const showCharacter = (character: string): string =>
  /^[\x21-\x7e]$/u.test(character)
    ? `"${character}"`
    : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`

const likelyMeant: Readonly<Record<string, string>> = {
  "0": "the letter O",
  "1": "the letter I or L",
  "8": "the letter B"
}

const base32 = (text: string): Result.Result<string, TotpSecretInvalid> => {
  let secret = ""
  let position = 0
  for (const character of text) {
    position += 1
    if (/^[\s\-=]$/u.test(character)) continue
    // Upper-casing must not turn a foreign letter into a Latin one (the Turkish dotless i would become I).
    if (!/^[A-Za-z2-7]$/u.test(character)) {
      const hint = likelyMeant[character]
      return invalid(
        `character ${position} is ${showCharacter(character)}; a secret has only the letters A to Z and the digits 2 to 7` +
          (hint === undefined ? "" : ` (perhaps ${hint} is meant)`)
      )
    }
    secret += character.toUpperCase()
  }
  if (secret.length > maximumLength) return invalid(`it has more than ${maximumLength} characters`)
  // RFC 4648 §6: a group of 8 characters cannot end after 1, 3 or 6 of them.
  if ([1, 3, 6].includes(secret.length % 8)) return invalid(`${secret.length} characters is not a length of base 32`)
  return Result.succeed(withoutLeftoverBits(secret))
}

// The last character may hold bits that fill no byte. Every authenticator ignores them; otplib refuses them.
const withoutLeftoverBits = (secret: string): string => {
  const leftover = (secret.length * 5) % 8
  if (leftover === 0) return secret
  const value = alphabet.indexOf(secret.slice(-1))
  return secret.slice(0, -1) + alphabet.charAt((value >> leftover) << leftover)
}

const parameter = <A>(
  uri: URL,
  name: string,
  fallback: A,
  read: (text: string) => A | undefined,
  expected: string
): Result.Result<A, TotpSecretInvalid> => {
  const text = uri.searchParams.get(name)
  if (text === null) return Result.succeed(fallback)
  const value = read(text.trim())
  return value === undefined ? invalid(`${name} in the otpauth address is not ${expected}`) : Result.succeed(value)
}

const readDigits = (text: string): TotpSecret["digits"] | undefined =>
  text === "6" ? 6 : text === "7" ? 7 : text === "8" ? 8 : undefined

const readPeriod = (text: string): number | undefined =>
  /^\d{1,4}$/u.test(text) && Number(text) >= 1 && Number(text) <= 3600 ? Number(text) : undefined

const readAlgorithm = (text: string): TotpSecret["algorithm"] | undefined => {
  const name = text.toLowerCase().replace("-", "")
  return name === "sha1" || name === "sha256" || name === "sha512" ? name : undefined
}

const fromUri = (text: string): Result.Result<TotpSecret, TotpSecretInvalid> =>
  Result.gen(function* () {
    const uri = URL.parse(text)
    if (uri === null) return yield* invalid("the otpauth address cannot be read")
    if (uri.host.toLowerCase() !== "totp") return yield* invalid("the otpauth address is not of the kind totp")
    const secret = yield* base32(uri.searchParams.get("secret") ?? "")
    if (secret === "") return yield* invalid("the otpauth address has no secret")
    const digits = yield* parameter(uri, "digits", 6, readDigits, "6, 7 or 8")
    const period = yield* parameter(uri, "period", 30, readPeriod, "a number of seconds from 1 to 3600")
    const algorithm = yield* parameter(uri, "algorithm", "sha1", readAlgorithm, "SHA1, SHA256 or SHA512")
    return { secret: Redacted.make(secret, { label: "TOTP secret" }), digits, period, algorithm }
  })

/**
 * Reads a secret as people have it: base 32 with blanks, hyphens, padding and any case, or an `otpauth://totp/` address.
 * An empty text means that there is no second factor and gives `null`.
 *
 * @example
 * ```ts
 * import * as Redacted from "effect/Redacted"
 * import * as Result from "effect/Result"
 * import { parseTotpSecret, totpCode } from "@saldo/kameo/totp"
 *
 * const secret = Result.getOrThrow(parseTotpSecret(Redacted.make("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")))
 * secret === null ? "none" : totpCode(secret, 59) // => "287082"
 * ```
 */
export const parseTotpSecret = (text: Redacted.Redacted): Result.Result<TotpSecret | null, TotpSecretInvalid> => {
  // Not trimmed, so that a reported position counts from where the user's text begins.
  const plain = Redacted.value(text)
  if (/^\s*otpauth:/iu.test(plain)) return fromUri(plain.trim())
  return Result.flatMap(base32(plain), (secret) => {
    if (secret === "")
      return plain.trim() === "" ? Result.succeed(null) : invalid("it has no letters and digits at all")
    return Result.succeed({
      secret: Redacted.make(secret, { label: "TOTP secret" }),
      digits: 6 as const,
      period: 30,
      algorithm: "sha1" as const
    })
  })
}

// RFC 4226 wants 128 bits; secrets in use have less, and the platform decides, not its client.
const guardrails = createGuardrails({ MIN_SECRET_BYTES: 1, MAX_SECRET_BYTES: maximumLength })

/** The code of the step that holds `epochSeconds`, padded with zeros. */
export const totpCode = (secret: TotpSecret, epochSeconds: number): string =>
  generateSync({
    secret: Redacted.value(secret.secret),
    digits: secret.digits,
    period: secret.period,
    algorithm: secret.algorithm,
    epoch: epochSeconds,
    guardrails
  })

/** The number of the step that holds `epochSeconds`; a code belongs to exactly one step. */
export const totpStep = (secret: TotpSecret, epochSeconds: number): number => Math.floor(epochSeconds / secret.period)

/** How long the current step still lasts, in milliseconds. */
export const totpRemainingMs = (secret: TotpSecret, epochMs: number): number =>
  secret.period * 1000 - (epochMs % (secret.period * 1000))
