import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"

const turns = Metric.counter("saldo_worker_turns", {
  description: "Turns of what runs by the clock, by worker and outcome",
  incremental: true
})

const succeededAt = Metric.gauge("saldo_worker_succeeded_timestamp_seconds", {
  description: "When a worker last came to the end of a turn, in seconds since 1970, by worker"
})

/**
 * A turn of what runs by the clock: a trace of its own, counted by its outcome, so that a worker that fails, or is not there any
 * more, can be told from one that has nothing to do. A turn that is interrupted has no outcome.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
 * import { workerTurn } from "saldo/core/WorkerTurn"
 *
 * const figures = await Effect.void.pipe(
 *   workerTurn("example"),
 *   Effect.andThen(PrometheusMetrics.format()),
 *   Effect.runPromise
 * )
 * figures.includes('saldo_worker_turns{outcome="done",worker="example"} 1') // => true
 * ```
 */
export const workerTurn =
  (worker: string) =>
  <A, E, R>(turn: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    turn.pipe(
      Effect.onExit(
        Effect.fnUntraced(function* (exit) {
          if (Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)) return
          const outcome = Exit.isSuccess(exit) ? "done" : "failed"
          yield* Metric.update(Metric.withAttributes(turns, { outcome, worker }), 1)
          if (Exit.isFailure(exit)) return
          const seconds = (yield* Clock.currentTimeMillis) / 1000
          yield* Metric.update(Metric.withAttributes(succeededAt, { worker }), seconds)
        })
      ),
      Effect.withSpan(`worker ${worker}`, { root: true })
    )
