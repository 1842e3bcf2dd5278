import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as MemoryTransaction from "../core/MemoryTransaction.ts"
import * as Page from "../core/Page.ts"
import type { WebhookDelivery, WebhookDeliveryId } from "./WebhookDelivery.ts"
import type { StoredWebhook, WebhookEndpointId, WebhookStanding, WebhookState } from "./WebhookEndpoint.ts"

/** An endpoint, and how far it has been told. */
export interface KeptWebhook {
  readonly webhook: StoredWebhook
  readonly standing: WebhookStanding
}

/** Who tells an endpoint: the endpoint and the fence that `claim` gave. */
export interface WebhookHolder {
  readonly tenant: string
  readonly id: WebhookEndpointId
  readonly fence: number
}

/** An endpoint that its holder may tell, until the lease ends. */
export interface ClaimedWebhook extends KeptWebhook {
  readonly holder: WebhookHolder
}

/** An endpoint that is to be looked at. */
export interface DueWebhook {
  readonly tenant: string
  readonly id: WebhookEndpointId
  readonly position: number
  /** Whether a delivery that was asked for by hand waits. */
  readonly hasPending: boolean
}

/** What a holder notes: how far it came, until when it goes on (null when it is done), and what it tried. */
export interface WebhookProgress extends WebhookStanding {
  readonly leaseUntil: DateTime.Utc | null
  /** A new attempt, or a pending one that has been made. */
  readonly delivery?: WebhookDelivery
}

/**
 * Port: keeps webhook endpoints, how far each has been told, and the log of attempts.
 *
 * Contract:
 * - `insert` keeps a new endpoint; an id that is there already is a defect. `lock` makes whoever changes an endpoint wait for
 *   their turn, inside a transaction. `update` puts what its owner decides in place of what is there, and touches no standing.
 * - `restart` sets the standing and ends whatever lease there is: its holder can note nothing any more.
 * - `due` gives active endpoints whose time has come and that nobody holds, the longest due first.
 * - `claim` makes the caller the only holder until the lease ends, and gives `None` unless the endpoint is due. The fence grows
 *   with each claim and each `restart`.
 * - `note` writes only while the fence is the holder's, even when the lease is over or the endpoint is no longer active, and
 *   gives the endpoint's state and version then, or `None`. The standing and the delivery are written together.
 * - `deliveries` gives the log, the latest first; `pending` what was asked for by hand and waits, the first one first.
 * - `append` adds to the log of an endpoint that is there.
 * - `remove` takes the endpoint away with its log. `forget` removes attempts before an instant, so many at most, but none that
 *   is pending.
 */
export class WebhookStore extends Context.Service<
  WebhookStore,
  {
    readonly insert: (webhook: StoredWebhook, standing: WebhookStanding) => Effect.Effect<void>
    readonly find: (tenant: string, id: WebhookEndpointId) => Effect.Effect<Option.Option<KeptWebhook>>
    readonly lock: (tenant: string, id: WebhookEndpointId) => Effect.Effect<Option.Option<KeptWebhook>>
    readonly update: (webhook: StoredWebhook) => Effect.Effect<void>
    readonly restart: (tenant: string, id: WebhookEndpointId, standing: WebhookStanding) => Effect.Effect<void>
    readonly remove: (tenant: string, id: WebhookEndpointId) => Effect.Effect<boolean>
    readonly count: (tenant: string) => Effect.Effect<number>
    /** The endpoints of a tenant, the first one first. */
    readonly list: (
      tenant: string,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<KeptWebhook>, Page.InvalidCursor | Page.CursorMismatch>
    readonly due: (at: DateTime.Utc) => Effect.Effect<ReadonlyArray<DueWebhook>>
    readonly claim: (
      tenant: string,
      id: WebhookEndpointId,
      lease: { readonly at: DateTime.Utc; readonly until: DateTime.Utc }
    ) => Effect.Effect<Option.Option<ClaimedWebhook>>
    readonly note: (
      holder: WebhookHolder,
      progress: WebhookProgress
    ) => Effect.Effect<Option.Option<{ readonly state: WebhookState; readonly version: number }>>
    readonly append: (delivery: WebhookDelivery) => Effect.Effect<void>
    readonly findDelivery: (
      tenant: string,
      endpointId: WebhookEndpointId,
      id: WebhookDeliveryId
    ) => Effect.Effect<Option.Option<WebhookDelivery>>
    readonly deliveries: (
      tenant: string,
      endpointId: WebhookEndpointId,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<WebhookDelivery>, Page.InvalidCursor | Page.CursorMismatch>
    readonly pending: (
      tenant: string,
      endpointId: WebhookEndpointId,
      limit: number
    ) => Effect.Effect<ReadonlyArray<WebhookDelivery>>
    readonly forget: (before: DateTime.Utc, limit: number) => Effect.Effect<number>
  }
>()("saldo/notifications/WebhookStore") {
  /** Endpoints in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<WebhookStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

/** What a cursor of a list of endpoints stands for. */
export const webhooksQuery = (tenant: string) => ({ list: "webhooks", tenant })

/** What a cursor of a log stands for. */
export const deliveriesQuery = (tenant: string, endpointId: string) => ({ list: "deliveries", tenant, endpointId })

interface Row extends KeptWebhook {
  readonly fence: number
  readonly leaseUntil: DateTime.Utc | null
}

type Tables = {
  readonly endpoints: MemoryTable.MemoryTable<string, Row>
  readonly log: MemoryTable.MemoryTable<string, WebhookDelivery>
}

const keyOf = (tenant: string, id: string): string => `${id} ${tenant}`

const kept = ({ standing, webhook }: Row): KeptWebhook => ({ webhook, standing })

const byId = <A extends { readonly id: string }>(left: A, right: A): number => (left.id < right.id ? -1 : 1)

const isDue = ({ leaseUntil, standing, webhook }: Row, at: DateTime.Utc): boolean =>
  webhook.state === "active" &&
  DateTime.isLessThanOrEqualTo(standing.dueAt, at) &&
  (leaseUntil === null || DateTime.isLessThanOrEqualTo(leaseUntil, at))

const makeLease = ({ endpoints, log }: Tables) => ({
  due: Effect.fnUntraced(function* (at: DateTime.Utc) {
    const pending = (yield* log.values).filter(({ outcome }) => outcome === "pending")
    return (yield* endpoints.values)
      .filter((row) => isDue(row, at))
      .sort(
        (left, right) =>
          left.standing.dueAt.epochMilliseconds - right.standing.dueAt.epochMilliseconds ||
          byId(left.webhook, right.webhook)
      )
      .map(({ standing, webhook: { id, tenant } }) => ({
        tenant,
        id,
        position: standing.position,
        hasPending: pending.some((each) => each.endpointId === id && each.tenant === tenant)
      }))
  }),
  claim: (tenant: string, id: WebhookEndpointId, { at, until }: { at: DateTime.Utc; until: DateTime.Utc }) =>
    endpoints.modify((rows): Option.Option<ClaimedWebhook> => {
      const row = rows.get(keyOf(tenant, id))
      if (row === undefined || !isDue(row, at)) return Option.none()
      const fence = row.fence + 1
      rows.set(keyOf(tenant, id), { ...row, fence, leaseUntil: until })
      return Option.some({ ...kept(row), holder: { tenant, id, fence } })
    }),
  note: ({ fence, id, tenant }: WebhookHolder, { delivery, leaseUntil, ...standing }: WebhookProgress) =>
    MemoryTransaction.run(
      Effect.gen(function* () {
        const found = yield* endpoints.modify((rows) => {
          const row = rows.get(keyOf(tenant, id))
          if (row === undefined || row.fence !== fence) return Option.none()
          rows.set(keyOf(tenant, id), { ...row, standing, leaseUntil })
          return Option.some({ state: row.webhook.state, version: row.webhook.version })
        })
        if (Option.isSome(found) && delivery !== undefined) yield* log.set(keyOf(tenant, delivery.id), delivery)
        return found
      })
    )
})

const makeLog = ({ log }: Tables) => {
  const of = (tenant: string, endpointId: WebhookEndpointId) =>
    Effect.map(log.values, (all) =>
      all.filter((each) => each.tenant === tenant && each.endpointId === endpointId).sort(byId)
    )
  return {
    append: (delivery: WebhookDelivery) => log.set(keyOf(delivery.tenant, delivery.id), delivery),
    findDelivery: (tenant: string, endpointId: WebhookEndpointId, id: WebhookDeliveryId) =>
      Effect.map(
        log.get(keyOf(tenant, id)),
        Option.filter((delivery) => delivery.endpointId === endpointId)
      ),
    deliveries: Effect.fnUntraced(function* (tenant: string, endpointId: WebhookEndpointId, page: Page.PageRequest) {
      const query = deliveriesQuery(tenant, endpointId)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* of(tenant, endpointId)).toReversed()
      return Page.pageOf(
        query,
        page,
        found.filter(({ id }) => typeof before !== "string" || id < before),
        ({ id }) => [id]
      )
    }),
    pending: (tenant: string, endpointId: WebhookEndpointId, limit: number) =>
      Effect.map(of(tenant, endpointId), (all) => all.filter(({ outcome }) => outcome === "pending").slice(0, limit)),
    forget: (before: DateTime.Utc, limit: number) =>
      log.modify((rows) => {
        const old = [...rows.entries()]
          .filter(([, { at, outcome }]) => outcome !== "pending" && DateTime.isLessThan(at, before))
          .slice(0, limit)
        for (const [key] of old) rows.delete(key)
        return old.length
      })
  }
}

const makeMemory: Effect.Effect<WebhookStore["Service"]> = Effect.gen(function* () {
  const tables: Tables = {
    endpoints: yield* MemoryTable.make<string, Row>(),
    log: yield* MemoryTable.make<string, WebhookDelivery>()
  }
  const { endpoints, log } = tables
  const of = (tenant: string) =>
    Effect.map(endpoints.values, (all) =>
      all.filter(({ webhook }) => webhook.tenant === tenant).sort((left, right) => byId(left.webhook, right.webhook))
    )
  const find = (tenant: string, id: WebhookEndpointId) => Effect.map(endpoints.get(keyOf(tenant, id)), Option.map(kept))
  const change = (tenant: string, id: WebhookEndpointId, by: (row: Row) => Row) =>
    Effect.asVoid(endpoints.update(keyOf(tenant, id), by))

  return WebhookStore.of({
    insert: (webhook, standing) =>
      endpoints.modify((rows) => {
        const key = keyOf(webhook.tenant, webhook.id)
        if (rows.has(key)) throw new RangeError(`The webhook endpoint ${webhook.id} is there already`)
        rows.set(key, { webhook, standing, fence: 0, leaseUntil: null })
      }),
    find,
    lock: find,
    update: (webhook) => change(webhook.tenant, webhook.id, (row) => ({ ...row, webhook })),
    restart: (tenant, id, standing) =>
      change(tenant, id, (row) => ({ ...row, standing, fence: row.fence + 1, leaseUntil: null })),
    remove: (tenant, id) =>
      MemoryTransaction.run(
        Effect.andThen(
          log.modify((rows) => {
            const own = [...rows.entries()].filter(([, each]) => each.tenant === tenant && each.endpointId === id)
            for (const [key] of own) rows.delete(key)
          }),
          endpoints.delete(keyOf(tenant, id))
        )
      ),
    count: (tenant) => Effect.map(of(tenant), ({ length }) => length),
    list: Effect.fnUntraced(function* (tenant, page) {
      const query = webhooksQuery(tenant)
      const [after] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* of(tenant)).filter(({ webhook }) => typeof after !== "string" || webhook.id > after)
      return Page.pageOf(query, page, found.map(kept), ({ webhook }) => [webhook.id])
    }),
    ...makeLease(tables),
    ...makeLog(tables)
  })
})
