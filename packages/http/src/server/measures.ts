/**
 * What requests took, by what was asked and what was answered.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Metric from "effect/Metric"
import type { Identity } from "saldo/core/Actor"
import type { Routes } from "./problems.ts"

interface Labels {
  readonly http_request_method: string
  readonly http_route: string
  readonly http_response_status_code: string
}

/** By the names of OpenTelemetry's semantic conventions; the count of the histogram counts the requests. */
const durationBy = (attributes: Labels) =>
  Metric.histogram("http_server_request_duration_seconds", {
    description: "How long requests took until their answer was ready, by method, route and status",
    boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    attributes: { ...attributes }
  })

/** The same by labels, of which there are as many as routes and statuses: to label a metric anew takes longer than to update it. */
const makeDurations = () => {
  const made = new Map<string, ReturnType<typeof durationBy>>()
  return (labels: Labels) => {
    const key = `${labels.http_request_method} ${labels.http_response_status_code} ${labels.http_route}`
    const there = made.get(key)
    if (there !== undefined) return there
    const metric = durationBy(labels)
    made.set(key, metric)
    return metric
  }
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

/** Who turned out to act in a request, for what is outside of where that is found out. */
export const ServedActor = Context.Reference<{ found: Identity | undefined } | undefined>(
  "@saldo/http/server/ServedActor",
  { defaultValue: () => undefined }
)

/** What asks whether we live asks all day long. */
const probes = new Set(["/health/live", "/health/ready", "/metrics"])

/**
 * Measures requests, and logs a line for each that was answered when it is to. What a client may choose at will is no label and in no
 * line: unknown addresses and methods count as `other`, and of known ones there is the route.
 */
export const withMeasures = ({ routeOf }: Routes, accessLog: boolean) => {
  const durationOf = makeDurations()
  return <A extends HttpServerResponse.HttpServerResponse, E, R>(
    { method, url }: HttpServerRequest.HttpServerRequest,
    served: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E, R> =>
    Effect.clockWith((clock) => {
      const begun = clock.currentTimeNanosUnsafe()
      const actor: { found: Identity | undefined } = { found: undefined }
      return Effect.flatMap(accessLog ? Effect.provideService(served, ServedActor, actor) : served, (response) => {
        const seconds = Number(clock.currentTimeNanosUnsafe() - begun) / 1e9
        const labels = {
          http_request_method: methods.has(method) ? method : "other",
          http_route: routeOf(method, url) ?? "other",
          http_response_status_code: String(response.status)
        }
        const updated = Metric.update(durationOf(labels), seconds)
        return Effect.as(accessLog ? Effect.andThen(updated, logged(labels, seconds, actor.found)) : updated, response)
      })
    })
}

const logged = (
  { http_request_method: method, http_response_status_code: status, http_route: route }: Labels,
  seconds: number,
  actor: Identity | undefined
) =>
  (probes.has(route) ? Effect.logDebug("Answered") : Effect.logInfo("Answered")).pipe(
    Effect.annotateLogs({
      method,
      route,
      status: Number(status),
      durationMs: Math.round(seconds * 1e6) / 1e3,
      ...(actor === undefined ? {} : { tenant: actor.tenant, actor: actor.id })
    })
  )
