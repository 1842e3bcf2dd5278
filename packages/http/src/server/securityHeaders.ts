/**
 * What browsers are told about every answer.
 */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/**
 * Answers are data: nothing in them is to be run, framed, guessed at or kept, and once they came by TLS, nothing is asked for
 * without it any more (browsers do not hear that over plain HTTP: RFC 6797, section 8.1).
 */
const strict: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
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
