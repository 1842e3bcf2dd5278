import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Breaker from "saldo/core/Breaker"
import { Actor, Permission } from "saldo/core/Actor"
import { Api } from "../api/Api.ts"
import { NotReady } from "../api/SystemApi.ts"
import { Readiness } from "./Readiness.ts"

/** To read the figures of the process. */
export const metricsPermission = Permission.make("system:metrics")

/** Answers about the process. */
export const layer = HttpApiBuilder.group(
  Api,
  "system",
  Effect.fnUntraced(function* (handlers) {
    const checks = Object.entries(yield* Readiness)
    const ready = Effect.gen(function* () {
      const asked = yield* Effect.forEach(
        checks,
        ([name, check]) =>
          Effect.map(Effect.exit(Effect.timeout(check, "2 seconds")), (exit) => ({ name, up: Exit.isSuccess(exit) })),
        { concurrency: "unbounded" }
      )
      const failed = asked.filter(({ up }) => !up).map(({ name }) => name)
      if (failed.length > 0) return yield* new NotReady({ failed })
      // A process that stands without them would be of no more use if it took no requests.
      const leftAlone = (yield* Breaker.standings).filter(({ state }) => state !== "closed")
      return {
        status: "ready" as const,
        checks: asked.map(({ name }) => name),
        leftAlone: [...new Set(leftAlone.map(({ service }) => service))]
      }
    })
    return handlers.handleAll({
      live: () => Effect.succeed({ status: "alive" as const }),
      ready: () => ready,
      metrics: () => Effect.andThen(Actor.require(metricsPermission), PrometheusMetrics.format())
    })
  })
)
