import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { isIP } from "node:net"
import { makeOnce } from "../audit/internal/commandOnce.ts"
import { AuditStore } from "../audit/AuditStore.ts"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import type { CommandInProgress, CommandKey, IdempotencyMismatch } from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { Idempotency } from "../core/Idempotency.ts"
import type { CursorMismatch, InvalidCursor, Page, PageRequest } from "../core/Page.ts"
import { randomBytes } from "../internal/sealing.ts"
import { actionOf, type Ground, makeChanging, makeStates, recordOf, shown, statusOf } from "./internal/webhookActs.ts"
import { permittedAddresses } from "./internal/publicAddresses.ts"
import * as Commands from "./internal/webhookCommands.ts"
import {
  type NothingToSkip,
  type WebhookDelivery,
  type WebhookDeliveryId,
  WebhookDeliveryNotFound
} from "./WebhookDelivery.ts"
import {
  type StoredWebhook,
  TooManyWebhooks,
  type WebhookEndpoint,
  type WebhookEndpointId,
  WebhookNotFound,
  type WebhookStanding,
  WebhookStateUnfit,
  type WebhookTerms,
  WebhookUrlRefused
} from "./WebhookEndpoint.ts"
import { WebhookKeys } from "./WebhookKeys.ts"
import { webhookPolicy, type WebhookPolicy, webhooksPermission } from "./WebhookPolicy.ts"
import { secretSize, secretText } from "./webhookSignature.ts"
import { WebhookStore } from "./WebhookStore.ts"
import { hostOf, webhookUrl } from "./webhookUrl.ts"

/** An endpoint and the secret that signs what it gets, which is shown in this answer alone. */
export interface WebhookWithSecret {
  readonly endpoint: WebhookEndpoint
  readonly secret: Redacted.Redacted
}

/** An endpoint, and how far it has been told. */
export interface WebhookStatus extends WebhookEndpoint, WebhookStanding {}

/** A command on an endpoint. */
export interface WebhookCommand {
  readonly key: CommandKey
  readonly endpointId: WebhookEndpointId
}

/** An endpoint to be registered. */
export interface NewWebhook extends WebhookTerms {
  readonly key: CommandKey
}

/** For how long the secret before goes on signing beside the new one: 24 hours when left out, a week at most, 0 for not at all. */
export interface SecretRotation extends WebhookCommand {
  readonly overlapHours?: number
}

type Failure = IdempotencyMismatch | CommandInProgress | NotPermitted
type PageFailure = InvalidCursor | CursorMismatch | NotPermitted

/**
 * Use case: the addresses outside that are told of what happens in a tenant.
 *
 * An endpoint is told of acts that the audit trail has sealed from the moment it is registered on, in the order of the trail;
 * `WebhookDispatch` does the telling. Everything here needs `webhooks:manage` and is recorded in the trail.
 *
 * @effect-expect-leaking Actor
 */
export class Webhooks extends Context.Service<
  Webhooks,
  {
    /** Registers an endpoint, and shows its secret. The same key shows the same secret again. */
    readonly register: (
      request: NewWebhook
    ) => Effect.Effect<WebhookWithSecret, WebhookUrlRefused | TooManyWebhooks | Failure, Actor>
    /** Puts other terms in place of the endpoint's. */
    readonly change: (
      request: WebhookCommand & { readonly terms: WebhookTerms }
    ) => Effect.Effect<WebhookEndpoint, WebhookNotFound | WebhookUrlRefused | Failure, Actor>
    /** Makes a new secret, and shows it. */
    readonly rotateSecret: (
      request: SecretRotation
    ) => Effect.Effect<WebhookWithSecret, WebhookNotFound | Failure, Actor>
    /** Tells the endpoint nothing until it is resumed. */
    readonly pause: (
      request: WebhookCommand
    ) => Effect.Effect<WebhookEndpoint, WebhookNotFound | WebhookStateUnfit | Failure, Actor>
    /** Tells a paused or disabled endpoint again, from where it stopped, or at once one that waits after a failure. */
    readonly resume: (
      request: WebhookCommand
    ) => Effect.Effect<WebhookEndpoint, WebhookNotFound | WebhookStateUnfit | Failure, Actor>
    /** Passes over the event that the endpoint does not take, so that those behind it come. */
    readonly skip: (
      request: WebhookCommand
    ) => Effect.Effect<WebhookEndpoint, WebhookNotFound | NothingToSkip | Failure, Actor>
    /** Takes the endpoint away, with its log. */
    readonly remove: (request: WebhookCommand) => Effect.Effect<void, WebhookNotFound | Failure, Actor>
    /** Asks for the event of a delivery to be told once more, and gives the delivery that waits. */
    readonly redeliver: (
      request: WebhookCommand & { readonly deliveryId: WebhookDeliveryId }
    ) => Effect.Effect<WebhookDelivery, WebhookNotFound | WebhookDeliveryNotFound | WebhookStateUnfit | Failure, Actor>
    readonly find: (id: WebhookEndpointId) => Effect.Effect<WebhookStatus, WebhookNotFound | NotPermitted, Actor>
    /** The endpoints of the tenant, the first one first. */
    readonly list: (page?: PageRequest) => Effect.Effect<Page<WebhookStatus>, PageFailure, Actor>
    /** The attempts of an endpoint, the latest first. */
    readonly deliveries: (
      id: WebhookEndpointId,
      page?: PageRequest
    ) => Effect.Effect<Page<WebhookDelivery>, WebhookNotFound | PageFailure, Actor>
  }
>()("saldo/notifications/Webhooks") {
  /** The endpoints in a store, by a policy that differs from `webhookPolicy` in what is given. */
  static readonly layerWith = (
    policy: Partial<WebhookPolicy> = {}
  ): Layer.Layer<Webhooks, never, WebhookStore | WebhookKeys | AuditStore | AuditTrail | Atomic | Idempotency> =>
    Layer.effect(
      this,
      Effect.suspend(() => make({ ...webhookPolicy, ...policy }))
    )

  /** The endpoints in a store. */
  static readonly layer = this.layerWith()
}

/** Secrets that sign at the same time; each adds to a header, which receivers limit. */
const mostSecrets = 4

const newSecret = ({ keys }: Ground, place: { readonly tenant: string; readonly id: string }) =>
  Effect.gen(function* () {
    const text = secretText(yield* randomBytes(secretSize))
    return { sealed: yield* keys.seal(place, Redacted.make(text, { label: "webhook secret" })), until: null }
  })

const checkedUrl = ({ policy }: Ground): ((text: string) => Result.Result<string, WebhookUrlRefused>) => {
  const isPermitted = permittedAddresses(policy.allowedRanges)
  return (text) => {
    const url = webhookUrl(text, policy.allowHttp)
    if (Result.isFailure(url)) return Result.fail(new WebhookUrlRefused({ problem: url.failure }))
    const host = hostOf(url.success)
    // What a name stands for may change, so it is judged each time something is sent; an address stays what it is.
    const isPrivate = isIP(host) !== 0 && !isPermitted(host)
    return isPrivate ? Result.fail(new WebhookUrlRefused({ problem: "private" })) : Result.succeed(url.success.href)
  }
}

const withSecret = ({ keys }: Ground, webhook: StoredWebhook): Effect.Effect<WebhookWithSecret> =>
  Effect.map(keys.open(webhook, webhook.secrets[0]?.sealed ?? ""), (secret) => ({ endpoint: shown(webhook), secret }))

const makeRegister = (ground: Ground) => {
  const { audit, once, policy, sealed, store } = ground
  const check = checkedUrl(ground)
  return Effect.fn("Webhooks.register")(function* ({ description, events, key, url }: NewWebhook) {
    yield* Actor.require(webhooksPermission)
    const { tenant } = yield* Actor
    const id = yield* Id.make("webhook")
    const action = actionOf(Commands.RegisterWebhook)
    const act = Effect.gen(function* () {
      const address = yield* Effect.fromResult(check(url))
      // Two who register at the same moment may both see room for one: the limit guards against floods, not against one more.
      if ((yield* store.count(tenant)) >= policy.maxEndpoints) {
        return yield* new TooManyWebhooks({ limit: policy.maxEndpoints })
      }
      const now = yield* DateTime.now
      const webhook: StoredWebhook = {
        id,
        tenant,
        url: address,
        description,
        events: [...new Set(events)],
        state: "active",
        disabledBecause: null,
        version: 1,
        createdAt: now,
        changedAt: now,
        secrets: [yield* newSecret(ground, { tenant, id })]
      }
      const { sequence } = yield* sealed.head(tenant)
      yield* store.insert(webhook, { position: sequence, attempts: 0, dueAt: now })
      yield* audit.record(recordOf(action, id, null, webhook))
      return webhook
    })
    const input = { url, description, events }
    const subject = { type: "webhook", id }
    const made = yield* once(Commands.RegisterWebhook, { key, input, action, subject, act })
    return yield* withSecret(ground, made)
  })
}

const longestOverlapHours = 7 * 24

const makeTerms = (ground: Ground) => {
  const { once, store } = ground
  const changing = makeChanging(ground)
  const check = checkedUrl(ground)
  return {
    change: Effect.fn("Webhooks.change")(function* ({
      endpointId,
      key,
      terms
    }: WebhookCommand & { readonly terms: WebhookTerms }) {
      yield* Actor.require(webhooksPermission)
      const action = actionOf(Commands.ChangeWebhook)
      const act = changing(action, endpointId, ({ standing, webhook: { tenant, url: former } }, now) =>
        Effect.gen(function* () {
          const url = yield* Effect.fromResult(check(terms.url))
          // Another address owes nothing to the failures of the one before.
          if (url !== former) yield* store.restart(tenant, endpointId, { ...standing, attempts: 0, dueAt: now })
          return { url, description: terms.description, events: [...new Set(terms.events)] }
        })
      )
      const subject = { type: "webhook", id: endpointId }
      const input = { endpointId, terms }
      return shown(yield* once(Commands.ChangeWebhook, { key, input, action, subject, act }))
    }),
    rotateSecret: Effect.fn("Webhooks.rotateSecret")(function* ({
      endpointId,
      key,
      overlapHours = 24
    }: SecretRotation) {
      yield* Actor.require(webhooksPermission)
      const hours = Math.min(Math.max(0, Math.floor(overlapHours)), longestOverlapHours)
      const action = actionOf(Commands.RotateWebhookSecret)
      const act = changing(action, endpointId, ({ webhook }, now) =>
        Effect.gen(function* () {
          const end = DateTime.add(now, { hours })
          const former = webhook.secrets
            .map((secret) => ({ ...secret, until: secret.until === null ? end : DateTime.min(secret.until, end) }))
            .filter(({ until }) => DateTime.isGreaterThan(until, now))
          return { secrets: [yield* newSecret(ground, webhook), ...former].slice(0, mostSecrets) }
        })
      )
      const subject = { type: "webhook", id: endpointId }
      const input = { endpointId, overlapHours: hours }
      const rotated = yield* once(Commands.RotateWebhookSecret, { key, input, action, subject, act })
      return yield* withSecret(ground, rotated)
    })
  }
}

const makeRemove = ({ audit, once, store }: Ground) =>
  Effect.fn("Webhooks.remove")(function* ({ endpointId, key }: WebhookCommand) {
    yield* Actor.require(webhooksPermission)
    const { tenant } = yield* Actor
    const action = actionOf(Commands.RemoveWebhook)
    const act = Effect.gen(function* () {
      const found = yield* store.lock(tenant, endpointId)
      if (Option.isNone(found)) return yield* new WebhookNotFound({ endpointId })
      yield* store.remove(tenant, endpointId)
      yield* audit.record(recordOf(action, endpointId, found.value.webhook, null))
      return { removed: true } as const
    })
    const subject = { type: "webhook", id: endpointId }
    yield* once(Commands.RemoveWebhook, { key, input: { endpointId }, action, subject, act })
  })

const makeRedeliver = ({ audit, once, store }: Ground) =>
  Effect.fn("Webhooks.redeliver")(function* ({
    deliveryId,
    endpointId,
    key
  }: WebhookCommand & { readonly deliveryId: WebhookDeliveryId }) {
    yield* Actor.require(webhooksPermission)
    const { tenant } = yield* Actor
    const action = actionOf(Commands.RedeliverWebhook)
    const subject = { type: "webhook", id: endpointId }
    const act = Effect.gen(function* () {
      const found = yield* store.lock(tenant, endpointId)
      if (Option.isNone(found)) return yield* new WebhookNotFound({ endpointId })
      const { state } = found.value.webhook
      if (state !== "active") return yield* new WebhookStateUnfit({ endpointId, state })
      const delivery = yield* store.findDelivery(tenant, endpointId, deliveryId)
      if (Option.isNone(delivery)) return yield* new WebhookDeliveryNotFound({ endpointId, deliveryId })
      const asked: WebhookDelivery = {
        ...delivery.value,
        id: yield* Id.make("delivery"),
        attempt: 0,
        at: yield* DateTime.now,
        outcome: "pending",
        status: null,
        unreached: null,
        durationMs: 0,
        answer: ""
      }
      yield* store.append(asked)
      yield* audit.record({
        action,
        subject,
        changes: changes(null, { delivery: asked.id, event: asked.eventId }, { "": "internal" })
      })
      return asked
    })
    return yield* once(Commands.RedeliverWebhook, { key, input: { endpointId, deliveryId }, action, subject, act })
  })

const makeReads = ({ store }: Ground) => {
  const find = Effect.fn("Webhooks.find")(function* (endpointId: WebhookEndpointId) {
    yield* Actor.require(webhooksPermission)
    const found = yield* store.find((yield* Actor).tenant, endpointId)
    return Option.isNone(found) ? yield* new WebhookNotFound({ endpointId }) : statusOf(found.value)
  })
  return {
    find,
    list: Effect.fn("Webhooks.list")(function* (page: PageRequest = {}) {
      yield* Actor.require(webhooksPermission)
      const { items, next } = yield* store.list((yield* Actor).tenant, page)
      return { items: items.map(statusOf), next }
    }),
    deliveries: Effect.fn("Webhooks.deliveries")(function* (endpointId: WebhookEndpointId, page: PageRequest = {}) {
      const { tenant } = yield* find(endpointId)
      return yield* store.deliveries(tenant, endpointId, page)
    })
  }
}

const make = (policy: WebhookPolicy) =>
  Effect.gen(function* () {
    const audit = yield* AuditTrail
    const [atomic, idempotency] = [yield* Atomic, yield* Idempotency]
    const ground: Ground = {
      policy,
      store: yield* WebhookStore,
      keys: yield* WebhookKeys,
      sealed: yield* AuditStore,
      audit,
      once: makeOnce({ atomic, audit, idempotency })
    }
    return Webhooks.of({
      register: makeRegister(ground),
      ...makeTerms(ground),
      ...makeStates(ground),
      remove: makeRemove(ground),
      redeliver: makeRedeliver(ground),
      ...makeReads(ground)
    })
  })
