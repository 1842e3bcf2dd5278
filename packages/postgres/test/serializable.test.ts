import { describe, expect, it } from "@effect/vitest"
import { serializable, SerializationExhausted } from "@saldo/postgres/serializable"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as SqlClient from "effect/sql/SqlClient"

const create = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)`
  yield* sql`INSERT INTO counters VALUES (1, 0), (2, 0)`
  return sql
})

const increment = (id: number, between: Effect.Effect<unknown> = Effect.void) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly n: bigint }>`SELECT n FROM counters WHERE id = ${id}`
    yield* between
    yield* sql`UPDATE counters SET n = ${(row?.n ?? 0n) + 1n} WHERE id = ${id}`
  })

describe("serializable", () => {
  it.effect("loses none of 40 concurrent increments, even under a test clock", () =>
    Effect.gen(function* () {
      const sql = yield* create
      const met = yield* Latch.make()
      let runs = 0
      // The first two read before either of them writes, so at least one must lose.
      const meeting = Effect.suspend(() => (++runs < 2 ? met.await : met.open))
      yield* Effect.all(
        Array.from({ length: 40 }, () => serializable(increment(1, meeting), { attempts: 200 })),
        { concurrency: "unbounded", discard: true }
      )
      expect(yield* sql`SELECT n FROM counters WHERE id = 1`).toEqual([{ n: 40n }])
      expect(runs).toBeGreaterThan(40)
    }).pipe(Effect.provide(TestPostgres.layerWith({ poolSize: 5 })))
  )

  it.live("tries again after a deadlock, and when the store has turned the failure into a defect", () =>
    Effect.gen(function* () {
      const sql = yield* create
      const bothHold = [yield* Deferred.make<void>(), yield* Deferred.make<void>()] as const
      const cross = (first: 0 | 1) =>
        serializable(
          Effect.gen(function* () {
            yield* sql`UPDATE counters SET n = n + 1 WHERE id = ${first + 1}`
            yield* Deferred.succeed(bothHold[first], undefined)
            yield* Deferred.await(bothHold[first === 0 ? 1 : 0])
            yield* sql`UPDATE counters SET n = n + 1 WHERE id = ${2 - first}`
          }).pipe(Effect.orDie)
        )
      yield* Effect.all([cross(0), cross(1)], { concurrency: 2 })
      expect(yield* sql`SELECT n FROM counters ORDER BY id`).toEqual([{ n: 2n }, { n: 2n }])
    }).pipe(Effect.provide(TestPostgres.layer))
  )

  it.live("gives up as a typed error, and leaves other failures alone", () =>
    Effect.gen(function* () {
      const sql = yield* create
      let runs = 0
      const spoiled = Effect.gen(function* () {
        runs++
        yield* sql`SELECT n FROM counters WHERE id = 1`
        // Somebody else writes the row in between, every time.
        const other = sql`UPDATE counters SET n = n + 1 WHERE id = 1`
        yield* Fiber.join(
          yield* Effect.forkDetach(
            Effect.updateContext(other, (context: Context.Context<never>) =>
              Context.omit(sql.transactionService)(context)
            )
          )
        )
        yield* sql`UPDATE counters SET n = n + 1 WHERE id = 1`
      })
      const error = yield* Effect.flip(serializable(spoiled, { attempts: 3 }))
      expect(error).toBeInstanceOf(SerializationExhausted)
      expect(error).toMatchObject({ attempts: 3, message: expect.stringContaining("3 races") })
      expect(runs).toBe(3)
      expect(yield* sql`SELECT n FROM counters WHERE id = 1`).toEqual([{ n: 3n }])
      expect(yield* Effect.flip(serializable(Effect.fail("mine")))).toBe("mine")
    }).pipe(Effect.provide(TestPostgres.layer))
  )

  it.live("joins the transaction it is called in", () =>
    Effect.gen(function* () {
      const sql = yield* create
      yield* Effect.ignore(sql.withTransaction(Effect.andThen(serializable(increment(1)), Effect.fail("no"))))
      expect(yield* sql`SELECT n FROM counters WHERE id = 1`).toEqual([{ n: 0n }])
    }).pipe(Effect.provide(TestPostgres.layer))
  )
})
