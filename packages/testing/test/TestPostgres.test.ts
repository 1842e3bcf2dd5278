import { describe, expect, it } from "@effect/vitest"
import { layer as layerPostgres } from "@saldo/postgres/PostgresClient"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const createsTable = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE same_name (id BIGINT PRIMARY KEY)`
  yield* sql`INSERT INTO same_name VALUES (1)`
  return yield* sql`SELECT id FROM same_name`
})

const schemas = SqlClient.SqlClient.use((sql) => sql<{ readonly schema: string }>`SELECT current_schema() AS schema`)

describe("TestPostgres", () => {
  it.live("gives each layer a namespace of its own", () =>
    Effect.gen(function* () {
      const both = yield* Effect.forEach(
        [createsTable, createsTable],
        (test) => Effect.provide(test, TestPostgres.layerWith({}), { local: true }),
        { concurrency: 2 }
      )
      expect(both).toEqual([[{ id: 1n }], [{ id: 1n }]])
    })
  )

  it.live("gives processes a URL of the same namespace, and drops it at the end", () =>
    Effect.gen(function* () {
      const name = yield* Effect.scoped(
        Effect.gen(function* () {
          const url = yield* TestPostgres.url
          yield* Effect.provide(createsTable, layerPostgres({ url }), { local: true })
          const rows = SqlClient.SqlClient.use((sql) => sql`SELECT id FROM same_name`)
          expect(yield* Effect.provide(rows, layerPostgres({ url }), { local: true })).toEqual([{ id: 1n }])
          const [row] = yield* Effect.provide(schemas, layerPostgres({ url }), { local: true })
          return row?.schema
        })
      )
      const sql = yield* SqlClient.SqlClient
      expect(name).toMatch(/^test_/u)
      expect(yield* sql`SELECT 1 FROM pg_namespace WHERE nspname = ${name}`).toEqual([])
    }).pipe(Effect.provide(TestPostgres.layer))
  )

  it.live("gives whole databases too", () =>
    Effect.gen(function* () {
      const url = yield* TestPostgres.databaseUrl
      const [row] = yield* Effect.provide(schemas, layerPostgres({ url }), { local: true })
      expect(row?.schema).toBe("public")
    })
  )

  it.live("folds the case of letters beyond ASCII", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      expect(yield* sql`SELECT lower('ÅÄÖ') AS folded`).toEqual([{ folded: "åäö" }])
    }).pipe(Effect.provide(TestPostgres.layer))
  )
})
