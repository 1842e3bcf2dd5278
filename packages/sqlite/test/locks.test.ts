import { describe, expect, it } from "@effect/vitest"
import { sqliteFailure } from "@saldo/sqlite/sqliteFailure"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as SqlClient from "effect/sql/SqlClient"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { filename, using } from "./files.ts"

const program = fileURLToPath(new URL("lockHolder.ts", import.meta.url))

/** Another process that has begun a transaction; it commits when told to, or with the scope. */
const lockedBy = (path: string, begin: string) =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [program, path, begin], { stdio: ["pipe", "pipe", "inherit"] })),
      (running) =>
        Effect.promise(async () => {
          running.stdin.end()
          if (running.exitCode === null) await once(running, "exit")
        })
    )
    yield* Effect.promise(() => once(child.stdout, "data"))
    return { release: Effect.sync(() => child.stdin.end()) }
  })

const create = SqlClient.SqlClient.use((sql) => sql`CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY)`)

describe("a lock that another process holds", () => {
  for (const begin of ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"]) {
    it.live(`is waited for with the event loop running on (${begin})`, () =>
      Effect.gen(function* () {
        const path = yield* filename
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* create
          const other = yield* lockedBy(path, begin)
          const writes = yield* Effect.forkChild(
            Effect.all([sql`INSERT INTO rows VALUES (1)`, sql.withTransaction(sql`INSERT INTO rows VALUES (2)`)], {
              concurrency: 2
            })
          )
          // Were the event loop blocked, these naps would never end, and the lock never be released.
          for (let nap = 0; nap < 10; nap++) yield* Effect.sleep("5 millis")
          expect(writes.pollUnsafe()).toBeUndefined()
          expect(yield* sql`SELECT count(*) AS n FROM rows`).toEqual([{ n: 0 }])
          yield* other.release
          yield* Fiber.join(writes)
          expect(yield* sql`SELECT count(*) AS n FROM rows`).toEqual([{ n: 2 }])
        }).pipe(using({ filename: path }))
      })
    )
  }

  it.live("is given up after the busy timeout, as an error that may be retried", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* create
        const other = yield* lockedBy(path, "BEGIN IMMEDIATE")
        const statement = yield* Effect.flip(sql`INSERT INTO rows VALUES (1)`)
        const transaction = yield* Effect.flip(sql.withTransaction(sql`INSERT INTO rows VALUES (1)`))
        for (const error of [statement, transaction]) {
          expect(error.reason._tag).toBe("LockTimeoutError")
          expect(error.isRetryable).toBe(true)
          expect(sqliteFailure(error)).toBe("Busy")
        }
        yield* other.release
        yield* sql`INSERT INTO rows VALUES (1)`.pipe(Effect.retry({ times: 100 }))
      }).pipe(using({ filename: path, busyTimeout: "30 millis" }))
    })
  )

  it.live("stops being waited for when the caller is interrupted", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* create
        const other = yield* lockedBy(path, "BEGIN IMMEDIATE")
        const waiting = yield* Effect.forkChild(sql.withTransaction(sql`INSERT INTO rows VALUES (1)`))
        yield* Effect.sleep("20 millis")
        yield* Fiber.interrupt(waiting)
        yield* other.release
        yield* sql`INSERT INTO rows VALUES (2)`
        expect(yield* sql`SELECT id FROM rows`).toEqual([{ id: 2 }])
      }).pipe(using({ filename: path, busyTimeout: "1 minute" }))
    })
  )

  it.live("is waited for when opening, too", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* using({ filename: path, disableWAL: true })(create)
      const other = yield* lockedBy(path, "BEGIN EXCLUSIVE")
      const refused = yield* Effect.flip(using({ filename: path, busyTimeout: "20 millis" })(create))
      expect(sqliteFailure(refused)).toBe("Busy")
      expect(refused.message).toContain(path)
      const opening = yield* Effect.forkChild(using({ filename: path })(create))
      yield* Effect.sleep("20 millis")
      expect(opening.pollUnsafe()).toBeUndefined()
      yield* other.release
      yield* Fiber.join(opening)
    })
  )
})

describe("a read transaction that wants to write after somebody else has", () => {
  it.live("fails as a serialisation error, for waiting would not help", () =>
    Effect.gen(function* () {
      const path = yield* filename
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* create
        const readThenWrite = sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`SELECT count(*) FROM rows`
            yield* using({ filename: path })(SqlClient.SqlClient.use((other) => other`INSERT INTO rows VALUES (1)`))
            yield* sql`INSERT INTO rows VALUES (2)`
          })
        )
        const error = yield* Effect.flip(
          Effect.provideService(readThenWrite, SqlClient.BeginTransaction, "BEGIN DEFERRED")
        )
        expect(error.reason._tag).toBe("SerializationError")
        expect(sqliteFailure(error)).toBe("StaleSnapshot")
        yield* sql.withTransaction(sql`INSERT INTO rows VALUES (2)`)
      }).pipe(using({ filename: path }))
    })
  )
})
