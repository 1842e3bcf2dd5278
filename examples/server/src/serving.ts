/**
 * The server: the contract over HTTP and the page, on the bank and its workers. What depends on something is ended before
 * it: first no request is taken and those at hand are answered, then the workers rest, then the database is closed.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import { createServer } from "node:http"
import * as http from "@saldo/http/http"
import { Authenticator } from "@saldo/http/server/Authenticator"
import { usualRateLimits } from "@saldo/http/server/rateLimits"
import * as Readiness from "@saldo/http/server/Readiness"
import * as FileMailChannel from "@saldo/identity/FileMailChannel"
import { IdentityMail } from "saldo/identity/IdentityMail"
import { TrailFeed } from "saldo/notifications/TrailFeed"
import * as bank from "./bank.ts"
import * as beginnings from "./beginnings.ts"
import { type ConnectedRedis, counting } from "./counting.ts"
import { nameOf, type Place, storageOf } from "./database.ts"
import { fill } from "./demo/filling.ts"
import * as market from "./market.ts"
import { lifecycle } from "./observing.ts"
import { tenant } from "./offer.ts"
import * as page from "./page.ts"
import { ServerFailure } from "./ServerFailure.ts"
import { welcome } from "./welcome.ts"
import * as workers from "./workers.ts"

/** How it is served. */
export interface Serving {
  readonly host: string
  readonly port: number
  readonly empty: boolean
  /** Whether webhooks may lead to this machine. */
  readonly localWebhooks: boolean
  /** How many proxies stand before it, which say where a call came from. */
  readonly trustedProxies: number
  /** Where people find the page; null where it is this server that they reach. */
  readonly url: string | null
  /** Where calls are counted, if not beside the data of the bank. */
  readonly redis: Option.Option<ConnectedRedis>
}

const collection = Layer.unwrap(
  Effect.map(beginnings.beginning, (begunAt) => Layer.orDie(market.layer(market.begunWith(begunAt))))
)

const readiness = Layer.unwrap(
  Effect.map(SqlClient.SqlClient, (sql) => Readiness.layer({ database: sql`SELECT 1 AS one` }))
)

/** Mails whose links lead to the page. */
const mail = (folder: string, url: string | null) =>
  Layer.unwrap(
    Effect.map(HttpServer.HttpServer, ({ address }) => {
      const base = url ?? HttpServer.formatAddress(address)
      const page = (name: string) => `${base.replace(/\/+$/u, "")}/${name}`
      return IdentityMail.layerWith({
        issuer: "Saldo Bank",
        pages: {
          "verify-email": page("verify-email"),
          "reset-password": page("reset-password"),
          "accept-invitation": page("accept-invitation"),
          "change-email": page("change-email")
        }
      })
    })
  ).pipe(Layer.provide(FileMailChannel.layer({ folder, from: "no-reply@bank.example" })))

/**
 * How long a connection is kept on which nothing comes: longer than proxies keep theirs, which is a minute as a rule. Of two who
 * may let go, the one who sends has to be first, or it sends into a connection that is just being closed.
 */
const keepAliveTimeout = 65_000

/** A server that, once it takes no connections any more, lets those go that it has as soon as they are answered. */
const drainable = () => {
  const server = createServer({ keepAliveTimeout })
  return server.prependListener("request", (_request, response) => {
    if (!server.listening) response.setHeader("connection", "close")
    response.once("finish", () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
  })
}

/** Without certificates: whoever wants to be reached from elsewhere puts a proxy in front, which knows of these. */
const listening = (host: string, port: number) =>
  NodeHttpServer.layer(drainable, { port, host, gracefulShutdownTimeout: "10 seconds" }).pipe(
    Layer.catchTag("ServeError", () =>
      Layer.effectContext(
        Effect.fail(
          new ServerFailure({
            happened: `Nothing can listen on port ${port} of ${host}: somebody else does, or may not be let.`,
            remedy: "Name another with --port, 0 for a free one, or an address of this machine with --host."
          })
        )
      )
    )
  )

/** Ten times as often as usual somebody may call where all callers have one address, as on one machine. */
const generous = Object.fromEntries(
  Object.entries(usualRateLimits).map(([name, { limit, windowSeconds }]) => [
    name,
    { limit: limit * 10, windowSeconds }
  ])
)

/** The server of a place, as long as the layer lives. */
export const serving = (place: Place, { empty, host, localWebhooks, port, redis, trustedProxies, url }: Serving) => {
  const ground = bank.layer(storageOf(place), place.keys, { localWebhooks })
  const filled = empty
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.tap(Effect.withTracerEnabled(fill, false), (made) =>
          made ? Console.log("Made two years of demonstration data.") : Effect.void
        )
      ).pipe(Layer.provide(ground))
  // Given to each that needs it and not to the server, which would carry all of it through every request.
  const system = Layer.mergeAll(collection, readiness, counting(place, redis)).pipe(
    Layer.provideMerge(Layer.merge(Authenticator.layerIdentity, TrailFeed.layer)),
    Layer.provideMerge(ground)
  )
  // A proxy says where a call came from, so that the usual limits are right.
  const rateLimits = trustedProxies > 0 ? usualRateLimits : generous
  const contract = http.layer({ tenant, trustedProxies, rateLimits, accessLog: true })
  const routes = HttpRouter.serve(Layer.merge(contract, page.layer).pipe(Layer.provide(system)), {
    disableListenLog: true,
    disableLogger: true
  }).pipe(Layer.provide(http.layerSpanNames))
  const working = workers.layer.pipe(Layer.provide(mail(place.mails, url)), Layer.provide(system))
  const ending = Layer.mergeAll(TrailFeed.layerEnding, lifecycle, Layer.effectDiscard(welcome(nameOf(place))))
  return ending.pipe(
    Layer.provide(Layer.merge(system, routes)),
    Layer.provide(working),
    Layer.provide(listening(host, port)),
    Layer.provide(filled)
  )
}
