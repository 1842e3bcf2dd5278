import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { PaymentOrderFacts, PaymentOrderId, type StoredPaymentOrder } from "./PaymentOrder.ts"
import { listQuery, PaymentOrderStore } from "./PaymentOrderStore.ts"

const ordersTable = "saldo_banking_payment_orders"
const payersTable = "saldo_banking_payment_payers"
const heardTable = "saldo_banking_rail_events"
const straysTable = "saldo_banking_rail_strays"
const placesTable = "saldo_banking_rail_places"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0021_create_payment_orders": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(ordersTable)} (
        tenant ${text} NOT NULL,
        order_id ${text} NOT NULL,
        customer_id ${text} NOT NULL,
        account_id ${text} NOT NULL,
        reference ${text} NOT NULL UNIQUE,
        state ${text} NOT NULL,
        disputed BIGINT NOT NULL,
        execute_on ${text} NOT NULL,
        ask_at BIGINT,
        version BIGINT NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, order_id)
      )`
    yield* sql`
      CREATE INDEX saldo_banking_payment_orders_customer ON ${sql(ordersTable)} (tenant, customer_id, order_id)`
    yield* sql`
      CREATE INDEX saldo_banking_payment_orders_account ON ${sql(ordersTable)} (tenant, account_id, execute_on)`
    yield* sql`
      CREATE INDEX saldo_banking_payment_orders_due ON ${sql(ordersTable)} (execute_on, order_id)
      WHERE state = 'approved'`
    yield* sql`
      CREATE INDEX saldo_banking_payment_orders_asked ON ${sql(ordersTable)} (ask_at, order_id)
      WHERE ask_at IS NOT NULL`
    yield* sql`
      CREATE TABLE ${sql(payersTable)} (
        tenant ${text} NOT NULL,
        account_id ${text} NOT NULL,
        PRIMARY KEY (tenant, account_id)
      )`
    yield* sql`
      CREATE TABLE ${sql(heardTable)} (
        rail ${text} NOT NULL,
        event_id ${text} NOT NULL,
        heard_at BIGINT NOT NULL,
        PRIMARY KEY (rail, event_id)
      )`
    yield* sql`
      CREATE TABLE ${sql(straysTable)} (
        rail ${text} NOT NULL,
        event_id ${text} NOT NULL,
        reference ${text} NOT NULL,
        received_at BIGINT NOT NULL,
        PRIMARY KEY (rail, event_id)
      )`
    yield* sql`
      CREATE TABLE ${sql(placesTable)} (rail ${text} NOT NULL PRIMARY KEY, place ${text} NOT NULL)`
  }),
  "0022_add_payment_files": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`ALTER TABLE ${sql(ordersTable)} ADD COLUMN message_id ${Dialect.textType(sql)}`
    yield* sql`
      CREATE INDEX saldo_banking_payment_orders_file ON ${sql(ordersTable)} (tenant, message_id, order_id)
      WHERE message_id IS NOT NULL`
  }),
  "0041_seal_payment_orders": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    // SQLite adds no such column without a default; it opens nowhere, so that no order is read as one without a payee.
    yield* sql`ALTER TABLE ${sql(ordersTable)} ADD COLUMN sealed ${Dialect.textType(sql)} NOT NULL DEFAULT ''`
  })
}

const OrderText = jsonText(Schema.toCodecJson(PaymentOrderFacts))
const encode = Schema.encodeEffect(OrderText)
const decodeRows = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ content: OrderText, sealed: Schema.String }))
)
const decodeKeys = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ tenant: Schema.String, order_id: PaymentOrderId }))
)
const ordersOf = (rows: unknown) =>
  Effect.map(decodeRows(rows), (all) => all.map(({ content, sealed }): StoredPaymentOrder => ({ ...content, sealed })))
const first = (rows: unknown) => Effect.map(ordersOf(rows), ([order]) => Option.fromNullishOr(order))
const keysOf = (rows: unknown) =>
  Effect.map(decodeKeys(rows), (all) => all.map(({ order_id: id, tenant }) => ({ id, tenant })))

const changing = Effect.fnUntraced(function* (order: PaymentOrderFacts) {
  return {
    state: order.state,
    disputed: order.dispute === null ? 0 : 1,
    ask_at: order.askAt === null ? null : BigInt(order.askAt.epochMilliseconds),
    version: order.version,
    message_id: order.file?.messageId ?? null,
    content: yield* encode(order)
  }
})

type Store = PaymentOrderStore["Service"]

const makeWrites = (sql: SqlClient.SqlClient): Pick<Store, "insert" | "lock" | "lockPayer" | "save"> => {
  const table = sql(ordersTable)
  return {
    insert: Effect.fn("SqlPaymentOrderStore.insert")(function* (order) {
      const row = {
        tenant: order.tenant,
        order_id: order.id,
        customer_id: order.customerId,
        account_id: order.accountId,
        reference: order.endToEndId,
        execute_on: order.executeOn,
        sealed: order.sealed,
        ...(yield* changing(order))
      }
      const written = yield* sql`
        INSERT INTO ${table} ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING order_id`
      return written.length === 1
    }, Effect.orDie),
    lockPayer: Effect.fn("SqlPaymentOrderStore.lockPayer")(function* (tenant, accountId) {
      const row = { tenant, account_id: accountId }
      yield* sql`INSERT INTO ${sql(payersTable)} ${sql.insert(row)} ON CONFLICT DO NOTHING`
      yield* sql`
        SELECT account_id FROM ${sql(payersTable)} WHERE tenant = ${tenant} AND account_id = ${accountId}
        ${Dialect.forUpdate(sql)}`
    }, Effect.orDie),
    lock: Effect.fn("SqlPaymentOrderStore.lock")(function* (tenant, id) {
      return yield* first(
        yield* sql`
          SELECT content, sealed FROM ${table} WHERE tenant = ${tenant} AND order_id = ${id} ${Dialect.forUpdate(sql)}`
      )
    }, Effect.orDie),
    save: Effect.fn("SqlPaymentOrderStore.save")(function* (order) {
      const written = yield* sql`
        UPDATE ${table} SET ${sql.update(yield* changing(order))}
        WHERE tenant = ${order.tenant} AND order_id = ${order.id} AND version = ${order.version - 1}
        RETURNING order_id`
      return written.length === 1
    }, Effect.orDie)
  }
}

const makeReads = (
  sql: SqlClient.SqlClient
): Pick<Store, "approved" | "counted" | "due" | "find" | "findByReference" | "inFile" | "list" | "unresolved"> => {
  const table = sql(ordersTable)
  return {
    find: Effect.fn("SqlPaymentOrderStore.find")(function* (tenant, id) {
      return yield* first(
        yield* sql`SELECT content, sealed FROM ${table} WHERE tenant = ${tenant} AND order_id = ${id}`
      )
    }, Effect.orDie),
    findByReference: Effect.fn("SqlPaymentOrderStore.findByReference")(function* (reference) {
      return yield* first(yield* sql`SELECT content, sealed FROM ${table} WHERE reference = ${reference}`)
    }, Effect.orDie),
    list: Effect.fn("SqlPaymentOrderStore.list")(function* (tenant, filter, page) {
      const query = listQuery(tenant, filter)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const conditions = [
        sql`tenant = ${tenant}`,
        ...(filter.customerId === undefined ? [] : [sql`customer_id = ${filter.customerId}`]),
        ...(filter.accountId === undefined ? [] : [sql`account_id = ${filter.accountId}`]),
        ...(filter.state === undefined ? [] : [sql`state = ${filter.state}`]),
        ...(filter.disputed === undefined ? [] : [sql`disputed = ${filter.disputed ? 1 : 0}`]),
        ...(typeof before === "string" ? [sql`order_id < ${before}`] : [])
      ]
      const rows = yield* Effect.orDie(sql`
        SELECT content, sealed FROM ${table} WHERE ${sql.and(conditions)}
        ORDER BY order_id DESC LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, yield* Effect.orDie(ordersOf(rows)), ({ id }) => [id])
    }),
    counted: Effect.fn("SqlPaymentOrderStore.counted")(function* (tenant, accountId, from) {
      return yield* ordersOf(
        yield* sql`
          SELECT content, sealed FROM ${table}
          WHERE tenant = ${tenant} AND account_id = ${accountId} AND execute_on >= ${from}
            AND state NOT IN ('failed', 'cancelled')
          ORDER BY order_id`
      )
    }, Effect.orDie),
    approved: Effect.fn("SqlPaymentOrderStore.approved")(function* (tenant, accountId, through, limit) {
      return yield* ordersOf(
        yield* sql`
          SELECT content, sealed FROM ${table}
          WHERE tenant = ${tenant} AND account_id = ${accountId} AND execute_on <= ${through} AND state = 'approved'
          ORDER BY order_id LIMIT ${limit}`
      )
    }, Effect.orDie),
    inFile: Effect.fn("SqlPaymentOrderStore.inFile")(function* (tenant, messageId) {
      return yield* ordersOf(
        yield* sql`
          SELECT content, sealed FROM ${table} WHERE tenant = ${tenant} AND message_id = ${messageId} ORDER BY order_id`
      )
    }, Effect.orDie),
    due: Effect.fn("SqlPaymentOrderStore.due")(function* (through, limit) {
      return yield* keysOf(
        yield* sql`
          SELECT tenant, order_id FROM ${table}
          WHERE state = 'approved' AND ask_at IS NULL AND execute_on <= ${through}
          ORDER BY execute_on, order_id LIMIT ${limit}`
      )
    }, Effect.orDie),
    unresolved: Effect.fn("SqlPaymentOrderStore.unresolved")(function* (at, limit) {
      return yield* keysOf(
        yield* sql`
          SELECT tenant, order_id FROM ${table}
          WHERE ask_at IS NOT NULL AND ask_at <= ${BigInt(at.epochMilliseconds)}
          ORDER BY ask_at, order_id LIMIT ${limit}`
      )
    }, Effect.orDie)
  }
}

interface StrayRow {
  readonly event_id: string
  readonly reference: string
  readonly received_at: bigint
}

const makeHearing = (sql: SqlClient.SqlClient): Pick<Store, "hear" | "moveOn" | "place" | "stray" | "strays"> => {
  const place = (rail: string) =>
    sql<{ readonly place: string }>`SELECT place FROM ${sql(placesTable)} WHERE rail = ${rail}`
  return {
    hear: Effect.fn("SqlPaymentOrderStore.hear")(function* (rail, eventId, at) {
      const row = { rail, event_id: eventId, heard_at: BigInt(at.epochMilliseconds) }
      const written = yield* sql`
        INSERT INTO ${sql(heardTable)} ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING event_id`
      return written.length === 1
    }, Effect.orDie),
    stray: Effect.fn("SqlPaymentOrderStore.stray")(function* ({ endToEndId: reference, eventId, rail, receivedAt }) {
      const row = { rail, event_id: eventId, reference, received_at: BigInt(receivedAt.epochMilliseconds) }
      yield* sql`INSERT INTO ${sql(straysTable)} ${sql.insert(row)} ON CONFLICT DO NOTHING`
    }, Effect.orDie),
    strays: Effect.fn("SqlPaymentOrderStore.strays")(function* (rail) {
      const rows = yield* sql<StrayRow>`
        SELECT event_id, reference, received_at FROM ${sql(straysTable)}
        WHERE rail = ${rail} ORDER BY received_at, event_id`
      return rows.map((row) => ({
        rail,
        eventId: row.event_id,
        endToEndId: row.reference,
        receivedAt: DateTime.makeUnsafe(Number(row.received_at))
      }))
    }, Effect.orDie),
    place: Effect.fn("SqlPaymentOrderStore.place")(function* (rail) {
      return (yield* place(rail))[0]?.place ?? null
    }, Effect.orDie),
    moveOn: Effect.fn("SqlPaymentOrderStore.moveOn")(function* (rail, from, to) {
      const written =
        from === null
          ? yield* sql`
              INSERT INTO ${sql(placesTable)} ${sql.insert({ rail, place: to })} ON CONFLICT DO NOTHING RETURNING rail`
          : yield* sql`
              UPDATE ${sql(placesTable)} SET place = ${to} WHERE rail = ${rail} AND place = ${from} RETURNING rail`
      return written.length === 1
    }, Effect.orDie)
  }
}

/** Payment orders in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<PaymentOrderStore, never, SqlClient.SqlClient> = Layer.effect(
  PaymentOrderStore,
  Effect.map(SqlClient.SqlClient, (sql) =>
    PaymentOrderStore.of({ ...makeWrites(sql), ...makeReads(sql), ...makeHearing(sql) })
  )
)
