import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Atomic } from "../core/Atomic.ts"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { WebhookDelivery } from "./WebhookDelivery.ts"
import { SealedWebhookSecret, StoredWebhook, type WebhookEndpointId, type WebhookStanding } from "./WebhookEndpoint.ts"
import {
  deliveriesQuery,
  type KeptWebhook,
  type WebhookHolder,
  type WebhookProgress,
  webhooksQuery,
  WebhookStore
} from "./WebhookStore.ts"

const endpointsTable = "saldo_notifications_webhooks"
const deliveriesTable = "saldo_notifications_webhook_deliveries"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0001_create_webhooks": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(endpointsTable)} (
        tenant ${text} NOT NULL,
        webhook_id ${text} NOT NULL,
        url TEXT NOT NULL,
        description TEXT NOT NULL,
        events TEXT NOT NULL,
        state TEXT NOT NULL,
        disabled_because TEXT,
        secrets TEXT NOT NULL,
        version BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        position BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        due_at BIGINT NOT NULL,
        fence BIGINT NOT NULL,
        lease_until BIGINT NOT NULL,
        PRIMARY KEY (tenant, webhook_id)
      )`
    yield* sql`
      CREATE INDEX saldo_notifications_webhooks_due ON ${sql(endpointsTable)} (due_at, webhook_id)
      WHERE state = 'active'`
    yield* sql`
      CREATE TABLE ${sql(deliveriesTable)} (
        tenant ${text} NOT NULL,
        webhook_id ${text} NOT NULL,
        delivery_id ${text} NOT NULL,
        event_id TEXT NOT NULL,
        sequence BIGINT NOT NULL,
        type TEXT NOT NULL,
        attempt BIGINT NOT NULL,
        at BIGINT NOT NULL,
        outcome TEXT NOT NULL,
        status BIGINT,
        unreached TEXT,
        duration_ms BIGINT NOT NULL,
        answer TEXT NOT NULL,
        PRIMARY KEY (tenant, webhook_id, delivery_id)
      )`
    yield* sql`
      CREATE INDEX saldo_notifications_webhook_deliveries_pending
      ON ${sql(deliveriesTable)} (tenant, webhook_id, delivery_id) WHERE outcome = 'pending'`
    yield* sql`CREATE INDEX saldo_notifications_webhook_deliveries_old ON ${sql(deliveriesTable)} (at)`
  })
}

interface EndpointRow {
  readonly tenant: string
  readonly webhook_id: string
  readonly url: string
  readonly description: string
  readonly events: string
  readonly state: string
  readonly disabled_because: string | null
  readonly secrets: string
  readonly version: bigint
  readonly created_at: bigint
  readonly changed_at: bigint
  readonly position: bigint
  readonly attempts: bigint
  readonly due_at: bigint
  readonly fence: bigint
}

interface DeliveryRow {
  readonly tenant: string
  readonly webhook_id: string
  readonly delivery_id: string
  readonly event_id: string
  readonly sequence: bigint
  readonly type: string
  readonly attempt: bigint
  readonly at: bigint
  readonly outcome: string
  readonly status: bigint | null
  readonly unreached: string | null
  readonly duration_ms: bigint
  readonly answer: string
}

const EventsText = jsonText(Schema.Array(Schema.String))
const SecretsText = jsonText(Schema.Array(SealedWebhookSecret))
const decodeEvents = Schema.decodeSync(EventsText)
const encodeEvents = Schema.encodeSync(EventsText)
const decodeSecrets = Schema.decodeSync(SecretsText)
const encodeSecrets = Schema.encodeSync(SecretsText)
const decodeWebhook = Schema.decodeUnknownSync(Schema.toType(StoredWebhook))
const decodeDelivery = Schema.decodeUnknownSync(WebhookDelivery)

const instant = (millis: bigint): DateTime.Utc => DateTime.makeUnsafe(Number(millis))
const millis = (at: DateTime.Utc): bigint => BigInt(at.epochMilliseconds)
const number = (value: bigint | null): number | null => (value === null ? null : Number(value))

const keptOf = (row: EndpointRow): KeptWebhook => ({
  webhook: decodeWebhook({
    id: row.webhook_id,
    tenant: row.tenant,
    url: row.url,
    description: row.description,
    events: decodeEvents(row.events),
    state: row.state,
    disabledBecause: row.disabled_because,
    secrets: decodeSecrets(row.secrets),
    version: Number(row.version),
    createdAt: instant(row.created_at),
    changedAt: instant(row.changed_at)
  }),
  standing: { position: Number(row.position), attempts: Number(row.attempts), dueAt: instant(row.due_at) }
})

const columnsOf = (webhook: StoredWebhook) => ({
  url: webhook.url,
  description: webhook.description,
  events: encodeEvents(webhook.events),
  state: webhook.state,
  disabled_because: webhook.disabledBecause,
  secrets: encodeSecrets(webhook.secrets),
  version: BigInt(webhook.version),
  changed_at: millis(webhook.changedAt)
})

const columnsOfStanding = ({ attempts, dueAt, position }: WebhookStanding) => ({
  position: BigInt(position),
  attempts: BigInt(attempts),
  due_at: millis(dueAt)
})

const deliveryOf = (row: DeliveryRow): WebhookDelivery =>
  decodeDelivery({
    id: row.delivery_id,
    tenant: row.tenant,
    endpointId: row.webhook_id,
    eventId: row.event_id,
    sequence: Number(row.sequence),
    type: row.type,
    attempt: Number(row.attempt),
    at: Number(row.at),
    outcome: row.outcome,
    status: number(row.status),
    unreached: row.unreached,
    durationMs: Number(row.duration_ms),
    answer: row.answer
  })

const rowOfDelivery = (delivery: WebhookDelivery) => ({
  tenant: delivery.tenant,
  webhook_id: delivery.endpointId,
  delivery_id: delivery.id,
  event_id: delivery.eventId,
  sequence: BigInt(delivery.sequence),
  type: delivery.type,
  attempt: BigInt(delivery.attempt),
  at: millis(delivery.at),
  outcome: delivery.outcome,
  status: delivery.status === null ? null : BigInt(delivery.status),
  unreached: delivery.unreached,
  duration_ms: BigInt(delivery.durationMs),
  answer: delivery.answer
})

const makeEndpoints = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]) => {
  const endpoints = sql(endpointsTable)
  const at = (tenant: string, id: string) => sql`tenant = ${tenant} AND webhook_id = ${id}`
  const one = (rows: ReadonlyArray<EndpointRow>) => Option.map(Option.fromNullishOr(rows[0]), keptOf)

  return {
    insert: Effect.fn("SqlWebhookStore.insert")(function* (webhook: StoredWebhook, standing: WebhookStanding) {
      const row = {
        tenant: webhook.tenant,
        webhook_id: webhook.id,
        created_at: millis(webhook.createdAt),
        fence: 0n,
        lease_until: 0n,
        ...columnsOf(webhook),
        ...columnsOfStanding(standing)
      }
      yield* sql`INSERT INTO ${endpoints} ${sql.insert(row)}`
    }, Effect.orDie),
    find: Effect.fn("SqlWebhookStore.find")(function* (tenant: string, id: WebhookEndpointId) {
      return one(yield* sql<EndpointRow>`SELECT * FROM ${endpoints} WHERE ${at(tenant, id)}`)
    }, Effect.orDie),
    lock: Effect.fn("SqlWebhookStore.lock")(function* (tenant: string, id: WebhookEndpointId) {
      return one(yield* sql<EndpointRow>`SELECT * FROM ${endpoints} WHERE ${at(tenant, id)} ${Dialect.forUpdate(sql)}`)
    }, Effect.orDie),
    update: Effect.fn("SqlWebhookStore.update")(function* (webhook: StoredWebhook) {
      yield* sql`UPDATE ${endpoints} SET ${sql.update(columnsOf(webhook))} WHERE ${at(webhook.tenant, webhook.id)}`
    }, Effect.orDie),
    restart: Effect.fn("SqlWebhookStore.restart")(function* (
      tenant: string,
      id: WebhookEndpointId,
      standing: WebhookStanding
    ) {
      yield* sql`
        UPDATE ${endpoints} SET ${sql.update(columnsOfStanding(standing))}, fence = fence + 1, lease_until = 0
        WHERE ${at(tenant, id)}`
    }, Effect.orDie),
    remove: Effect.fn("SqlWebhookStore.remove")((tenant: string, id: WebhookEndpointId) => {
      const removing = Effect.gen(function* () {
        // The endpoint first: whoever holds it waits here, and then finds nothing to write to.
        const removed = yield* sql`DELETE FROM ${endpoints} WHERE ${at(tenant, id)} RETURNING webhook_id`
        yield* sql`DELETE FROM ${sql(deliveriesTable)} WHERE ${at(tenant, id)}`
        return removed.length === 1
      })
      return Effect.orDie(atomic.runLocking(removing))
    }),
    count: Effect.fn("SqlWebhookStore.count")(function* (tenant: string) {
      const [row] = yield* sql<{ readonly n: bigint }>`
        SELECT COUNT(*) AS n FROM ${endpoints} WHERE tenant = ${tenant}`
      return Number(row?.n ?? 0n)
    }, Effect.orDie),
    list: Effect.fn("SqlWebhookStore.list")(function* (tenant: string, page: Page.PageRequest) {
      const query = webhooksQuery(tenant)
      const [after] = (yield* Page.startOf(query, page)) ?? []
      const rows = yield* Effect.orDie(sql<EndpointRow>`
        SELECT * FROM ${endpoints}
        WHERE tenant = ${tenant} AND webhook_id > ${typeof after === "string" ? after : ""}
        ORDER BY webhook_id LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, rows.map(keptOf), ({ webhook }) => [webhook.id])
    })
  }
}

const makeLease = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]) => {
  const endpoints = sql(endpointsTable)
  const deliveries = sql(deliveriesTable)
  const isFree = (now: bigint) => sql`state = 'active' AND due_at <= ${now} AND lease_until <= ${now}`

  return {
    due: Effect.fn("SqlWebhookStore.due")(function* (at: DateTime.Utc) {
      const rows = yield* sql<Pick<EndpointRow, "position" | "tenant" | "webhook_id"> & { readonly pending: bigint }>`
        SELECT tenant, webhook_id, position, (
          SELECT COUNT(*) FROM ${deliveries} AS log
          WHERE log.tenant = ${endpoints}.tenant AND log.webhook_id = ${endpoints}.webhook_id
            AND log.outcome = 'pending'
        ) AS pending
        FROM ${endpoints} WHERE ${isFree(millis(at))} ORDER BY due_at, webhook_id`
      return rows.map(({ pending, position, tenant, webhook_id }) => ({
        tenant,
        id: webhook_id as WebhookEndpointId,
        position: Number(position),
        hasPending: Number(pending) > 0
      }))
    }, Effect.orDie),
    claim: Effect.fn("SqlWebhookStore.claim")(function* (
      tenant: string,
      id: WebhookEndpointId,
      lease: { readonly at: DateTime.Utc; readonly until: DateTime.Utc }
    ) {
      const [row] = yield* sql<EndpointRow>`
        UPDATE ${endpoints} SET fence = fence + 1, lease_until = ${millis(lease.until)}
        WHERE tenant = ${tenant} AND webhook_id = ${id} AND ${isFree(millis(lease.at))} RETURNING *`
      return Option.map(Option.fromNullishOr(row), (found) => ({
        ...keptOf(found),
        holder: { tenant, id, fence: Number(found.fence) }
      }))
    }, Effect.orDie),
    note: Effect.fn("SqlWebhookStore.note")(
      ({ fence, id, tenant }: WebhookHolder, { delivery, leaseUntil, ...standing }: WebhookProgress) => {
        const until = leaseUntil === null ? 0n : millis(leaseUntil)
        const noting = Effect.gen(function* () {
          const [row] = yield* sql<EndpointRow>`
            UPDATE ${endpoints} SET ${sql.update({ ...columnsOfStanding(standing), lease_until: until })}
            WHERE tenant = ${tenant} AND webhook_id = ${id} AND fence = ${BigInt(fence)} RETURNING *`
          if (row === undefined) return Option.none()
          if (delivery !== undefined) {
            const { tenant: _t, webhook_id: _w, delivery_id: _d, ...made } = rowOfDelivery(delivery)
            yield* sql`
              INSERT INTO ${deliveries} ${sql.insert(rowOfDelivery(delivery))}
              ON CONFLICT (tenant, webhook_id, delivery_id) DO UPDATE SET ${sql.update(made)}`
          }
          const { state, version } = keptOf(row).webhook
          return Option.some({ state, version })
        })
        return Effect.orDie(atomic.runLocking(noting))
      }
    )
  }
}

const makeLog = (sql: SqlClient.SqlClient) => {
  const deliveries = sql(deliveriesTable)
  const of = (tenant: string, endpointId: string) => sql`tenant = ${tenant} AND webhook_id = ${endpointId}`
  return {
    append: Effect.fn("SqlWebhookStore.append")(function* (delivery: WebhookDelivery) {
      yield* sql`INSERT INTO ${deliveries} ${sql.insert(rowOfDelivery(delivery))}`
    }, Effect.orDie),
    findDelivery: Effect.fn("SqlWebhookStore.findDelivery")(function* (
      tenant: string,
      endpointId: WebhookEndpointId,
      id: WebhookDelivery["id"]
    ) {
      const [row] = yield* sql<DeliveryRow>`
        SELECT * FROM ${deliveries} WHERE ${of(tenant, endpointId)} AND delivery_id = ${id}`
      return Option.map(Option.fromNullishOr(row), deliveryOf)
    }, Effect.orDie),
    deliveries: Effect.fn("SqlWebhookStore.deliveries")(function* (
      tenant: string,
      endpointId: WebhookEndpointId,
      page: Page.PageRequest
    ) {
      const query = deliveriesQuery(tenant, endpointId)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const start = typeof before === "string" ? [sql`delivery_id < ${before}`] : []
      const rows = yield* Effect.orDie(sql<DeliveryRow>`
        SELECT * FROM ${deliveries} WHERE ${sql.and([of(tenant, endpointId), ...start])}
        ORDER BY delivery_id DESC LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, rows.map(deliveryOf), ({ id }) => [id])
    }),
    pending: Effect.fn("SqlWebhookStore.pending")(function* (
      tenant: string,
      endpointId: WebhookEndpointId,
      limit: number
    ) {
      const rows = yield* sql<DeliveryRow>`
        SELECT * FROM ${deliveries} WHERE ${of(tenant, endpointId)} AND outcome = 'pending'
        ORDER BY delivery_id LIMIT ${limit}`
      return rows.map(deliveryOf)
    }, Effect.orDie),
    forget: Effect.fn("SqlWebhookStore.forget")(function* (before: DateTime.Utc, limit: number) {
      const gone = yield* sql`
        DELETE FROM ${deliveries} WHERE (tenant, webhook_id, delivery_id) IN (
          SELECT tenant, webhook_id, delivery_id FROM ${deliveries}
          WHERE at < ${millis(before)} AND outcome <> 'pending' ORDER BY at LIMIT ${limit}
        ) RETURNING delivery_id`
      return gone.length
    }, Effect.orDie)
  }
}

/** Webhook endpoints in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<WebhookStore, never, SqlClient.SqlClient | Atomic> = Layer.effect(
  WebhookStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const atomic = yield* Atomic
    return WebhookStore.of({ ...makeEndpoints(sql, atomic), ...makeLease(sql, atomic), ...makeLog(sql) })
  })
)
