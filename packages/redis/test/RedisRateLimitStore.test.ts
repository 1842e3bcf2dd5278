import { describe, expect } from "@effect/vitest"
import * as RateLimitStoreTest from "@saldo/testing/RateLimitStoreTest"
import * as TestRedis from "@saldo/testing/TestRedis"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Breaker from "saldo/core/Breaker"
import * as Id from "saldo/core/Id"
import { RateLimitStore } from "saldo/core/RateLimitStore"
import * as RedisClient from "@saldo/redis/RedisClient"
import * as RedisRateLimitStore from "@saldo/redis/RedisRateLimitStore"

const client = (url: Redacted.Redacted) => Layer.orDie(RedisClient.layer({ url }))

/** A busy machine may take its time; a server that is away is noticed without waiting. */
const patient = { timeoutMs: 10_000, breaker: { failures: 2, pauseMs: 50, longestPauseMs: 100 } }

const found = await Effect.runPromise(TestRedis.find)

if (Option.isSome(found)) {
  const server = Layer.unwrap(Effect.map(found.value.url, client))
  const layer = RedisRateLimitStore.layerWith(patient).pipe(Layer.provide(server))
  RateLimitStoreTest.suite("redis", layer, { skip: { purge: "Redis forgets windows by itself" } })
} else {
  TestRedis.test(found, "RateLimitStore (redis)", () => Effect.void)
}

/** Stores as two processes have them, each with a connection and a breaker of its own. */
const twoProcesses = (url: Redacted.Redacted, options: RedisRateLimitStore.RedisRateLimitOptions = patient) => {
  const store = Effect.map(
    Layer.build(Layer.fresh(RedisRateLimitStore.layerWith(options).pipe(Layer.provide(client(url))))),
    (context) => Effect.provide(RateLimitStore, context)
  )
  return Effect.all([Effect.flatten(store), Effect.flatten(store)])
}

const figure = (id: string) => Effect.map(Metric.snapshot, (all) => all.find((each) => each.id === id)?.state)

describe("counts on Redis", () => {
  TestRedis.test(found, "are shared by processes", (url) =>
    Effect.gen(function* () {
      const [one, other] = yield* twoProcesses(url)
      const [key, now] = [yield* Id.make("key"), yield* DateTime.now]
      const takes = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? one : other).take(key, 60_000, now))
      const counts = (yield* Effect.all(takes, { concurrency: "unbounded" })).map(({ count }) => count)
      expect(counts.toSorted((left, right) => left - right)).toEqual(takes.map((_, at) => at + 1))
    }).pipe(Effect.scoped)
  )

  TestRedis.test(found, "are forgotten by Redis a minute after their window", (url) =>
    Effect.gen(function* () {
      const [store] = yield* twoProcesses(url, { ...patient, prefix: "test:" })
      const [key, now] = [yield* Id.make("key"), yield* DateTime.now]
      yield* store.take(key, 30_000, now)
      yield* store.take(key, 30_000, DateTime.add(now, { seconds: 10 }))
      const left = yield* Redis.Redis.use((redis) => redis.send<number>("PTTL", `test:${key}`)).pipe(
        Effect.provide(client(url)),
        Effect.orDie
      )
      // The window is that of the first take, whenever the others come.
      expect(left).toBeGreaterThan(30_000)
      expect(left).toBeLessThanOrEqual(90_000)
    }).pipe(Effect.scoped)
  )

  const again = <A, E>(check: Effect.Effect<A, E>) =>
    Effect.retry(check, { schedule: Schedule.spaced("20 millis"), times: 500 })

  TestRedis.testFailing(
    found,
    "are kept by each process while Redis is away, and shared again when it is back",
    ({ crash, restart, url }) =>
      Effect.gen(function* () {
        const [one, other] = yield* twoProcesses(url)
        const [key, now] = [yield* Id.make("key"), yield* DateTime.now]
        expect((yield* one.take(key, 600_000, now)).count).toBe(1)
        expect((yield* other.take(key, 600_000, now)).count).toBe(2)
        yield* crash
        for (const count of [1, 2, 3, 4]) {
          expect((yield* one.take(key, 600_000, now)).count).toBe(count)
          expect((yield* other.take(key, 600_000, now)).count).toBe(count)
        }
        expect((yield* Breaker.standings).map(({ service }) => service)).toEqual(["redis", "redis"])
        expect((yield* Breaker.standings).every(({ state }) => state !== "closed")).toBe(true)
        expect(yield* figure("saldo_rate_limits_counted_alone")).toMatchObject({ count: 8 })
        yield* restart
        // What counts is that they see each other, whatever they counted alone.
        yield* again(
          Effect.gen(function* () {
            const fresh = yield* Id.make("key")
            yield* one.take(fresh, 600_000, now)
            const { count } = yield* other.take(fresh, 600_000, now)
            return yield* count === 2 ? Effect.void : Effect.fail("not yet")
          })
        )
        expect((yield* Breaker.standings).every(({ state }) => state === "closed")).toBe(true)
      }).pipe(
        Effect.scoped,
        Effect.orDie,
        Effect.provideService(Breaker.Breakers, new Set()),
        Effect.provideService(Metric.MetricRegistry, new Map())
      )
  )

  TestRedis.testFailing(found, "never hang with a server that hangs, and nor does the end", ({ hang, recover, url }) =>
    Effect.gen(function* () {
      const now = yield* DateTime.now
      const key = yield* Id.make("key")
      const counts = yield* Effect.gen(function* () {
        const [store] = yield* twoProcesses(url, { timeoutMs: 1000, breaker: { failures: 1, pauseMs: 60_000 } })
        yield* store.take(key, 600_000, now)
        yield* hang
        const taken: Array<number> = []
        for (let time = 0; time < 5; time++) taken.push((yield* store.take(key, 600_000, now)).count)
        return taken
      }).pipe(Effect.scoped)
      expect(counts).toEqual([1, 2, 3, 4, 5])
      yield* recover
      const [after] = yield* twoProcesses(url)
      // The ones that were sent and not waited for may have been counted by now, or not.
      expect((yield* after.take(key, 600_000, now)).count).toBeGreaterThan(1)
    }).pipe(Effect.scoped, Effect.provideService(Breaker.Breakers, new Set()))
  )
})
