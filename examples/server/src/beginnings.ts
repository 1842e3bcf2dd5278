/**
 * When this database began, and whether somebody has begun to fill it.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"

const table = "example_beginnings"

const Beginning = Schema.Struct({ happened_at: Schema.BigInt })
const decode = Schema.decodeUnknownEffect(Schema.Array(Beginning))

/** What is noted once in the life of a database. */
export type Beginning = "database" | "demo-begun" | "demo-made"

/** When something was noted; undefined if it was not. */
export const noted = Effect.fnUntraced(function* (what: Beginning) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* decode(yield* sql`SELECT happened_at FROM ${sql(table)} WHERE what = ${what}`)
  return row === undefined ? undefined : DateTime.makeUnsafe(Number(row.happened_at))
}, Effect.orDie)

/** Notes something, and says whether it was the first to do so. */
export const note = Effect.fnUntraced(function* (what: Beginning) {
  const sql = yield* SqlClient.SqlClient
  const row = { what, happened_at: BigInt((yield* DateTime.now).epochMilliseconds) }
  const written = yield* sql`INSERT INTO ${sql(table)} ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING what`
  return written.length === 1
}, Effect.orDie)

/** When the database began, which is now if it has just been made. */
export const beginning = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.orDie(
    sql`CREATE TABLE IF NOT EXISTS ${sql(table)} (what TEXT NOT NULL PRIMARY KEY, happened_at BIGINT NOT NULL)`
  )
  yield* note("database")
  return (yield* noted("database")) ?? (yield* DateTime.now)
})
