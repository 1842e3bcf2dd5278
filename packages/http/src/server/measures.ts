/**
 * What requests took, by what was asked and what was answered.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Metric from "effect/Metric"
import type { Routes } from "./problems.ts"

/** By the names of OpenTelemetry's semantic conventions; the count of the histogram counts the requests. */
const duration = Metric.histogram("http_server_request_duration_seconds", {
  description: "How long requests took until their answer was ready, by method, route and status",
  boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

/** Measures requests. What a client may choose at will is no label: unknown addresses and methods count as `other`. */
export const withMeasures =
  ({ routeOf }: Routes) =>
  <A extends HttpServerResponse.HttpServerResponse, E, R>(
    served: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E, R | HttpServerRequest.HttpServerRequest> =>
    Effect.gen(function* () {
      const { method, url } = yield* HttpServerRequest.HttpServerRequest
      const begun = yield* Clock.currentTimeNanos
      const response = yield* served
      const seconds = Number((yield* Clock.currentTimeNanos) - begun) / 1e9
      const labels = {
        http_request_method: methods.has(method) ? method : "other",
        http_route: routeOf(method, url) ?? "other",
        http_response_status_code: String(response.status)
      }
      yield* Metric.update(Metric.withAttributes(duration, labels), seconds)
      return response
    })
