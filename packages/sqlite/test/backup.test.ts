import { describe, expect, it } from "@effect/vitest"
import { SqliteClient } from "@saldo/sqlite/SqliteClient"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as SqlClient from "effect/sql/SqlClient"
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { folder, using } from "./files.ts"

const create = Effect.gen(function* () {
  const sql = yield* SqliteClient
  yield* sql`CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance BIGINT NOT NULL, note TEXT)`
  yield* sql`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)
    INSERT INTO accounts SELECT n, 100, hex(randomblob(200)) FROM numbers`
  return sql
})

const total = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  expect(yield* sql`PRAGMA integrity_check`).toEqual([{ integrity_check: "ok" }])
  return yield* sql`SELECT sum(balance) AS total FROM accounts`
})

describe("backup", () => {
  it.live("is the whole database as of one moment, while others write", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const sql = yield* create
      let moves = 0
      const move = sql.withTransaction(
        Effect.gen(function* () {
          const [from, to] = [(moves % 5000) + 1, ((moves * 7) % 5000) + 1]
          yield* sql`UPDATE accounts SET balance = balance - 1 WHERE id = ${from}`
          yield* sql`UPDATE accounts SET balance = balance + 1 WHERE id = ${to}`
          moves++
        })
      )
      const writer = yield* Effect.forkChild(Effect.forever(Effect.andThen(move, Effect.sleep(0))))
      for (let i = 0; i < 5; i++) {
        const destination = join(path, `copy-${i}.db`)
        const before = moves
        expect(yield* sql.backup(destination)).toBeGreaterThan(100)
        expect(yield* using({ filename: destination })(total)).toEqual([{ total: 500_000 }])
        yield* Effect.repeat(Effect.sleep(1), { until: () => moves > before })
      }
      yield* Fiber.interrupt(writer)
      expect(readdirSync(path).filter((name) => name.includes("partial"))).toEqual([])
    }).pipe(Effect.provide(TestSqlite.layerFileWith({ synchronous: "off" })))
  )

  it.live("replaces an older backup, and works from memory", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const destination = join(path, "copy.db")
      writeFileSync(destination, "older")
      const sql = yield* create
      yield* sql.backup(destination)
      expect(yield* using({ filename: destination })(total)).toEqual([{ total: 500_000 }])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.live("leaves the older backup whole when it cannot be completed", () =>
    Effect.gen(function* () {
      const destination = join(yield* folder, "copy.db")
      const sql = yield* create
      yield* sql.backup(destination)
      mkdirSync(`${destination}.partial`)
      expect((yield* Effect.flip(sql.backup(destination))).message).toContain(destination)
      expect(yield* using({ filename: destination })(total)).toEqual([{ total: 500_000 }])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.live("fails with the path, and leaves nothing behind, when the destination cannot be written", () =>
    Effect.gen(function* () {
      const destination = join(yield* folder, "missing", "copy.db")
      const sql = yield* create
      const error = yield* Effect.flip(sql.backup(destination))
      expect(error.message).toContain(destination)
      expect(existsSync(destination)).toBe(false)
      expect(yield* total).toEqual([{ total: 500_000 }])
    }).pipe(Effect.provide(TestSqlite.layerFile))
  )
})
