import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { PaymentPlanFacts, PaymentPlanId, PlannedPayment, type StoredPaymentPlan } from "./PaymentPlan.ts"
import { listQuery, paymentsQuery, PaymentPlanStore } from "./PaymentPlanStore.ts"

const plansTable = "saldo_banking_payment_plans"
const madeTable = "saldo_banking_planned_payments"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0023_create_payment_plans": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(plansTable)} (
        tenant ${text} NOT NULL,
        plan_id ${text} NOT NULL,
        customer_id ${text} NOT NULL,
        account_id ${text} NOT NULL,
        state ${text} NOT NULL,
        look_on ${text},
        version BIGINT NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, plan_id)
      )`
    yield* sql`
      CREATE INDEX saldo_banking_payment_plans_customer ON ${sql(plansTable)} (tenant, customer_id, plan_id)`
    yield* sql`
      CREATE INDEX saldo_banking_payment_plans_account ON ${sql(plansTable)} (tenant, account_id, plan_id)`
    yield* sql`
      CREATE INDEX saldo_banking_payment_plans_due ON ${sql(plansTable)} (look_on, plan_id) WHERE state = 'active'`
    yield* sql`
      CREATE TABLE ${sql(madeTable)} (
        tenant ${text} NOT NULL,
        plan_id ${text} NOT NULL,
        number BIGINT NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, plan_id, number)
      )`
  }),
  "0042_seal_payment_plans": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    // SQLite adds no such column without a default; it opens nowhere, so that no plan is read as one without a payee.
    yield* sql`ALTER TABLE ${sql(plansTable)} ADD COLUMN sealed ${Dialect.textType(sql)} NOT NULL DEFAULT ''`
  })
}

const PlanText = jsonText(Schema.toCodecJson(PaymentPlanFacts))
const PaymentText = jsonText(Schema.toCodecJson(PlannedPayment))
const encodePlan = Schema.encodeEffect(PlanText)
const encodePayment = Schema.encodeEffect(PaymentText)
const decodePlans = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ content: PlanText, sealed: Schema.String }))
)
const decodePayments = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ content: PaymentText })))
const decodeKeys = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ tenant: Schema.String, plan_id: PaymentPlanId }))
)
const plansOf = (rows: unknown) =>
  Effect.map(decodePlans(rows), (all) => all.map(({ content, sealed }): StoredPaymentPlan => ({ ...content, sealed })))
const first = (rows: unknown) => Effect.map(plansOf(rows), ([plan]) => Option.fromNullishOr(plan))

const changing = Effect.fnUntraced(function* (plan: PaymentPlanFacts) {
  return { state: plan.state, look_on: plan.lookOn, version: plan.version, content: yield* encodePlan(plan) }
})

type Store = PaymentPlanStore["Service"]

const makePlans = (sql: SqlClient.SqlClient): Omit<Store, "note" | "payments"> => {
  const table = sql(plansTable)
  return {
    insert: Effect.fn("SqlPaymentPlanStore.insert")(function* (plan) {
      const row = {
        tenant: plan.tenant,
        plan_id: plan.id,
        customer_id: plan.customerId,
        account_id: plan.accountId,
        sealed: plan.sealed,
        ...(yield* changing(plan))
      }
      const written = yield* sql`
        INSERT INTO ${table} ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING plan_id`
      return written.length === 1
    }, Effect.orDie),
    find: Effect.fn("SqlPaymentPlanStore.find")(function* (tenant, id) {
      return yield* first(yield* sql`SELECT content, sealed FROM ${table} WHERE tenant = ${tenant} AND plan_id = ${id}`)
    }, Effect.orDie),
    lock: Effect.fn("SqlPaymentPlanStore.lock")(function* (tenant, id) {
      return yield* first(
        yield* sql`
          SELECT content, sealed FROM ${table} WHERE tenant = ${tenant} AND plan_id = ${id} ${Dialect.forUpdate(sql)}`
      )
    }, Effect.orDie),
    save: Effect.fn("SqlPaymentPlanStore.save")(function* (plan) {
      const written = yield* sql`
        UPDATE ${table} SET ${sql.update(yield* changing(plan))}
        WHERE tenant = ${plan.tenant} AND plan_id = ${plan.id} AND version = ${plan.version - 1}
        RETURNING plan_id`
      return written.length === 1
    }, Effect.orDie),
    list: Effect.fn("SqlPaymentPlanStore.list")(function* (tenant, filter, page) {
      const query = listQuery(tenant, filter)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const conditions = [
        sql`tenant = ${tenant}`,
        ...(filter.customerId === undefined ? [] : [sql`customer_id = ${filter.customerId}`]),
        ...(filter.accountId === undefined ? [] : [sql`account_id = ${filter.accountId}`]),
        ...(filter.state === undefined ? [] : [sql`state = ${filter.state}`]),
        ...(typeof before === "string" ? [sql`plan_id < ${before}`] : [])
      ]
      const rows = yield* Effect.orDie(sql`
        SELECT content, sealed FROM ${table} WHERE ${sql.and(conditions)}
        ORDER BY plan_id DESC LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, yield* Effect.orDie(plansOf(rows)), ({ id }) => [id])
    }),
    due: Effect.fn("SqlPaymentPlanStore.due")(function* (through, limit) {
      const rows = yield* sql`
        SELECT tenant, plan_id FROM ${table} WHERE state = 'active' AND look_on <= ${through}
        ORDER BY look_on, plan_id LIMIT ${limit}`
      return (yield* decodeKeys(rows)).map(({ plan_id: id, tenant }) => ({ id, tenant }))
    }, Effect.orDie)
  }
}

const makePayments = (sql: SqlClient.SqlClient): Pick<Store, "note" | "payments"> => {
  const table = sql(madeTable)
  return {
    note: Effect.fn("SqlPaymentPlanStore.note")(function* (payment) {
      const row = {
        tenant: payment.tenant,
        plan_id: payment.planId,
        number: BigInt(payment.number),
        content: yield* encodePayment(payment)
      }
      const written = yield* sql`
        INSERT INTO ${table} ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING plan_id`
      return written.length === 1
    }, Effect.orDie),
    payments: Effect.fn("SqlPaymentPlanStore.payments")(function* (tenant, planId, page) {
      const query = paymentsQuery(tenant, planId)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const rows = yield* Effect.orDie(sql`
        SELECT content FROM ${table}
        WHERE tenant = ${tenant} AND plan_id = ${planId}
          AND number < ${typeof before === "number" ? BigInt(before) : 2n ** 62n}
        ORDER BY number DESC LIMIT ${Page.limitOf(page) + 1}`)
      const found = (yield* Effect.orDie(decodePayments(rows))).map(({ content }) => content)
      return Page.pageOf(query, page, found, ({ number }) => [number])
    })
  }
}

/** Payment plans in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<PaymentPlanStore, never, SqlClient.SqlClient> = Layer.effect(
  PaymentPlanStore,
  Effect.map(SqlClient.SqlClient, (sql) => PaymentPlanStore.of({ ...makePlans(sql), ...makePayments(sql) }))
)
