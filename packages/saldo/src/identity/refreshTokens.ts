/**
 * Refresh tokens, and what comes of one that is used.
 */
import type * as DateTime from "effect/DateTime"
import type { RefreshToken, Session } from "./Session.ts"
import { isInForce } from "./sessionLife.ts"

/** What comes of a refresh token that is used. */
export type RefreshDecision = "rotate" | "answer-again" | "reused" | "over"

interface Used {
  readonly session: Session
  readonly token: RefreshToken
  readonly at: DateTime.Utc
  /** What the client calls itself now. */
  readonly agent: string | null
  readonly askAgainForMs: number
}

/**
 * A token that was not used yet is rotated.
 *
 * One that was used has been copied, and its session must end, unless the client got no answer and asks again: for a short
 * while after its use the last used token of a session gets the same successor again, if whoever sends it calls itself as
 * the session does. The address may be another one: answers get lost where clients change their network.
 */
export const refreshDecision = ({ agent, askAgainForMs, at, session, token }: Used): RefreshDecision => {
  if (!isInForce(session, at)) return "over"
  if (token.usedAt === null) return "rotate"
  const askedAfterMs = at.epochMilliseconds - token.usedAt.epochMilliseconds
  const soon = Math.abs(askedAfterMs) <= askAgainForMs
  return soon && token.salt !== null && agent === session.agent ? "answer-again" : "reused"
}
