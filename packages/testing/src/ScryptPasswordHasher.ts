import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { PasswordHasher } from "saldo/identity/PasswordHasher"
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto"

/** How much work a hash takes: scrypt's N, a power of two; r is 8 and p is 1. */
export interface ScryptOptions {
  readonly cost?: number
}

const pattern = /^\$scrypt\$n=(\d+)\$([\w-]+)\$([\w-]+)$/u

const derive = (password: Redacted.Redacted, salt: Buffer, cost: number): Buffer =>
  scryptSync(Redacted.value(password), salt, 32, { cost, maxmem: 256 * cost * 8 })

/**
 * Hashes by scrypt (RFC 7914), real but quick, for tests of what is done with passwords: 1024 rounds unless told otherwise,
 * where one that guards anything takes a hundred times as many. A hash with fewer rounds is outdated.
 */
export const layer = ({ cost = 1024 }: ScryptOptions = {}): Layer.Layer<PasswordHasher> =>
  Layer.succeed(
    PasswordHasher,
    PasswordHasher.of({
      hash: (password) =>
        Effect.sync(() => {
          const salt = randomBytes(16)
          const key = derive(password, salt, cost).toString("base64url")
          return Redacted.make(`$scrypt$n=${cost}$${salt.toString("base64url")}$${key}`, { label: "password hash" })
        }),
      verify: (encoded, password) =>
        Effect.sync(() => {
          const [, rounds, salt = "", key = ""] = pattern.exec(Redacted.value(encoded)) ?? []
          if (rounds === undefined) return { matches: false, outdated: true }
          const derived = derive(password, Buffer.from(salt, "base64url"), Number(rounds))
          const kept = Buffer.from(key, "base64url")
          const matches = kept.length === derived.length && timingSafeEqual(kept, derived)
          return { matches, outdated: Number(rounds) < cost }
        })
    })
  )
