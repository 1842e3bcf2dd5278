import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"
import { DataKeyStore, type KeptKey, type KeySubject } from "./DataKeyStore.ts"

/** The table of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0001_create_data_keys": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE saldo_banking_data_keys (
        tenant ${text} NOT NULL,
        subject_id ${text} NOT NULL,
        wrapping_key_id TEXT,
        wrapped TEXT,
        destroyed_at BIGINT,
        PRIMARY KEY (tenant, subject_id),
        CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)),
        CHECK ((wrapped IS NULL) = (wrapping_key_id IS NULL))
      )`
    yield* sql`
      CREATE INDEX saldo_banking_data_keys_wrapping ON saldo_banking_data_keys (wrapping_key_id)
      WHERE wrapped IS NOT NULL`
  })
}

interface KeyRow {
  readonly tenant: string
  readonly subject_id: string
  readonly wrapping_key_id: string | null
  readonly wrapped: string | null
  readonly destroyed_at: bigint | null
}

const keptOf = ({ destroyed_at, wrapped, wrapping_key_id }: KeyRow): KeptKey =>
  wrapped === null || wrapping_key_id === null
    ? { _tag: "Destroyed", destroyedAt: DateTime.makeUnsafe(Number(destroyed_at)) }
    : { _tag: "Present", wrapped, wrappingKeyId: wrapping_key_id }

/** SQLite leaves what it deletes in the file until the page is used again, unless it is told to overwrite it. */
const overwriting = (sql: SqlClient.SqlClient): Effect.Effect<unknown, SqlError> =>
  sql.onDialectOrElse({ pg: () => Effect.void, orElse: () => sql`PRAGMA secure_delete = ON` })

/** Data keys in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<DataKeyStore, never, SqlClient.SqlClient> = Layer.effect(
  DataKeyStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const of = ({ subjectId, tenant }: KeySubject) => sql`tenant = ${tenant} AND subject_id = ${subjectId}`

    return DataKeyStore.of({
      insert: Effect.fn("SqlDataKeyStore.insert")(function* ({ subjectId, tenant }, { wrapped, wrappingKeyId }) {
        const row = { tenant, subject_id: subjectId, wrapping_key_id: wrappingKeyId, wrapped }
        const rows = yield* sql`
          INSERT INTO saldo_banking_data_keys ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING subject_id`
        return rows.length === 1
      }, Effect.orDie),
      find: Effect.fn("SqlDataKeyStore.find")(function* (subject) {
        const [row] = yield* sql<KeyRow>`SELECT * FROM saldo_banking_data_keys WHERE ${of(subject)}`
        return Option.map(Option.fromNullishOr(row), keptOf)
      }, Effect.orDie),
      replace: Effect.fn("SqlDataKeyStore.replace")(function* (subject, from, to) {
        const rows = yield* sql`
          UPDATE saldo_banking_data_keys
          SET wrapping_key_id = ${to.wrappingKeyId}, wrapped = ${to.wrapped}
          WHERE ${of(subject)} AND wrapped = ${from.wrapped} AND wrapping_key_id = ${from.wrappingKeyId}
          RETURNING subject_id`
        return rows.length === 1
      }, Effect.orDie),
      destroy: Effect.fn("SqlDataKeyStore.destroy")(function* (subject, at) {
        yield* overwriting(sql)
        const rows = yield* sql`
          UPDATE saldo_banking_data_keys
          SET wrapping_key_id = NULL, wrapped = NULL, destroyed_at = ${BigInt(at.epochMilliseconds)}
          WHERE ${of(subject)} AND wrapped IS NOT NULL
          RETURNING subject_id`
        return rows.length === 1
      }, Effect.orDie),
      wrappedByOthers: Effect.fn("SqlDataKeyStore.wrappedByOthers")(function* (wrappingKeyId, limit) {
        const rows = yield* sql<KeyRow>`
          SELECT * FROM saldo_banking_data_keys
          WHERE wrapped IS NOT NULL AND wrapping_key_id <> ${wrappingKeyId}
          ORDER BY tenant, subject_id LIMIT ${limit}`
        return rows.flatMap((row) => {
          const kept = keptOf(row)
          if (kept._tag === "Destroyed") return []
          const { wrapped, wrappingKeyId: by } = kept
          return [{ tenant: row.tenant, subjectId: row.subject_id, wrapped, wrappingKeyId: by }]
        })
      }, Effect.orDie)
    })
  })
)
