import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Dialect from "saldo/sql/Dialect"

for (const [name, layer] of Object.entries({ sqlite: TestSqlite.layer, postgres: TestPostgres.layer })) {
  describe(`Dialect (${name})`, () => {
    it.effect("sorts text by code point", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`CREATE TABLE words (word ${Dialect.textType(sql)} PRIMARY KEY)`
        const words = ["a", "Z", "ö", "ä", "_", "Å", "z", "😀", "\uFFFD"]
        yield* Effect.forEach(words, (word) => sql`INSERT INTO words VALUES (${word})`)
        const sorted = yield* sql<{ readonly word: string }>`SELECT word FROM words ORDER BY word`
        expect(sorted.map(({ word }) => word)).toEqual(["Z", "_", "a", "z", "Å", "ä", "ö", "\uFFFD", "😀"])
      }).pipe(Effect.provide(layer))
    )

    it.effect("knows whether a table exists", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        expect(yield* Dialect.tableExists("words")).toBe(false)
        yield* sql`CREATE TABLE words (word TEXT)`
        expect(yield* Dialect.tableExists("words")).toBe(true)
      }).pipe(Effect.provide(layer))
    )

    it.effect("lets the statements of one transaction take their time", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const timeout = sql.onDialectOrElse({
          pg: () => Effect.map(sql`SHOW statement_timeout`.values, (rows) => rows[0]?.[0]),
          orElse: () => Effect.succeed("0")
        })
        const before = yield* timeout
        expect(yield* sql.withTransaction(Effect.andThen(Dialect.withoutStatementTimeout, timeout))).toBe("0")
        expect(yield* timeout).toBe(before)
      }).pipe(Effect.provide(layer))
    )
  })
}
