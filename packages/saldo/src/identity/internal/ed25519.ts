/**
 * Ed25519 keys (RFC 8032) from their seeds of 32 bytes.
 */
import * as Redacted from "effect/Redacted"
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto"

/** RFC 8410, section 7: what stands before the seed in the private key's encoding. */
const privateKeyHeader = Buffer.from("302e020100300506032b657004220420", "hex")

/** The private key of a seed. */
export const privateKeyOf = (seed: Redacted.Redacted<Uint8Array>): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([privateKeyHeader, Redacted.value(seed)]),
    format: "der",
    type: "pkcs8"
  })

/** The public key of a seed, as the base64url of its 32 bytes. */
export const publicKeyOf = (seed: Redacted.Redacted<Uint8Array>): string => {
  const der = createPublicKey(privateKeyOf(seed)).export({ format: "der", type: "spki" })
  return der.subarray(-32).toString("base64url")
}
