import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Atomic } from "saldo/core/Atomic"

/**
 * What a second transaction reads under a lock that a first one holds while the second asks for it: what the first has
 * written, unless the lock locks nothing. The first waits for a lock that does not hold, and a moment for one that does.
 */
export const readAfter = <A, E>(
  atomic: Atomic["Service"],
  lock: Effect.Effect<A, E>,
  change: (found: A) => Effect.Effect<void, E>
): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    const [isLocked, isPassed] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    const first = atomic.runLocking(
      Effect.gen(function* () {
        const found = yield* lock
        yield* Deferred.succeed(isLocked, undefined)
        yield* Effect.timeoutOption(Deferred.await(isPassed), "300 millis")
        yield* change(found)
      })
    )
    const second = Effect.andThen(
      Deferred.await(isLocked),
      atomic.runLocking(Effect.tap(lock, () => Deferred.succeed(isPassed, undefined)))
    )
    const [, read] = yield* Effect.all([first, second], { concurrency: "unbounded" })
    return read
  })
