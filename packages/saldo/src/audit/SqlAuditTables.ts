import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"

const createRecords = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const text = Dialect.textType(sql)
  yield* sql`
    CREATE TABLE saldo_audit_records (
      record_id ${text} PRIMARY KEY,
      tenant TEXT NOT NULL,
      recorded_at BIGINT NOT NULL,
      kind TEXT NOT NULL,
      actor_kind TEXT NOT NULL,
      actor_id TEXT NOT NULL,
      on_behalf_of_tenant TEXT,
      on_behalf_of_id TEXT,
      action ${text} NOT NULL,
      subject_type TEXT NOT NULL,
      subject_id TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT,
      changes TEXT NOT NULL,
      personal TEXT,
      request_id TEXT,
      causation_id TEXT,
      correlation_id TEXT,
      salt TEXT NOT NULL
    )`
  yield* sql`CREATE INDEX saldo_audit_records_time ON saldo_audit_records (tenant, recorded_at, record_id)`
  yield* sql`
    CREATE INDEX saldo_audit_records_subject
    ON saldo_audit_records (tenant, subject_type, subject_id, recorded_at, record_id)`
  yield* sql`
    CREATE INDEX saldo_audit_records_actor ON saldo_audit_records (tenant, actor_id, recorded_at, record_id)`
  yield* sql`
    CREATE INDEX saldo_audit_records_owner ON saldo_audit_records (tenant, on_behalf_of_id, recorded_at, record_id)
    WHERE on_behalf_of_id IS NOT NULL`
  yield* sql`
    CREATE INDEX saldo_audit_records_request ON saldo_audit_records (tenant, request_id)
    WHERE request_id IS NOT NULL`
  yield* sql`
    CREATE INDEX saldo_audit_records_correlation ON saldo_audit_records (tenant, correlation_id)
    WHERE correlation_id IS NOT NULL`
})

const createChain = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const text = Dialect.textType(sql)
  yield* sql`
    CREATE TABLE saldo_audit_waiting (
      tenant TEXT NOT NULL,
      record_id ${text} NOT NULL,
      recorded_at BIGINT NOT NULL,
      PRIMARY KEY (tenant, record_id)
    )`
  yield* sql`
    CREATE TABLE saldo_audit_seals (
      tenant TEXT NOT NULL,
      sequence BIGINT NOT NULL,
      record_id ${text} NOT NULL UNIQUE,
      content_digest TEXT NOT NULL,
      previous TEXT NOT NULL,
      hash TEXT NOT NULL,
      PRIMARY KEY (tenant, sequence)
    )`
  yield* sql`
    CREATE TABLE saldo_audit_holds (
      hold_id ${text} PRIMARY KEY,
      tenant TEXT NOT NULL,
      scope TEXT NOT NULL CHECK (scope IN ('Tenant', 'Owner', 'Subject')),
      subject_type TEXT,
      target_id TEXT,
      reason TEXT NOT NULL,
      placed_at BIGINT NOT NULL,
      released_at BIGINT
    )`
})

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0001_create_audit_records": createRecords,
  "0002_create_audit_chain": createChain
}
