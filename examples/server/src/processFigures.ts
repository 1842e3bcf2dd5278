/**
 * What the process takes of its machine, by the names that dashboards for Node know.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import { monitorEventLoopDelay } from "node:perf_hooks"

const figures = {
  memory: Metric.gauge("process_resident_memory_bytes", { description: "Memory that the process holds" }),
  heap: Metric.gauge("nodejs_heap_size_used_bytes", { description: "Memory that objects of the program take" }),
  processor: Metric.counter("process_cpu_seconds_total", {
    description: "Processor time that the process has used, its own and that of the system for it",
    incremental: true
  }),
  delay: Metric.gauge("nodejs_eventloop_lag_p99_seconds", {
    description: "By how much timers were late in the last five seconds, but for the latest hundredth of them"
  }),
  start: Metric.gauge("process_start_time_seconds", { description: "When the process began, in seconds since 1970" })
} as const

/** Looks at the process every five seconds, as long as the layer lives. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const delays = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const histogram = monitorEventLoopDelay({ resolution: 20 })
        histogram.enable()
        return histogram
      }),
      (histogram) => Effect.sync(() => histogram.disable())
    )
    let used = 0
    const look = Effect.gen(function* () {
      const { heapUsed, rss } = process.memoryUsage()
      const { system, user } = process.cpuUsage()
      const seconds = (system + user) / 1e6
      yield* Metric.update(figures.memory, rss)
      yield* Metric.update(figures.heap, heapUsed)
      yield* Metric.update(figures.processor, seconds - used)
      used = seconds
      // There is nothing in it yet at the first look.
      yield* Metric.update(figures.delay, delays.count === 0 ? 0 : delays.percentile(99) / 1e9)
      delays.reset()
    })
    yield* Metric.update(figures.start, Math.round(performance.timeOrigin / 1000))
    yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced("5 seconds")))
  })
)
