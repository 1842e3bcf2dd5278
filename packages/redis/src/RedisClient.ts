import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { type Address, addressOf } from "./internal/address.ts"

/** Redis cannot be used: nobody answers there, or it refuses us. Says where, and never the password. */
export class RedisUnreachable extends Schema.TaggedError<RedisUnreachable>("@saldo/redis/RedisUnreachable")(
  "RedisUnreachable",
  { where: Schema.NullOr(Schema.String), reason: Schema.String }
) {
  override get message(): string {
    return this.where === null
      ? "The URL of Redis is malformed; it should look like redis://user:password@host:6379/0"
      : `Cannot connect to Redis at ${this.where}: ${this.reason}`
  }
}

/** How a server is reached. Only `url` is required. */
export interface RedisClientConfig {
  /** `redis://user:password@host:port/number`, or `rediss://` for TLS. */
  readonly url: Redacted.Redacted | string
  /** How long connecting may take. Default 2,000 ms. */
  readonly connectTimeoutMs?: number | undefined
  /** A connection that gives no sign of life for so long is left for a new one. Default 3,000 ms. */
  readonly silenceMs?: number | undefined
}

const DEFAULT_CONNECT_TIMEOUT_MS = 2000
const DEFAULT_SILENCE_MS = 3000
const LONGEST_PAUSE_MS = 1000

/**
 * Connects as long as the layer lives, and again whenever the connection is lost. The first connection is made at once, so
 * that a wrong URL, an unreachable server or a wrong password is known here.
 *
 * While there is no connection, commands fail at once rather than to wait in a queue.
 */
export const layer = (config: RedisClientConfig): Layer.Layer<Redis.Redis, RedisUnreachable> =>
  Layer.unwrap(
    Effect.suspend(() => {
      const url = typeof config.url === "string" ? config.url : Redacted.value(config.url)
      const address = addressOf(url)
      return address === undefined
        ? Effect.fail(new RedisUnreachable({ where: null, reason: "malformed URL" }))
        : Effect.succeed(connected(url, address, config))
    })
  )

/** Like `layer`, with each value read from the configuration of the host. */
export const layerConfig = (
  config: Config.Wrap<RedisClientConfig>
): Layer.Layer<Redis.Redis, Config.ConfigError | RedisUnreachable> =>
  Layer.unwrap(Effect.map(Config.unwrap(config), layer))

const connected = (url: string, address: Address, config: RedisClientConfig) =>
  Layer.unwrap(
    Effect.sync(() => {
      const silenceMs = config.silenceMs ?? DEFAULT_SILENCE_MS
      let wasUp = false
      const client = NodeRedis.layer({
        url,
        disableOfflineQueue: true,
        socket: {
          connectTimeout: config.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
          // Also of a server that takes connections and lets nobody in.
          socketTimeout: silenceMs,
          reconnectStrategy: (retries) => wasUp && Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(retries, 10))
        }
      })
      const watched = Layer.effectDiscard(
        Effect.flatMap(NodeRedis.NodeRedis, ({ client }) => {
          wasUp = true
          return watching(client, silenceMs)
        })
      )
      return Layer.effect(Redis.Redis, Redis.Redis).pipe(
        Layer.merge(watched),
        Layer.provide(client),
        // Each attempt to connect again would be a line of its own; who uses the client says what the loss means.
        Layer.provide(Layer.succeed(References.MinimumLogLevel, "None")),
        Layer.catchTag("RedisError", (error) => Layer.effectContext(Effect.fail(unreachable(address, error))))
      )
    })
  )

/**
 * Asks for a sign of life again and again, and leaves a connection that gives none in time, or something else: commands that
 * are written keep a dead one from being silent, and answers that are out of order would go to the wrong command.
 */
const watching = (client: NodeRedis.NodeRedis["Service"]["client"], silenceMs: number) =>
  Effect.gen(function* () {
    const check = Effect.gen(function* () {
      const pong = yield* Effect.timeoutOption(
        Effect.tryPromise(() => client.sendCommand<string>(["PING"])),
        Duration.millis(silenceMs)
      )
      if ((Option.isSome(pong) && pong.value === "PONG") || !client.isReady) return
      yield* Effect.sync(() => client.destroy())
      yield* Effect.tryPromise(() => client.connect())
    })
    // A command or connection that failed is found out about by the client, which connects again by itself.
    yield* Effect.forkScoped(Effect.repeat(Effect.ignore(check), Schedule.spaced(Duration.millis(silenceMs / 3))))
    // Closing would wait for answers that are on their way, and a server that hangs sends none.
    yield* Effect.addFinalizer(() => Effect.sync(() => client.destroy()))
  })

const unreachable = ({ host, port }: Address, { cause }: Redis.RedisError): RedisUnreachable =>
  new RedisUnreachable({ where: `${host}:${port}`, reason: reasonOf(cause) })

/** An attempt at each address of a name fails with an error of several, which has no words of its own. */
const reasonOf = (cause: unknown): string => {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(", ")
  return cause instanceof Error && cause.message !== "" ? cause.message : "no reason was given"
}
