import { expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redis from "effect/persistence/Redis"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Breaker from "saldo/core/Breaker"
import { RateLimitStore } from "saldo/core/RateLimitStore"
import * as RedisClient from "@saldo/redis/RedisClient"
import * as RedisRateLimitStore from "@saldo/redis/RedisRateLimitStore"
import { counted, ok, type Wire, wire } from "./wire.ts"

const connecting = (url: string | Redacted.Redacted, silenceMs = 200) =>
  Effect.flip(Effect.scoped(Layer.build(RedisClient.layer({ url, connectTimeoutMs: 1000, silenceMs }))))

it.live.each([
  "127.0.0.1:6379",
  "http://127.0.0.1:6379",
  "redis://",
  "redis://host:99999",
  "redis://host/database",
  "redis://saldo:very%secret@host"
])("a URL that is none is told, and not shown: %s", (url) =>
  Effect.gen(function* () {
    const error = yield* connecting(url)
    expect(error).toEqual(new RedisClient.RedisUnreachable({ where: null, reason: "malformed URL" }))
    expect(error.message).toContain("redis://user:password@host:6379/0")
  })
)

it.live("a port where nobody listens is told with its address, and without the password", () =>
  Effect.gen(function* () {
    const url = yield* Effect.scoped(Effect.map(wire, (made) => made.url))
    const error = yield* connecting(url)
    expect(error.message).toMatch(/^Cannot connect to Redis at 127\.0\.0\.1:\d+: connect ECONNREFUSED/u)
    expect(JSON.stringify(error) + error.message).not.toContain("very-secret")
  })
)

it.live("a server that refuses the password is told as it says so", () =>
  Effect.gen(function* () {
    const server = yield* wire
    server.answer = (command) =>
      command === "HELLO" || command === "AUTH" ? "-WRONGPASS invalid username-password pair\r\n" : ok
    const error = yield* connecting(server.url)
    expect(error.message).toContain("WRONGPASS")
    expect(JSON.stringify(error) + error.message).not.toContain("very-secret")
  }).pipe(Effect.scoped)
)

it.live("a server that says nothing is not waited for", () =>
  Effect.gen(function* () {
    const server = yield* wire
    server.answer = () => undefined
    expect((yield* connecting(server.url)).where).toMatch(/^127\.0\.0\.1:/u)
  }).pipe(Effect.scoped)
)

const now = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
const endsAt = DateTime.add(now, { minutes: 1 })
const answers =
  (evaluated: string | undefined): Wire["answer"] =>
  (command) => {
    if (command === "PING") return "+PONG\r\n"
    if (command === "SCRIPT") return "$4\r\nabcd\r\n"
    return command === "EVALSHA" ? evaluated : ok
  }

/** What no process counts to alone in a test. */
const many = 1_000_007

/** A store on a wire that counts to many. */
const counting = <A, E>(
  body: (store: RateLimitStore["Service"], server: Wire) => Effect.Effect<A, E, Redis.Redis>
): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    const server = yield* wire
    server.answer = answers(counted(many, endsAt.epochMilliseconds))
    const options = { timeoutMs: 500, breaker: { failures: 1, pauseMs: 200, longestPauseMs: 200 } }
    const layer = RedisRateLimitStore.layerWith(options).pipe(
      Layer.provideMerge(RedisClient.layer({ url: server.url, silenceMs: 900 }))
    )
    return yield* Effect.flatMap(RateLimitStore, (store) => body(store, server)).pipe(
      Effect.provide(Layer.orDie(Layer.fresh(layer)))
    )
  }).pipe(Effect.scoped, Effect.provideService(Breaker.Breakers, new Set()))

const shared = { count: many, endsAt }
const alone = (count: number) => ({ count, endsAt })
const take = (store: RateLimitStore["Service"]) => store.take("key", 60_000, now)

/** Takes until the answer is the wire's, as it is once the store has found its way back. */
const untilShared = (store: RateLimitStore["Service"]) =>
  take(store).pipe(
    Effect.filterOrFail(({ count }) => count === many),
    Effect.retry({ schedule: Schedule.spaced("10 millis"), times: 1000 }),
    Effect.orDie
  )

it.live.each([
  ["says an error", "-OOM command not allowed when used memory > 'maxmemory'\r\n"],
  ["says nothing", undefined],
  ["ends the connection", "drop"],
  ["says what nobody understands", "HTTP/1.1 400 Bad Request\r\n\r\n"]
])("a server that %s lets each process count alone until it counts again", ([, failure]) =>
  counting((store, server) =>
    Effect.gen(function* () {
      expect(yield* take(store)).toEqual(shared)
      const counts = server.answer
      server.answer = answers(failure)
      for (const count of [1, 2, 3]) expect(yield* take(store)).toEqual(alone(count))
      expect((yield* Breaker.standings).map(({ service, state }) => [service, state === "closed"])).toEqual([
        ["redis", false]
      ])
      server.answer = counts
      yield* untilShared(store)
      expect((yield* Breaker.standings).map(({ state }) => state)).toEqual(["closed"])
    })
  )
)

it.live("a script that the server has forgotten is taught again", () =>
  counting((store, server) =>
    Effect.gen(function* () {
      const counts = server.answer
      let known = false
      server.answer = (command) => {
        if (command === "SCRIPT") known = true
        return command === "EVALSHA" && !known ? "-NOSCRIPT No matching script.\r\n" : counts(command)
      }
      expect(yield* take(store)).toEqual(shared)
      known = false
      expect(yield* take(store)).toEqual(shared)
      expect((yield* Breaker.standings).map(({ state }) => state)).toEqual(["closed"])
    })
  )
)

it.live("a connection that is dead without having ended is left for a new one", () =>
  counting((store, server) =>
    Effect.gen(function* () {
      expect(yield* take(store)).toEqual(shared)
      expect(server.connections()).toBe(1)
      server.freeze()
      expect(yield* take(store)).toEqual(alone(1))
      yield* untilShared(store)
      expect(server.connections()).toBe(2)
    })
  )
)

it.live("the end does not wait for answers that do not come", () =>
  counting((store, server) =>
    Effect.gen(function* () {
      server.freeze()
      expect(yield* take(store)).toEqual(alone(1))
    })
  )
)
