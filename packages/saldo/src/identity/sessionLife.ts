import type * as DateTime from "effect/DateTime"
import type { Session } from "./Session.ts"

/** When a session is over at the latest, in epoch milliseconds: by its end, or else by being left unused or too old. */
export const overAt = ({ ended, endsAt, expiresAt }: Pick<Session, "ended" | "endsAt" | "expiresAt">): number =>
  Math.min(expiresAt.epochMilliseconds, endsAt.epochMilliseconds, ended?.at.epochMilliseconds ?? Infinity)

/**
 * Whether a session is in use at an instant. One that was ended is not, at any instant: the clock of whoever ended it may
 * be ahead.
 */
export const isInForce = (session: Pick<Session, "ended" | "endsAt" | "expiresAt">, at: DateTime.Utc): boolean =>
  session.ended === null && at.epochMilliseconds < overAt(session)
