/**
 * Names each request, so that an answer, the log, the trace and the audit trail can be found from each other.
 */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Option from "effect/Option"
import * as Id from "saldo/core/Id"
import { ContextId, within } from "saldo/core/RequestContext"
import { withoutSecrets } from "saldo/core/withoutSecrets"

/** What a client may name a request: whatever else it sends goes unheard, as ids end up in logs and in the trail. */
const clientName = /^[\w.:-]{1,128}$/u

const isName = (given: string): boolean => clientName.test(given) && withoutSecrets(given) === given

/** The header that carries a request's id in both directions. */
const header = "x-request-id"

/**
 * Runs a request under its id: the client's `X-Request-Id` when it is fit for logs, or a new one. The id is in the answer
 * and in the `RequestContext`, which the audit trail reads; the trace of a `traceparent` (W3C) is its correlation id.
 */
export const withRequestContext = <A extends HttpServerResponse.HttpServerResponse, E, R>(
  served: Effect.Effect<A, E, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function* () {
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    const given = headers[header]
    const requestId = ContextId.make(given !== undefined && isName(given) ? given : yield* Id.make("req"))
    const trace = Option.map(HttpTraceContext.w3c(headers), ({ traceId }) => ContextId.make(traceId))
    const ids = { requestId, correlationId: Option.getOrElse(trace, () => requestId) }
    const response = yield* served.pipe(within(ids), Effect.annotateLogs(ids))
    return HttpServerResponse.setHeader(response, header, requestId)
  })
