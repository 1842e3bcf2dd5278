/**
 * Tokens that reach a user by mail and are good once: who has one has read the mail.
 */
import * as Schema from "effect/Schema"
import { UserId } from "./User.ts"

/** What a token is good for. */
export const TokenPurpose = Schema.Literals(["verify-email", "reset-password", "accept-invitation", "change-email"])

/** What a token is good for. */
export type TokenPurpose = typeof TokenPurpose.Type

/** A token as it is stored: its hash, by which nobody can make it. */
export const StoredToken = Schema.Struct({
  tenant: Schema.String,
  userId: UserId,
  purpose: TokenPurpose,
  /** The SHA-256 of the token, as 64 hexadecimal digits. */
  hash: Schema.String,
  createdAt: Schema.DateTimeUtcFromMillis,
  /** From this instant on it is good for nothing. */
  expiresAt: Schema.DateTimeUtcFromMillis
})

/** A token as it is stored. */
export type StoredToken = typeof StoredToken.Type
