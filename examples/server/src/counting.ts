/**
 * Where calls are counted, so that nobody calls too often: in Redis where there is one, else beside the bank's data.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Redis } from "effect/persistence/Redis"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as RedisClient from "@saldo/redis/RedisClient"
import * as RedisRateLimitStore from "@saldo/redis/RedisRateLimitStore"
import { RateLimitStore } from "saldo/core/RateLimitStore"
import * as SqlRateLimitStore from "saldo/core/SqlRateLimitStore"
import type { Place } from "./database.ts"
import { ServerFailure } from "./ServerFailure.ts"

/** A Redis that is connected. */
export type ConnectedRedis = Layer.Layer<Redis>

/** Connects before anything is made, as a wrong address is told best at once. */
export const connected = (
  url: Option.Option<Redacted.Redacted>
): Effect.Effect<Option.Option<ConnectedRedis>, ServerFailure, Scope.Scope> =>
  Option.match(url, {
    onNone: () => Effect.succeedNone,
    onSome: (address) =>
      Layer.build(RedisClient.layer({ url: address })).pipe(
        Effect.map((context) => Option.some(Layer.succeedContext(context))),
        Effect.mapError(
          ({ message, where }) =>
            new ServerFailure({
              happened: `${message}.`,
              remedy:
                where === null
                  ? "Write signs such as @ in a password as %40."
                  : "Check that it runs there and lets this server in, or leave --redis out."
            })
        )
      )
  })

/** The processes on one Redis count together, and so do those on one Postgres. */
export const counting = (place: Place, redis: Option.Option<ConnectedRedis>) => {
  const beside = place._tag === "Sqlite" ? RateLimitStore.layerMemory : SqlRateLimitStore.layer
  const store = Option.match(redis, {
    onNone: () => beside,
    onSome: (client) => Layer.provide(RedisRateLimitStore.layer, client)
  })
  return RateLimitStore.layerPurge.pipe(Layer.provideMerge(store))
}
