/**
 * How webhook endpoints are changed: under their lock, with a record of what changed.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { makeOnce } from "../../audit/internal/commandOnce.ts"
import type { AuditStore } from "../../audit/AuditStore.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { changes } from "../../audit/changes.ts"
import { Actor } from "../../core/Actor.ts"
import * as Id from "../../core/Id.ts"
import { NothingToSkip } from "../WebhookDelivery.ts"
import {
  type StoredWebhook,
  type WebhookEndpoint,
  type WebhookEndpointId,
  WebhookNotFound,
  WebhookStateUnfit
} from "../WebhookEndpoint.ts"
import type { WebhookKeys } from "../WebhookKeys.ts"
import { type WebhookPolicy, webhooksPermission } from "../WebhookPolicy.ts"
import type { WebhookCommand, WebhookStatus } from "../Webhooks.ts"
import type { KeptWebhook, WebhookStore } from "../WebhookStore.ts"
import * as Commands from "./webhookCommands.ts"

/** An endpoint without its secrets. */
export const shown = ({ secrets: _secrets, ...endpoint }: StoredWebhook): WebhookEndpoint => endpoint

/** An endpoint with how far it has been told. */
export const statusOf = ({ standing, webhook }: KeptWebhook): WebhookStatus => ({ ...shown(webhook), ...standing })

/** The record of a change. A URL may hold a token of its owner's, so only those who may read the trail see it there. */
export const recordOf = (
  action: `${string}.${string}`,
  id: WebhookEndpointId,
  before: StoredWebhook | null,
  after: StoredWebhook | null
) => ({
  action,
  subject: { type: "webhook", id },
  changes: changes(before, after, { "": "internal", "/state": "public", "/secrets": "secret" })
})

/** The action by which a command stands in the trail. */
export const actionOf = ({ operation }: { readonly operation: string }) => operation as `${string}.${string}`

/** What acts on endpoints are made of. */
export interface Ground {
  readonly policy: WebhookPolicy
  readonly store: WebhookStore["Service"]
  readonly keys: WebhookKeys["Service"]
  readonly sealed: AuditStore["Service"]
  readonly audit: AuditTrail["Service"]
  readonly once: ReturnType<typeof makeOnce>
}

type Changing<E> = (kept: KeptWebhook, now: DateTime.Utc) => Effect.Effect<Partial<StoredWebhook>, E>

/** Changes an endpoint whose turn it is, records what changed, and gives it. */
export const makeChanging = ({ audit, store }: Ground) =>
  Effect.fnUntraced(function* <E>(action: `${string}.${string}`, endpointId: WebhookEndpointId, by: Changing<E>) {
    const { tenant } = yield* Actor
    const found = yield* store.lock(tenant, endpointId)
    if (Option.isNone(found)) return yield* new WebhookNotFound({ endpointId })
    const before = found.value.webhook
    const now = yield* DateTime.now
    const changed = yield* by(found.value, now)
    const after: StoredWebhook = { ...before, ...changed, version: before.version + 1, changedAt: now }
    yield* store.update(after)
    yield* audit.record(recordOf(action, endpointId, before, after))
    return after
  })

/** Pausing, resuming and passing over. */
export const makeStates = (ground: Ground) => {
  const { once, sealed, store } = ground
  const changing = makeChanging(ground)
  const subjectOf = (id: WebhookEndpointId) => ({ type: "webhook", id })
  return {
    pause: Effect.fn("Webhooks.pause")(function* ({ endpointId, key }: WebhookCommand) {
      yield* Actor.require(webhooksPermission)
      const action = actionOf(Commands.PauseWebhook)
      const act = changing(action, endpointId, ({ webhook: { state } }) =>
        state === "active"
          ? Effect.succeed({ state: "paused" } as const)
          : Effect.fail(new WebhookStateUnfit({ endpointId, state }))
      )
      const command = { key, input: { endpointId }, action, subject: subjectOf(endpointId), act }
      return shown(yield* once(Commands.PauseWebhook, command))
    }),
    resume: Effect.fn("Webhooks.resume")(function* ({ endpointId, key }: WebhookCommand) {
      yield* Actor.require(webhooksPermission)
      const action = actionOf(Commands.ResumeWebhook)
      const act = changing(action, endpointId, ({ standing, webhook: { state, tenant } }, now) =>
        state === "active" && standing.attempts === 0
          ? Effect.fail(new WebhookStateUnfit({ endpointId, state }))
          : Effect.as(store.restart(tenant, endpointId, { position: standing.position, attempts: 0, dueAt: now }), {
              state: "active",
              disabledBecause: null
            } as const)
      )
      const command = { key, input: { endpointId }, action, subject: subjectOf(endpointId), act }
      return shown(yield* once(Commands.ResumeWebhook, command))
    }),
    skip: Effect.fn("Webhooks.skip")(function* ({ endpointId, key }: WebhookCommand) {
      yield* Actor.require(webhooksPermission)
      const action = actionOf(Commands.SkipWebhookEvent)
      const act = changing(action, endpointId, ({ standing, webhook: { tenant } }, now) =>
        Effect.gen(function* () {
          const behind = yield* Stream.runHead(sealed.sealed(tenant, standing.position))
          if (standing.attempts === 0 || Option.isNone(behind)) return yield* new NothingToSkip({ endpointId })
          const { record, recordId, sequence } = behind.value
          yield* store.restart(tenant, endpointId, { position: sequence, attempts: 0, dueAt: now })
          yield* store.append({
            id: yield* Id.make("delivery"),
            tenant,
            endpointId,
            eventId: recordId,
            sequence,
            type: record?.action ?? "",
            attempt: standing.attempts,
            at: now,
            outcome: "skipped",
            status: null,
            unreached: null,
            durationMs: 0,
            answer: ""
          })
          return {}
        })
      )
      const command = { key, input: { endpointId }, action, subject: subjectOf(endpointId), act }
      return shown(yield* once(Commands.SkipWebhookEvent, command))
    })
  }
}
