import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { StoredBeneficiary } from "./Beneficiary.ts"
import { StoredCustomer } from "./Customer.ts"
import { CustomerStore } from "./CustomerStore.ts"
import { approvalEndsAt } from "./customerStates.ts"
import { Kyc, ReasonCode } from "./Kyc.ts"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0002_create_customers": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE saldo_banking_customers (
        tenant ${text} NOT NULL,
        customer_id ${text} NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('person', 'company')),
        state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'restricted', 'closed')),
        restrictions TEXT NOT NULL,
        kyc TEXT NOT NULL,
        approval_ends_at BIGINT,
        sealed TEXT,
        registration_index TEXT,
        erased_at BIGINT,
        created_at BIGINT NOT NULL,
        version BIGINT NOT NULL,
        PRIMARY KEY (tenant, customer_id),
        UNIQUE (tenant, registration_index),
        CHECK ((sealed IS NULL) = (erased_at IS NOT NULL)),
        CHECK ((registration_index IS NULL) = (erased_at IS NOT NULL))
      )`
    yield* sql`
      CREATE INDEX saldo_banking_customers_approval ON saldo_banking_customers (approval_ends_at)
      WHERE approval_ends_at IS NOT NULL`
  }),
  "0003_create_beneficiaries": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE saldo_banking_beneficiaries (
        tenant ${text} NOT NULL,
        beneficiary_id ${text} NOT NULL,
        customer_id ${text} NOT NULL,
        sealed TEXT,
        account_index TEXT,
        created_at BIGINT NOT NULL,
        removed_at BIGINT,
        PRIMARY KEY (tenant, beneficiary_id)
      )`
    yield* sql`
      CREATE INDEX saldo_banking_beneficiaries_customer
      ON saldo_banking_beneficiaries (tenant, customer_id, beneficiary_id)`
    yield* sql`
      CREATE UNIQUE INDEX saldo_banking_beneficiaries_account
      ON saldo_banking_beneficiaries (tenant, customer_id, account_index)
      WHERE removed_at IS NULL AND account_index IS NOT NULL`
  })
}

interface CustomerRow {
  readonly tenant: string
  readonly customer_id: string
  readonly kind: string
  readonly state: string
  readonly restrictions: string
  readonly kyc: string
  readonly approval_ends_at: bigint | null
  readonly sealed: string | null
  readonly registration_index: string | null
  readonly erased_at: bigint | null
  readonly created_at: bigint
  readonly version: bigint
}

interface BeneficiaryRow {
  readonly tenant: string
  readonly beneficiary_id: string
  readonly customer_id: string
  readonly sealed: string | null
  readonly account_index: string | null
  readonly created_at: bigint
  readonly removed_at: bigint | null
}

const KycText = jsonText(Schema.toCodecJson(Kyc))
const encodeKyc = Schema.encodeSync(KycText)
const decodeKyc = Schema.decodeSync(KycText)
const ReasonsText = jsonText(Schema.Array(ReasonCode))
const encodeReasons = Schema.encodeSync(ReasonsText)
const decodeReasons = Schema.decodeSync(ReasonsText)
const decodeCustomer = Schema.decodeUnknownSync(StoredCustomer)
const decodeBeneficiary = Schema.decodeUnknownSync(StoredBeneficiary)
const encodeKycFields = Schema.encodeSync(Kyc)

const numberOrNull = (value: bigint | null): number | null => (value === null ? null : Number(value))

const customerOfRow = (row: CustomerRow): StoredCustomer =>
  decodeCustomer({
    id: row.customer_id,
    tenant: row.tenant,
    kind: row.kind,
    state: row.state,
    restrictions: decodeReasons(row.restrictions),
    kyc: encodeKycFields(decodeKyc(row.kyc)),
    sealed: row.sealed,
    registrationIndex: row.registration_index,
    erasedAt: numberOrNull(row.erased_at),
    createdAt: Number(row.created_at),
    version: Number(row.version)
  })

const rowOfCustomer = (customer: StoredCustomer) => {
  const ends = approvalEndsAt(customer)
  return {
    tenant: customer.tenant,
    customer_id: customer.id,
    kind: customer.kind,
    state: customer.state,
    restrictions: encodeReasons(customer.restrictions),
    kyc: encodeKyc(customer.kyc),
    approval_ends_at: ends === null ? null : BigInt(ends),
    sealed: customer.sealed,
    registration_index: customer.registrationIndex,
    erased_at: customer.erasedAt === null ? null : BigInt(customer.erasedAt.epochMilliseconds),
    created_at: BigInt(customer.createdAt.epochMilliseconds),
    version: BigInt(customer.version)
  }
}

const beneficiaryOfRow = (row: BeneficiaryRow): StoredBeneficiary =>
  decodeBeneficiary({
    id: row.beneficiary_id,
    tenant: row.tenant,
    customerId: row.customer_id,
    sealed: row.sealed,
    accountIndex: row.account_index,
    createdAt: Number(row.created_at),
    removedAt: numberOrNull(row.removed_at)
  })

type Service = CustomerStore["Service"]

/** A row that came between the insert and the reading was taken back by its transaction, so the insert is tried again. */
const insertOrFind = <A>(
  insert: Effect.Effect<boolean, SqlError>,
  find: Effect.Effect<Option.Option<A>, SqlError>
): Effect.Effect<Option.Option<A>, SqlError> =>
  Effect.gen(function* () {
    while (true) {
      if (yield* insert) return Option.none<A>()
      const there = yield* find
      if (Option.isSome(there)) return there
    }
  })

const makeCustomers = (sql: SqlClient.SqlClient) => {
  const one = (rows: ReadonlyArray<CustomerRow>) => Option.map(Option.fromNullishOr(rows[0]), customerOfRow)
  const at = (tenant: string, id: string) => sql`tenant = ${tenant} AND customer_id = ${id}`

  const insert: Service["insert"] = Effect.fn("SqlCustomerStore.insert")(function* (customer) {
    const { id, registrationIndex, tenant } = customer
    return yield* insertOrFind(
      Effect.map(
        sql`
          INSERT INTO saldo_banking_customers ${sql.insert(rowOfCustomer(customer))}
          ON CONFLICT DO NOTHING RETURNING customer_id`,
        (rows) => rows.length === 1
      ),
      Effect.map(
        sql<CustomerRow>`
          SELECT * FROM saldo_banking_customers
          WHERE tenant = ${tenant} AND (customer_id = ${id} OR registration_index = ${registrationIndex})
          ORDER BY CASE WHEN customer_id = ${id} THEN 0 ELSE 1 END LIMIT 1`,
        one
      )
    )
  }, Effect.orDie)

  const save: Service["save"] = Effect.fn("SqlCustomerStore.save")(function* (customer) {
    const { customer_id: _id, tenant: _tenant, ...columns } = rowOfCustomer(customer)
    const { registrationIndex: index } = customer
    // Told apart before the unique index would abort the whole transaction; the index decides between concurrent ones.
    const rows = yield* sql`
      UPDATE saldo_banking_customers SET ${sql.update(columns)}
      WHERE ${at(customer.tenant, customer.id)} AND version = ${BigInt(customer.version - 1)}
        AND NOT EXISTS (
          SELECT 1 FROM saldo_banking_customers AS other
          WHERE other.tenant = ${customer.tenant} AND other.registration_index = ${index}
            AND other.customer_id <> ${customer.id}
        )
      RETURNING customer_id`
    return rows.length === 1
  }, Effect.orDie)

  const list: Service["list"] = Effect.fn("SqlCustomerStore.list")(function* (tenant, filter, page) {
    const query = { tenant, filter }
    const [start] = (yield* Page.startOf(query, page)) ?? []
    const all = [
      sql`tenant = ${tenant}`,
      ...(filter.kind === undefined ? [] : [sql`kind = ${filter.kind}`]),
      ...(filter.state === undefined ? [] : [sql`state = ${filter.state}`]),
      ...(typeof start === "string" ? [sql`customer_id > ${start}`] : [])
    ]
    const rows = yield* Effect.orDie(sql<CustomerRow>`
      SELECT * FROM saldo_banking_customers WHERE ${sql.and(all)}
      ORDER BY customer_id LIMIT ${Page.limitOf(page) + 1}`)
    return Page.pageOf(query, page, rows.map(customerOfRow), ({ id }) => [id])
  })

  return {
    insert,
    save,
    list,
    find: Effect.fn("SqlCustomerStore.find")(function* (tenant, id) {
      return one(yield* sql<CustomerRow>`SELECT * FROM saldo_banking_customers WHERE ${at(tenant, id)}`)
    }, Effect.orDie) satisfies Service["find"],
    lock: Effect.fn("SqlCustomerStore.lock")(function* (tenant, id) {
      return one(
        yield* sql<CustomerRow>`
          SELECT * FROM saldo_banking_customers WHERE ${at(tenant, id)} ${Dialect.forUpdate(sql)}`
      )
    }, Effect.orDie) satisfies Service["lock"],
    findByRegistration: Effect.fn("SqlCustomerStore.findByRegistration")(function* (tenant, index) {
      return one(
        yield* sql<CustomerRow>`
          SELECT * FROM saldo_banking_customers WHERE tenant = ${tenant} AND registration_index = ${index}`
      )
    }, Effect.orDie) satisfies Service["findByRegistration"],
    approvalsEnded: Effect.fn("SqlCustomerStore.approvalsEnded")(function* (instant, limit) {
      const rows = yield* sql<CustomerRow>`
        SELECT * FROM saldo_banking_customers
        WHERE approval_ends_at IS NOT NULL AND approval_ends_at <= ${BigInt(instant.epochMilliseconds)}
        ORDER BY approval_ends_at, customer_id LIMIT ${limit}`
      return rows.map(customerOfRow)
    }, Effect.orDie) satisfies Service["approvalsEnded"]
  }
}

const makeBeneficiaries = (sql: SqlClient.SqlClient) => {
  const one = (rows: ReadonlyArray<BeneficiaryRow>) => Option.map(Option.fromNullishOr(rows[0]), beneficiaryOfRow)
  const at = (tenant: string, id: string) => sql`tenant = ${tenant} AND beneficiary_id = ${id}`

  const insertBeneficiary: Service["insertBeneficiary"] = Effect.fn("SqlCustomerStore.insertBeneficiary")(function* ({
    accountIndex,
    createdAt,
    customerId,
    id,
    removedAt,
    sealed,
    tenant
  }) {
    const row = {
      tenant,
      beneficiary_id: id,
      customer_id: customerId,
      sealed,
      account_index: accountIndex,
      created_at: BigInt(createdAt.epochMilliseconds),
      removed_at: removedAt === null ? null : BigInt(removedAt.epochMilliseconds)
    }
    return yield* insertOrFind(
      Effect.map(
        sql`
            INSERT INTO saldo_banking_beneficiaries ${sql.insert(row)}
            ON CONFLICT DO NOTHING RETURNING beneficiary_id`,
        (rows) => rows.length === 1
      ),
      Effect.map(
        sql<BeneficiaryRow>`
            SELECT * FROM saldo_banking_beneficiaries
            WHERE tenant = ${tenant} AND (
              beneficiary_id = ${id}
              OR (customer_id = ${customerId} AND account_index = ${accountIndex} AND removed_at IS NULL)
            ) LIMIT 1`,
        one
      )
    )
  }, Effect.orDie)

  const listBeneficiaries: Service["listBeneficiaries"] = Effect.fn("SqlCustomerStore.listBeneficiaries")(
    function* (tenant, customerId, page) {
      const query = { tenant, customerId }
      const [start] = (yield* Page.startOf(query, page)) ?? []
      const all = [
        sql`tenant = ${tenant} AND customer_id = ${customerId} AND removed_at IS NULL`,
        ...(typeof start === "string" ? [sql`beneficiary_id > ${start}`] : [])
      ]
      const rows = yield* Effect.orDie(sql<BeneficiaryRow>`
        SELECT * FROM saldo_banking_beneficiaries WHERE ${sql.and(all)}
        ORDER BY beneficiary_id LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, rows.map(beneficiaryOfRow), ({ id }) => [id])
    }
  )

  return {
    insertBeneficiary,
    listBeneficiaries,
    findBeneficiary: Effect.fn("SqlCustomerStore.findBeneficiary")(function* (tenant, id) {
      return one(yield* sql<BeneficiaryRow>`SELECT * FROM saldo_banking_beneficiaries WHERE ${at(tenant, id)}`)
    }, Effect.orDie) satisfies Service["findBeneficiary"],
    removeBeneficiary: Effect.fn("SqlCustomerStore.removeBeneficiary")(function* (tenant, id, instant) {
      const rows = yield* sql`
        UPDATE saldo_banking_beneficiaries SET removed_at = ${BigInt(instant.epochMilliseconds)}
        WHERE ${at(tenant, id)} AND removed_at IS NULL RETURNING beneficiary_id`
      return rows.length === 1
    }, Effect.orDie) satisfies Service["removeBeneficiary"],
    forgetBeneficiaries: Effect.fn("SqlCustomerStore.forgetBeneficiaries")(function* (tenant, customerId) {
      const rows = yield* sql`
        UPDATE saldo_banking_beneficiaries SET sealed = NULL, account_index = NULL
        WHERE tenant = ${tenant} AND customer_id = ${customerId} RETURNING beneficiary_id`
      return rows.length
    }, Effect.orDie) satisfies Service["forgetBeneficiaries"]
  }
}

/** Customers in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<CustomerStore, never, SqlClient.SqlClient> = Layer.effect(
  CustomerStore,
  Effect.map(SqlClient.SqlClient, (sql) => CustomerStore.of({ ...makeCustomers(sql), ...makeBeneficiaries(sql) }))
)
