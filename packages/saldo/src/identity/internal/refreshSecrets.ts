/**
 * Texts of refresh tokens: 256 random bits, or as good as random.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createHmac } from "node:crypto"
import { sha256 } from "../../core/sha256.ts"
import { randomBytes } from "../../internal/sealing.ts"

const prefix = "srt_"

const token = (bytes: Uint8Array): Redacted.Redacted =>
  Redacted.make(prefix + Buffer.from(bytes).toString("base64url"), { label: "refresh token" })

/** The first token of a session. */
export const firstToken: Effect.Effect<Redacted.Redacted> = Effect.map(randomBytes(32), token)

/** What a successor is made with: as much as a token, so that whoever has the token cannot tell its successor. */
export const newSalt: Effect.Effect<string> = Effect.map(randomBytes(32), (bytes) =>
  Buffer.from(bytes).toString("base64url")
)

/** The successor of a token with that salt, the same each time: HMAC-SHA-256 (RFC 2104) of the token under the salt. */
export const successorOf = (used: Redacted.Redacted, salt: string): Redacted.Redacted =>
  token(createHmac("sha256", Buffer.from(salt, "base64url")).update(Redacted.value(used), "utf8").digest())

/** What is kept of a token. */
export const hashOf = (used: Redacted.Redacted): string => sha256(Redacted.value(used))
