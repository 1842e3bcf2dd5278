import { describe, expect, it } from "@effect/vitest"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import { sqliteFailure } from "@saldo/sqlite/sqliteFailure"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { existsSync } from "node:fs"
import { filename, using } from "./files.ts"

const fill = (count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE rows (id INTEGER PRIMARY KEY, note TEXT)`
    yield* sql`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
      INSERT INTO rows SELECT n, hex(randomblob(512)) FROM numbers`
    return sql
  })

interface Row {
  readonly id: number
  readonly note: string
}

describe("streams", () => {
  it.live("read 100,000 rows (100 MB) without holding them", () =>
    Effect.gen(function* () {
      const sql = yield* fill(100_000)
      const before = process.memoryUsage().heapUsed
      let most = 0
      const read = sql<Row>`SELECT * FROM rows ORDER BY id`.stream.pipe(
        Stream.runForEachArray((rows) =>
          Effect.sync(() => {
            most = Math.max(most, process.memoryUsage().heapUsed - before)
            total += rows.length
          })
        )
      )
      let total = 0
      yield* read
      expect(total).toBe(100_000)
      expect(most).toBeLessThan(60_000_000)
    }).pipe(Effect.provide(TestSqlite.layerFileWith({ synchronous: "off" })))
  )

  for (const [name, layer] of Object.entries({ "in memory": TestSqlite.layer, "in a file": TestSqlite.layerFile })) {
    it.live(`let statements and transactions run between their rows (${name})`, () =>
      Effect.gen(function* () {
        const sql = yield* fill(600)
        const seen = yield* sql<Row>`SELECT id FROM rows ORDER BY id`.stream.pipe(
          Stream.mapEffect(({ id }) => sql.withTransaction(sql`UPDATE rows SET note = 'seen' WHERE id = ${id}`)),
          Stream.runCount
        )
        expect(seen).toBe(600)
        expect(yield* sql`SELECT count(*) AS n FROM rows WHERE note = 'seen'`).toEqual([{ n: 600 }])
      }).pipe(Effect.provide(layer))
    )

    it.live(`see what their own transaction has written, and allow statements in between (${name})`, () =>
      Effect.gen(function* () {
        const sql = yield* fill(300)
        const count = sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`INSERT INTO rows VALUES (1000, 'new')`
            return yield* sql<Row>`SELECT * FROM rows`.stream.pipe(
              Stream.mapEffect(({ id }) => sql`SELECT note FROM rows WHERE id = ${id}`),
              Stream.runCount
            )
          })
        )
        expect(yield* count).toBe(301)
      }).pipe(Effect.provide(layer))
    )

    it.live(`end early, fail with typed errors, and give nothing for no rows (${name})`, () =>
      Effect.gen(function* () {
        const sql = yield* fill(600)
        expect(yield* Stream.runCollect(Stream.take(sql<Row>`SELECT id FROM rows ORDER BY id`.stream, 2))).toEqual([
          { id: 1 },
          { id: 2 }
        ])
        expect(yield* Stream.runCollect(sql`SELECT * FROM rows WHERE id < 0`.stream)).toEqual([])
        const wrong = yield* Effect.flip(Stream.runDrain(sql`SELECT * FROM nowhere`.stream))
        expect(wrong.reason._tag).toBe("SqlSyntaxError")
        // Row 300 overflows: the rows before it have been given, then the stream fails.
        const late = sql<{
          readonly x: number
        }>`SELECT abs(CASE id WHEN 300 THEN -9223372036854775807 - 1 ELSE id END) AS x FROM rows`
        const exit = yield* Effect.exit(Stream.runDrain(late.stream))
        expect(Exit.isFailure(exit)).toBe(true)
        yield* sql`DELETE FROM rows`
      }).pipe(Effect.provide(layer))
    )
  }

  it.live("end once, whether their integers are narrowed or not, at any number of rows", () =>
    Effect.gen(function* () {
      const sql = yield* fill(600)
      for (const rows of [0, 1, 255, 256, 257, 512, 600]) {
        const count = Stream.runCount(sql`SELECT id, note FROM rows WHERE id <= ${rows}`.stream.pipe(Stream.take(1000)))
        const texts = Stream.runCount(sql`SELECT note FROM rows WHERE id <= ${rows}`.stream.pipe(Stream.take(1000)))
        expect([yield* count, yield* Effect.provideService(count, SqlClient.SafeIntegers, true), yield* texts]).toEqual(
          [rows, rows, rows]
        )
      }
    }).pipe(Effect.provide(TestSqlite.layerFile))
  )

  it.live("let go of their table when they end early", () =>
    Effect.gen(function* () {
      const sql = yield* fill(600)
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* Stream.runDrain(Stream.take(sql`SELECT * FROM rows`.stream, 1))
          yield* sql`DROP TABLE rows`
        })
      )
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.live("transform names like other statements", () =>
    Effect.gen(function* () {
      const sql = yield* fill(3)
      expect(yield* Stream.runCollect(sql`SELECT id FROM rows`.stream)).toEqual([{ ID: 1 }, { ID: 2 }, { ID: 3 }])
    }).pipe(Effect.provide(TestSqlite.layerFileWith({ transformResultNames: (name) => name.toUpperCase() })))
  )

  it.live("cannot write outside a transaction, where they read through a connection of their own", () =>
    Effect.gen(function* () {
      const sql = yield* fill(3)
      const error = yield* Effect.flip(Stream.runDrain(sql`DELETE FROM rows RETURNING id`.stream))
      expect(sqliteFailure(error)).toBe("ReadOnly")
      expect(yield* sql.withTransaction(Stream.runCount(sql`DELETE FROM rows RETURNING id`.stream))).toBe(3)
    }).pipe(Effect.provide(TestSqlite.layerFile))
  )

  it.live("survive the closing of their client, and leave nothing behind when interrupted", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* using({ filename: path })(fill(600))
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(SqliteClient.layer({ filename: path }), scope)
      const sql = Context.get(context, SqlClient.SqlClient)
      const started = yield* Deferred.make<void>()
      const closed = yield* Deferred.make<void>()
      const afterFirst = (rows: number) => (rows === 0 ? Effect.void : Deferred.await(closed))
      let rows = 0
      const counting = yield* sql`SELECT * FROM rows`.stream.pipe(
        Stream.runForEach(() =>
          Effect.andThen(
            Deferred.succeed(started, undefined),
            Effect.andThen(
              afterFirst(rows),
              Effect.sync(() => rows++)
            )
          )
        ),
        Effect.forkChild
      )
      const endless = yield* Effect.forkChild(Stream.runForEach(sql`SELECT * FROM rows`.stream, () => Effect.never))
      yield* Deferred.await(started)
      yield* Scope.close(scope, Exit.void)
      yield* Deferred.succeed(closed, undefined)
      yield* Fiber.join(counting)
      yield* Fiber.interrupt(endless)
      expect(rows).toBe(600)
      yield* using({ filename: path })(SqlClient.SqlClient.use((other) => other`DELETE FROM rows`))
      expect(existsSync(`${path}-wal`)).toBe(false)
    })
  )
})
