import type * as DateTime from "effect/DateTime"
import type { PublicJwk, SigningKey } from "./SigningKey.ts"

type Terms = Pick<SigningKey, "sequence" | "signsFrom" | "signsUntil" | "verifiesUntil" | "withdrawnAt">

/** Whether what a key signed is still believed. One that was withdrawn is not, whatever the clock of whoever did it says. */
export const verifies = (key: Terms, at: DateTime.Utc): boolean =>
  key.withdrawnAt === null && at.epochMilliseconds < key.verifiesUntil.epochMilliseconds

const signs = (key: Terms, at: DateTime.Utc): boolean =>
  verifies(key, at) &&
  key.signsFrom.epochMilliseconds <= at.epochMilliseconds &&
  at.epochMilliseconds < key.signsUntil.epochMilliseconds

/** The key that signs at an instant: the latest of those whose time it is. */
export const signingAt = <K extends Terms>(keys: ReadonlyArray<K>, at: DateTime.Utc): K | undefined =>
  keys.filter((key) => signs(key, at)).toSorted((left, right) => right.sequence - left.sequence)[0]

/** Whether some key will take over no later than `announceMs` milliseconds before the one that signs has to stop. */
export const isSucceeded = (keys: ReadonlyArray<Terms>, at: DateTime.Utc, announceMs: number): boolean => {
  const current = signingAt(keys, at)
  if (current === undefined) return false
  const end = current.signsUntil.epochMilliseconds
  if (at.epochMilliseconds < end - announceMs) return true
  return keys.some(
    (key) => verifies(key, at) && key.signsFrom.epochMilliseconds <= end && key.signsUntil.epochMilliseconds > end
  )
}

/** A key as others get to see it. */
export const publicJwk = ({ id, publicKey }: Pick<SigningKey, "id" | "publicKey">): PublicJwk => ({
  kty: "OKP",
  crv: "Ed25519",
  x: publicKey,
  kid: id,
  use: "sig",
  alg: "EdDSA"
})
