import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

/** Whether a password is the one that was hashed, and whether the hash is weaker than those made today. */
export interface PasswordVerdict {
  readonly matches: boolean
  /** To be replaced by a new hash of the same password, which only whoever has the password can make. */
  readonly outdated: boolean
}

/**
 * Port: makes hashes of passwords that are slow to guess, and compares passwords with them.
 *
 * Contract:
 * - A hash is text that names its own algorithm and cost. Two hashes of one password differ, as each has its own salt.
 * - `verify` takes the hashes that `hash` makes and any older kinds it knows, compares in constant time and reads every
 *   character of the password: passwords that differ anywhere do not pass for each other.
 * - A hash that it cannot read matches nothing and is outdated. Nothing here fails because of what was typed.
 * - Passwords are hashed as they come; whoever calls has brought them to one form of Unicode.
 */
export class PasswordHasher extends Context.Service<
  PasswordHasher,
  {
    readonly hash: (password: Redacted.Redacted) => Effect.Effect<Redacted.Redacted>
    readonly verify: (encoded: Redacted.Redacted, password: Redacted.Redacted) => Effect.Effect<PasswordVerdict>
  }
>()("saldo/identity/PasswordHasher") {}
