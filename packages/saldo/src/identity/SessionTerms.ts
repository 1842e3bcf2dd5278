import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** How long somebody who signed in stays. */
export interface Terms {
  /** How long an access token is good for; nothing but the end of its session ends it before. */
  readonly accessFor: Duration.Duration
  /** How long a session lasts that nobody uses: the life of a refresh token. */
  readonly unusedFor: Duration.Duration
  /** How long a session lasts however much it is used. */
  readonly atMost: Duration.Duration
  /** How long a client that got no answer to a refresh may ask again, and gets the same answer. */
  readonly askAgainFor: Duration.Duration
}

/** Access for half an hour, a week without use, thirty days in all, ten seconds to ask again. */
export const usualTerms: Terms = {
  accessFor: Duration.minutes(30),
  unusedFor: Duration.days(7),
  atMost: Duration.days(30),
  askAgainFor: Duration.seconds(10)
}

/** The terms in force; a host that wants others provides them to whatever is built on them. */
export const SessionTerms: Context.Reference<Terms> = Context.Reference<Terms>("saldo/identity/SessionTerms", {
  defaultValue: () => usualTerms
})
