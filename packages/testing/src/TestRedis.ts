import { it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { forgetRedis, installedRedis, launchRedis, redisPlace, type RedisProcess } from "./internal/redisServer.ts"

/** A server of a test's own, which it may make fail. It keeps nothing on disk. */
export interface RedisServer {
  readonly url: Redacted.Redacted
  /** Lets the server take connections and bytes, and answer nothing. */
  readonly hang: Effect.Effect<void>
  /** Ends the hanging. */
  readonly recover: Effect.Effect<void>
  /** Ends the server as a crash would. */
  readonly crash: Effect.Effect<void>
  /** Starts it again on the same port, with nothing in it. */
  readonly restart: Effect.Effect<void>
}

/** What tests of Redis can run on. */
export interface RedisForTests {
  /** The URL of a server whose keys others may have as well: that of `REDIS_URL`, or one of the scope's own. */
  readonly url: Effect.Effect<Redacted.Redacted, never, Scope.Scope>
  /** A server of the scope's own; none where only `REDIS_URL` says where one is. */
  readonly server: Option.Option<Effect.Effect<RedisServer, never, Scope.Scope>>
}

const serverOf = (command: string): Effect.Effect<RedisServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { folder, port } = yield* Effect.acquireRelease(Effect.promise(redisPlace), (place) =>
      Effect.promise(() => forgetRedis(place.folder))
    )
    let running: RedisProcess | undefined
    const restart = Effect.promise(async () => {
      running = await launchRedis(command, folder, port)
    })
    const crash = Effect.promise(async () => {
      const ending = running
      running = undefined
      await ending?.kill()
    })
    yield* Effect.acquireRelease(restart, () => crash)
    return {
      url: Redacted.make(`redis://127.0.0.1:${port}`),
      hang: Effect.sync(() => running?.signal("SIGSTOP")),
      recover: Effect.sync(() => running?.signal("SIGCONT")),
      crash,
      restart
    }
  })

/**
 * Looks for a Redis: a server named by `REDIS_URL`, or a command `redis-server` or `valkey-server` that can be run. Tests that need
 * one are skipped where there is none.
 */
export const find: Effect.Effect<Option.Option<RedisForTests>> = Effect.gen(function* () {
  const given = yield* Effect.orDie(Config.option(Config.Redacted("REDIS_URL")))
  const command = Option.fromUndefinedOr(yield* Effect.sync(installedRedis))
  const server = Option.map(command, serverOf)
  if (Option.isSome(given)) return Option.some({ url: Effect.succeed(given.value), server })
  return Option.map(server, (made) => ({ url: Effect.map(made, ({ url }) => url), server }))
})

const reason = "there is no Redis to test on: set REDIS_URL, or install redis-server"
const ownReason = "there is no Redis of the test's own: install redis-server"

const needing = <A, E>(
  needed: Option.Option<A>,
  why: string,
  name: string,
  run: (needed: A) => Effect.Effect<void, E, Scope.Scope>,
  timeoutMs: number
): void =>
  Option.match(needed, {
    onNone: () => it.live.skip(`${name} [skipped: ${why}]`, () => Effect.void),
    onSome: (given) => it.live(name, () => run(given), timeoutMs)
  })

const DEFAULT_TIMEOUT_MS = 30_000

/** A test in real time on the URL of a server, skipped with the reason in its name where there is none. */
export const test = <E>(
  found: Option.Option<RedisForTests>,
  name: string,
  run: (url: Redacted.Redacted) => Effect.Effect<void, E, Scope.Scope>,
  timeoutMs = DEFAULT_TIMEOUT_MS
): void => needing(found, reason, name, (redis) => Effect.flatMap(redis.url, run), timeoutMs)

/** A test in real time on a server of its own, which it may make fail; skipped with the reason in its name elsewhere. */
export const testFailing = <E>(
  found: Option.Option<RedisForTests>,
  name: string,
  run: (server: RedisServer) => Effect.Effect<void, E, Scope.Scope>,
  timeoutMs = DEFAULT_TIMEOUT_MS
): void => {
  const server = Option.flatMap(found, (redis) => redis.server)
  needing(server, ownReason, name, (made) => Effect.flatMap(made, run), timeoutMs)
}
