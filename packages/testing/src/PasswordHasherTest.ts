import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { PasswordHasher } from "saldo/identity/PasswordHasher"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

const check = checksOf<PasswordHasher["Service"], PasswordHasher>(PasswordHasher)

const password = (text: string) => Redacted.make(text)

/** What every `PasswordHasher` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<PasswordHasher>> = [
  check("matches", "knows the password that it hashed, and no other", (hasher) =>
    Effect.gen(function* () {
      const encoded = yield* hasher.hash(password("four random wombats sing"))
      const fresh = { matches: true, outdated: false }
      expect(yield* hasher.verify(encoded, password("four random wombats sing"))).toEqual(fresh)
      for (const other of ["four random wombats sinG", "four random wombats sing ", "four random wombats", ""]) {
        expect((yield* hasher.verify(encoded, password(other))).matches).toBe(false)
      }
    })
  ),
  check("salted", "hashes the same password differently each time", (hasher) =>
    Effect.gen(function* () {
      const [one, other] = [yield* hasher.hash(password("the same one")), yield* hasher.hash(password("the same one"))]
      expect(Redacted.value(one)).not.toBe(Redacted.value(other))
      expect((yield* hasher.verify(one, password("the same one"))).matches).toBe(true)
      expect((yield* hasher.verify(other, password("the same one"))).matches).toBe(true)
    })
  ),
  check("every-character", "reads every character, of long passwords and of any script", (hasher) =>
    Effect.gen(function* () {
      const long = "å".repeat(127)
      const encoded = yield* hasher.hash(password(`${long}ä`))
      expect((yield* hasher.verify(encoded, password(`${long}ä`))).matches).toBe(true)
      expect((yield* hasher.verify(encoded, password(`${long}ö`))).matches).toBe(false)
      const zero = yield* hasher.hash(password("before\u0000after"))
      expect((yield* hasher.verify(zero, password("before\u0000after"))).matches).toBe(true)
      expect((yield* hasher.verify(zero, password("before\u0000other"))).matches).toBe(false)
    })
  ),
  check("unreadable", "takes a hash that it cannot read for outdated, and lets nothing match it", (hasher) =>
    Effect.gen(function* () {
      const encoded = Redacted.value(yield* hasher.hash(password("the password")))
      const cut = encoded.slice(0, -4)
      for (const broken of ["", "password", "$", "$2b$", "$argon2id$", "$unknown$v=1$c2FsdA$aGFzaA", cut]) {
        const verdict = yield* hasher.verify(Redacted.make(broken), password("the password"))
        expect(verdict.matches, broken).toBe(false)
      }
      const nothing = yield* hasher.verify(Redacted.make("$unknown$v=1$c2FsdA$aGFzaA"), password("the password"))
      expect(nothing).toEqual({ matches: false, outdated: true })
    })
  ),
  check("secret", "does not show the password in the hash, nor the hash when it is printed", (hasher) =>
    Effect.gen(function* () {
      const encoded = yield* hasher.hash(password("planted-secret"))
      expect(Redacted.value(encoded)).not.toContain("planted")
      expect(JSON.stringify(encoded)).not.toContain(Redacted.value(encoded))
    })
  )
]

/** Tests a `PasswordHasher`. */
export const suite = <E>(name: string, layer: Layer.Layer<PasswordHasher, E>, options: SuiteOptions = {}): void =>
  register("PasswordHasher", checks, name, layer, options)
