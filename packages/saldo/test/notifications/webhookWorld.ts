/** What webhooks take: a trail with acts in it, endpoints, keys, and a way out to loopback. */
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import type { Receiver } from "@saldo/testing/WebhookReceiver"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import type { AuditEntry } from "saldo/audit/AuditRecord"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import { Idempotency } from "saldo/core/Idempotency"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import { WebhookKeys } from "saldo/notifications/WebhookKeys"
import type { WebhookPolicy } from "saldo/notifications/WebhookPolicy"
import { Webhooks } from "saldo/notifications/Webhooks"
import { WebhookSender } from "saldo/notifications/WebhookSender"
import { WebhookStore } from "saldo/notifications/WebhookStore"
import * as SqlStores from "saldo/sql/SqlStores"

export const tenant = "bank"

export const key = (text: string): CommandKey => CommandKey.make(text)

export const ring = { current: { id: "test", key: Redacted.make("5a".repeat(32)) } }

/** Addresses of this machine, which nobody may call who does not say so. */
export const loopback = ["127.0.0.0/8"]

export const inMemory = Layer.mergeAll(
  AuditStore.layerMemory,
  WebhookStore.layerMemory,
  IdempotencyStore.layerMemory
).pipe(Layer.provideMerge(Atomic.layerMemory))

export const inSqlite = SqlStores.layer.pipe(Layer.provide(TestSqlite.layer))

export const inPostgres = SqlStores.layer.pipe(Layer.provide(TestPostgres.layer))

type Stores = Layer.Success<typeof inMemory>

/** Webhooks over stores and a sender. */
export const over = <A, E, E2, R = never>(
  stores: Layer.Layer<Stores, E, R>,
  sender: Layer.Layer<A | WebhookSender, E2>,
  policy: Partial<WebhookPolicy> = {}
) => {
  const decided = { allowHttp: true, allowedRanges: loopback, ...policy }
  return Layer.merge(Webhooks.layerWith(decided), WebhookDispatch.layerWith(decided)).pipe(
    Layer.provideMerge(Layer.mergeAll(AuditTrail.layer, Idempotency.layer, WebhookKeys.layer(ring), sender)),
    Layer.provideMerge(stores)
  )
}

export const byHttp = (options: Parameters<typeof WebhookSender.layerHttp>[0] = {}) =>
  WebhookSender.layerHttp({ allowedRanges: loopback, timeout: "3 seconds", ...options })

export const asBank = Actor.as(Actor.system(tenant))

/** Acts that the trail has recorded, by number, and not sealed yet. */
export const acted = (count: number, entry: Partial<AuditEntry> = {}) =>
  Effect.gen(function* () {
    const audit = yield* AuditTrail
    for (let nth = 1; nth <= count; nth++) {
      yield* audit.record({ action: "demo.act", subject: { type: "thing", id: `thing ${nth}` }, ...entry })
    }
  })

/** Acts that the trail has sealed. */
export const happened = (count: number, entry: Partial<AuditEntry> = {}) =>
  Effect.andThen(
    acted(count, entry),
    AuditTrail.use(({ seal }) => seal(tenant))
  )

/** An endpoint that wants the demonstration's acts. */
export const registered = (url: string, name = "registered", events: ReadonlyArray<string> = ["demo.*"]) =>
  Webhooks.use(({ register }) => register({ key: key(name), url, description: name, events }))

export const tellAll = WebhookDispatch.use((dispatch) => dispatch.tellAll)

export const statusOf = (id: Parameters<Webhooks["Service"]["find"]>[0]) => Webhooks.use(({ find }) => find(id))

export const logOf = (id: Parameters<Webhooks["Service"]["find"]>[0]) =>
  Effect.map(
    Webhooks.use(({ deliveries }) => deliveries(id)),
    ({ items }) => items.toReversed()
  )

export const stores = { memory: inMemory, sqlite: inSqlite, postgres: inPostgres }

/** Webhooks that really go out, over stores of their own. */
export const world = (layer: (typeof stores)[keyof typeof stores] = inMemory, policy: Partial<WebhookPolicy> = {}) =>
  Layer.fresh(over(layer, byHttp(), policy))

/** The acts that a receiver was told of, in the order in which they came. */
export const toldOf = ({ received }: Receiver): ReadonlyArray<string> =>
  received.map(({ body }) => (JSON.parse(body) as { data: { subject: { id: string } } }).data.subject.id)

export const idsOf = ({ received }: Receiver) => received.map(({ headers }) => headers["webhook-id"])
