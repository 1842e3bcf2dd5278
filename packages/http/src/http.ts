/**
 * Saldo over HTTP: every group of the contract, on the use cases in scope.
 */
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Effect from "effect/Effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpPlatform from "effect/http/HttpPlatform"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { RateLimitStore } from "saldo/core/RateLimitStore"
import { Api } from "./api/Api.ts"
import * as AccountsHandlers from "./server/AccountsHandlers.ts"
import * as ApiKeysHandlers from "./server/ApiKeysHandlers.ts"
import * as AuditHandlers from "./server/AuditHandlers.ts"
import * as AuthHandlers from "./server/AuthHandlers.ts"
import * as authentication from "./server/authentication.ts"
import { TrustedProxies } from "./server/clientAddress.ts"
import * as CustomersHandlers from "./server/CustomersHandlers.ts"
import * as EventsHandlers from "./server/EventsHandlers.ts"
import { KeptAnswers } from "./server/KeptAnswers.ts"
import * as LedgerHandlers from "./server/LedgerHandlers.ts"
import { type LiveTerms, usualLiveTerms } from "./server/liveTerms.ts"
import * as MarketHandlers from "./server/MarketHandlers.ts"
import { withMeasures } from "./server/measures.ts"
import * as PaymentsHandlers from "./server/PaymentsHandlers.ts"
import * as docsPage from "./server/docs.ts"
import { docsPath } from "./server/docs.ts"
import { routesOf, withProblems } from "./server/problems.ts"
import { type RateLimits, usualRateLimits, withRateLimits } from "./server/rateLimits.ts"
import * as requestChecks from "./server/requestChecks.ts"
import { withRequestContext } from "./server/requestContext.ts"
import { SignInTenant } from "./server/SignInTenant.ts"
import * as SystemHandlers from "./server/SystemHandlers.ts"
import * as TransactionsHandlers from "./server/TransactionsHandlers.ts"
import * as UsersHandlers from "./server/UsersHandlers.ts"
import { withPublicValidators } from "./server/validators.ts"
import * as WebhooksHandlers from "./server/WebhooksHandlers.ts"

/** How the interface behaves to the outside. */
export interface HttpOptions {
  /** The longest body that is read; 256 KiB when left out. */
  readonly bodyLimitBytes?: number
  /** The origins whose pages may call; none when left out. */
  readonly allowedOrigins?: ReadonlyArray<string>
  /** Whether `/docs` has a page on which the interface can be read and tried out; it has when left out. */
  readonly docs?: boolean
  /** The tenant whose users sign in here; `main` when left out. */
  readonly tenant?: string
  /** How many proxies of the host's own stand before it, whose `X-Forwarded-For` is believed; none when left out. */
  readonly trustedProxies?: number
  /** Whether each answered request is a line of the log, at the level Info; it is not when left out. */
  readonly accessLog?: boolean
  /** How often somebody may call where a `RateLimitStore` is in scope; what is left out is as in `usualRateLimits`. */
  readonly rateLimits?: Partial<RateLimits>
  /** How many bytes of answers that are costly to make are kept in memory; 16 MiB when left out, none at 0. */
  readonly keptAnswersBytes?: number
  /** How changes are told; what is left out is as in `usualLiveTerms`. */
  readonly liveChanges?: Partial<LiveTerms>
}

const openapiPath = "/openapi.json"

/** Where everybody is told the same, until it changes. */
const publicPaths: ReadonlySet<string> = new Set([openapiPath, "/.well-known/jwks.json"])

const endpoints = (docs: boolean) => {
  const found: Array<{ readonly method: string; readonly path: HttpRouter.PathInput }> = [
    { method: "GET", path: openapiPath },
    ...(docs ? [{ method: "GET", path: docsPath } as const] : [])
  ]
  HttpApi.reflect(Api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { method, path } }) => found.push({ method, path: path as HttpRouter.PathInput })
  })
  return found
}

/** What stands around every request, from the outside in: its id and headers, origins, compression, problems. */
const around = ({
  accessLog = false,
  allowedOrigins = [],
  bodyLimitBytes = 256 * 1024,
  docs = true,
  rateLimits = {},
  trustedProxies = 0
}: HttpOptions) =>
  HttpRouter.middleware(
    Effect.gen(function* () {
      const platform = yield* HttpPlatform.HttpPlatform
      const routes = routesOf(endpoints(docs))
      const guarded = withProblems(routes, bodyLimitBytes)
      const measured = withMeasures(routes, accessLog)
      const validated = withPublicValidators(publicPaths)
      const store = yield* Effect.serviceOption(RateLimitStore)
      const limited = Option.isSome(store)
        ? withRateLimits(store.value, { ...usualRateLimits, ...rateLimits }, trustedProxies)
        : <A>(_: HttpServerRequest.HttpServerRequest, unlimited: A) => unlimited
      // Events must leave when they happen, and compression would hold them back.
      const compression = HttpMiddleware.compression({
        compressible: (type) => /[/+]json\b|^text\/(?:plain|html)/u.test(type)
      })
      // It asks for its platform when a request begins, and not when the answer leaves; so no handler needs to have it.
      const compressed = Effect.provideService(
        compression(Effect.succeed(HttpServerResponse.empty())),
        HttpPlatform.HttpPlatform,
        platform
      )
      const cors =
        allowedOrigins.length === 0
          ? undefined
          : HttpMiddleware.cors({
              allowedOrigins,
              allowedHeaders: [
                "authorization",
                "content-type",
                "idempotency-key",
                "if-match",
                "if-none-match",
                "last-event-id",
                "x-api-key",
                "x-request-id"
              ],
              exposedHeaders: ["etag", "link", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"],
              maxAge: 600
            })
      return (served) =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
          const counted = limited(request, validated(request, served))
          const inner = Effect.andThen(compressed, measured(request, guarded(request, counted)))
          return withRequestContext(request, cors === undefined ? inner : cors(inner))
        })
    }),
    { global: true }
  )

const handlers = Layer.mergeAll(
  AccountsHandlers.layer,
  ApiKeysHandlers.layer,
  AuditHandlers.layer,
  AuthHandlers.layer,
  CustomersHandlers.layer,
  LedgerHandlers.layer,
  MarketHandlers.layer,
  PaymentsHandlers.layer,
  SystemHandlers.layer,
  TransactionsHandlers.layer,
  UsersHandlers.layer,
  WebhooksHandlers.layer
)

/**
 * The routes of the contract and what stands around them, for the router of a host. They need an `Authenticator` and the
 * use cases behind the groups.
 */
export const layer = (options: HttpOptions = {}) =>
  Layer.mergeAll(
    HttpApiBuilder.layer(Api, { openapiPath }).pipe(
      Layer.provide(Layer.merge(handlers, EventsHandlers.layer({ ...usualLiveTerms, ...options.liveChanges }))),
      Layer.provide(Layer.merge(authentication.layer, requestChecks.layer))
    ),
    options.docs === false ? Layer.empty : docsPage.layer,
    around(options)
  ).pipe(
    Layer.provide(
      Layer.mergeAll(
        Layer.succeed(SignInTenant, options.tenant ?? "main"),
        Layer.succeed(TrustedProxies, options.trustedProxies ?? 0),
        KeptAnswers.layerOf(options.keptAnswersBytes ?? 16 * 1024 * 1024)
      )
    )
  )

/** What the routes need of a host: an `Authenticator`, and the use cases behind the groups. */
export type Needed = Exclude<
  Layer.Services<ReturnType<typeof layer>>,
  HttpRouter.HttpRouter | Layer.Success<typeof HttpServer.layerServices>
>

/**
 * Has the spans of requests named by method and route, such as `GET /api/v1/accounts/:id`. It belongs beneath the server of a host,
 * where spans begin; `toWebHandler` has it.
 */
export const layerSpanNames: Layer.Layer<never> = Layer.sync(HttpMiddleware.SpanNameGenerator, () => {
  const { routeOf } = routesOf(endpoints(true))
  return ({ method, url }) => `${method} ${routeOf(method, url) ?? "other"}`
})

/** The interface as a function from a web-standard `Request` to a `Response`, for any host that speaks these. */
export const toWebHandler = <A, E>(needed: Layer.Layer<A | Needed, E>, options?: HttpOptions) =>
  HttpRouter.toWebHandler(
    layer(options).pipe(
      // Merged, so that loggers, levels and tracers among it are those of requests.
      Layer.provideMerge(needed),
      Layer.provide(HttpServer.layerServices),
      Layer.provideMerge(layerSpanNames)
    ),
    { disableLogger: true }
  )
