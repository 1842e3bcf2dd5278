import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * A transaction that lost its race against others as often as it may try, or waited longer than it may for a lock.
 *
 * Nothing was written. The same command may be sent again later, which a host may want to tell its client; hence the HTTP
 * status 503. `Atomic.run` throws it as a defect, because a use case can do nothing about it.
 */
export class StorageContention extends Schema.TaggedError<StorageContention>()(
  "StorageContention",
  { attempts: Schema.Int, reason: Schema.String, cause: Schema.Defect() },
  { httpApiStatus: 503 }
) {
  override get message(): string {
    return `The storage was too busy: ${this.reason} after ${this.attempts} attempts; nothing was written`
  }
}

const find = (cause: Cause.Cause<unknown>): StorageContention | undefined => {
  for (const reason of cause.reasons) {
    if (Cause.isDieReason(reason) && reason.defect instanceof StorageContention) return reason.defect
  }
  return undefined
}

/** Turns contention from a defect into a failure, for the caller who can act: answer 503, or queue the command again. */
export const catchContention = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | StorageContention, R> =>
  Effect.catchCause(effect, (cause): Effect.Effect<A, E | StorageContention> => {
    const contention = find(cause)
    return contention === undefined ? Effect.failCause(cause) : Effect.fail(contention)
  })
