import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { isSecretName, withoutSecrets } from "saldo/core/withoutSecrets"
import { writtenValue } from "saldo/core/writtenValue"

const base64url = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((each) => Buffer.from(each).toString("base64url"))

const from = (alphabet: string, length: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length }).map((signs) => signs.join(""))

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

/** Luhn's digit behind nine others. */
const luhnDigit = (digits: string): number => {
  const sum = [...digits].reduce((total, digit, at) => {
    const weighted = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return total + (weighted > 9 ? weighted - 9 : weighted)
  }, 0)
  return (10 - (sum % 10)) % 10
}

const padded = (value: number, length: number) => String(value).padStart(length, "0")

const personalNumber = fc
  .record({
    century: fc.constantFrom("", "19", "20"),
    year: fc.nat(99),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    coordination: fc.boolean(),
    serial: fc.nat(999),
    sign: fc.constantFrom("", "-", "+")
  })
  .map(({ century, coordination, day, month, serial, sign, year }) => {
    const date = padded(year, 2) + padded(month, 2) + padded(coordination ? day + 60 : day, 2)
    const number = padded(serial, 3)
    return `${century}${date}${sign}${number}${luhnDigit(date + number)}`
  })

const iban = fc
  .constantFrom(["SE", 24], ["NO", 15], ["DE", 22], ["FI", 18], ["MT", 31] as const)
  .chain(([country, length]) => fc.tuple(fc.constant(country), from("0123456789", length - 4), fc.boolean()))
  .map(([country, account, spaced]) => {
    const digits = `${account}${[...`${country}00`].map((sign) => Number.parseInt(sign, 36)).join("")}`
    const check = padded(98 - Number(BigInt(digits) % 97n), 2)
    const text = `${country}${check}${account}`
    return spaced ? text.replaceAll(/(.{4})(?=.)/gu, "$1 ") : text
  })

/** A Norwegian national identity number: its two check digits fit. */
const norwegianNumber = from("0123456789", 9)
  .map((digits) => {
    const check = (weights: ReadonlyArray<number>, of: string) =>
      (11 - (weights.reduce((sum, weight, at) => sum + weight * Number(of.charAt(at)), 0) % 11)) % 11
    const first = check([3, 7, 6, 1, 8, 9, 4, 5, 2], digits)
    return { digits, first, second: check([5, 4, 3, 2, 7, 6, 5, 4, 3, 2], `${digits}${first}`) }
  })
  .filter(({ first, second }) => first < 10 && second < 10)
  .map(({ digits, first, second }) => `${digits}${first}${second}`)

/** Secrets of every kind that is told by its looks, each with the part that must be gone. */
const secrets: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "an access token": fc.tuple(base64url(30), base64url(90), base64url(64)).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
  "a short token": fc.tuple(base64url(9), base64url(12), base64url(16)).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
  "an API key": fc.tuple(from(crockford, 12), base64url(32)).map(([prefix, text]) => `sk_${prefix}_${text}`),
  "a refresh token": base64url(32).map((text) => `srt_${text}`),
  "a webhook's secret": fc
    .uint8Array({ minLength: 24, maxLength: 32 })
    .map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`),
  "the secret of a mailed link": base64url(32).filter(
    (text) => /[a-z]/u.test(text) && /[A-Z]/u.test(text) && /\d/u.test(text)
  ),
  "a secret for one-time codes": from(base32, 32).filter((text) => /[2-7]/u.test(text) && /[A-Z]/u.test(text)),
  "a recovery code": from("abcdefghijkmnpqrstuvwxyz23456789", 28).map((text) => (text.match(/.{4}/gu) ?? []).join("-")),
  "an address for one-time codes": from(base32, 16).map((text) => `otpauth://totp/Saldo:anna?secret=${text}`),
  "a hash of a password": base64url(16).map((text) => `$argon2id$v=19$m=19456,t=2,p=1$${text}$${text}`),
  "an e-mail address": fc.tuple(from("abcdeåäö.", 8), from("abcde", 6)).map(([name, host]) => `x${name}x@${host}.test`),
  "a personal number": personalNumber,
  "an IBAN": iban,
  "a mistyped IBAN": iban.map((text) => text.slice(0, -1) + String((Number(text.slice(-1)) + 1) % 10)),
  "an IBAN in small letters": iban.map((text) => text.toLowerCase()),
  "a Norwegian identity number": norwegianNumber,
  "a sealed text": base64url(40).map((text) => `v1.${text.toLowerCase()}`),
  "a private key": from("abcDEF123+/", 64).map(
    (text) => `-----BEGIN PRIVATE KEY-----\n${text.replaceAll(/(.{16})/gu, "$1\n")}-----END PRIVATE KEY-----`
  ),
  "a Swedish account": fc
    .tuple(fc.integer({ min: 1000, max: 9999 }), from("0123456789", 7))
    .map(([clearing, account]) => `${clearing}-${account}`)
}

const around = fc.constantFrom(
  (secret: string) => secret,
  (secret: string) => `It was ${secret} again`,
  (secret: string) => `(${secret})`,
  (secret: string) => JSON.stringify({ seen: secret, next: "a thing" }),
  (secret: string) => `/api/v1/things/${secret}`,
  (secret: string) => `seen=${secret}&next=1`,
  (secret: string) => `first line\nsecond: ${secret}\nthird`
)

describe("withoutSecrets", () => {
  for (const [kind, secret] of Object.entries(secrets)) {
    it(`takes out ${kind}, wherever it stands`, () => {
      fc.assert(
        fc.property(secret, around, (text, put) => {
          const clean = withoutSecrets(put(text))
          expect(clean).toContain("<redacted>")
          expect(clean).not.toContain(text)
          // No half of it either.
          if (text.length >= 16) {
            expect(clean).not.toContain(text.slice(0, text.length >> 1))
            expect(clean).not.toContain(text.slice(text.length >> 1))
          }
        }),
        { numRuns: 100 }
      )
    })
  }

  const words = from("abc XYZ123!\u00e5.:/%+", 12).map((text) => `p${text.replaceAll(/[\s/]/gu, "_")}q`)

  it("takes out what stands beside the name of a secret, in JSON, in a query, in a header and in an address", () => {
    fc.assert(
      fc.property(words, (secret) => {
        const told = [
          JSON.stringify({ password: secret, next: 1 }),
          JSON.stringify({ inner: JSON.stringify({ newPassword: secret }) }),
          `x-api-key: ${secret}`,
          `refresh_token=${encodeURIComponent(secret)}&next=1`,
          `https://host.test/path?anything=${encodeURIComponent(secret)}`,
          `postgres://bank:${encodeURIComponent(secret)}@localhost/bank`,
          `authorization: Bearer ${encodeURIComponent(secret)}`,
          `Expected an amount, got ${JSON.stringify(secret)}`
        ]
        expect(withoutSecrets('{"code":"123456"} code=123456 code: "CredentialsInvalid"')).toBe(
          '{"code":"<redacted>"} code=<redacted> code: "CredentialsInvalid"'
        )
        for (const text of told) {
          const clean = withoutSecrets(text)
          expect(clean, text).not.toContain(secret)
          expect(clean, text).not.toContain(encodeURIComponent(secret))
        }
      })
    )
  })

  it("leaves ids, digests, times, amounts, routes and sentences as they are", () => {
    const id = fc.tuple(fc.constantFrom("loan", "req", "entry", "account", "session"), from(crockford, 25))
    fc.assert(
      fc.property(
        fc.oneof(
          id.map(([prefix, body]) => `${prefix}_0${body}`),
          from("0123456789abcdef", 64),
          from("0123456789abcdef", 32),
          fc.uuid(),
          fc.date({ min: new Date("2000-01-01T00:00:00Z"), max: new Date("2099-12-31T00:00:00Z") }).map((date) =>
            // An invalid date has no text.
            Number.isNaN(date.getTime()) ? "" : date.toISOString()
          ),
          fc.integer({ min: 1_600_000_000_000, max: 1_999_999_999_999 }).map(String),
          fc.tuple(fc.nat(9_999_999), fc.nat(99)).map(([whole, cents]) => `${whole}.${padded(cents, 2)} SEK`)
        ),
        (text) => {
          expect(withoutSecrets(`The ${text} is here`)).toBe(`The ${text} is here`)
        }
      ),
      { numRuns: 2000 }
    )
    for (const text of [
      "Old tokens were not purged and will be next time",
      "/api/v1/accounts/:accountId/statement",
      "SELECT id FROM saldo_identity_tokens WHERE token_hash = ? AND password = $1",
      "UNIQUE constraint failed: saldo_identity_users.tenant",
      "at run (file:///srv/bank/node_modules/.pnpm/effect@4.1.0/node_modules/effect/dist/internal/effect.js:3120:17)",
      "The port 5432 of 10.0.0.12 is closed since 2026-11-21 14:20",
      "cursor abcd-ef"
    ]) {
      expect(withoutSecrets(text)).toBe(text)
    }
  })

  it("finds nothing more the second time, and takes any text", () => {
    const anything = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), ...Object.values(secrets))
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 4 }), (parts) => {
        const clean = withoutSecrets(parts.join(" "))
        expect(withoutSecrets(clean)).toBe(clean)
      }),
      { numRuns: 500 }
    )
  })

  it("ends soon with texts made to hold it up", () => {
    for (const part of [
      "a",
      "1",
      " ",
      "@",
      "a@",
      "password:",
      "eyJa.",
      "A2",
      "1234-",
      "https://",
      '\\"',
      "Expected ",
      "-----BEGIN A",
      "SE12 "
    ]) {
      const text = part.repeat(Math.ceil(100_000 / part.length))
      expect(withoutSecrets(text).length).toBeLessThan(200_000)
    }
  })
})

describe("writtenValue", () => {
  it("says nothing of a field whose name says that it is secret, however the name is written", () => {
    for (const name of [
      "password",
      "newPassword",
      "x-api-key",
      "refresh_token",
      "Authorization",
      "clientSecret",
      "EMAIL",
      "set-cookie",
      "accountNumber",
      "recoveryCodes"
    ]) {
      expect(isSecretName(name), name).toBe(true)
      expect(writtenValue(name, "plain words")).toBe("<redacted>")
      expect(writtenValue("body", { deep: [{ [name]: 7 }] })).toEqual({ deep: [{ [name]: "<redacted>" }] })
    }
    for (const name of ["tenant", "route", "status", "requestId", "tokenCount", "secretary", "name"]) {
      expect(isSecretName(name), name).toBe(false)
    }
  })

  it("writes what JSON has no words for, and ends with what has no end", () => {
    const ring: { self?: unknown } = {}
    ring.self = ring
    const wide = Object.fromEntries(
      Array.from({ length: 1000 }, (_, at) => [`k${at}`, Array.from({ length: 1000 }, () => at)])
    )
    expect(writtenValue("value", { big: 7n, none: undefined, nan: Number.NaN, redacted: Redacted.make("x") })).toEqual({
      big: "7",
      none: "undefined",
      nan: "NaN",
      redacted: "<redacted>"
    })
    expect(JSON.stringify(writtenValue("value", ring)).length).toBeLessThan(200)
    expect(JSON.stringify(writtenValue("value", wide)).length).toBeLessThan(10_000)
    expect(writtenValue("value", new Map([["token", "x y"]]))).toEqual([["token", "x y"]])
    const failing = {
      toJSON: () => {
        throw new RangeError("no")
      }
    }
    expect(writtenValue("value", failing)).toBe("[unreadable]")
  })
})
