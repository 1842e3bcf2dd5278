import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { OneTimeCodes } from "saldo/identity/OneTimeCodes"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"
import { codeOfStep, stepAt } from "./TotpCodes.ts"

const check = checksOf<OneTimeCodes["Service"], OneTimeCodes>(OneTimeCodes)

const redact = (text: string) => Redacted.make(text)

/** "12345678901234567890" in ASCII, the secret of RFC 6238, appendix B, as base32. */
const published = redact("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")

/** Times in seconds and codes of RFC 6238, appendix B, for SHA-1; the last six of their eight digits. */
const vectors: ReadonlyArray<readonly [seconds: number, code: string]> = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"]
]

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00Z")

/** What every `OneTimeCodes` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<OneTimeCodes>> = [
  check("published", "takes the published codes, and says for which step", (codes) =>
    Effect.gen(function* () {
      for (const [seconds, code] of vectors) {
        const at = DateTime.makeUnsafe(seconds * 1000)
        expect(yield* codes.verify(published, redact(code), at)).toEqual(Option.some(Math.floor(seconds / 30)))
      }
    })
  ),
  check("window", "takes the codes of one step before and behind, and no others", (codes) =>
    Effect.gen(function* () {
      const secret = yield* codes.generateSecret
      const now = stepAt(noon)
      for (const away of [-1, 0, 1]) {
        expect(yield* codes.verify(secret, codeOfStep(secret, now + away), noon)).toEqual(Option.some(now + away))
      }
      // Two codes of six digits are the same once in a million times; all of these at once never are.
      const others = yield* Effect.forEach([-3, -2, 2, 3], (away) =>
        codes.verify(secret, codeOfStep(secret, now + away), noon)
      )
      expect(others.filter(Option.isNone).length).toBeGreaterThanOrEqual(3)
    })
  ),
  check("secrets", "makes secrets of 160 bits or more, each another", (codes) =>
    Effect.gen(function* () {
      const secrets = (yield* Effect.replicateEffect(codes.generateSecret, 20)).map(Redacted.value)
      expect(new Set(secrets).size).toBe(20)
      for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32,}$/u)
      const foreign = redact(secrets[0] ?? "")
      const code = codeOfStep(redact(secrets[1] ?? ""), stepAt(noon))
      const other = codeOfStep(redact(secrets[2] ?? ""), stepAt(noon))
      const taken = [yield* codes.verify(foreign, code, noon), yield* codes.verify(foreign, other, noon)]
      expect(taken.some(Option.isNone)).toBe(true)
    })
  ),
  check("hostile", "takes nothing that is no code, whatever it is", (codes) =>
    Effect.gen(function* () {
      const secret = yield* codes.generateSecret
      const code = Redacted.value(codeOfStep(secret, stepAt(noon)))
      const hostile = [
        "",
        " ",
        "abcdef",
        "-12345",
        "1e5",
        "12345",
        "1234567",
        `${code}0`,
        `0${code}`,
        code.slice(1),
        "٣٣٣٣٣٣"
      ]
      for (const each of [...hostile, "9".repeat(10_000)]) {
        expect(yield* codes.verify(secret, redact(each), noon), each.slice(0, 20)).toEqual(Option.none())
      }
      for (const broken of ["", "not base32!", "A"]) {
        expect(yield* codes.verify(redact(broken), redact(code), noon), broken).toEqual(Option.none())
      }
    })
  ),
  check("uri", "gives the address that authenticators read, with names that need encoding", (codes) =>
    Effect.gen(function* () {
      const secret = yield* codes.generateSecret
      const uri = yield* codes.uri(secret, { issuer: "Ek & Bank", account: "anna+1@example.com" })
      const url = new URL(Redacted.value(uri))
      expect(url.protocol).toBe("otpauth:")
      expect(url.host).toBe("totp")
      expect(decodeURIComponent(url.pathname)).toBe("/Ek & Bank:anna+1@example.com")
      expect(url.searchParams.get("secret")).toBe(Redacted.value(secret))
      expect(url.searchParams.get("issuer")).toBe("Ek & Bank")
      const defaults = { algorithm: "SHA1", digits: "6", period: "30" }
      for (const [name, value] of Object.entries(defaults)) {
        expect([null, value], name).toContain(url.searchParams.get(name))
      }
      expect(JSON.stringify(uri)).not.toContain(Redacted.value(secret))
    })
  )
]

/** Tests `OneTimeCodes`. */
export const suite = <E>(name: string, layer: Layer.Layer<OneTimeCodes, E>, options: SuiteOptions = {}): void =>
  register("OneTimeCodes", checks, name, layer, options)
