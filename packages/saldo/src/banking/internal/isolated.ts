/**
 * Work on many things of which none may keep the others from being worked on.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"

/** The effect, or undefined when it died: that is logged, and whoever works next time tries it again. */
export const isolated = <A, R>(
  what: string,
  effect: Effect.Effect<A, never, R>
): Effect.Effect<A | undefined, never, R> =>
  Effect.catchCauseIf(effect, Predicate.not(Cause.hasInterrupts), (cause) =>
    Effect.as(Effect.logError(`${what} went wrong and will be tried again`, cause), undefined)
  )
