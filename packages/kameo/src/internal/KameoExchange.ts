/**
 * One HTTP exchange with Kameo: a request, its answer read in full under a size cap and time limits, and every transport
 * failure as a `KameoError`. Redirects, cookies and retries are the business of `KameoHttp`.
 */
import * as Agent from "@effect/platform-node/Undici"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { KameoSettings } from "../KameoConfig.ts"
import { type KameoError, kameoError } from "../KameoError.ts"

/** A request to one of Kameo's hosts. */
export interface KameoRequest {
  readonly method: "GET" | "POST"
  readonly url: URL
  readonly accept: "html" | "json"
  /** The absolute address of the page that a browser would come from. */
  readonly referer?: string
  /** Scheme and host of the site, sent where a browser's script or form sends it. */
  readonly origin?: string
  /** Form fields in order; they may hold secrets and never leave this module except to the host. */
  readonly form?: ReadonlyArray<readonly [name: string, value: Redacted.Redacted]>
  /** A JSON body, instead of a form. */
  readonly json?: unknown
  readonly bearer?: Redacted.Redacted
}

/**
 * An answer, read in full. A page holds personal data and a token, and a cookie is a session, so both are redacted: a
 * tracer that prints what its spans end with shows neither.
 */
export interface KameoAnswer {
  readonly url: URL
  readonly status: number
  readonly headers: Headers.Headers
  readonly setCookies: Redacted.Redacted<ReadonlyArray<string>>
  readonly body: Redacted.Redacted
  /** Kameo's clock minus ours in whole seconds, by the `Date` header. */
  readonly clockSkewSeconds: number | null
}

const acceptHeaders = {
  html: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
  json: "application/json, text/plain, */*"
}

/**
 * The transport: undici's fetch with an agent of its own, which is closed with the scope. Fetch negotiates and decodes
 * content encodings itself and hands redirects over; the agent adds the time limit for connecting, which no fetch has.
 */
export const layerTransport = (settings: { readonly connectTimeoutMs: number }): Layer.Layer<HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const dispatcher = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent.Agent({ connect: { timeout: settings.connectTimeoutMs } })),
        (agent) => Effect.promise(() => agent.destroy())
      )
      // The two declarations of fetch differ in names of types only; undici's is the one that Node ships.
      const fetch = ((input: string | URL, init?: Agent.RequestInit) =>
        Agent.fetch(input, { ...init, dispatcher })) as unknown as typeof globalThis.fetch
      return FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
    })
  )

const errorCode = (cause: unknown, depth = 0): string | undefined => {
  if (typeof cause !== "object" || cause === null || depth > 5) return undefined
  const inner = "cause" in cause ? errorCode(cause.cause, depth + 1) : undefined
  if (inner !== undefined) return inner
  const code = "code" in cause ? cause.code : undefined
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{1,50}$/u.test(code) ? code : undefined
}

// Only the system's code is kept: the error itself holds the request, and with it form fields and cookies.
const transportError = (url: URL, error: HttpClientError.HttpClientError): KameoError => {
  const cause = "cause" in error.reason ? error.reason.cause : undefined
  const code = errorCode(cause) ?? error.reason._tag
  return kameoError({ _tag: "Network", path: url.pathname, host: url.host, code })
}

const httpRequest = (request: KameoRequest, cookie: string, userAgent: string): HttpClientRequest.HttpClientRequest => {
  const headers: Record<string, string> = {
    accept: acceptHeaders[request.accept],
    // The listing's texts follow this header; the site's own script sends it too.
    "accept-language": "sv",
    "user-agent": userAgent,
    ...(cookie === "" ? {} : { cookie }),
    ...(request.referer === undefined ? {} : { referer: request.referer }),
    ...(request.origin === undefined ? {} : { origin: request.origin }),
    ...(request.bearer === undefined ? {} : { authorization: `Bearer ${Redacted.value(request.bearer)}` })
  }
  const bare = HttpClientRequest.make(request.method)(request.url, { headers })
  if (request.json !== undefined) return HttpClientRequest.bodyJsonUnsafe(bare, request.json)
  if (request.form === undefined) return bare
  const form = new URLSearchParams()
  for (const [name, value] of request.form) form.append(name, Redacted.value(value))
  return HttpClientRequest.setBody(bare, HttpBody.text(form.toString(), "application/x-www-form-urlencoded"))
}

const setCookiesOf = (response: HttpClientResponse.HttpClientResponse): ReadonlyArray<string> => {
  const web = HttpClientResponse.toWeb(response)
  // A list of headers that is flattened to one text would merge several cookies; the web form keeps them apart.
  if (Option.isSome(web)) return web.value.headers.getSetCookie()
  const single = Headers.get(response.headers, "set-cookie")
  return Option.isSome(single) ? [single.value] : []
}

const skewOf = (headers: Headers.Headers, now: number): number | null => {
  const date = Option.map(Headers.get(headers, "date"), Headers.parseHttpDate)
  return Option.isSome(date) && Result.isSuccess(date.value)
    ? Math.round((date.value.success.epochMilliseconds - now) / 1000)
    : null
}

const readBody = (response: HttpClientResponse.HttpClientResponse, url: URL, settings: KameoSettings) =>
  Effect.gen(function* () {
    const { maximumBodyBytes: limitBytes, readTimeoutMs: afterMs } = settings
    const tooLarge = kameoError({ _tag: "BodyTooLarge", path: url.pathname, limitBytes })
    const told = Option.getOrElse(Headers.get(response.headers, "content-length"), () => "0")
    if (Number(told) > limitBytes) return yield* tooLarge
    const chunks: Array<Uint8Array> = []
    let size = 0
    yield* response.stream.pipe(
      Stream.mapError((error) => transportError(url, error)),
      Stream.timeoutOrElse({
        duration: afterMs,
        orElse: () => Stream.fail(kameoError({ _tag: "TimedOut", path: url.pathname, afterMs }))
      }),
      Stream.runForEach((chunk) => {
        size += chunk.byteLength
        chunks.push(chunk)
        return size > limitBytes ? Effect.fail(tooLarge) : Effect.void
      })
    )
    const bytes = new Uint8Array(size)
    let offset = 0
    for (const chunk of chunks) {
      bytes.set(chunk, offset)
      offset += chunk.byteLength
    }
    return new TextDecoder().decode(bytes)
  })

// A response without a body (302, 204) is told as an error by its stream, and is simply empty to us.
const bodyOf = (response: HttpClientResponse.HttpClientResponse, url: URL, settings: KameoSettings) => {
  const web = HttpClientResponse.toWeb(response)
  return Option.isSome(web) && web.value.body === null ? Effect.succeed("") : readBody(response, url, settings)
}

/**
 * Sends one request and reads its answer, whatever its status. The connection is given up when the effect is interrupted
 * or fails, so that a huge or endless answer costs no more than the cap.
 */
export const exchange = (
  client: HttpClient.HttpClient,
  request: KameoRequest,
  cookie: string,
  settings: KameoSettings
): Effect.Effect<KameoAnswer, KameoError> =>
  Effect.gen(function* () {
    const { url } = request
    const afterMs = settings.connectTimeoutMs + settings.readTimeoutMs
    const response = yield* HttpClient.withScope(client)
      .execute(httpRequest(request, cookie, settings.userAgent))
      .pipe(
        Effect.mapError((error) => transportError(url, error)),
        Effect.timeoutOrElse({
          duration: afterMs,
          orElse: () => Effect.fail(kameoError({ _tag: "TimedOut", path: url.pathname, afterMs }))
        })
      )
    const now = yield* Clock.currentTimeMillis
    const setCookies = Redacted.make(setCookiesOf(response), { label: "cookies" })
    const body = Redacted.make(yield* bodyOf(response, url, settings), { label: "body" })
    const { status, headers } = response
    return { url, status, headers, setCookies, body, clockSkewSeconds: skewOf(headers, now) }
  }).pipe(
    Effect.scoped,
    // Redirects are followed under our own rules, whichever HTTP client the host provides.
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
    // The name of an ongoing trace is nothing that a stranger's server needs to know.
    Effect.provideService(HttpClient.TracerPropagationEnabled, false)
  )
