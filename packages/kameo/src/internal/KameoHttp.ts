/**
 * HTTP as Kameo's hosts need it: one request at a time, a cookie jar per host, redirects that never leave the host,
 * retries of what may be retried, and a slower pace before the rate limit is hit.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type * as HttpClient from "effect/http/HttpClient"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Breaker from "saldo/core/Breaker"
import { CookieJar } from "tough-cookie"
import type { KameoSettings } from "../KameoConfig.ts"
import { type KameoError, kameoError } from "../KameoError.ts"
import { exchange, type KameoAnswer, type KameoRequest } from "./KameoExchange.ts"

/** Requests with everything around them; the state is per client. */
export interface KameoHttp {
  /** Sends a request, follows its redirects, and answers with the last page, whatever its status below 500. */
  readonly send: (request: KameoRequest) => Effect.Effect<KameoAnswer, KameoError>
  /** Drops all cookies, and with them the session. */
  readonly forgetCookies: Effect.Effect<void>
}

const retryStatuses: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

// Failures that pass: the connection broke or was not made in time. A refused connection, an unknown host and a bad
// certificate stay as they are, and waiting for them only hides the mistake.
const passing: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"
])

const isPassing = (error: KameoError): boolean =>
  error.reason._tag === "TimedOut" || (error.reason._tag === "Network" && passing.has(error.reason.code))

const numberHeader = (headers: Headers.Headers, name: string): number | null => {
  const text = Option.getOrUndefined(Headers.get(headers, name))
  return text !== undefined && /^\d{1,12}$/u.test(text.trim()) ? Number(text) : null
}

// `X-RateLimit-Reset` is a time in seconds since 1970 in this framework family; a small number is a delay.
const resetMs = (headers: Headers.Headers, now: number): number | null => {
  const reset = numberHeader(headers, "x-ratelimit-reset")
  if (reset === null) return null
  return reset > 1_000_000_000 ? Math.max(0, reset * 1000 - now) : reset * 1000
}

const retryAfterMs = (headers: Headers.Headers, now: number): number | null => {
  const told = Option.map(Headers.get(headers, "retry-after"), Headers.parseRetryAfter)
  return Option.isSome(told) && Result.isSuccess(told.value)
    ? Duration.toMillis(Headers.retryAfterDelay(told.value.success, now))
    : null
}

// The counter's window is said to be a minute.
const windowMs = 60_000

/** What is known of one host's rate limit: when its window began, and the instant before which nothing is sent. */
interface Pace {
  readonly remaining: number
  readonly windowBegan: number
  readonly notBefore: number
}

// Below five remaining requests, what is left of the window is spread over them, so that the limit is never hit.
const nextPace = (last: Pace | undefined, headers: Headers.Headers, now: number): Pace => {
  const remaining = numberHeader(headers, "x-ratelimit-remaining")
  if (remaining === null) return { remaining: Infinity, windowBegan: now, notBefore: now }
  const sameWindow = last !== undefined && remaining < last.remaining && now < last.windowBegan + windowMs
  const windowBegan = sameWindow ? last.windowBegan : now
  const leftMs = resetMs(headers, now) ?? windowBegan + windowMs - now
  const notBefore = remaining >= 5 ? now : now + Math.min(windowMs, leftMs) / (remaining + 1)
  return { remaining, windowBegan, notBefore }
}

const redirectTarget = (answer: KameoAnswer, request: KameoRequest): Result.Result<URL, KameoError> => {
  const location = Option.getOrElse(Headers.get(answer.headers, "location"), () => "")
  const path = request.url.pathname
  const target = URL.parse(location, request.url.href)
  if (location === "" || target === null) {
    return Result.fail(kameoError({ _tag: "HttpStatus", path, status: answer.status }))
  }
  // Same scheme, host and port: neither cookies nor the form token may reach anybody else.
  return target.origin === request.url.origin
    ? Result.succeed(target)
    : Result.fail(kameoError({ _tag: "UnsafeRedirect", path, target: `${target.protocol}//${target.host}` }))
}

const statusError = (answer: KameoAnswer, now: number): KameoError => {
  const { status } = answer
  const path = answer.url.pathname
  if (status === 429) {
    const wait = retryAfterMs(answer.headers, now) ?? resetMs(answer.headers, now)
    return kameoError({ _tag: "RateLimited", path, retryAfterSeconds: wait === null ? null : wait / 1000 })
  }
  const html = /html/iu.test(Option.getOrElse(Headers.get(answer.headers, "content-type"), () => ""))
  return kameoError(html ? { _tag: "HtmlInsteadOfJson", path, status } : { _tag: "HttpStatus", path, status })
}

/** What an error says of the host: only what it did not, could not or would not answer counts against it. */
const verdictOn = ({ reason }: KameoError): Breaker.Verdict => {
  switch (reason._tag) {
    case "Network":
    case "TimedOut":
      return "failed"
    case "HttpStatus":
    case "HtmlInsteadOfJson":
      return reason.status >= 500 ? "failed" : "answered"
    case "RateLimited":
      return reason.retryAfterSeconds === null ? "failed" : { failedForMs: reason.retryAfterSeconds * 1000 }
    default:
      return "answered"
  }
}

/** Makes the HTTP side of a client; the jar, the pace, the queue and the breakers of its hosts are its own. */
export const makeKameoHttp = Effect.fnUntraced(function* (
  client: HttpClient.HttpClient,
  settings: KameoSettings
): Effect.fn.Return<KameoHttp, never, Scope.Scope> {
  const breakers = new Map<string, Breaker.Breaker>()
  for (const origin of [settings.baseUrl, settings.apiBaseUrl]) {
    const { host } = new URL(origin)
    if (!breakers.has(host)) breakers.set(host, yield* Breaker.make(`kameo ${host}`, settings.breaker))
  }
  const jars = new Map<string, CookieJar>()
  const paces = new Map<string, Pace>()
  const oneAtATime = Semaphore.makeUnsafe(1)

  const jarOf = (url: URL): CookieJar => {
    const jar = jars.get(url.host) ?? new CookieJar()
    jars.set(url.host, jar)
    return jar
  }

  const once = Effect.fnUntraced(function* (request: KameoRequest) {
    const { url } = request
    const wait = (paces.get(url.host)?.notBefore ?? 0) - (yield* Clock.currentTimeMillis)
    // A clock that was set back must not make us wait longer than a window ever lasts.
    if (wait > 0) yield* Effect.sleep(Math.min(wait, windowMs))
    const answer = yield* exchange(client, request, jarOf(url).getCookieStringSync(url.href), settings)
    const now = yield* Clock.currentTimeMillis
    paces.set(url.host, nextPace(paces.get(url.host), answer.headers, now))
    for (const cookie of Redacted.value(answer.setCookies))
      jarOf(url).setCookieSync(cookie, url.href, { ignoreError: true })
    yield* Effect.logDebug("Kameo answered", { method: request.method, path: url.pathname, status: answer.status })
    if (answer.status < 500 && answer.status !== 429) return answer
    return yield* Effect.fail(statusError(answer, now)).pipe(
      Effect.mapError((error) => ({ error, waitMs: retryAfterMs(answer.headers, now) }))
    )
  })

  // Only a GET is repeated: a POST carries the password, a code or a bid, and may have had its effect.
  const withRetry = Effect.fnUntraced(function* (request: KameoRequest) {
    const tries = request.method === "GET" ? settings.retries : 0
    for (let attempt = 0; ; attempt++) {
      const result = yield* Effect.result(once(request))
      if (Result.isSuccess(result)) return result.success
      const failure = result.failure
      const [error, told] = "waitMs" in failure ? [failure.error, failure.waitMs] : [failure, null]
      const retryable = "waitMs" in failure ? retryStatuses.has(statusOf(error)) : isPassing(error)
      const jitter = 1 + 0.2 * (yield* Random.next)
      const waitMs = told ?? settings.retryDelayMs * 2 ** attempt * jitter
      if (!retryable || attempt >= tries || waitMs > settings.longestWaitMs) return yield* error
      yield* Effect.logDebug("Kameo request is repeated", {
        path: request.url.pathname,
        waitMs,
        reason: error.reason._tag
      })
      yield* Effect.sleep(waitMs)
    }
  })

  const follow = Effect.fnUntraced(function* (first: KameoRequest) {
    let request = first
    for (let hops = 0; ; hops++) {
      const answer = yield* withRetry(request)
      if (!redirectStatuses.has(answer.status)) return answer
      const path = first.url.pathname
      const url = yield* Effect.fromResult(redirectTarget(answer, request))
      // A body is sent to one address only; 307 and 308 would want it sent again.
      if (request.method === "POST" && answer.status >= 307) {
        return yield* kameoError({ _tag: "HttpStatus", path, status: answer.status })
      }
      if (hops >= settings.maximumRedirects) {
        return yield* kameoError({ _tag: "TooManyRedirects", path, maximum: settings.maximumRedirects })
      }
      const { accept, referer, bearer } = request
      request = {
        method: "GET",
        url,
        accept,
        ...(referer === undefined ? {} : { referer }),
        ...(bearer === undefined ? {} : { bearer })
      }
    }
  })

  // Around the repetitions, so that a call counts once, and a host that is left alone costs no waiting.
  const asking = (request: KameoRequest) => {
    const { host, pathname: path } = request.url
    const breaker = breakers.get(host)
    if (breaker === undefined) return follow(request)
    return Effect.catchTag(breaker.ask(follow(request), verdictOn), "NotAsked", ({ failures, seconds }) =>
      Effect.fail(kameoError({ _tag: "NotAsked", path, host, failures, retryAfterSeconds: seconds }))
    )
  }

  return {
    send: (request) => oneAtATime.withPermit(asking(request)),
    forgetCookies: Effect.sync(() => jars.clear())
  }
})

const statusOf = ({ reason }: KameoError): number =>
  reason._tag === "RateLimited" ? 429 : "status" in reason ? reason.status : 0
