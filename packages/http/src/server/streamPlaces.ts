/**
 * How many streams of changes there are, and how many somebody may have.
 */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Identity } from "saldo/core/Actor"
import { type LiveEvent, TooManyStreams } from "../api/EventsApi.ts"

const metrics = {
  open: Metric.gauge("saldo_http_event_streams", { description: "Streams of changes that are open in this process" }),
  told: Metric.counter("saldo_http_events", {
    description: "Events that were told on streams of changes, by kind, and by reason where a stream ended",
    incremental: true
  })
} as const

/** Streams in this process, by caller: a place is taken before the first event, and free when the answer is over. */
export const makePlaces = (limit: number) => {
  const taken = new Map<string, number>()
  let open = 0
  const count = (key: string, by: 1 | -1) =>
    Effect.suspend(() => {
      const left = (taken.get(key) ?? 0) + by
      if (left === 0) taken.delete(key)
      else taken.set(key, left)
      open += by
      return Metric.update(metrics.open, open)
    })
  return ({ id, tenant }: Identity) => {
    const key = JSON.stringify([tenant, id])
    return Effect.acquireRelease(
      Effect.suspend(() =>
        (taken.get(key) ?? 0) < limit ? count(key, 1) : Effect.fail(new TooManyStreams({ limit }))
      ),
      () => count(key, -1)
    )
  }
}

/** Counts what was told. */
export const countTold = (event: LiveEvent): Effect.Effect<void> => {
  const reason = event._tag === "Ended" ? { reason: event.reason } : {}
  return Metric.update(Metric.withAttributes(metrics.told, { kind: event._tag, ...reason }), 1)
}
