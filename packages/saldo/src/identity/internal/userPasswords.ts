/**
 * Choosing a password, and comparing one, by the same work whether or not there is something to compare it with.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "../../internal/sealing.ts"
import type { BreachedPasswordSource } from "../BreachedPasswordSource.ts"
import { PasswordUnsuitable } from "../IdentityRefusal.ts"
import type { PasswordHasher, PasswordVerdict } from "../PasswordHasher.ts"
import { normalisedPassword, type PasswordPolicy, passwordWeaknesses } from "../passwordStrength.ts"

const label = { label: "password" }

const normalised = (password: Redacted.Redacted): Redacted.Redacted =>
  Redacted.make(normalisedPassword(Redacted.value(password)), label)

/** A new token or password of 256 random bits. */
export const newToken: Effect.Effect<Redacted.Redacted> = Effect.map(randomBytes(32), (bytes) =>
  Redacted.make(Buffer.from(bytes).toString("base64url"), { label: "token" })
)

/** Makes what passwords go through. */
export const makePasswords = Effect.fnUntraced(function* (
  hasher: PasswordHasher["Service"],
  breached: BreachedPasswordSource["Service"],
  policy: PasswordPolicy
) {
  // The hash of what nobody knows, made once and before somebody waits for it.
  const decoy = yield* Effect.cached(Effect.flatMap(newToken, hasher.hash))
  yield* Effect.forkScoped(decoy)

  return {
    /** The hash of a password that may be used by somebody of whom these words are known. */
    choose: Effect.fnUntraced(function* (password: Redacted.Redacted, known: ReadonlyArray<Redacted.Redacted>) {
      const found = passwordWeaknesses(Redacted.value(password), known.map(Redacted.value), policy)
      if (found.length > 0) return yield* new PasswordUnsuitable({ weaknesses: found })
      const chosen = normalised(password)
      if ((yield* breached.occurrences(chosen)) > 0) return yield* new PasswordUnsuitable({ weaknesses: ["breached"] })
      return yield* hasher.hash(chosen)
    }),
    /** Compares a password with a hash, or with one that nothing matches. */
    compare: Effect.fnUntraced(function* (
      encoded: Redacted.Redacted | null,
      password: Redacted.Redacted
    ): Effect.fn.Return<PasswordVerdict> {
      // Nobody has so long a password, and hashing it would take as long as somebody likes.
      const isLong = Redacted.value(password).length > 4 * policy.maximumLength
      const given = isLong ? yield* newToken : normalised(password)
      const verdict = yield* hasher.verify(encoded ?? (yield* decoy), given)
      return encoded === null ? { matches: false, outdated: false } : verdict
    }),
    /** The hash that takes the place of one that is too weak, of a password that matched it. */
    rehash: (password: Redacted.Redacted) => hasher.hash(normalised(password))
  }
})

/** What `makePasswords` makes. */
export type Passwords = Effect.Success<ReturnType<typeof makePasswords>>
