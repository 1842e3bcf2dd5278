/**
 * What browsers are told about every answer.
 */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** Answers are data: nothing in them is to be run, framed, guessed at or kept. */
const strict: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY"
}

/** Adds the headers that an answer does not say otherwise, and to one without credentials what would have been taken. */
export const withSecurityHeaders = <E, R>(
  served: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> =>
  Effect.map(served, (response) =>
    HttpServerResponse.setHeaders(response, {
      ...strict,
      ...(response.status === 401 ? { "www-authenticate": `Bearer realm="saldo"` } : {}),
      ...response.headers
    })
  )
