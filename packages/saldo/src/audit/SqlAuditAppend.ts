/**
 * How records are appended on Postgres: as clauses of a statement, so that a store of the same database can write the
 * records of its acts together with the acts.
 */
import type * as SqlClient from "effect/sql/SqlClient"
import { arraysOf, type Column, names, type Parameters, values } from "../sql/internal/packedRows.ts"
import type { AuditRecord } from "./AuditRecord.ts"
import { rowOfRecord } from "./AuditRow.ts"
import type { AuditStore } from "./AuditStore.ts"

const recordColumns: ReadonlyArray<Column> = [
  ["record_id", "text"],
  ["tenant", "text"],
  ["recorded_at", "bigint"],
  ["kind", "text"],
  ["actor_kind", "text"],
  ["actor_id", "text"],
  ["on_behalf_of_tenant", "text", "nullable"],
  ["on_behalf_of_id", "text", "nullable"],
  ["action", "text"],
  ["subject_type", "text"],
  ["subject_id", "text"],
  ["outcome", "text"],
  ["reason", "text", "nullable"],
  ["changes", "text"],
  ["personal", "text", "nullable"],
  ["request_id", "text", "nullable"],
  ["causation_id", "text", "nullable"],
  ["correlation_id", "text", "nullable"],
  ["salt", "text"]
]

/**
 * The clauses of a `WITH` that append records, for the values of `appendValues`. With the name of another clause they do so
 * only when that one has a row.
 */
export const appendClauses = (parameters: Parameters, behind?: string): ReadonlyArray<string> => [
  `given_records AS MATERIALIZED (
    SELECT given.* FROM ${behind === undefined ? "" : `${behind}, `}${parameters.rows("given", recordColumns)}
  )`,
  `waiting_records AS (
    INSERT INTO saldo_audit_waiting (tenant, record_id, recorded_at)
    SELECT tenant, record_id, recorded_at FROM given_records
  )`,
  `new_records AS (
    INSERT INTO saldo_audit_records (${names(recordColumns)})
    SELECT ${values("given_records", recordColumns)} FROM given_records
  )`
]

/** The values of `appendClauses`. */
export const appendValues = (records: ReadonlyArray<AuditRecord>): ReadonlyArray<unknown> =>
  arraysOf(records.map(rowOfRecord), recordColumns)

const clients = new WeakMap<AuditStore["Service"], SqlClient.SqlClient>()

/** Says of a store that it does nothing with records but append them through this client. */
export const appendsTo = (store: AuditStore["Service"], sql: SqlClient.SqlClient): void => {
  clients.set(store, sql)
}

/** Whether whoever appends through this client has done all that the store would do. A store that wraps another does more. */
export const isAppendedBy = (store: AuditStore["Service"], sql: SqlClient.SqlClient): boolean =>
  clients.get(store) === sql
