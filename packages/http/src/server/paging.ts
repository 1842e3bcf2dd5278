import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Page, PageRequest } from "saldo/core/Page"

/** The address of the next page: that of this one, with the cursor in place of the one it had. */
const nextUrl = (url: string, cursor: string): string => {
  const [path = "", query = ""] = url.split("?", 2)
  const params = new URLSearchParams(query)
  params.set("cursor", cursor)
  return `${path}?${params.toString()}`
}

/** Answers with a page, and with a `Link` (RFC 8288) to the next one if there is one. */
export const linked = <A, E, R>(
  page: Effect.Effect<Page<A>, E, R>
): Effect.Effect<Page<A>, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.tap(page, ({ next }) =>
    next === null
      ? Effect.void
      : HttpEffect.appendPreResponseHandler((request, response) =>
          Effect.succeed(HttpServerResponse.setHeader(response, "link", `<${nextUrl(request.url, next)}>; rel="next"`))
        )
  )

/** Parts the query of a list into what is asked for and which page of it. */
export const parted = <Query extends PageRequest>({ cursor, limit, ...filter }: Query) => ({
  filter,
  page: {
    ...(cursor === undefined ? {} : { cursor }),
    ...(limit === undefined ? {} : { limit })
  } satisfies PageRequest
})
