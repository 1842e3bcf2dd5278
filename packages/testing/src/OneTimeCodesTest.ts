import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { OneTimeCodes } from "saldo/identity/OneTimeCodes"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

const check = checksOf<OneTimeCodes["Service"], OneTimeCodes>(OneTimeCodes)

/** The secret of RFC 6238, appendix B: the ASCII text `12345678901234567890`. */
const secret = Redacted.make("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")

/** The values of RFC 6238, appendix B for SHA-1: seconds since 1970 began, and the last six of the eight digits. */
const published = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"]
] as const

const at = (second: number) => DateTime.makeUnsafe(second * 1000)
const stepOf = (second: number) => Math.floor(second / 30)

const noCodes = ["", "12345", "1234567", "28708a", " 287082", "287082 ", "２８７０８２", "-87082", "2870.2"]
const noSecrets = ["", "1", "not base32!", "GEZDGNBVGY3TQOJ0", "å"]

/** What every `OneTimeCodes` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<OneTimeCodes>> = [
  check("published", "takes the codes of RFC 6238, and says their step", (codes) =>
    Effect.gen(function* () {
      for (const [second, code] of published) {
        expect(yield* codes.verify(secret, Redacted.make(code), at(second))).toEqual(Option.some(stepOf(second)))
      }
    })
  ),
  check("clocks", "takes a code one step early or late, says its own step, and none beyond", (codes) =>
    Effect.gen(function* () {
      for (const [second, code] of published.slice(1)) {
        const step = stepOf(second)
        for (const [steps, taken] of [
          [-2, false],
          [-1, true],
          [0, true],
          [1, true],
          [2, false]
        ] as const) {
          for (const within of [0, 29.999]) {
            const found = yield* codes.verify(secret, Redacted.make(code), at((step + steps) * 30 + within))
            expect(found, `${code} ${steps} ${within}`).toEqual(taken ? Option.some(step) : Option.none())
          }
        }
      }
    })
  ),
  check("nonsense", "takes nothing that is no code, and no code for what is no secret", (codes) =>
    Effect.gen(function* () {
      for (const text of noCodes) {
        expect(yield* codes.verify(secret, Redacted.make(text), at(59))).toEqual(Option.none())
      }
      for (const text of noSecrets) {
        expect(yield* codes.verify(Redacted.make(text), Redacted.make("287082"), at(59))).toEqual(Option.none())
      }
    })
  ),
  check("secret", "makes secrets of 160 bits or more, others each time", (codes) =>
    Effect.gen(function* () {
      const secrets = yield* Effect.forEach([1, 2, 3], () => Effect.map(codes.generateSecret, Redacted.value))
      expect(new Set(secrets).size).toBe(3)
      for (const text of secrets) expect(text).toMatch(/^[A-Z2-7]{32,}$/u)
    })
  ),
  check("uri", "gives the address that authenticators read, with the names as they are", (codes) =>
    Effect.gen(function* () {
      const label = { issuer: "Örebro & Söner: Bank", account: "quirina+1@example.org" }
      const uri = new URL(Redacted.value(yield* codes.uri(secret, label)))
      expect(uri.protocol + uri.host).toBe("otpauth:totp")
      expect(decodeURIComponent(uri.pathname)).toBe(`/${label.issuer}:${label.account}`)
      expect(uri.searchParams.get("secret")).toBe(Redacted.value(secret))
      expect(uri.searchParams.get("issuer")).toBe(label.issuer)
      expect(uri.searchParams.get("digits") ?? "6").toBe("6")
      expect(uri.searchParams.get("period") ?? "30").toBe("30")
      expect((uri.searchParams.get("algorithm") ?? "SHA1").toUpperCase()).toBe("SHA1")
    })
  )
]

/** Tests a `OneTimeCodes`. */
export const suite = <E>(name: string, layer: Layer.Layer<OneTimeCodes, E>, options: SuiteOptions = {}): void =>
  register("OneTimeCodes", checks, name, layer, options)
