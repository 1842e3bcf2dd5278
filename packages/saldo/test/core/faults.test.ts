import * as FaultInjection from "@saldo/testing/FaultInjection"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Command from "saldo/core/Command"
import * as DomainEvent from "saldo/core/DomainEvent"
import { Idempotency } from "saldo/core/Idempotency"
import { Outbox, type Subscription } from "saldo/core/Outbox"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlIdempotencyStore from "saldo/core/SqlIdempotencyStore"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import * as Migrations from "saldo/sql/Migrations"

class Refused extends Schema.TaggedError<Refused>()("Refused", {}) {}

const Pay = Command.make({ operation: "test.pay", input: Schema.Int, success: Schema.String, refusal: Refused })
const Paid = DomainEvent.define("test.Paid", Schema.Int)
const subscriptions: ReadonlyArray<Subscription> = ["first", "second"].map((name) => ({ name, events: [Paid] }))
const request = { tenant: "test", key: Command.CommandKey.make("key"), input: 5 }

const tables = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE test_payments (n INTEGER NOT NULL)`
    yield* sql`CREATE TABLE test_balances (total INTEGER NOT NULL)`
  })
)

const services = Layer.mergeAll(
  Idempotency.layer.pipe(Layer.provide(SqlIdempotencyStore.layer)),
  SqlOutbox.layer(subscriptions)
).pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provide([tables, Layer.effectDiscard(Migrations.run)]))

const sqlite = Layer.provideMerge(services, TestSqlite.layer)
const postgres = Layer.provideMerge(services, TestPostgres.layer)

const pay = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const outbox = yield* Outbox
  yield* Effect.orDie(sql`INSERT INTO test_payments (n) VALUES (5)`)
  yield* Effect.orDie(sql`INSERT INTO test_balances (total) VALUES (5)`)
  yield* outbox.append(Paid, yield* DomainEvent.make(Paid, { tenant: "test", subject: "s", payload: 5 }))
  return "receipt"
})

const run = Effect.flatMap(Idempotency, (idempotency) => idempotency.run(Pay, request, pay))

const refuse = Effect.flatMap(Idempotency, (idempotency) =>
  Effect.exit(idempotency.run(Pay, request, Effect.andThen(pay, Effect.fail(new Refused()))))
)

const runLeased = Effect.flatMap(Idempotency, (idempotency) =>
  idempotency.runLeased(Pay, request, { prepare: () => Effect.void, commit: () => pay })
)

/** How many payments, balances, events and outcomes there are. */
const counts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly count: number | bigint }>`
    SELECT count(*) AS count FROM test_payments
    UNION ALL SELECT count(*) FROM test_balances
    UNION ALL SELECT count(*) FROM saldo_core_outbox
    UNION ALL SELECT count(*) FROM saldo_core_commands WHERE state = 'settled'`
  return rows.map(({ count }) => Number(count))
})

const everything = [1, 1, 2, 1]
const nothing = [0, 0, 0, 0]

/** All or nothing now, and everything once after the client has sent the command again. */
const onceInTheEnd = <A, E>(exit: Exit.Exit<A, E>) =>
  Effect.gen(function* () {
    expect(yield* counts).toEqual(Exit.isSuccess(exit) ? everything : nothing)
    expect(yield* run).toEqual({ value: "receipt", replayed: Exit.isSuccess(exit) })
    expect(yield* counts).toEqual(everything)
  })

describe("a fault between any two writes", () => {
  it.live("leaves a command executed whole or not at all, and once in the end", () =>
    Effect.gen(function* () {
      const report = yield* FaultInjection.everyFault(sqlite, run, onceInTheEnd)
      expect(report).toEqual({ writes: 6, runs: 37 })
    })
  )

  it.live("does so on Postgres", () =>
    Effect.gen(function* () {
      // Without the kind that is the same for every database, as each run costs a schema of its own.
      const report = yield* FaultInjection.everyFault(postgres, run, onceInTheEnd, { kinds: ["error", "race"] })
      expect(report).toEqual({ writes: 6, runs: 25 })
    })
  )

  it.live("leaves a leased command executed whole or not at all, and once in the end", () =>
    Effect.gen(function* () {
      const report = yield* FaultInjection.everyFault(sqlite, runLeased, onceInTheEnd)
      expect(report).toEqual({ writes: 6, runs: 37 })
    })
  )

  it.live("leaves a refusal recorded with none of the effect, or not at all", () =>
    Effect.gen(function* () {
      const report = yield* FaultInjection.everyFault(sqlite, Effect.flatten(refuse), (exit) =>
        Effect.gen(function* () {
          const refused = Exit.isFailure(exit) && exit.cause.reasons.some((reason) => reason._tag === "Fail")
          expect(yield* counts).toEqual(refused ? [0, 0, 0, 1] : nothing)
          expect(Exit.isFailure(yield* refuse)).toBe(true)
          expect(yield* counts).toEqual([0, 0, 0, 1])
        })
      )
      expect(report).toEqual({ writes: 6, runs: 37 })
    })
  )

  it.live("is seen when a command keeps its payment outside the transaction", () =>
    Effect.gen(function* () {
      const careless = Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* Effect.orDie(sql`INSERT INTO test_balances (total) VALUES (5)`)
        return yield* run
      })
      const broken = yield* Effect.flip(FaultInjection.everyFault(sqlite, careless, onceInTheEnd))
      expect(broken).toBeInstanceOf(FaultInjection.InvariantBroken)
    })
  )
})
