import { Cells } from "@saldo/testing/Cells"
import * as FaultInjection from "@saldo/testing/FaultInjection"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { catchContention, StorageContention } from "saldo/core/StorageContention"

const sqlite = (options: SqlAtomic.SqlAtomicOptions) =>
  Layer.mergeAll(SqlAtomic.layerWith(options), Cells.layerSql).pipe(Layer.provideMerge(TestSqlite.layer))

const race = Effect.die(
  new SqlError.SqlError({ reason: new SqlError.SerializationError({ cause: undefined, message: "lost" }) })
)

describe("StorageContention", () => {
  it.effect("ends the attempts as a defect, which a caller may catch, under a test clock too", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      let attempts = 0
      const losing = atomic.run(
        Effect.andThen(
          Effect.sync(() => attempts++),
          race
        )
      )
      const error = yield* Effect.flip(catchContention(losing))
      expect(error).toBeInstanceOf(StorageContention)
      expect(error.message).toBe("The storage was too busy: SerializationError after 4 attempts; nothing was written")
      expect(attempts).toBe(4)
      const exit = yield* Effect.exit(losing)
      expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true)
    }).pipe(Effect.provide(sqlite({ attempts: 4 })))
  )

  it.effect("does not repeat a wait for a lock that was given up", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      let attempts = 0
      const reason = new SqlError.LockTimeoutError({ cause: undefined, message: "busy" })
      const locked = Effect.andThen(
        Effect.sync(() => attempts++),
        Effect.fail(new SqlError.SqlError({ reason }))
      )
      const error = yield* Effect.flip(catchContention(Effect.orDie(atomic.run(locked))))
      expect(error).toMatchObject({ _tag: "StorageContention", attempts: 1, reason: "LockTimeoutError" })
      expect(attempts).toBe(1)
    }).pipe(Effect.provide(sqlite({})))
  )

  it.effect("leaves other failures and defects as they are, and does not repeat them", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      let attempts = 0
      const attempt = Effect.sync(() => attempts++)
      const reason = new SqlError.UniqueViolation({ cause: undefined, message: "twice", constraint: "c" })
      const unique = new SqlError.SqlError({ reason })
      expect(yield* Effect.flip(catchContention(atomic.run(Effect.andThen(attempt, Effect.fail(unique)))))).toBe(unique)
      const exit = yield* Effect.exit(catchContention(atomic.run(Effect.andThen(attempt, Effect.die("bug")))))
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe("bug")
      expect(attempts).toBe(2)
    }).pipe(Effect.provide(sqlite({})))
  )

  it.effect("repeats the whole outermost transaction after a race lost in a nested one", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      const cells = yield* Cells
      const log: FaultInjection.WriteLog = { statements: [] }
      const calls: Array<string> = []
      yield* atomic
        .run(
          Effect.gen(function* () {
            calls.push("outer")
            yield* cells.left.put("a", 1)
            yield* atomic.run(
              Effect.andThen(
                Effect.sync(() => calls.push("inner")),
                cells.right.put("a", 1)
              )
            )
            yield* atomic.afterCommit(Effect.sync(() => void calls.push("committed")))
          })
        )
        .pipe((program) => FaultInjection.withFault(program, { kind: "race", when: "before", write: 2 }, log))
      expect(calls).toEqual(["outer", "inner", "outer", "inner", "committed"])
      expect(yield* cells.right.get("a")).toBe(1)
    }).pipe(Effect.provide(sqlite({})))
  )

  it.live("repeats a transaction that Postgres aborted as the victim of a deadlock", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE locked (id INT PRIMARY KEY, n INT NOT NULL)`
      yield* sql`INSERT INTO locked VALUES (1, 0), (2, 0)`
      const add = (id: number) => Effect.orDie(sql`UPDATE locked SET n = n + 1 WHERE id = ${id}`)
      const crossing = (first: number, second: number) =>
        atomic.run(Effect.all([add(first), Effect.sleep("30 millis"), add(second)]))
      yield* Effect.all([crossing(1, 2), crossing(2, 1)], { concurrency: 2 })
      expect(yield* sql`SELECT n FROM locked ORDER BY id`).toEqual([{ n: 2 }, { n: 2 }])
    }).pipe(
      Effect.provide(SqlAtomic.layerWith({ isolation: "read committed" }).pipe(Layer.provideMerge(TestPostgres.layer)))
    )
  )

  it.live("stops trying when interrupted", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      const fiber = yield* Effect.forkChild(atomic.run(race))
      yield* Effect.sleep("20 millis")
      yield* Fiber.interrupt(fiber)
      expect(Exit.hasInterrupts(yield* Fiber.await(fiber))).toBe(true)
    }).pipe(Effect.provide(sqlite({ attempts: 1_000_000 })))
  )
})
