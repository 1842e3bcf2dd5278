/**
 * A host's keys in the memory of the process: the current one seals, and what an earlier one sealed still opens.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { SealingKeyring } from "../core/SealingKeyring.ts"
import { type Secret, seal, secretOf, unseal } from "./sealing.ts"

/** Why a sealed text does not open: its key is not in the ring, or the text was altered or belongs elsewhere. */
export type Unopened = "unknown-key" | "altered"

/** Seals and opens texts, each bound to its place, by the keys of a ring. A key that is none is a `RangeError`. */
export interface Keyring {
  /** The sealed text, behind the code of the key's name and a full stop. */
  readonly seal: (place: string, text: Redacted.Redacted) => Effect.Effect<string>
  readonly open: (place: string, sealed: string, label: string) => Result.Result<Redacted.Redacted, Unopened>
}

/** Names may hold anything, their code holds no full stop. */
const named = (id: string): string => Buffer.from(id, "utf8").toString("base64url")

/** Keys by a name of theirs. */
export const secretsOf = (
  { current, previous = [] }: SealingKeyring,
  nameOf: (id: string) => string
): ReadonlyMap<string, Secret> =>
  new Map([...previous, current].map(({ id, key }) => [nameOf(id), secretOf(Redacted.value(key))]))

/** A key ring of the keys that a host gives. */
export const makeKeyring = (ring: SealingKeyring): Keyring => {
  const keys = secretsOf(ring, named)
  const name = named(ring.current.id)
  const sealing = secretOf(Redacted.value(ring.current.key))
  return {
    seal: (place, text) => Effect.map(seal(sealing, place, Redacted.value(text)), (sealed) => `${name}.${sealed}`),
    open: (place, sealed, label) => {
      const end = sealed.indexOf(".")
      const key = keys.get(sealed.slice(0, end))
      if (key === undefined) return Result.fail("unknown-key")
      return Result.mapBoth(unseal(key, place, sealed.slice(end + 1)), {
        onFailure: () => "altered" as const,
        onSuccess: (text) => Redacted.make(text, { label })
      })
    }
  }
}
