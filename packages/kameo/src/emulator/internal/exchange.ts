import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerRequestModule from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Fault from "../Fault.ts"
import { compressed } from "./compress.ts"
import { apiJson, html, redirect, type Reply } from "./Reply.ts"
import * as pages from "./pages.ts"
import { type Allowance, burstReaches, reaches, type World } from "./World.ts"

/** Whether a route answers JSON data or a web page; transport faults strike data unless told otherwise. */
export type RouteKind = "data" | "page"

/** One request on its way through the emulator. */
export interface Exchange {
  readonly world: World
  readonly host: "www" | "api"
  readonly request: HttpServerRequest
  readonly url: URL
  /** Scheme and host as the client addressed them, without a trailing slash. */
  readonly base: string
  readonly faults: Fault.Faults
}

/** What a route does with a request. */
export type Handler = (exchange: Exchange) => Effect.Effect<Reply>

/** A route of a host: method, path pattern, what it answers, and how. */
export type Route = readonly ["GET" | "POST", `/${string}`, RouteKind, Handler]

/** The addresses of both hosts, known once both servers listen. */
export interface Addresses {
  readonly www: string
  readonly api: string
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/u

/** Whether a request comes from this machine, to a name of this machine, and not from a foreign web page. */
export const isLocal = (request: HttpServerRequest): boolean => {
  const peer = Option.getOrElse(request.remoteAddress, () => "")
  const host = (request.headers["host"] ?? "").replace(/:\d+$/u, "")
  return loopback.test(peer) && ["localhost", "127.0.0.1", "[::1]"].includes(host)
}

const faultHeader = "x-emu-fault"

/** Faults of the emulator, overlaid with those that the request itself asks for. */
const activeFaults = (world: World, request: HttpServerRequest): Result.Result<Fault.Faults, Fault.FaultInvalid> => {
  const own = request.headers[faultHeader]
  if (own === undefined || !isLocal(request)) return Result.succeed(world.faults)
  return Result.map(Fault.parseAll(own.split(/[;,]/u).filter((text) => text.trim() !== "")), (faults) => ({
    ...world.faults,
    ...faults
  }))
}

const badGateway =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

const strayPage = (world: World, which: NonNullable<Fault.Faults["htmlInsteadOfJson"]>): Reply => {
  switch (which) {
    case "maintenance":
      return html(pages.noticePage("Underhåll pågår", "Vi är snart tillbaka."))
    case "login":
      return html(pages.loginPage(world.sessions.open()))
    case "twoFactor":
      return html(pages.twoFactorPage(world.sessions.open(), world.user, "", undefined))
    case "badGateway":
      return html(badGateway, 502)
  }
}

const evilLocation = (exchange: Exchange, addresses: Addresses): string => {
  switch (exchange.faults.evilRedirect) {
    case "sibling":
      return `${exchange.host === "www" ? addresses.api : addresses.www}/collected`
    case "loop":
      return `${exchange.base}${exchange.url.pathname}${exchange.url.search}`
    default:
      return "http://collector.invalid/collected"
  }
}

const isOwn = (exchange: Exchange): boolean => exchange.request.headers[faultHeader] !== undefined

/** The answer of a transport fault, if one strikes before the handler is asked. */
const intercepted = (exchange: Exchange, kind: RouteKind, addresses: Addresses): Reply | undefined => {
  const { faults, host, world } = exchange
  const data = kind === "data"
  const status = faults.status
  if (burstReaches(status, host, data) && world.strikes("status", status.times, isOwn(exchange))) {
    const wait: Readonly<Record<string, string>> =
      status.status === 429 || status.status === 503 ? { "retry-after": "1" } : {}
    if (data)
      return apiJson({ message: status.status === 429 ? "Too Many Attempts." : "Server Error" }, status.status, wait)
    return { ...html(pages.noticePage(`Fel ${status.status}`, "Något gick fel."), status.status), headers: wait }
  }
  const redirected = data || exchange.url.pathname === "/auth/check"
  if (faults.evilRedirect !== undefined && redirected) return redirect(evilLocation(exchange, addresses))
  if (faults.htmlInsteadOfJson !== undefined && data) return strayPage(world, faults.htmlInsteadOfJson)
  return undefined
}

const rateHeaders = (allowance: Allowance): Readonly<Record<string, string>> => ({
  "x-ratelimit-limit": String(allowance.limit),
  "x-ratelimit-remaining": String(allowance.remaining)
})

const bearerOf = (request: HttpServerRequest): string | undefined =>
  /^Bearer\s+(\S+)$/iu.exec(request.headers["authorization"] ?? "")?.[1]

/** The session that a request's bearer token speaks for; "invalid" for a token that speaks for none. */
export const bearerSession = (exchange: Exchange) => {
  const token = bearerOf(exchange.request)
  if (token === undefined) return undefined
  return exchange.world.sessions.bearer(token) ?? "invalid"
}

const limited = (exchange: Exchange, handler: Handler): Effect.Effect<Reply> => {
  const { faults, request, world } = exchange
  const session = bearerSession(exchange)
  const caller =
    session === undefined || session === "invalid"
      ? `ip ${Option.getOrElse(request.remoteAddress, () => "")}`
      : `user ${world.user.id}`
  const allowance = world.spendAllowance(caller, faults.rateLimit ?? world.beginning.rateLimit)
  if (allowance.exceeded) {
    const seconds = Math.max(1, Math.ceil(allowance.resetsIn / 1000))
    const reset = Math.ceil((world.visibleTime(faults) + allowance.resetsIn) / 1000)
    return Effect.succeed(
      apiJson({ message: "Too Many Attempts." }, 429, {
        ...rateHeaders(allowance),
        "retry-after": String(seconds),
        "x-ratelimit-reset": String(reset)
      })
    )
  }
  return Effect.map(handler(exchange), (reply) => ({
    ...reply,
    headers: { ...rateHeaders(allowance), ...reply.headers }
  }))
}

const hostHeaders = (exchange: Exchange, date: string, addresses: Addresses): Readonly<Record<string, string>> =>
  exchange.host === "api"
    ? {
        server: "nginx/1.22.1",
        "x-powered-by": "PHP/8.3.6",
        "cache-control": "no-cache, private",
        "access-control-allow-origin": "*",
        "content-security-policy": "upgrade-insecure-requests"
      }
    : {
        server: "nginx",
        "x-powered-by": "eZ Publish Platform",
        "served-by": "emulator-1",
        "content-language": "sv",
        "cache-control": "no-cache, must-revalidate",
        pragma: "no-cache",
        expires: "Mon, 26 Jul 1997 05:00:00 GMT",
        "last-modified": date,
        "strict-transport-security": "max-age=31536000",
        "x-frame-options": "SAMEORIGIN",
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "content-security-policy": `default-src 'self'; connect-src 'self' ${addresses.api} https://api.kameo.se; img-src 'self' data: https://img.kameo.invalid; object-src 'none'; frame-ancestors 'self'`
      }

/** Sends bytes in about forty pieces with a pause before each. */
const dripped = (body: Uint8Array, pauseMillis: number): Stream.Stream<Uint8Array> => {
  const size = Math.max(1, Math.ceil(body.length / 40))
  const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
    body.subarray(index * size, (index + 1) * size)
  )
  return Stream.fromIterable(pieces, { chunkSize: 1 }).pipe(
    Stream.mapEffect((piece) => Effect.as(Effect.sleep(pauseMillis), piece))
  )
}

const toResponse = (exchange: Exchange, kind: RouteKind, reply: Reply, addresses: Addresses) => {
  const { faults, host, request, world } = exchange
  const date = DateTime.toDateUtc(DateTime.makeUnsafe(world.visibleTime(faults))).toUTCString()
  const headers: Record<string, string | ReadonlyArray<string>> = {
    date,
    ...hostHeaders(exchange, date, addresses),
    ...reply.headers,
    ...(reply.cookies.length === 0 ? {} : { "set-cookie": reply.cookies })
  }
  const options = { status: reply.status, headers: headers as Record<string, string> }
  const type = reply.contentType === undefined ? {} : { contentType: reply.contentType }
  if (typeof reply.body !== "string") return HttpServerResponse.stream(reply.body, { ...options, ...type })
  const wanted = kind === "data" ? faults.encoding : undefined
  const { body, encoding } = compressed(reply.body, wanted, host, request.headers["accept-encoding"] ?? "")
  if (encoding !== undefined) headers["content-encoding"] = encoding
  if (faults.slowDrip !== undefined && kind === "data" && body.length > 0) {
    return HttpServerResponse.stream(dripped(body, faults.slowDrip), { ...options, ...type })
  }
  const cut = faults.cutBody
  if (
    burstReaches(cut, host, kind === "data") &&
    body.length > 1 &&
    world.strikes("cutBody", cut.times, isOwn(exchange))
  ) {
    const half = Stream.concat(
      Stream.make(body.subarray(0, body.length >> 1)),
      Stream.drain(Stream.fromEffect(Effect.andThen(Effect.sleep(20), severed(exchange))))
    )
    return HttpServerResponse.stream(half, { ...options, ...type, contentLength: body.length })
  }
  return HttpServerResponse.uint8Array(body, { ...options, ...type })
}

/** Cuts the connection; the request's fiber ends with it. */
const severed = (exchange: Exchange): Effect.Effect<never> =>
  Effect.andThen(
    Effect.sync(() => {
      NodeHttpServerRequest.toIncomingMessage(exchange.request).socket.destroy()
    }),
    Effect.never
  )

const resetConnection = (exchange: Exchange): Effect.Effect<never> =>
  Effect.andThen(
    Effect.sync(() => {
      const { socket } = NodeHttpServerRequest.toIncomingMessage(exchange.request)
      if ("resetAndDestroy" in socket) socket.resetAndDestroy()
    }),
    Effect.never
  )

const shownQuery = new Set([
  "page",
  "limit",
  "subscription_origin_sweden",
  "subscription_origin_norway",
  "subscription_origin_denmark"
])

const shownPath = (url: URL): string => {
  const shown = [...url.searchParams].filter(([name]) => shownQuery.has(name))
  return shown.length === 0 ? url.pathname : `${url.pathname}?${new URLSearchParams(shown).toString()}`
}

const respond = Effect.fnUntraced(function* (
  exchange: Exchange,
  kind: RouteKind,
  handler: Handler,
  addresses: Addresses
) {
  const { faults, host, request, url, world } = exchange
  const data = kind === "data"
  const log = (status: number) => world.record({ host, method: request.method, path: shownPath(url), status })
  if (faults.delayMs !== undefined && reaches(faults.delayMs.on, host, data)) {
    yield* Effect.sleep(faults.delayMs.milliseconds)
  }
  if (burstReaches(faults.reset, host, data) && world.strikes("reset", faults.reset.times, isOwn(exchange))) {
    log(0)
    return yield* resetConnection(exchange)
  }
  const early = intercepted(exchange, kind, addresses)
  const reply = early ?? (yield* host === "api" && data ? limited(exchange, handler) : handler(exchange))
  log(reply.status)
  return toResponse(exchange, kind, reply, addresses)
})

/** The request target as an address; whatever a client sent as target or host, this is one. */
const urlOf = (target: string): URL => new URL(`http://emulator${target.startsWith("/") ? "" : "/"}${target}`)

/** Turns a handler into a route: faults around it, host headers on its answer, one line in the log. */
export const serving =
  (world: World, host: "www" | "api", addresses: Addresses) => (kind: RouteKind, handler: Handler) =>
    Effect.flatMap(HttpServerRequestModule.HttpServerRequest, (request) => {
      const base = `http://${request.headers["host"] ?? "localhost"}`
      const faults = activeFaults(world, request)
      if (Result.isFailure(faults)) {
        return Effect.succeed(
          HttpServerResponse.jsonUnsafe(
            { error: faults.failure.message, validNames: faults.failure.validNames },
            { status: 400 }
          )
        )
      }
      const exchange: Exchange = { world, host, request, url: urlOf(request.url), base, faults: faults.success }
      return respond(exchange, kind, handler, addresses)
    })
