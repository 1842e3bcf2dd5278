import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { workerTurn } from "./WorkerTurn.ts"

/** How it stands after a take: how many there were in the window, this one included, and when the window ends. */
export interface Taken {
  readonly count: number
  readonly endsAt: DateTime.Utc
}

/**
 * Port: counts what happens under a key, in windows of time. Keys are text without secrets, such as digests.
 *
 * Contract:
 * - `take` counts one more at an instant and says how many that makes; those at the same time get different numbers. The
 *   first after the end of a window begins the next one, `windowMs` long. It counts also when the count is above any limit.
 * - `purge` forgets up to so many windows that ended at or before an instant, and says how many.
 *
 * A store that counts elsewhere may forget by itself, and count for its process alone while it cannot get there: a limit is not
 * worth an answer that does not come.
 *
 * A count needs to outlive no crash, and takes part in no transaction: it is taken outside of them.
 */
export class RateLimitStore extends Context.Service<
  RateLimitStore,
  {
    readonly take: (key: string, windowMs: number, at: DateTime.Utc) => Effect.Effect<Taken>
    readonly purge: (at: DateTime.Utc, limit: number) => Effect.Effect<number>
  }
>()("saldo/core/RateLimitStore") {
  /** Counts of this process alone, for at most so many keys at once; the oldest are forgotten first. */
  static readonly layerMemoryOf = (capacity: number): Layer.Layer<RateLimitStore> =>
    Layer.sync(this, () => this.of(makeMemory(capacity)))

  /** Counts of this process alone. */
  static readonly layerMemory: Layer.Layer<RateLimitStore> = this.layerMemoryOf(100_000)

  /** Purges once a minute as long as the layer lives; enough in one process of many. */
  static readonly layerPurge: Layer.Layer<never, never, RateLimitStore> = Layer.effectDiscard(
    Effect.flatMap(this, (store) =>
      Effect.flatMap(DateTime.now, (now) => store.purge(now, 10_000)).pipe(
        Effect.repeat({ while: (forgotten) => forgotten > 0 }),
        workerTurn("rate-limit-purge"),
        Effect.catchCause((cause) => Effect.logWarning("Old counts were not purged and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 minute")),
        Effect.forkScoped
      )
    )
  )
}

const makeMemory = (capacity: number): RateLimitStore["Service"] => {
  // In the order in which windows began, as a Map keeps it.
  const windows = new Map<string, { count: number; readonly endsAt: number }>()
  return {
    take: (key, windowMs, at) =>
      Effect.sync(() => {
        const now = at.epochMilliseconds
        const known = windows.get(key)
        const current = known === undefined || known.endsAt <= now ? { count: 0, endsAt: now + windowMs } : known
        current.count += 1
        if (current !== known) {
          windows.delete(key)
          const [oldest] = windows.keys()
          if (oldest !== undefined && windows.size >= capacity) windows.delete(oldest)
          windows.set(key, current)
        }
        return { count: current.count, endsAt: DateTime.makeUnsafe(current.endsAt) }
      }),
    purge: (at, limit) =>
      Effect.sync(() => {
        const over = [...windows].filter(([, { endsAt }]) => endsAt <= at.epochMilliseconds).slice(0, limit)
        for (const [key] of over) windows.delete(key)
        return over.length
      })
  }
}
