import { layer } from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

// A process of its own, run by Node 26: writes through every path of the driver with rowids beyond 2^53.
const [, , filename = ""] = process.argv
const program = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE large (id INTEGER PRIMARY KEY, note TEXT)`
  for (const id of [2n ** 53n + 1n, 2n ** 63n - 1n]) {
    yield* sql`INSERT INTO large (id) VALUES (${id})`
    yield* sql`UPDATE large SET note = 'a' WHERE id = ${id}`.raw
    yield* sql`UPDATE large SET note = 'b' WHERE id = ${id}`.unprepared
    yield* sql.withTransaction(sql`UPDATE large SET note = 'c' WHERE id = ${id}`.values)
  }
  return yield* sql<{ readonly id: bigint }>`SELECT id FROM large WHERE note = 'c' ORDER BY id`
})
const rows = await Effect.runPromise(Effect.provide(program, layer({ filename })))
process.stdout.write(`${process.version.slice(0, 3)} ${rows.map(({ id }) => id).join()}`)
