import { describe, expect, it } from "@effect/vitest"
import * as OneTimeCodesTest from "@saldo/testing/OneTimeCodesTest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { OneTimeCodes } from "saldo/identity/OneTimeCodes"
import * as TotpOneTimeCodes from "../src/TotpOneTimeCodes.ts"

OneTimeCodesTest.suite("otplib", TotpOneTimeCodes.layer)

/** The secret of RFC 6238, appendix B, and one of its codes: that of the second 1,234,567,890. */
const secret = Redacted.make("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
const code = Redacted.make("005924")
const step = Math.floor(1_234_567_890 / 30)

const at = (seconds: number) => DateTime.makeUnsafe(seconds * 1000)

describe("a code", () => {
  it.effect("is taken from the first to the last moment of the step before and of the step behind its own", () =>
    Effect.gen(function* () {
      const { verify } = yield* OneTimeCodes
      for (const [steps, taken] of [
        [-2, false],
        [-1, true],
        [0, true],
        [1, true],
        [2, false]
      ] as const) {
        for (const within of [0, 0.001, 29, 29.999]) {
          const found = yield* verify(secret, code, at((step + steps) * 30 + within))
          expect(found, `${steps} ${within}`).toEqual(taken ? Option.some(step) : Option.none())
        }
      }
    }).pipe(Effect.provide(TotpOneTimeCodes.layer))
  )

  it.effect("is six digits of ASCII and nothing around them", () =>
    Effect.gen(function* () {
      const { verify } = yield* OneTimeCodes
      for (const text of [" 005924", "005924 ", "005924\n", "００５９２４", "5924", "+05924", "0x1724"]) {
        expect(yield* verify(secret, Redacted.make(text), at(1_234_567_890)), text).toEqual(Option.none())
      }
    }).pipe(Effect.provide(TotpOneTimeCodes.layer))
  )
})
