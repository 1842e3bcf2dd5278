/**
 * How often somebody may call: by the address and by the credential, and less often where people are let in.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import type { RateLimitStore } from "saldo/core/RateLimitStore"
import { sha256 } from "saldo/core/sha256"
import { TooManyRequests } from "../api/RequestProblem.ts"
import { addressBehind } from "./clientAddress.ts"
import { networkOf } from "./networkOf.ts"
import { answer } from "./problems.ts"

/** So many calls in a window that begins with the first of them. */
export interface RateLimit {
  readonly limit: number
  readonly windowSeconds: number
}

/** The limits of an interface. */
export interface RateLimits {
  /** From one network address, or one /64 of IPv6. */
  readonly address: RateLimit
  /** By one access token or API key. */
  readonly credential: RateLimit
  /** From one network address, where people sign up, sign in, and use links that were mailed to them. */
  readonly entrance: RateLimit
}

const minute = { windowSeconds: 60 }

/** A minute has 1200 calls for an address, 600 for a credential, and 30 where people are let in. */
export const usualRateLimits: RateLimits = {
  address: { limit: 1200, ...minute },
  credential: { limit: 600, ...minute },
  entrance: { limit: 30, ...minute }
}

const entrances = new Set([
  "/api/auth/signup",
  "/api/auth/login",
  "/api/auth/verify-email",
  "/api/auth/verify-email-request",
  "/api/auth/invitation-acceptance",
  "/api/auth/email-confirmation",
  "/api/auth/password-reset-request",
  "/api/auth/password-reset-confirm"
])

/** Probes of the host's own are not counted. */
const uncounted = new Set(["/health/live", "/health/ready"])

interface Count extends RateLimit {
  readonly name: keyof RateLimits
  readonly key: string
}

const countsOf = (limits: RateLimits, trusted: number, request: HttpServerRequest.HttpServerRequest) => {
  const [path = ""] = request.url.split("?", 1)
  if (uncounted.has(path)) return []
  const { authorization, "x-api-key": apiKey, "x-forwarded-for": forwarded } = request.headers
  const address = addressBehind(trusted, Option.getOrNull(request.remoteAddress), forwarded)
  const credential = apiKey ?? authorization
  const counts: Array<Count> = []
  const count = (name: keyof RateLimits, of: string) =>
    counts.push({ name, key: `${name} ${sha256(of)}`, ...limits[name] })
  // The address comes first: whoever makes credentials up is held by it, and fills no store with them.
  if (address !== null) count("address", networkOf(address))
  if (address !== null && entrances.has(path)) count("entrance", networkOf(address))
  if (credential !== undefined) count("credential", credential)
  return counts
}

interface Standing extends Count {
  readonly left: number
  readonly seconds: number
}

/** The headers of draft-ietf-httpapi-ratelimit-headers: what is allowed, what is left of it, and for how long. */
const headersOf = (standings: ReadonlyArray<Standing>): Readonly<Record<string, string>> =>
  standings.length === 0
    ? {}
    : {
        "ratelimit-policy": standings
          .map(({ limit, name, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
          .join(", "),
        ratelimit: standings
          .map(({ left, name, seconds }) => `"${name}";r=${Math.max(0, left)};t=${seconds}`)
          .join(", ")
      }

/** Answers whoever calls too often with 429 and when to try again, and tells all others how much is left. */
export const withRateLimits =
  (store: RateLimitStore["Service"], limits: RateLimits, trustedProxies: number) =>
  <E, R>(
    request: HttpServerRequest.HttpServerRequest,
    served: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
  ): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> =>
    Effect.gen(function* () {
      const now = yield* DateTime.now
      const standings: Array<Standing> = []
      for (const count of countsOf(limits, trustedProxies, request)) {
        const taken = yield* store.take(count.key, count.windowSeconds * 1000, now)
        const seconds = Math.max(1, Math.ceil((taken.endsAt.epochMilliseconds - now.epochMilliseconds) / 1000))
        const standing = { ...count, left: count.limit - taken.count, seconds }
        standings.push(standing)
        if (standing.left < 0) {
          const headers = { ...headersOf(standings), "retry-after": String(seconds) }
          return answer(new TooManyRequests({ policy: count.name, retryAfterSeconds: seconds }), headers)
        }
      }
      return HttpServerResponse.setHeaders(yield* served, headersOf(standings))
    })
