import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Atomic } from "saldo/core/Atomic"
import * as DomainEvent from "saldo/core/DomainEvent"
import { Outbox, type Subscription } from "saldo/core/Outbox"
import { workerTurn } from "saldo/core/WorkerTurn"

const figures = Effect.map(PrometheusMetrics.format(), (text) =>
  text.split("\n").filter((line) => line.startsWith("saldo_"))
)

const counting = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, Metric.MetricRegistry, new Map())

describe("workerTurn", () => {
  it.effect("counts turns that end and turns that fail, and tells when one last ended well", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(5000)
      yield* workerTurn("purge")(Effect.void)
      yield* TestClock.setTime(9000)
      yield* Effect.exit(workerTurn("purge")(Effect.fail("no")))
      yield* Effect.exit(workerTurn("purge")(Effect.die("no")))
      yield* Effect.exit(workerTurn("purge")(Effect.interrupt))
      expect(new Set(yield* figures)).toEqual(
        new Set([
          'saldo_worker_turns{outcome="done",worker="purge"} 1',
          'saldo_worker_turns{outcome="failed",worker="purge"} 2',
          'saldo_worker_succeeded_timestamp_seconds{worker="purge"} 5'
        ])
      )
    }).pipe(counting)
  )

  it.effect("is a trace of its own, whatever is around it", () =>
    Effect.gen(function* () {
      const outer = yield* Effect.currentSpan
      const inner = yield* workerTurn("purge")(Effect.currentSpan)
      expect(inner.name).toBe("worker purge")
      expect(inner.traceId).not.toBe(outer.traceId)
    }).pipe(Effect.withSpan("around"), counting)
  )
})

describe("deliveries of the outbox", () => {
  const Happened = DomainEvent.define("test.Happened", Schema.Int)
  const subscription: Subscription<typeof Happened> = { name: "test.subscriber", events: [Happened], attempts: 2 }

  it.live("are counted by what became of them, and a dead letter says why without secrets", () =>
    Effect.gen(function* () {
      const outbox = yield* Outbox
      const append = Effect.flatMap(DomainEvent.make(Happened, { tenant: "t", subject: "s", payload: 1 }), (event) =>
        outbox.append(Happened, event)
      )
      yield* append
      yield* outbox.handleNext(subscription, () => Effect.void)
      yield* append
      const failing = Effect.die(new TypeError("The server refused anna@example.test"))
      yield* outbox.handleNext(subscription, () => failing)
      yield* outbox.handleNext(subscription, () => failing)
      expect(new Set(yield* figures)).toEqual(
        new Set([
          'saldo_outbox_deliveries{outcome="delivered",subscription="test.subscriber"} 1',
          'saldo_outbox_deliveries{outcome="failed",subscription="test.subscriber"} 1',
          'saldo_outbox_deliveries{outcome="buried",subscription="test.subscriber"} 1'
        ])
      )
      const { items } = yield* outbox.deadLetters(subscription.name, {})
      expect(items.map(({ reason }) => reason.split("\n")[0])).toEqual(["TypeError: The server refused <redacted>"])
    }).pipe(
      Effect.provide(
        Layer.mergeAll(
          Layer.provideMerge(Outbox.layerMemory([subscription]), Atomic.layerMemory),
          // What fails here is said to nobody.
          Logger.layer([])
        )
      ),
      counting
    )
  )
})
