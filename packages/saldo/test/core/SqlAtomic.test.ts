import * as TestPostgres from "@saldo/testing/TestPostgres"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Dialect from "saldo/sql/Dialect"

const level = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly transaction_isolation: string }>`SHOW transaction_isolation`
  return rows[0]?.transaction_isolation
})

const postgres = (options: SqlAtomic.SqlAtomicOptions) =>
  SqlAtomic.layerWith(options).pipe(Layer.provideMerge(TestPostgres.layer))

describe("SqlAtomic on Postgres", () => {
  it.live("takes the level from the outermost call", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      expect(yield* atomic.run(level)).toBe("serializable")
      expect(yield* atomic.runLocking(level)).toBe("read committed")
      expect(yield* atomic.run(atomic.runLocking(level))).toBe("serializable")
      expect(yield* atomic.runLocking(atomic.run(level))).toBe("read committed")
      expect(yield* atomic.runLocking(atomic.run(atomic.runLocking(level)))).toBe("read committed")
    }).pipe(Effect.provide(postgres({})))
  )

  it.live("leaves locking transactions as they are when another level is chosen", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      expect(yield* atomic.run(level)).toBe("repeatable read")
      expect(yield* atomic.runLocking(level)).toBe("read committed")
    }).pipe(Effect.provide(postgres({ isolation: "repeatable read" })))
  )

  it.live("does not hand its level to what begins a transaction elsewhere", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      const sql = yield* SqlClient.SqlClient
      const within = yield* atomic.runLocking(Effect.service(SqlClient.BeginTransaction))
      const after = yield* Effect.andThen(atomic.runLocking(Effect.void), sql.withTransaction(level))
      expect([within, after]).toEqual([undefined, "read committed"])
      const chosen = "BEGIN ISOLATION LEVEL REPEATABLE READ"
      const kept = atomic.runLocking(Effect.service(SqlClient.BeginTransaction))
      expect(yield* Effect.provideService(kept, SqlClient.BeginTransaction, chosen)).toBe(chosen)
    }).pipe(Effect.provide(postgres({})))
  )

  it.live("gives a statement after the lock what was committed while it waited", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE guards (id INT PRIMARY KEY)`
      yield* sql`CREATE TABLE guarded (amount INT NOT NULL)`
      yield* sql`INSERT INTO guards VALUES (1)`
      const spend = atomic.runLocking(
        Effect.gen(function* () {
          yield* sql`SELECT id FROM guards WHERE id = 1 ${Dialect.forUpdate(sql)}`
          const rows = yield* sql<{ readonly spent: number }>`
            SELECT coalesce(sum(amount), 0)::int AS spent FROM guarded`
          yield* Effect.sleep("5 millis")
          if ((rows[0]?.spent ?? 0) >= 30) return false
          yield* sql`INSERT INTO guarded VALUES (10)`
          return true
        })
      )
      const fibers = yield* Effect.forEach([1, 2, 3, 4, 5, 6, 7, 8], () => Effect.forkChild(spend))
      const spent = yield* Effect.forEach(fibers, Fiber.join)
      expect(spent.filter(Boolean)).toHaveLength(3)
    }).pipe(Effect.provide(postgres({})))
  )
})
