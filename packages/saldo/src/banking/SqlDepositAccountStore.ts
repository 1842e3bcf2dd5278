import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { DepositAccount, DepositAccountId, DepositEvent } from "./DepositAccount.ts"
import { DepositAccountStore, listQuery } from "./DepositAccountStore.ts"

const accountsTable = "saldo_banking_deposit_accounts"
const eventsTable = "saldo_banking_deposit_events"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0010_create_deposit_accounts": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(accountsTable)} (
        tenant ${text} NOT NULL,
        account_id ${text} NOT NULL,
        customer_id ${text} NOT NULL,
        state ${text} NOT NULL,
        next_on ${text} NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, account_id)
      )`
    yield* sql`
      CREATE INDEX saldo_banking_deposit_accounts_customer ON ${sql(accountsTable)} (tenant, customer_id, account_id)`
    yield* sql`
      CREATE TABLE ${sql(eventsTable)} (
        tenant ${text} NOT NULL,
        account_id ${text} NOT NULL,
        happened_on ${text} NOT NULL,
        event_id ${text} NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, account_id, happened_on, event_id)
      )`
  })
}

const AccountText = jsonText(Schema.toCodecJson(DepositAccount))
const EventText = jsonText(Schema.toCodecJson(DepositEvent))
const encodeAccount = Schema.encodeEffect(AccountText)
const encodeEvent = Schema.encodeEffect(EventText)
const decodeAccounts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ content: AccountText })))
const decodeEvents = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ content: EventText })))
const decodeIds = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ account_id: DepositAccountId })))

const accountsOf = (rows: unknown) => Effect.map(decodeAccounts(rows), (all) => all.map(({ content }) => content))

const rowOf = Effect.fnUntraced(function* (account: DepositAccount) {
  return {
    tenant: account.tenant,
    account_id: account.id,
    customer_id: account.customerId,
    state: account.state,
    next_on: account.accrual.state.nextOn,
    content: yield* encodeAccount(account)
  }
})

const make = (sql: SqlClient.SqlClient): DepositAccountStore["Service"] => {
  const table = sql(accountsTable)
  return DepositAccountStore.of({
    insert: Effect.fn("SqlDepositAccountStore.insert")(function* (account) {
      const written = yield* sql`
        INSERT INTO ${table} ${sql.insert(yield* rowOf(account))} ON CONFLICT DO NOTHING RETURNING account_id`
      return written.length === 1
    }, Effect.orDie),
    // Without a span of its own: it is what is read most, and the statement's says as much.
    find: Effect.fnUntraced(function* (tenant, id) {
      const rows = yield* sql`SELECT content FROM ${table} WHERE tenant = ${tenant} AND account_id = ${id}`
      return Option.fromNullishOr((yield* accountsOf(rows))[0])
    }, Effect.orDie),
    lock: Effect.fn("SqlDepositAccountStore.lock")(function* (tenant, ids) {
      if (ids.length === 0) return []
      return yield* accountsOf(
        yield* sql`
          SELECT content FROM ${table} WHERE tenant = ${tenant} AND ${sql.in("account_id", ids)}
          ORDER BY account_id ${Dialect.forUpdate(sql)}`
      )
    }, Effect.orDie),
    save: Effect.fn("SqlDepositAccountStore.save")(function* (account) {
      const { account_id: id, tenant, ...changed } = yield* rowOf(account)
      const written = yield* sql`
        UPDATE ${table} SET ${sql.update(changed)} WHERE tenant = ${tenant} AND account_id = ${id}
        RETURNING account_id`
      return written.length === 1
    }, Effect.orDie),
    list: Effect.fn("SqlDepositAccountStore.list")(function* (tenant, filter, page) {
      const query = listQuery(tenant, filter)
      const [after] = (yield* Page.startOf(query, page)) ?? []
      const conditions = [
        sql`tenant = ${tenant}`,
        ...(filter.customerId === undefined ? [] : [sql`customer_id = ${filter.customerId}`]),
        ...(filter.state === undefined ? [] : [sql`state = ${filter.state}`]),
        ...(typeof after === "string" ? [sql`account_id > ${after}`] : [])
      ]
      const rows = yield* Effect.orDie(sql`
        SELECT content FROM ${table} WHERE ${sql.and(conditions)}
        ORDER BY account_id LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, yield* Effect.orDie(accountsOf(rows)), ({ id }) => [id])
    }),
    due: Effect.fn("SqlDepositAccountStore.due")(function* ({ after, limit, tenant, through }) {
      const rows = yield* sql`
        SELECT account_id FROM ${table}
        WHERE tenant = ${tenant} AND account_id > ${after ?? ""} AND state <> 'closed' AND next_on <= ${through}
        ORDER BY account_id LIMIT ${limit}`
      return (yield* decodeIds(rows)).map(({ account_id: id }) => id)
    }, Effect.orDie),
    addEvent: Effect.fn("SqlDepositAccountStore.addEvent")(function* (event) {
      const row = {
        tenant: event.tenant,
        account_id: event.accountId,
        happened_on: event.on,
        event_id: event.id,
        content: yield* encodeEvent(event)
      }
      yield* sql`INSERT INTO ${sql(eventsTable)} ${sql.insert(row)} ON CONFLICT DO NOTHING`
    }, Effect.orDie),
    events: Effect.fn("SqlDepositAccountStore.events")(function* (tenant, accountId, from) {
      const rows = yield* sql`
        SELECT content FROM ${sql(eventsTable)}
        WHERE tenant = ${tenant} AND account_id = ${accountId} AND happened_on >= ${from}
        ORDER BY happened_on, event_id`
      return (yield* decodeEvents(rows)).map(({ content }) => content)
    }, Effect.orDie)
  })
}

/** Deposit accounts in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<DepositAccountStore, never, SqlClient.SqlClient> = Layer.effect(
  DepositAccountStore,
  Effect.map(SqlClient.SqlClient, make)
)
