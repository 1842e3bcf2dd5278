import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"

/** The id of a session. It is shown to whoever lists sessions, so it is no secret and opens nothing. */
export const SessionId = Id.schema("sess")

/** The id of a session. */
export type SessionId = typeof SessionId.Type

/**
 * Why a session ended before its time: its user left, somebody ended it from a list, a refresh token came a second time,
 * the credentials it was begun with were replaced, or its user was locked or deleted.
 */
export const SessionEndReason = Schema.Literals([
  "signed-out",
  "revoked",
  "token-reused",
  "credentials-changed",
  "user-locked",
  "user-deleted"
])

/** Why a session ended before its time. */
export type SessionEndReason = typeof SessionEndReason.Type

/** When and why a session ended. */
export const SessionEnding = Schema.Struct({ at: Schema.DateTimeUtc, reason: SessionEndReason })

/** When and why a session ended. */
export type SessionEnding = typeof SessionEnding.Type

/**
 * A user who signed in once, at one client, and has stayed since.
 *
 * `address` and `agent` are what the client was last seen with; both say something about a person. Each refresh moves
 * `expiresAt`, at which a session ends that nobody has used; `endsAt` is when it ends even if it is used, and no refresh
 * moves that. `ended` is null unless it ended before.
 */
export const Session = Schema.Struct({
  id: SessionId,
  tenant: Schema.String,
  userId: Id.schema("user"),
  address: Schema.NullOr(Schema.String),
  agent: Schema.NullOr(Schema.String),
  startedAt: Schema.DateTimeUtc,
  refreshedAt: Schema.DateTimeUtc,
  expiresAt: Schema.DateTimeUtc,
  endsAt: Schema.DateTimeUtc,
  ended: Schema.NullOr(SessionEnding)
})

/** A user who signed in once, at one client, and has stayed since. */
export type Session = typeof Session.Type

/**
 * A refresh token as it is kept: by the SHA-256 of its text, never the text. `usedAt` is when its successor was given;
 * `salt` is what the successor was made with, and is there for the last token that was used and for no other.
 */
export interface RefreshToken {
  readonly hash: string
  readonly usedAt: Session["startedAt"] | null
  readonly salt: string | null
}

/** There is no such session, or it is another user's. */
export class SessionNotFound extends Schema.TaggedError<SessionNotFound>()(
  "SessionNotFound",
  { sessionId: SessionId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no session ${this.sessionId}`
  }
}
