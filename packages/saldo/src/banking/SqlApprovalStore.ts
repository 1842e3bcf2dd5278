import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { Approval } from "./Approval.ts"
import { ApprovalStore, waitingQuery } from "./ApprovalStore.ts"

const approvalsTable = "saldo_banking_approvals"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0020_create_approvals": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(approvalsTable)} (
        tenant ${text} NOT NULL,
        approval_id ${text} NOT NULL,
        subject_type ${text} NOT NULL,
        state ${text} NOT NULL,
        expires_at BIGINT NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, approval_id)
      )`
    yield* sql`
      CREATE INDEX saldo_banking_approvals_waiting ON ${sql(approvalsTable)} (subject_type, expires_at)
      WHERE state = 'waiting'`
  })
}

const ApprovalText = jsonText(Schema.toCodecJson(Approval))
const encode = Schema.encodeEffect(ApprovalText)
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ content: ApprovalText })))
const approvalsOf = (rows: unknown) => Effect.map(decodeRows(rows), (all) => all.map(({ content }) => content))

const make = (sql: SqlClient.SqlClient): ApprovalStore["Service"] => {
  const table = sql(approvalsTable)
  const one = (rows: unknown) => Effect.map(approvalsOf(rows), ([approval]) => Option.fromNullishOr(approval))
  return ApprovalStore.of({
    insert: Effect.fn("SqlApprovalStore.insert")(function* (approval) {
      const row = {
        tenant: approval.tenant,
        approval_id: approval.id,
        subject_type: approval.subject.type,
        state: approval.state,
        expires_at: BigInt(approval.expiresAt.epochMilliseconds),
        content: yield* encode(approval)
      }
      const written = yield* sql`
        INSERT INTO ${table} ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING approval_id`
      return written.length === 1
    }, Effect.orDie),
    find: Effect.fn("SqlApprovalStore.find")(function* (tenant, id) {
      return yield* one(yield* sql`SELECT content FROM ${table} WHERE tenant = ${tenant} AND approval_id = ${id}`)
    }, Effect.orDie),
    lock: Effect.fn("SqlApprovalStore.lock")(function* (tenant, id) {
      return yield* one(
        yield* sql`
          SELECT content FROM ${table} WHERE tenant = ${tenant} AND approval_id = ${id} ${Dialect.forUpdate(sql)}`
      )
    }, Effect.orDie),
    end: Effect.fn("SqlApprovalStore.end")(function* (approval) {
      const changed = { state: approval.state, content: yield* encode(approval) }
      const written = yield* sql`
        UPDATE ${table} SET ${sql.update(changed)}
        WHERE tenant = ${approval.tenant} AND approval_id = ${approval.id} AND state = 'waiting'
        RETURNING approval_id`
      return written.length === 1
    }, Effect.orDie),
    waiting: Effect.fn("SqlApprovalStore.waiting")(function* (tenant, subjectType, page) {
      const query = waitingQuery(tenant, subjectType)
      const [after] = (yield* Page.startOf(query, page)) ?? []
      const rows = yield* Effect.orDie(sql`
        SELECT content FROM ${table}
        WHERE tenant = ${tenant} AND subject_type = ${subjectType} AND state = 'waiting'
          AND approval_id > ${typeof after === "string" ? after : ""}
        ORDER BY approval_id LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, yield* Effect.orDie(approvalsOf(rows)), ({ id }) => [id])
    }),
    overdue: Effect.fn("SqlApprovalStore.overdue")(function* (subjectType, at, limit) {
      return yield* approvalsOf(
        yield* sql`
          SELECT content FROM ${table}
          WHERE subject_type = ${subjectType} AND state = 'waiting' AND expires_at <= ${BigInt(at.epochMilliseconds)}
          ORDER BY expires_at, approval_id LIMIT ${limit}`
      )
    }, Effect.orDie)
  })
}

/** Approvals in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<ApprovalStore, never, SqlClient.SqlClient> = Layer.effect(
  ApprovalStore,
  Effect.map(SqlClient.SqlClient, make)
)
