import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
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

    it.effect("locks the rows that a transaction reads, as far as the database locks rows", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`CREATE TABLE locked (id INT PRIMARY KEY)`
        yield* sql`INSERT INTO locked VALUES (1), (2)`
        const free = sql.onDialectOrElse({
          pg: () => sql`SELECT id FROM locked ORDER BY id FOR UPDATE SKIP LOCKED`,
          orElse: () => Effect.succeed([{ id: 2 }])
        })
        // Forked outside the transaction that locks, so on a connection of its own.
        const locked = yield* Deferred.make<void>()
        const others = yield* Effect.forkChild(Effect.andThen(Deferred.await(locked), free))
        const seen = yield* sql.withTransaction(
          Effect.all([
            Effect.tap(sql`SELECT id FROM locked WHERE id = 1 ${Dialect.forUpdate(sql)}`, () =>
              Deferred.succeed(locked, undefined)
            ),
            Fiber.join(others)
          ])
        )
        expect(seen).toEqual([[{ id: 1 }], [{ id: 2 }]])
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
