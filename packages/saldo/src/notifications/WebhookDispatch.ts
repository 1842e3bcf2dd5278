import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import { AuditStore } from "../audit/AuditStore.ts"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { Atomic } from "../core/Atomic.ts"
import { workerTurn } from "../core/WorkerTurn.ts"
import { type Ground, metrics, takeTurn } from "./internal/webhookTurns.ts"
import type { WebhookEndpointId } from "./WebhookEndpoint.ts"
import { WebhookKeys } from "./WebhookKeys.ts"
import { webhookPolicy, type WebhookPolicy } from "./WebhookPolicy.ts"
import { WebhookSender } from "./WebhookSender.ts"
import { type DueWebhook, WebhookStore } from "./WebhookStore.ts"

/**
 * Use case: tells webhook endpoints of events.
 *
 * Each endpoint is told of the sealed records of its tenant's trail, in their order, from its own position on: the position moves
 * when the endpoint has answered 2xx, and only then, so nothing is lost or passed over when a process ends at any moment. What
 * was sent and not noted is sent again, under the same id. One process tells an endpoint at a time; the others tell others.
 *
 * An event that fails is tried again by `webhookRetries`, and what is behind it waits; when all attempts failed, or the endpoint
 * answers 410, it is disabled, which is recorded as a security event.
 */
export class WebhookDispatch extends Context.Service<
  WebhookDispatch,
  {
    /** The endpoints that something waits for, so many at most. */
    readonly due: (limit: number) => Effect.Effect<ReadonlyArray<DueWebhook>>
    /** Gives an endpoint its turn unless another process does, and says how many attempts it made. */
    readonly tell: (tenant: string, id: WebhookEndpointId) => Effect.Effect<number>
    /** Gives every endpoint that is due a turn, all at the same time, and says how many attempts were made. */
    readonly tellAll: Effect.Effect<number>
    /** Removes what has been in the log for long enough, and says how much. */
    readonly forget: Effect.Effect<number>
  }
>()("saldo/notifications/WebhookDispatch") {
  /** Telling, by a policy that differs from `webhookPolicy` in what is given. */
  static readonly layerWith = (
    policy: Partial<WebhookPolicy> = {}
  ): Layer.Layer<
    WebhookDispatch,
    never,
    WebhookStore | WebhookKeys | WebhookSender | AuditStore | AuditTrail | Atomic
  > =>
    Layer.effect(
      this,
      Effect.suspend(() => make({ ...webhookPolicy, ...policy }))
    )

  /** Telling by `webhookPolicy`. */
  static readonly layer = this.layerWith()

  /**
   * Tells as long as the layer lives: looks every second who is due, and gives each a turn of its own, so that a slow endpoint
   * holds up none but itself. It may run in any number of processes.
   */
  static readonly layerTelling = ({ concurrency }: Pick<WebhookPolicy, "concurrency"> = webhookPolicy): Layer.Layer<
    never,
    never,
    WebhookDispatch
  > =>
    Layer.effectDiscard(
      Effect.gen(function* () {
        const dispatch = yield* WebhookDispatch
        const turns = yield* FiberMap.make<string>()
        const places = yield* Semaphore.make(concurrency)
        const round = Effect.gen(function* () {
          const due = yield* dispatch.due(concurrency * 4)
          for (const { id, tenant } of due) {
            const turn = dispatch.tell(tenant, id).pipe(
              Effect.catchCause((cause) => Effect.logError("A webhook endpoint had no turn and gets another", cause)),
              Effect.annotateLogs({ tenant, webhook: id })
            )
            yield* FiberMap.run(turns, JSON.stringify([tenant, id]), places.withPermit(turn), { onlyIfMissing: true })
          }
        }).pipe(
          workerTurn("webhooks"),
          Effect.catchCause((cause) => Effect.logWarning("Webhooks were not told and will be next time", cause))
        )
        const cleaning = Effect.catchCause(dispatch.forget.pipe(workerTurn("webhook-log-purge")), (cause) =>
          Effect.logWarning("The log of webhooks was not cleaned and will be next time", cause)
        )
        yield* Effect.forkScoped(Effect.repeat(round, Schedule.spaced("1 second")))
        yield* Effect.forkScoped(Effect.repeat(cleaning, Schedule.spaced("1 hour")))
      })
    )
}

const makeDue = ({ store, trail }: Ground) =>
  Effect.fn("WebhookDispatch.due")(function* (limit: number) {
    const candidates = yield* store.due(yield* DateTime.now)
    const tenants = [...new Set(candidates.map(({ tenant }) => tenant))]
    const heads = new Map(
      yield* Effect.forEach(tenants, (tenant) =>
        Effect.map(trail.head(tenant), ({ sequence }) => [tenant, sequence] as const)
      )
    )
    const behind = ({ position, tenant }: DueWebhook) => (heads.get(tenant) ?? 0) - position
    yield* Metric.update(metrics.behind, Math.max(0, ...candidates.map(behind)))
    return candidates.filter((each) => each.hasPending || behind(each) > 0).slice(0, limit)
  })

const dayMs = 86_400_000
const forgetAtOnce = 1000

const make = (policy: WebhookPolicy) =>
  Effect.gen(function* () {
    const ground: Ground = {
      policy,
      store: yield* WebhookStore,
      keys: yield* WebhookKeys,
      sender: yield* WebhookSender,
      trail: yield* AuditStore,
      audit: yield* AuditTrail,
      atomic: yield* Atomic
    }
    const due = makeDue(ground)
    const tell = Effect.fn("WebhookDispatch.tell")((tenant: string, id: WebhookEndpointId) =>
      takeTurn(ground, tenant, id)
    )
    return WebhookDispatch.of({
      due,
      tell,
      tellAll: Effect.gen(function* () {
        const waiting = yield* due(policy.concurrency * 4)
        const made = yield* Effect.forEach(waiting, ({ id, tenant }) => tell(tenant, id), {
          concurrency: policy.concurrency
        })
        return made.reduce((sum, count) => sum + count, 0)
      }),
      forget: Effect.gen(function* () {
        const before = DateTime.subtract(yield* DateTime.now, { milliseconds: policy.keepLogDays * dayMs })
        let total = 0
        while (true) {
          const gone = yield* ground.store.forget(before, forgetAtOnce)
          total += gone
          if (gone < forgetAtOnce) return total
        }
      })
    })
  })
