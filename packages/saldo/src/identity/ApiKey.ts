import * as Schema from "effect/Schema"
import { Permission } from "../core/Actor.ts"
import * as Id from "../core/Id.ts"

/** The id of an API key, which is public, and as which its holder acts. */
export const ApiKeyId = Id.schema("apikey")

/** The id of an API key. */
export type ApiKeyId = typeof ApiKeyId.Type

/** What somebody calls a key to know it again: 1 to 100 characters, none of them a control character. */
export const ApiKeyName = Schema.String.check(
  Schema.isPattern(/^(?=.*\S)[^\p{Cc}\p{Cs}]{1,100}$/u, {
    expected: "1 to 100 characters without control characters"
  })
)

/**
 * A key by which a program acts for the user who made it, with some of the permissions that the user has.
 *
 * `prefix` is the part of the key that may be shown. `lastUsedAt` is right to the hour. A key is good while its user may act
 * and until it is revoked or over; null where it never is.
 */
export const ApiKey = Schema.Struct({
  id: ApiKeyId,
  tenant: Schema.String,
  userId: Id.schema("user"),
  name: ApiKeyName,
  prefix: Schema.String,
  scopes: Schema.Array(Permission),
  createdAt: Schema.DateTimeUtc,
  expiresAt: Schema.NullOr(Schema.DateTimeUtc),
  lastUsedAt: Schema.NullOr(Schema.DateTimeUtc),
  revokedAt: Schema.NullOr(Schema.DateTimeUtc)
})

/** A key by which a program acts for a user. */
export type ApiKey = typeof ApiKey.Type

/** There is no such key, or it is another user's. */
export class ApiKeyNotFound extends Schema.TaggedError<ApiKeyNotFound>()(
  "ApiKeyNotFound",
  { apiKeyId: ApiKeyId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no API key ${this.apiKeyId}`
  }
}

/** A key was asked for that could do more than whoever asks, or nothing, or what only somebody in person may do. */
export class ScopesExcessive extends Schema.TaggedError<ScopesExcessive>()(
  "ScopesExcessive",
  { scopes: Schema.Array(Permission) },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return this.scopes.length === 0
      ? "A key needs at least one permission"
      : `You lack ${this.scopes.join(", ")}, so a key of yours cannot have it`
  }
}

/** A key was asked for whose time is up before it begins. */
export class ApiKeyExpiryPast extends Schema.TaggedError<ApiKeyExpiryPast>()(
  "ApiKeyExpiryPast",
  { expiresAt: Schema.DateTimeUtc },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return "The time at which the key is over is past; choose a later one, or none"
  }
}
