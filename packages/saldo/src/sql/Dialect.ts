import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"

/**
 * The type of a text column that compares and sorts by code point, the same on every database and machine: SQLite does so
 * by itself, Postgres by this collation. A cursor page over text is only stable on such a column.
 */
export const textType = (sql: SqlClient.SqlClient): Fragment =>
  sql.literal(sql.onDialectOrElse({ pg: () => 'TEXT COLLATE "C"', orElse: () => "TEXT" }))

/**
 * Ends a `SELECT` that locks the rows it reads until the transaction ends, for decisions inside `Atomic.runLocking`.
 * Transactions that lock several rows do so `ORDER BY` the same key, or else they deadlock. Nothing on SQLite, where one
 * writer at a time has locked everything.
 */
export const forUpdate = (sql: SqlClient.SqlClient): Fragment =>
  sql.literal(sql.onDialectOrElse({ pg: () => "FOR UPDATE", orElse: () => "" }))

/** Whether a table exists, where unqualified names are looked up. The name is taken as it is written, in lower case. */
export const tableExists = (table: string): Effect.Effect<boolean, SqlError, SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const found = yield* sql.onDialectOrElse({
      pg: () => sql`SELECT 1 AS found WHERE to_regclass(${table}) IS NOT NULL`,
      orElse: () => sql`SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ${table}`
    })
    return found.length > 0
  })

/** Lets the statements of the transaction at hand take as long as they need. SQLite has no statement timeout. */
export const withoutStatementTimeout: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.onDialectOrElse({ pg: () => sql`SET LOCAL statement_timeout = 0`, orElse: () => Effect.void })
})
