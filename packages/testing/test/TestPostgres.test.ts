import { expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const createsTable = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE same_name (id BIGINT PRIMARY KEY)`
  yield* sql`INSERT INTO same_name VALUES (1)`
  return yield* sql`SELECT id FROM same_name`
})

it.live("every layer is a namespace of its own", () =>
  Effect.gen(function* () {
    const both = yield* Effect.all(
      [createsTable, createsTable].map((test) => Effect.provide(test, TestPostgres.layerWith({}))),
      { concurrency: 2 }
    )
    expect(both).toEqual([[{ id: 1n }], [{ id: 1n }]])
  })
)
