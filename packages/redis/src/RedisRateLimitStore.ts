import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redis from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import * as Breaker from "saldo/core/Breaker"
import { RateLimitStore } from "saldo/core/RateLimitStore"

/** How the counts are kept. */
export interface RedisRateLimitOptions {
  /** What the keys begin with, for several banks on one server. Default `saldo:rate-limit:`. */
  readonly prefix?: string | undefined
  /** How long an answer may take, before the process counts by itself. Default 250 ms. */
  readonly timeoutMs?: number | undefined
  /** When Redis is not asked for a while. Default: 3 failures in a row, and pauses of 1 to 10 seconds. */
  readonly breaker?: Partial<Breaker.BreakerTerms> | undefined
}

const DEFAULT_PREFIX = "saldo:rate-limit:"
const DEFAULT_TIMEOUT_MS = 250
const defaultTerms = { failures: 3, pauseMs: 1000, longestPauseMs: 10_000 }

const countedAlone = Metric.counter("saldo_rate_limits_counted_alone", {
  description: "Counts that a process kept by itself because Redis did not answer",
  incremental: true
})

/**
 * Counts one more. When a window ends is said by the process that asks, as everywhere; Redis forgets the key by its own
 * clock a minute after that, so that clocks which differ a little lose no counts.
 */
const take = Redis.script((key: string, at: number, windowMs: number) => [key, at, windowMs], {
  numberOfKeys: 1,
  lua: `
local at, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local ends = tonumber(redis.call("HGET", KEYS[1], "ends") or 0)
if ends <= at then
  ends = at + window
  redis.call("HSET", KEYS[1], "taken", 0, "ends", string.format("%.0f", ends))
  redis.call("PEXPIRE", KEYS[1], string.format("%.0f", window + 60000))
end
return { redis.call("HINCRBY", KEYS[1], "taken", 1), ends }
`
}).withReturnType<unknown>()

const Counted = Schema.Tuple([Schema.Int, Schema.DateTimeUtcFromMillis])
const decodeCounted = Schema.decodeUnknownEffect(Counted)

const make = Effect.fnUntraced(function* (options: RedisRateLimitOptions) {
  const redis = yield* Redis.Redis
  const breaker = yield* Breaker.make("redis", { ...defaultTerms, ...options.breaker })
  const alone = Context.get(yield* Layer.build(RateLimitStore.layerMemory), RateLimitStore)
  const prefix = options.prefix ?? DEFAULT_PREFIX
  const timeout = Duration.millis(options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  const run = redis.eval(take)
  // Whoever answers something else is no Redis, or not in order with us.
  const shared = (key: string, windowMs: number, at: DateTime.Utc) =>
    run(`${prefix}${key}`, at.epochMilliseconds, windowMs).pipe(Effect.flatMap(decodeCounted), Effect.timeout(timeout))
  return RateLimitStore.of({
    take: Effect.fn("RedisRateLimitStore.take")((key, windowMs, at) =>
      breaker.ask(shared(key, windowMs, at)).pipe(
        Effect.map(([count, endsAt]) => ({ count, endsAt })),
        Effect.catch(() => Effect.andThen(Metric.update(countedAlone, 1), alone.take(key, windowMs, at)))
      )
    ),
    // Of the shared counts there is nothing to forget, as Redis does by itself.
    purge: alone.purge
  })
})

/**
 * Counts on a Redis server, which any number of processes share: one script for each take, which no other can come between.
 *
 * While Redis fails or is slow, each process counts by itself, as if it were alone: nobody is turned away for that, nobody
 * waits longer than the time limit, and limits hold within each process. The breaker `redis` warns, and is among the metrics
 * and probes, as are the counts that were kept alone.
 */
export const layerWith = (options: RedisRateLimitOptions = {}): Layer.Layer<RateLimitStore, never, Redis.Redis> =>
  Layer.effect(RateLimitStore, make(options))

/** Counts on a Redis server with the usual options; see `layerWith`. */
export const layer: Layer.Layer<RateLimitStore, never, Redis.Redis> = layerWith()
