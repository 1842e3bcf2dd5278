/**
 * The keys of a host as the use cases take them.
 */
import * as Redacted from "effect/Redacted"
import type { BankKey, BankKeys } from "./bank.ts"
import { Secret } from "./secret.ts"

const keyOf = (text: string | Secret) => Redacted.make(text instanceof Secret ? text.reveal() : text)
const namedKey = ({ id, key }: BankKey) => ({ id, key: keyOf(key) })

/** The keys of a host that seal, which nothing prints. */
export const sealingRing = ({ current, previous = [] }: Omit<BankKeys, "index">) => ({
  current: namedKey(current),
  previous: previous.map(namedKey)
})

/** The key ring of a host, which nothing prints. */
export const keyRing = ({ index, ...sealing }: BankKeys) => ({ ...sealingRing(sealing), index: keyOf(index) })
