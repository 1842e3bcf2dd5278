import type { Comparison, Prepared } from "@saldo/house/Comparison"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as SqlClient from "effect/sql/SqlClient"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync, type SQLInputValue } from "node:sqlite"

type Row = {
  readonly id: bigint
  readonly title: string
  readonly amount: bigint
  readonly status: string
  readonly version: number
}

const TABLE = "CREATE TABLE loans (id BIGINT PRIMARY KEY, title TEXT, amount BIGINT, status TEXT, version INTEGER)"
const COLUMNS = `("id","title","amount","status","version")`

const rowOf = (id: number): Row => ({
  id: BigInt(id),
  title: `Loan number ${id}`,
  amount: BigInt(id) * 100n,
  status: "open",
  version: 1
})

const rowsFrom = (from: number, count: number): readonly [Row, ...Array<Row>] => [
  rowOf(from),
  ...Array.from({ length: count - 1 }, (_, i) => rowOf(from + 1 + i))
]

const folder = () => mkdtempSync(join(tmpdir(), "saldo-bench-"))

/** The same file, pragmas and table as the driver makes. */
const raw = (
  work: (database: DatabaseSync) => { readonly run: () => unknown; readonly operations: number }
): Prepared => {
  const path = folder()
  const database = new DatabaseSync(join(path, "raw.db"))
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
  database.exec(TABLE)
  const close = () => {
    database.close()
    rmSync(path, { recursive: true })
  }
  return { ...work(database), close }
}

const driver = async (
  work: (sql: SqlClient.SqlClient) => {
    readonly before?: Effect.Effect<unknown, unknown>
    readonly batch: Effect.Effect<unknown, unknown>
    readonly operations: number
  }
): Promise<Prepared> => {
  const path = folder()
  const runtime = ManagedRuntime.make(SqliteClient.layer({ filename: join(path, "driver.db") }))
  const sql = await runtime.runPromise(SqlClient.SqlClient)
  await runtime.runPromise(sql.unsafe(TABLE))
  const { before, batch, operations } = work(sql)
  if (before !== undefined) await runtime.runPromise(before)
  const close = async () => {
    await runtime.dispose()
    rmSync(path, { recursive: true })
  }
  return { run: () => runtime.runPromise(batch), operations, close }
}

const INSERT_100 = `INSERT INTO loans ${COLUMNS} VALUES ${Array.from({ length: 100 }, () => "(?,?,?,?,?)").join(",")}`
const BATCHES = 50

const fill = (database: DatabaseSync, count: number) => {
  database.exec("BEGIN IMMEDIATE")
  const insert = database.prepare(`INSERT INTO loans ${COLUMNS} VALUES (?,?,?,?,?)`)
  for (const row of rowsFrom(1, count)) insert.run(row.id, row.title, row.amount, row.status, row.version)
  database.exec("COMMIT")
}

const fillThrough = (sql: SqlClient.SqlClient, count: number) =>
  sql.withTransaction(
    Effect.forEach(
      Array.from({ length: count / 100 }, (_, i) => rowsFrom(i * 100 + 1, 100)),
      (rows) => sql`INSERT INTO loans ${sql.insert(rows)}`
    )
  )

const batchesFrom = (from: number) => Array.from({ length: BATCHES }, (_, i) => rowsFrom(from + i * 100, 100))

const inserts: Comparison = {
  id: "sqlite.insert100",
  goal: 0.5,
  subject: {
    name: "sql.insert of 100 rows, in a transaction",
    prepare: () => {
      let next = 1
      return driver((sql) => ({
        operations: BATCHES * 100,
        batch: Effect.suspend(() => {
          const batches = batchesFrom(next)
          next += BATCHES * 100
          return sql.withTransaction(
            Effect.forEach(batches, (rows) => sql`INSERT INTO loans ${sql.insert(rows)}`, { discard: true })
          )
        })
      }))
    }
  },
  anchor: {
    name: "node:sqlite, the same statements",
    prepare: () => {
      let next = 1
      return raw((database) => {
        const insert = database.prepare(INSERT_100)
        return {
          operations: BATCHES * 100,
          run: () => {
            const batches = batchesFrom(next)
            next += BATCHES * 100
            database.exec("BEGIN IMMEDIATE")
            for (const rows of batches) {
              const values: Array<SQLInputValue> = []
              for (const row of rows) values.push(row.id, row.title, row.amount, row.status, row.version)
              insert.run(...values)
            }
            database.exec("COMMIT")
          }
        }
      })
    }
  }
}

const SELECTS = 2000
const TABLE_SIZE = 10_000

const selectByKey: Comparison = {
  id: "sqlite.selectByKey",
  goal: 0.45,
  subject: {
    name: "sql`SELECT … WHERE id = ${id}`",
    prepare: () =>
      driver((sql) => ({
        before: fillThrough(sql, TABLE_SIZE),
        operations: SELECTS,
        batch: Effect.gen(function* () {
          for (let i = 0; i < SELECTS; i++) {
            yield* sql`SELECT * FROM loans WHERE id = ${((i * 7919) % TABLE_SIZE) + 1}`
          }
        })
      }))
  },
  anchor: {
    name: "node:sqlite, the same statement",
    prepare: () =>
      raw((database) => {
        fill(database, TABLE_SIZE)
        const select = database.prepare("SELECT * FROM loans WHERE id = ?")
        select.setReadBigInts(true)
        return {
          operations: SELECTS,
          run: () => {
            for (let i = 0; i < SELECTS; i++) select.all(((i * 7919) % TABLE_SIZE) + 1)
          }
        }
      })
  }
}

const selectMany: Comparison = {
  id: "sqlite.select10000",
  goal: 0.85,
  subject: {
    name: "sql`SELECT` of 10,000 rows",
    prepare: () =>
      driver((sql) => ({
        before: fillThrough(sql, TABLE_SIZE),
        operations: TABLE_SIZE,
        batch: sql`SELECT * FROM loans`
      }))
  },
  anchor: {
    name: "node:sqlite, the same statement",
    prepare: () =>
      raw((database) => {
        fill(database, TABLE_SIZE)
        const select = database.prepare("SELECT * FROM loans")
        select.setReadBigInts(true)
        return { operations: TABLE_SIZE, run: () => select.all() }
      })
  }
}

const COMMITS = 100

/** A statement outside a transaction is a transaction of its own. */
const durableInsert: Comparison = {
  id: "sqlite.durableInsert",
  goal: 0.9,
  subject: {
    name: "one row per transaction, synchronous=FULL",
    prepare: () => {
      let next = 1
      return driver((sql) => ({
        operations: COMMITS,
        batch: Effect.gen(function* () {
          for (let i = 0; i < COMMITS; i++) yield* sql`INSERT INTO loans ${sql.insert(rowOf(next++))}`
        })
      }))
    }
  },
  anchor: {
    name: "node:sqlite, the same statement, synchronous=FULL",
    prepare: () => {
      let next = 1
      return raw((database) => {
        const insert = database.prepare(`INSERT INTO loans ${COLUMNS} VALUES (?,?,?,?,?)`)
        return {
          operations: COMMITS,
          run: () => {
            for (let i = 0; i < COMMITS; i++) {
              const row = rowOf(next++)
              insert.run(row.id, row.title, row.amount, row.status, row.version)
            }
          }
        }
      })
    }
  }
}

/**
 * What Effect's `withTransaction` adds is about 10 microseconds, so the ratio tells how fast the disk flushes: it is
 * above 0.9 from 150 microseconds per commit on.
 */
const durableTransaction: Comparison = {
  id: "sqlite.durableTransaction",
  goal: 0.75,
  subject: {
    name: "sql.withTransaction of one row, synchronous=FULL",
    prepare: () => {
      let next = 1
      return driver((sql) => ({
        operations: COMMITS,
        batch: Effect.gen(function* () {
          for (let i = 0; i < COMMITS; i++) {
            yield* sql.withTransaction(sql`INSERT INTO loans ${sql.insert(rowOf(next++))}`)
          }
        })
      }))
    }
  },
  anchor: {
    name: "node:sqlite, the same statements, synchronous=FULL",
    prepare: () => {
      let next = 1
      return raw((database) => {
        const begin = database.prepare("BEGIN IMMEDIATE")
        const insert = database.prepare(`INSERT INTO loans ${COLUMNS} VALUES (?,?,?,?,?)`)
        const commit = database.prepare("COMMIT")
        return {
          operations: COMMITS,
          run: () => {
            for (let i = 0; i < COMMITS; i++) {
              const row = rowOf(next++)
              begin.run()
              insert.run(row.id, row.title, row.amount, row.status, row.version)
              commit.run()
            }
          }
        }
      })
    }
  }
}

/** The driver against `node:sqlite` itself, with the same statements, pragmas and kind of file. */
const comparisons: ReadonlyArray<Comparison> = [inserts, selectByKey, selectMany, durableInsert, durableTransaction]

export default comparisons
