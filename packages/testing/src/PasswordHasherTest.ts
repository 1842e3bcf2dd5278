import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { PasswordHasher } from "saldo/identity/PasswordHasher"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

const check = checksOf<PasswordHasher["Service"], PasswordHasher>(PasswordHasher)

const password = (text: string) => Redacted.make(text)

/** Passwords that a hasher which stops early, at a zero or at some length, takes for each other. */
const alike: ReadonlyArray<readonly [string, string]> = [
  ["correct horse", "correct horse "],
  ["Correct horse", "correct horse"],
  ["a\u0000b", "a\u0000c"],
  ["a", "a\u0000"],
  [`${"x".repeat(72)}1`, `${"x".repeat(72)}2`],
  [`${"å".repeat(127)}1`, `${"å".repeat(127)}2`],
  ["", " "],
  ["e\u0301", "é"]
]

const unreadable = [
  "",
  "plain text",
  "$",
  "$argon2id$",
  "$argon2id$v=19$m=1,t=1,p=1$$",
  "$2b$12$short",
  "$2b$99$",
  "\u0000"
]

/** What every `PasswordHasher` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<PasswordHasher>> = [
  check("matches", "knows the password of its own hash, which is not outdated", (hasher) =>
    Effect.gen(function* () {
      for (const [text] of alike) {
        const hash = yield* hasher.hash(password(text))
        expect(yield* hasher.verify(hash, password(text))).toEqual({ matches: true, outdated: false })
      }
    })
  ),
  check("differs", "tells passwords apart that differ anywhere", (hasher) =>
    Effect.gen(function* () {
      for (const [left, right] of alike) {
        const hash = yield* hasher.hash(password(left))
        expect((yield* hasher.verify(hash, password(right))).matches).toBe(false)
      }
    })
  ),
  check("salted", "makes another hash of the same password each time", (hasher) =>
    Effect.gen(function* () {
      const hashes = yield* Effect.forEach([1, 2, 3], () => hasher.hash(password("correct horse")))
      expect(new Set(hashes.map(Redacted.value)).size).toBe(3)
      expect(hashes.map(String).join(" ")).not.toContain("$")
    })
  ),
  check("unreadable", "lets nobody in by a hash that it cannot read", (hasher) =>
    Effect.gen(function* () {
      for (const text of unreadable) {
        expect(yield* hasher.verify(Redacted.make(text), password("correct horse"))).toEqual({
          matches: false,
          outdated: true
        })
      }
    })
  )
]

/** Tests a `PasswordHasher`. */
export const suite = <E>(name: string, layer: Layer.Layer<PasswordHasher, E>, options: SuiteOptions = {}): void =>
  register("PasswordHasher", checks, name, layer, options)
