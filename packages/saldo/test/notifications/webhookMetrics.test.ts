import { describe, expect, it } from "@effect/vitest"
import * as WebhookReceiver from "@saldo/testing/WebhookReceiver"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import { ContextId, within } from "saldo/core/RequestContext"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import { asBank, happened, registered, statusOf, tellAll, world } from "./webhookWorld.ts"

const { ok, receiver, status } = WebhookReceiver

/** The figures, as a scraper gets them. */
const figures = Effect.map(PrometheusMetrics.format(), (text) => text.split("\n"))

describe("the metrics of webhooks", () => {
  it.effect("count attempts by outcome and how long they took, and say how far an endpoint is behind", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      yield* happened(3)
      there.answer = status(500)
      expect(yield* tellAll).toBe(1)
      // The registration is a record of the trail as well.
      expect(yield* figures).toEqual(
        expect.arrayContaining([
          "saldo_webhook_behind 4",
          'saldo_webhook_attempts{outcome="failed"} 1',
          "saldo_webhook_duration_seconds_count 1"
        ])
      )
      there.answer = ok
      yield* TestClock.adjust("1 day")
      expect(yield* tellAll).toBe(3)
      expect(yield* tellAll).toBe(0)
      expect(yield* figures).toEqual(
        expect.arrayContaining([
          "saldo_webhook_behind 0",
          'saldo_webhook_attempts{outcome="failed"} 1',
          'saldo_webhook_attempts{outcome="delivered"} 3',
          "saldo_webhook_duration_seconds_count 4"
        ])
      )
      expect((yield* statusOf(endpoint.id)).state).toBe("active")
    }).pipe(asBank, Effect.provide(world()), Effect.provideService(Metric.MetricRegistry, new Map()))
  )

  it.effect("count endpoints that are disabled, by reason, once each", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      yield* registered(there.url, "gone")
      yield* registered(there.url, "gone too")
      there.answer = status(410)
      yield* happened(2)
      yield* tellAll
      yield* tellAll
      expect(yield* figures).toContain('saldo_webhook_disabled{reason="gone"} 2')
    }).pipe(asBank, Effect.provide(world()), Effect.provideService(Metric.MetricRegistry, new Map()))
  )

  it.live("count the turns of the worker itself", () =>
    Effect.gen(function* () {
      const told = yield* Deferred.make<void>()
      const there = yield* receiver
      there.answer = (response, received, nth) => {
        ok(response, received, nth)
        Deferred.doneUnsafe(told, Effect.void)
      }
      yield* registered(there.url)
      yield* happened(1)
      yield* Effect.provide(Deferred.await(told), WebhookDispatch.layerTelling())
      const lines = yield* figures
      for (const worker of ["webhooks", "webhook-log-purge"]) {
        expect(lines.join("\n")).toMatch(
          new RegExp(`^saldo_worker_turns\\{outcome="done",worker="${worker}"\\} [1-9]`, "mu")
        )
        expect(lines.join("\n")).toMatch(
          new RegExp(`^saldo_worker_succeeded_timestamp_seconds\\{worker="${worker}"\\} [1-9]`, "mu")
        )
      }
    }).pipe(asBank, Effect.provide(world()), Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})

describe("the traces of webhooks", () => {
  it.effect("have for each attempt the request that caused the event", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (given) => {
          const span = new Tracer.NativeSpan(given)
          spans.push(span)
          return span
        }
      })
      const there = yield* receiver
      yield* registered(there.url)
      const ids = { requestId: ContextId.make("req-1"), correlationId: ContextId.make("story-1") }
      yield* within(ids)(happened(1))
      yield* Effect.provideService(tellAll, Tracer.Tracer, tracer)
      const attempts = spans.filter(({ name }) => name === "WebhookDispatch.attempt")
      expect(attempts.map(({ attributes }) => Object.fromEntries(attributes))).toEqual([
        { eventId: expect.any(String), ...ids }
      ])
      const [attempt] = attempts
      const calls = spans.filter(({ kind }) => kind === "client")
      expect(calls).toHaveLength(1)
      expect(calls[0]?.traceId).toBe(attempt?.traceId)
      // No trace goes along to strangers.
      expect(Object.keys(there.received[0]?.headers ?? {})).not.toContain("traceparent")
    }).pipe(asBank, Effect.provide(world()))
  )
})
