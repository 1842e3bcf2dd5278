/**
 * The text of an API key: `sk_`, a prefix of 64 random bits that may be shown, `_`, and 256 random bits that may not.
 */

const prefixBytes = 8
const secretBytes = 32

/** How many random bytes make a key. */
export const apiKeyBytes = prefixBytes + secretBytes

/** The key of that many random bytes. */
export const apiKeyText = (bytes: Uint8Array): string => {
  const all = Buffer.from(bytes)
  const prefix = all.subarray(0, prefixBytes).toString("hex")
  return `sk_${prefix}_${all.subarray(prefixBytes, apiKeyBytes).toString("base64url")}`
}

/** The part of a key that may be shown, `sk_` included; undefined for a text that is no key. */
export const prefixOf = (text: string): string | undefined => /^(sk_[0-9a-f]{16})_[A-Za-z0-9_-]{43}$/u.exec(text)?.[1]
