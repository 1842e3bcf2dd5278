/**
 * What browsers are told about every answer.
 */
import type * as HttpServerResponse from "effect/http/HttpServerResponse"

/**
 * Answers are data: nothing in them is to be run, framed, guessed at or kept, and once they came by TLS, nothing is asked for
 * without it any more (browsers do not hear that over plain HTTP: RFC 6797, section 8.1).
 */
const strict: ReadonlyArray<readonly [name: string, value: string]> = Object.entries({
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY"
})

/** The headers that an answer lacks: those that it does not say otherwise, and to one without credentials what would have been taken. */
export const securityHeadersOf = ({
  headers,
  status
}: HttpServerResponse.HttpServerResponse): Record<string, string> => {
  const lacking: Record<string, string> = {}
  for (const [name, value] of strict) if (headers[name] === undefined) lacking[name] = value
  if (status === 401 && headers["www-authenticate"] === undefined) lacking["www-authenticate"] = `Bearer realm="saldo"`
  return lacking
}
