/**
 * Names each request, so that an answer, the log, the trace and the audit trail can be found from each other.
 */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Option from "effect/Option"
import * as Id from "saldo/core/Id"
import { ContextId, within } from "saldo/core/RequestContext"
import { withoutSecrets } from "saldo/core/withoutSecrets"
import { securityHeadersOf } from "./securityHeaders.ts"

/** What a client may name a request: whatever else it sends goes unheard, as ids end up in logs and in the trail. */
const clientName = /^[\w.:-]{1,128}$/u

const isName = (given: string): boolean => clientName.test(given) && withoutSecrets(given) === given

/** The header that carries a request's id in both directions. */
const header = "x-request-id"

/**
 * Runs a request under its id: the client's `X-Request-Id` when it is fit for logs, or a new one. The id is in the answer
 * and in the `RequestContext`, which the audit trail reads; the trace of a `traceparent` (W3C) is its correlation id. The headers
 * of every answer are set here, all at once, as each setting copies those before it.
 */
export const withRequestContext = <E, R>(
  { headers }: HttpServerRequest.HttpServerRequest,
  served: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> => {
  const given = headers[header]
  return Effect.flatMap(given !== undefined && isName(given) ? Effect.succeed(given) : Id.make("req"), (name) => {
    const requestId = ContextId.make(name)
    const trace = Option.map(HttpTraceContext.w3c(headers), ({ traceId }) => ContextId.make(traceId))
    const ids = { requestId, correlationId: Option.getOrElse(trace, () => requestId) }
    return Effect.map(served.pipe(within(ids), Effect.annotateLogs(ids)), (response) =>
      HttpServerResponse.setHeaders(response, { ...securityHeadersOf(response), [header]: requestId })
    )
  })
}
