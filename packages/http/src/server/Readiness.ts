import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** What the process needs, by name, each with an effect that fails or dies while it does not answer. */
export type ReadinessChecks = Readonly<Record<string, Effect.Effect<unknown, unknown>>>

/** What `/health/ready` asks; nothing unless a host says so. */
export const Readiness: Context.Reference<ReadinessChecks> = Context.Reference<ReadinessChecks>(
  "@saldo/http/server/Readiness",
  { defaultValue: () => ({}) }
)

/** Has `/health/ready` ask these. */
export const layer = (checks: ReadinessChecks): Layer.Layer<never> => Layer.succeed(Readiness, checks)
