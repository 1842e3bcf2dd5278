import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"

/** The id of a signing key, which is public: it is the `kid` of what the key signed. */
export const SigningKeyId = Id.schema("sigkey")

/** The id of a signing key. */
export type SigningKeyId = typeof SigningKeyId.Type

/**
 * A pair of keys that signs access tokens: Ed25519 (RFC 8032), as `EdDSA` of RFC 8037.
 *
 * It signs from `signsFrom` until `signsUntil`, is published before that, and verifies until `verifiesUntil`, when the last
 * token that it signed is over. A key that was withdrawn does none of it, from that instant on.
 */
export const SigningKey = Schema.Struct({
  id: SigningKeyId,
  /** Counts the keys of the installation, from 1; of two that may sign, the greater one does. */
  sequence: Schema.Int,
  algorithm: Schema.Literal("EdDSA"),
  /** The public key: 32 bytes as base64url. */
  publicKey: Schema.String,
  createdAt: Schema.DateTimeUtc,
  signsFrom: Schema.DateTimeUtc,
  signsUntil: Schema.DateTimeUtc,
  verifiesUntil: Schema.DateTimeUtc,
  withdrawnAt: Schema.NullOr(Schema.DateTimeUtc)
})

/** A pair of keys that signs access tokens. */
export type SigningKey = typeof SigningKey.Type

/** The secret half of a signing key as it is kept: under a key of the host's, and under which. */
export interface SealedSecret {
  readonly sealed: string
  readonly sealedBy: string
}

/** A signing key as it is kept. */
export interface StoredSigningKey extends SigningKey, SealedSecret {}

/** A public key as it is published (RFC 7517, RFC 8037). */
export const PublicJwk = Schema.Struct({
  kty: Schema.Literal("OKP"),
  crv: Schema.Literal("Ed25519"),
  x: Schema.String,
  kid: SigningKeyId,
  use: Schema.Literal("sig"),
  alg: Schema.Literal("EdDSA")
})

/** A public key as it is published. */
export type PublicJwk = typeof PublicJwk.Type

/** The public keys of an installation (RFC 7517, section 5), with which others verify its tokens. */
export const JsonWebKeySet = Schema.Struct({ keys: Schema.Array(PublicJwk) })

/** The public keys of an installation. */
export type JsonWebKeySet = typeof JsonWebKeySet.Type

/** There is no such signing key, or it is over. */
export class SigningKeyNotFound extends Schema.TaggedError<SigningKeyNotFound>()(
  "SigningKeyNotFound",
  { keyId: SigningKeyId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no signing key ${this.keyId} that signs or verifies`
  }
}
