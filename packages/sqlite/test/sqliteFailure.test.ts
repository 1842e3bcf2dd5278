import { describe, expect, it } from "@effect/vitest"
import { sqliteFailure, sqliteResultCode, violatedColumns } from "@saldo/sqlite/sqliteFailure"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Exit from "effect/Exit"
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { filename, folder, using } from "./files.ts"

const create = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE rows (id BIGINT PRIMARY KEY, a TEXT UNIQUE, b INTEGER NOT NULL DEFAULT 0 CHECK (b >= 0), c TEXT)`
  return sql
})
const touch = SqlClient.SqlClient.use((sql) => sql`SELECT count(*) FROM sqlite_schema`)
const opening = (path: string, readonly = false) => Effect.flip(using({ filename: path, readonly })(touch))

/** What a caller may rely on: the reason of Effect, and ours, which is finer. */
const named = (error: SqlError) => [error.reason._tag, sqliteFailure(error)]

describe("statements that fail", () => {
  it.live("name the unique constraint and its columns, for a key, an index and a rowid", () =>
    Effect.gen(function* () {
      const sql = yield* create
      yield* sql`CREATE TABLE plain (id INTEGER PRIMARY KEY, x TEXT, y TEXT)`
      yield* sql`CREATE TABLE pair (x TEXT, y TEXT, PRIMARY KEY (x, y))`
      yield* sql`CREATE UNIQUE INDEX folded ON plain (lower(x))`
      yield* sql`INSERT INTO rows (id, a) VALUES (1, 'a')`
      yield* sql`INSERT INTO plain VALUES (1, 'X', 'y')`
      yield* sql`INSERT INTO pair VALUES ('x', 'y')`
      const violations = yield* Effect.forEach(
        [
          sql`INSERT INTO rows (id) VALUES (1)`,
          sql`INSERT INTO rows (id, a) VALUES (2, 'a')`,
          sql`INSERT INTO plain VALUES (1, 'z', 'z')`,
          sql`INSERT INTO pair VALUES ('x', 'y')`,
          sql`INSERT INTO plain VALUES (2, 'x', 'z')`,
          sql`INSERT INTO plain (rowid, x) VALUES (1, 'w')`
        ],
        (statement) => Effect.flip(statement)
      )
      expect(
        violations.map((error) => (error.reason._tag === "UniqueViolation" ? error.reason.constraint : error))
      ).toEqual(["rows.id", "rows.a", "plain.id", "pair.x, pair.y", "folded", "plain.id"])
      expect(violations.map(violatedColumns)).toEqual([
        ["rows.id"],
        ["rows.a"],
        ["plain.id"],
        ["pair.x", "pair.y"],
        [],
        ["plain.id"]
      ])
      expect(violations.map(sqliteResultCode)).toEqual([1555, 2067, 1555, 1555, 2067, 1555])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.live("tell a rowid clash (2579) like any unique violation", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE heap (x TEXT)`
      yield* sql`INSERT INTO heap (rowid, x) VALUES (1, 'a')`
      const error = yield* Effect.flip(sql`INSERT INTO heap (rowid, x) VALUES (1, 'b')`)
      expect([sqliteResultCode(error), error.reason._tag]).toEqual([2579, "UniqueViolation"])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.live("fail once: the same statement then runs with other values", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE heap (id INTEGER PRIMARY KEY)`
      const insert = (id: number) => sql`INSERT INTO heap VALUES (${id}) RETURNING *`
      yield* insert(1)
      expect((yield* Effect.flip(insert(1))).reason._tag).toBe("UniqueViolation")
      expect(yield* insert(2)).toEqual([{ id: 2 }])
      const negated = (id: bigint) => sql`SELECT abs(${id}) AS x, * FROM heap WHERE id = 1`
      expect((yield* Effect.flip(negated(-(2n ** 63n)))).reason._tag).toBe("SqlSyntaxError")
      expect(yield* negated(-3n)).toEqual([{ x: 3, id: 1 }])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.live("tell other constraints, wrong text and wrong parameters apart", () =>
    Effect.gen(function* () {
      const sql = yield* create
      const fail = (statement: Effect.Effect<unknown, SqlError>) => Effect.map(Effect.flip(statement), named)
      expect(yield* fail(sql`INSERT INTO rows (id, b) VALUES (1, -1)`)).toEqual(["ConstraintError", "Constraint"])
      expect(yield* fail(sql`INSERT INTO rows (id, b) VALUES (1, NULL)`)).toEqual(["ConstraintError", "Constraint"])
      expect(yield* fail(sql`SELEC 1`)).toEqual(["SqlSyntaxError", "Statement"])
      expect(yield* fail(sql`SELECT * FROM nowhere`)).toEqual(["SqlSyntaxError", "Statement"])
      for (const nothing of ["", " ;", "-- nothing", "/* nothing */ ; -- at all", "/* no end"]) {
        expect(yield* fail(sql.unsafe(nothing))).toEqual(["UnknownError", "Parameter"])
      }
      expect(yield* sql.unsafe("SELECT 1 AS one ;; -- nothing more")).toEqual([{ one: 1 }])
      expect(yield* fail(sql.unsafe("SELECT ?", [1, 2]))).toEqual(["UnknownError", "Parameter"])
      expect(yield* fail(sql`SELECT ${{ a: 1 }}`)).toEqual(["UnknownError", "Parameter"])
      expect(sqliteFailure(new Error("elsewhere"))).toBeUndefined()
      expect(violatedColumns(undefined)).toEqual([])
    }).pipe(Effect.provide(TestSqlite.layer))
  )
})

describe("files that are not as they should be", () => {
  it.live("a folder that does not exist, and a folder in place of a file", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const missing = yield* opening(join(path, "missing", "x.db"))
      expect(named(missing)).toEqual(["ConnectionError", "CannotOpen"])
      expect(missing.message).toContain(join(path, "missing", "x.db"))
      expect(named(yield* opening(path))).toEqual(["ConnectionError", "CannotOpen"])
      expect(named(yield* opening(join(path, "x.db"), true))).toEqual(["ConnectionError", "CannotOpen"])
      expect(existsSync(join(path, "x.db"))).toBe(false)
    })
  )

  it.live("a file that is no database, and one whose header is destroyed", () =>
    Effect.gen(function* () {
      const path = yield* filename
      writeFileSync(path, "This is a letter, not a database. ".repeat(200))
      for (const readonly of [false, true]) {
        const error = yield* opening(path, readonly)
        expect(named(error)).toEqual(["UnknownError", "NotADatabase"])
        expect(error.message).toContain(`Cannot open the database ${path}`)
      }
      expect(readFileSync(path, "utf8")).toContain("This is a letter")
      const damaged = join(dirname(path), "damaged.db")
      yield* using({ filename: damaged })(create)
      writeFileSync(damaged, Buffer.concat([Buffer.alloc(16, 7), readFileSync(damaged).subarray(16)]))
      expect(named(yield* opening(damaged))).toEqual(["UnknownError", "NotADatabase"])
    })
  )

  it.live("a damaged page, found when it is read", () =>
    Effect.gen(function* () {
      const path = yield* filename
      const fill = Effect.gen(function* () {
        const sql = yield* create
        for (let i = 0; i < 200; i++) yield* sql`INSERT INTO rows (id, c) VALUES (${i}, ${"x".repeat(500)})`
      })
      yield* using({ filename: path })(Effect.andThen(SqlClient.SqlClient, (sql) => sql.withTransaction(fill)))
      const bytes = readFileSync(path)
      writeFileSync(path, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xff)]))
      const error = yield* Effect.flip(
        using({ filename: path })(SqlClient.SqlClient.use((sql) => sql`SELECT * FROM rows`))
      )
      expect(named(error)).toEqual(["UnknownError", "Corrupt"])
    })
  )

  it.live("a database that was opened for reading", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* using({ filename: path })(create)
      const write = SqlClient.SqlClient.use((sql) => sql`INSERT INTO rows (id) VALUES (1)`)
      const error = yield* Effect.flip(using({ filename: path, readonly: true })(write))
      expect(named(error)).toEqual(["AuthorizationError", "ReadOnly"])
      expect(error.isRetryable).toBe(false)
    })
  )

  it.live("a file that may not be read, and one that may not be written", (context) =>
    Effect.gen(function* () {
      const nobody = 65_534
      const path = yield* filename
      yield* using({ filename: path })(create)
      chmodSync(dirname(path), 0o755)
      const root = process.getuid?.() === 0
      if (root && process.seteuid === undefined)
        return context.skip("root may read everything, and cannot step down here")
      /** Root ignores permissions, so root opens the file as somebody else. Opening is synchronous. */
      const asNobody = (mode: number) => {
        chmodSync(path, mode)
        if (root) process.seteuid?.(nobody)
        try {
          return Effect.runSyncExit(Effect.flip(using({ filename: path })(touch)))
        } finally {
          if (root) process.seteuid?.(0)
        }
      }
      expect(Exit.map(asNobody(0o000), named)).toEqual(Exit.succeed(["ConnectionError", "CannotOpen"]))
      expect(Exit.map(asNobody(0o444), named)).toEqual(Exit.succeed(["AuthorizationError", "ReadOnly"]))
    })
  )
})

describe("a disk that is full", () => {
  const fill = (sql: SqlClient.SqlClient) =>
    Effect.forEach(
      Array.from({ length: 4000 }, (_, i) => i),
      (i) => sql`INSERT INTO rows (id, c) VALUES (${i}, ${"x".repeat(1000)})`,
      { discard: true }
    )
  const count = (sql: SqlClient.SqlClient) => sql`SELECT count(*) AS n FROM rows`

  it.live("rolls the transaction back and leaves the database usable (max_page_count)", () =>
    Effect.gen(function* () {
      const sql = yield* create
      yield* sql`INSERT INTO rows (id) VALUES (-1)`
      yield* sql`PRAGMA max_page_count = 50`
      const error = yield* Effect.flip(sql.withTransaction(fill(sql)))
      expect(named(error)).toEqual(["UnknownError", "DiskFull"])
      expect(yield* count(sql)).toEqual([{ n: 1 }])
      yield* sql`INSERT INTO rows (id) VALUES (-2)`
    }).pipe(Effect.provide(TestSqlite.layerFile))
  )

  it.live("rolls the transaction back and leaves the database usable (a small tmpfs)", (context) =>
    Effect.gen(function* () {
      const path = join(yield* folder, "disk")
      mkdirSync(path)
      const mounted = yield* Effect.acquireRelease(
        Effect.sync(() => spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path]).status === 0),
        (yes) => Effect.sync(() => (yes ? spawnSync("umount", [path]) : undefined))
      )
      if (!mounted) return context.skip("this user may not mount a tmpfs")
      yield* Effect.gen(function* () {
        const sql = yield* create
        yield* sql`INSERT INTO rows (id) VALUES (-1)`
        const error = yield* Effect.flip(sql.withTransaction(fill(sql)))
        expect(["DiskFull", "InputOutput"]).toContain(sqliteFailure(error))
        expect(yield* count(sql)).toEqual([{ n: 1 }])
        yield* sql`INSERT INTO rows (id) VALUES (-2)`
        expect(yield* count(sql)).toEqual([{ n: 2 }])
      }).pipe(using({ filename: join(path, "x.db") }))
    })
  )
})
