import { describe, expect, it } from "@effect/vitest"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Config from "effect/Config"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { existsSync } from "node:fs"
import { filename, using } from "./files.ts"

const createRows = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE rows (id INTEGER PRIMARY KEY, note TEXT)`
  return sql
})

const ids = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: number }>`SELECT id FROM rows ORDER BY id`
  return rows.map(({ id }) => id)
})

const insert = (id: number) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql`INSERT INTO rows (id) VALUES (${id})`)

for (const [name, layer] of Object.entries({ "in memory": TestSqlite.layer, "in a file": TestSqlite.layerFile })) {
  describe(`SqliteClient (${name})`, () => {
    it.live("commits a success, and rolls back a failure, a defect and an interruption", () =>
      Effect.gen(function* () {
        const sql = yield* createRows
        yield* sql.withTransaction(insert(1))
        const failure = yield* Effect.exit(sql.withTransaction(Effect.andThen(insert(2), Effect.fail("no"))))
        const defect = yield* Effect.exit(sql.withTransaction(Effect.andThen(insert(3), Effect.die("bug"))))
        const inside = yield* Deferred.make<void>()
        const fiber = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.andThen(insert(4), Effect.andThen(Deferred.succeed(inside, undefined), Effect.never))
          )
        )
        yield* Deferred.await(inside)
        yield* Fiber.interrupt(fiber)
        expect([failure, defect].map(Exit.isFailure)).toEqual([true, true])
        expect(yield* ids).toEqual([1])
      }).pipe(Effect.provide(layer))
    )

    it.live("nests transactions as savepoints: an inner one may fail alone, an outer one takes all with it", () =>
      Effect.gen(function* () {
        const sql = yield* createRows
        const inner = (id: number) => sql.withTransaction(Effect.andThen(insert(id), Effect.fail("inner")))
        yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* insert(1)
            yield* Effect.ignore(inner(2))
            yield* sql.withTransaction(Effect.andThen(insert(3), Effect.ignore(inner(4))))
          })
        )
        expect(yield* ids).toEqual([1, 3])
        yield* Effect.ignore(sql.withTransaction(Effect.andThen(sql.withTransaction(insert(5)), Effect.fail("outer"))))
        expect(yield* ids).toEqual([1, 3])
      }).pipe(Effect.provide(layer))
    )

    it.live("runs what waits for the commit after it, and forgets what was rolled back", () =>
      Effect.gen(function* () {
        const sql = yield* createRows
        const ran: Array<string> = []
        const after = (label: string) => sql.afterCommit(Effect.sync(() => void ran.push(label)))
        yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* after("outer")
            yield* Effect.ignore(sql.withTransaction(Effect.andThen(after("lost savepoint"), Effect.fail("no"))))
            yield* sql.withTransaction(after("inner"))
            expect(ran).toEqual([])
          })
        )
        yield* Effect.ignore(sql.withTransaction(Effect.andThen(after("lost"), Effect.fail("no"))))
        expect(ran).toEqual(["outer", "inner"])
      }).pipe(Effect.provide(layer))
    )

    it.live("enforces foreign keys, at the commit when they are deferred, and is usable afterwards", () =>
      Effect.gen(function* () {
        const sql = yield* createRows
        yield* sql`CREATE TABLE parts (row_id INTEGER NOT NULL REFERENCES rows (id) DEFERRABLE INITIALLY DEFERRED)`
        const orphan = yield* Effect.flip(sql`INSERT INTO parts VALUES (9)`)
        expect(orphan.reason._tag).toBe("ConstraintError")
        const atCommit = yield* Effect.flip(
          sql.withTransaction(Effect.andThen(sql`INSERT INTO parts VALUES (9)`, insert(1)))
        )
        expect(atCommit.reason._tag).toBe("ConstraintError")
        expect(yield* ids).toEqual([])
        yield* sql.withTransaction(Effect.andThen(sql`INSERT INTO parts VALUES (2)`, insert(2)))
        expect(yield* ids).toEqual([2])
      }).pipe(Effect.provide(layer))
    )

    it.live("keeps the statements of others out of a transaction", () =>
      Effect.gen(function* () {
        const sql = yield* createRows
        const inside = yield* Deferred.make<void>()
        const fiber = yield* Effect.forkChild(
          Effect.ignore(
            sql.withTransaction(
              Effect.andThen(
                insert(1),
                Effect.andThen(Deferred.succeed(inside, undefined), Effect.andThen(Effect.sleep(20), Effect.fail("no")))
              )
            )
          )
        )
        yield* Deferred.await(inside)
        yield* insert(2)
        yield* Fiber.join(fiber)
        expect(yield* ids).toEqual([2])
      }).pipe(Effect.provide(layer))
    )

    it.live("gives each of 50 concurrent transactions what it wrote itself", () =>
      Effect.gen(function* () {
        const sql = yield* createRows
        yield* insert(0)
        const increment = sql.withTransaction(
          Effect.gen(function* () {
            const [row] = yield* sql<{ readonly note: string | null }>`SELECT note FROM rows WHERE id = 0`
            yield* Effect.yieldNow
            yield* sql`UPDATE rows SET note = ${String(Number(row?.note ?? 0) + 1)} WHERE id = 0`
          })
        )
        yield* Effect.all(
          Array.from({ length: 50 }, () => increment),
          { concurrency: "unbounded" }
        )
        expect(yield* sql`SELECT note FROM rows`).toEqual([{ note: "50" }])
      }).pipe(Effect.provide(layer))
    )

    it.live("lets a transaction be begun and ended by hand", () =>
      Effect.gen(function* () {
        const sql = yield* createRows
        yield* sql`BEGIN IMMEDIATE`
        yield* insert(1)
        yield* sql`ROLLBACK`
        yield* sql.withTransaction(insert(2))
        expect(yield* ids).toEqual([2])
      }).pipe(Effect.provide(layer))
    )

    it.live("gives raw results, values and unprepared results", () =>
      Effect.gen(function* () {
        const sql = yield* createRows
        expect(yield* sql`INSERT INTO rows VALUES (1, 'a'), (2, 'b')`.raw).toEqual({ changes: 2, lastInsertRowid: 2n })
        expect(yield* sql`SELECT * FROM rows`.raw).toEqual([
          { id: 1, note: "a" },
          { id: 2, note: "b" }
        ])
        expect(yield* sql`SELECT note, id FROM rows`.values).toEqual([
          ["a", 1],
          ["b", 2]
        ])
        expect(yield* sql`SELECT note, id FROM rows`.valuesUnprepared).toEqual([
          ["a", 1],
          ["b", 2]
        ])
        expect(yield* sql`SELECT id FROM rows`.unprepared).toEqual([{ id: 1 }, { id: 2 }])
        expect(yield* sql`INSERT INTO rows VALUES (3, 'c') RETURNING id, note`).toEqual([{ id: 3, note: "c" }])
      }).pipe(Effect.provide(layer))
    )
  })
}

describe("SqliteClient (opening and closing)", () => {
  it.live("logs ahead, syncs fully and checks foreign keys, unless told otherwise", () =>
    Effect.gen(function* () {
      const path = yield* filename
      const pragmas = Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const read = (name: string) => Effect.map(sql.unsafe(`PRAGMA ${name}`).values, (rows) => rows[0]?.[0])
        return yield* Effect.forEach(["journal_mode", "synchronous", "foreign_keys", "busy_timeout"], read)
      })
      expect(yield* using({ filename: path, disableWAL: true, synchronous: "normal" })(pragmas)).toEqual([
        "delete",
        1,
        1,
        0
      ])
      expect(yield* using({ filename: path })(pragmas)).toEqual(["wal", 2, 1, 0])
    })
  )

  it.live("leaves one complete file behind", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* using({ filename: path })(Effect.andThen(createRows, insert(1)))
      expect([path, `${path}-wal`, `${path}-shm`].map(existsSync)).toEqual([true, false, false])
      expect(yield* using({ filename: path, readonly: true })(ids)).toEqual([1])
    })
  )

  it.live("says that it is closed instead of crashing", () =>
    Effect.gen(function* () {
      const sql = yield* using({ filename: ":memory:" })(SqlClient.SqlClient)
      const error = yield* Effect.flip(sql`SELECT 1`)
      expect(error.message).toContain("not open")
    })
  )

  it.live("reads its options from the configuration", () =>
    Effect.gen(function* () {
      const path = yield* filename
      const layer = SqliteClient.layerConfig({ filename: Config.String("DATABASE") })
      const provider = ConfigProvider.layer(ConfigProvider.fromUnknown({ DATABASE: path }))
      yield* Effect.provide(createRows, Layer.provide(layer, provider))
      expect(existsSync(path)).toBe(true)
    })
  )

  it.live("translates names both ways", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE ${sql("loanParts")} (${sql("partId")} INTEGER)`
      yield* sql`INSERT INTO ${sql("loanParts")} ${sql.insert({ partId: 7 })}`
      expect(yield* sql`SELECT * FROM loan_parts`).toEqual([{ partId: 7 }])
      expect(yield* sql`SELECT * FROM loan_parts`.withoutTransform).toEqual([{ part_id: 7 }])
    }).pipe(
      using({
        filename: ":memory:",
        transformQueryNames: (name) => name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`),
        transformResultNames: (name) => name.replace(/_[a-z]/gu, (pair) => pair.slice(1).toUpperCase())
      })
    )
  )

  it.live("runs one statement per call, and says so", () =>
    Effect.gen(function* () {
      const sql = yield* createRows
      const error = yield* Effect.flip(sql`INSERT INTO rows VALUES (1, 'a'); DELETE FROM rows`)
      expect(error.reason._tag).toBe("SqlSyntaxError")
      expect(error.message).toContain("more than one")
      yield* sql`INSERT INTO rows VALUES (1, 'a'); -- a remark is no statement`
      expect(yield* ids).toEqual([1])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.live("evicts the statement that was unused longest, and works with no cache at all", () =>
    Effect.gen(function* () {
      for (const prepareCacheSize of [0, 2]) {
        yield* Effect.gen(function* () {
          const sql = yield* createRows
          for (let round = 0; round < 3; round++) {
            for (let i = 0; i < 5; i++) {
              expect(yield* sql.unsafe(`SELECT ${i} AS i`)).toEqual([{ i }])
            }
          }
        }).pipe(using({ filename: ":memory:", prepareCacheSize }))
      }
    })
  )

  it.live("looks at the columns again after a change of the schema", () =>
    Effect.gen(function* () {
      const sql = yield* createRows
      const all = sql`SELECT * FROM rows`
      yield* insert(1)
      expect(yield* all).toEqual([{ id: 1, note: null }])
      yield* sql`ALTER TABLE rows ADD COLUMN amount BIGINT DEFAULT 5`
      expect(yield* all).toEqual([{ id: 1, note: null, amount: 5n }])
      const undone = sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`ALTER TABLE rows ADD COLUMN more BIGINT DEFAULT 6`
          expect(yield* all).toEqual([{ id: 1, note: null, amount: 5n, more: 6n }])
          return yield* Effect.fail("no")
        })
      )
      yield* Effect.ignore(undone)
      expect(yield* all).toEqual([{ id: 1, note: null, amount: 5n }])
      // As many columns as before, so that nothing but the change itself tells.
      const notes = sql`SELECT note FROM rows`
      expect(yield* notes).toEqual([{ note: null }])
      yield* sql`ALTER TABLE rows DROP COLUMN note`
      yield* sql`ALTER TABLE rows ADD COLUMN note BIGINT DEFAULT 7`
      expect(yield* notes).toEqual([{ note: 7n }])
      expect(yield* all).toEqual([{ id: 1, amount: 5n, note: 7n }])
      yield* sql`ALTER TABLE rows DROP COLUMN note`
      yield* sql`ALTER TABLE rows ADD COLUMN note TEXT`
      expect(yield* all).toEqual([{ id: 1, amount: 5n, note: null }])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.live("looks at the columns again after another connection changed the schema", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* Effect.gen(function* () {
        const sql = yield* createRows
        const all = sql`SELECT * FROM rows`
        const returning = sql`UPDATE rows SET note = 'x' RETURNING *`
        yield* insert(1)
        expect([yield* all, yield* returning]).toEqual([[{ id: 1, note: null }], [{ id: 1, note: "x" }]])
        const elsewhere = (change: string) =>
          using({ filename: path })(SqlClient.SqlClient.use((other) => other.unsafe(change)))
        yield* elsewhere("ALTER TABLE rows ADD COLUMN amount BIGINT DEFAULT 5")
        expect(yield* all).toEqual([{ id: 1, note: "x", amount: 5n }])
        expect(yield* returning).toEqual([{ id: 1, note: "x", amount: 5n }])
        expect(yield* all).toEqual([{ id: 1, note: "x", amount: 5n }])
        expect(yield* all.values).toEqual([[1, "x", 5n]])
        yield* elsewhere("ALTER TABLE rows ADD COLUMN more")
        yield* elsewhere("UPDATE rows SET more = 6")
        expect(yield* all.values).toEqual([[1, "x", 5n, 6]])
        yield* elsewhere("ALTER TABLE rows DROP COLUMN amount")
        expect(yield* returning).toEqual([{ id: 1, note: "x", more: 6 }])
        expect(yield* all).toEqual([{ id: 1, note: "x", more: 6 }])
        yield* elsewhere("ALTER TABLE rows DROP COLUMN more")
        expect(yield* all.values).toEqual([[1, "x"]])
      }).pipe(using({ filename: path }))
    })
  )

  it.live("lets two clients of a file read and then write in turn, without a failure", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* using({ filename: path })(Effect.andThen(createRows, insert(0)))
      const increments = Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        for (let i = 0; i < 20; i++) {
          yield* sql.withTransaction(
            Effect.gen(function* () {
              const [row] = yield* sql<{ readonly note: string | null }>`SELECT note FROM rows WHERE id = 0`
              yield* Effect.sleep(0)
              yield* sql`UPDATE rows SET note = ${String(Number(row?.note ?? 0) + 1)} WHERE id = 0`
            })
          )
        }
      })
      const client = using({ filename: path, synchronous: "off", busyTimeout: "20 seconds" })
      yield* Effect.all([client(increments), client(increments)], { concurrency: 2 })
      const note = SqlClient.SqlClient.use((sql) => sql`SELECT note FROM rows`)
      expect(yield* using({ filename: path })(note)).toEqual([{ note: "40" }])
    })
  )
})
