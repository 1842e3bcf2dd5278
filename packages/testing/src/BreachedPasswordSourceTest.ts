import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { randomBytes } from "node:crypto"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

/** A source of leaked passwords, with one that it knows. */
export interface KnownLeak {
  readonly password: string
}

/** What every `BreachedPasswordSource` promises that knows a leak; see the doc comment of the port. */
export const checksWith = ({ password }: KnownLeak): ReadonlyArray<Check<BreachedPasswordSource>> => {
  const check = checksOf<BreachedPasswordSource["Service"], BreachedPasswordSource>(BreachedPasswordSource)
  return [
    check("leaked", "knows a password that has leaked", (source) =>
      Effect.gen(function* () {
        expect(yield* source.occurrences(Redacted.make(password))).toBeGreaterThan(0)
      })
    ),
    check("unknown", "has never seen a random one, nor a part of one that has leaked", (source) =>
      Effect.gen(function* () {
        const random = randomBytes(24).toString("base64url")
        for (const other of [random, `${password}${random}`, `${random}${password}`]) {
          expect(yield* source.occurrences(Redacted.make(other))).toBe(0)
        }
      })
    ),
    check("hostile", "answers whatever it is asked", (source) =>
      Effect.gen(function* () {
        for (const text of ["", "\u0000", "\ud800", "å".repeat(10_000)]) {
          expect(yield* source.occurrences(Redacted.make(text))).toBeGreaterThanOrEqual(0)
        }
      })
    )
  ]
}

/** Tests a `BreachedPasswordSource` with a password that it knows to have leaked. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<BreachedPasswordSource, E>,
  leak: KnownLeak,
  options: SuiteOptions = {}
): void => register("BreachedPasswordSource", checksWith(leak), name, layer, options)
