/**
 * Tags of what was answered, by which a client asks whether it still is what it has (RFC 9110).
 */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { sha256 } from "saldo/core/sha256"

/** The tag of a body. A weak one, as compression makes other bytes of it; the same on every process and every version. */
export const tagOf = (body: string): string => `W/"${sha256(body).slice(0, 32)}"`

/** Whether a client has what a tag names already. */
const has = (ifNoneMatch: string | undefined, tag: string): boolean =>
  ifNoneMatch !== undefined &&
  ifNoneMatch.split(",").some((each) => each.trim() === "*" || each.trim().replace(/^W\//u, "") === tag.slice(2))

/** An answer with its tag and how it may be kept: with its body, or 304 for a client that has that body. */
export const tagging = (
  request: HttpServerRequest.HttpServerRequest,
  response: HttpServerResponse.HttpServerResponse,
  tag: string,
  cacheControl: string
): HttpServerResponse.HttpServerResponse => {
  const headers = { etag: tag, "cache-control": cacheControl }
  return has(request.headers["if-none-match"], tag)
    ? HttpServerResponse.empty({ status: 304, headers })
    : HttpServerResponse.setHeaders(response, headers)
}

/** Tags the answers of public addresses, which anybody may keep and must ask about before using again. */
export const withPublicValidators = (paths: ReadonlySet<string>) => {
  // Some bodies are made once and answered again and again.
  const tags = new WeakMap<Uint8Array, string>()
  const tagOfBytes = (bytes: Uint8Array): string => {
    const tag = tags.get(bytes) ?? tagOf(new TextDecoder().decode(bytes))
    tags.set(bytes, tag)
    return tag
  }
  return <E, R>(
    request: HttpServerRequest.HttpServerRequest,
    served: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
  ): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> => {
    const [path = ""] = request.url.split("?", 1)
    if (request.method !== "GET" || !paths.has(path)) return served
    return Effect.map(served, (response) =>
      response.status === 200 && response.body._tag === "Uint8Array"
        ? tagging(request, response, tagOfBytes(response.body.body), "public, no-cache")
        : response
    )
  }
}
