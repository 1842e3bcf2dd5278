import { describe, expect, it } from "@effect/vitest"
import { type FaultKind, type WriteLog, withFault } from "@saldo/testing/FaultInjection"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Statement from "effect/sql/Statement"
import * as SqlClient from "effect/sql/SqlClient"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import { carryOut } from "./day.ts"
import { expectRecovered, undisturbed } from "./dayChecks.ts"

const store = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

/** Works through the day of a new tenant, and judges it. */
const disturbed = Effect.fnUntraced(function* (
  tenant: string,
  disturb: <A, E, R>(day: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
) {
  const acknowledged = new Set<string>()
  const exit = yield* Effect.exit(disturb(carryOut(tenant, (key) => void acknowledged.add(key))))
  yield* expectRecovered(tenant, acknowledged)
  return Exit.isSuccess(exit)
})

const kinds: ReadonlyArray<FaultKind> = ["error", "interrupt", "race"]

for (const [name, database] of [
  ["sqlite", TestSqlite.layer],
  ["postgres", TestPostgres.layer]
] as const) {
  describe(`a day of the ledger (${name})`, () => {
    it.live(
      "comes to the same whatever write of it fails, is killed or loses a race",
      () =>
        Effect.gen(function* () {
          const log: WriteLog = { statements: [] }
          expect(yield* disturbed("whole", (day) => withFault(day, undefined, log))).toBe(true)
          const writes = log.statements.length
          expect(writes).toBeGreaterThan(10)
          let survived = 0
          for (const kind of kinds) {
            for (const when of ["before", "after"] as const) {
              for (let write = 1; write <= writes; write++) {
                const point = { kind, when, write }
                const finished = yield* disturbed(`${kind} ${when} ${write}`, (day) => withFault(day, point))
                // A lost race is run again by whoever holds the transaction; nothing else may go unnoticed.
                if (finished) expect(kind).toBe("race")
                if (finished) survived += 1
              }
            }
          }
          expect(survived).toBeGreaterThan(0)
        }).pipe(Effect.provide(store.pipe(Layer.provideMerge(database)))),
      240_000
    )
  })
}

/** A host that forgot its transactions. */
const forgetful = Layer.succeed(
  Atomic,
  Atomic.of({
    run: (effect) => effect,
    runLocking: (effect) => effect,
    inTransaction: Effect.succeed(false),
    afterCommit: (effect) => effect
  })
)

describe("the judgement of a broken day", () => {
  it.live("finds most writes that were left without the others of their transaction", () =>
    Effect.gen(function* () {
      const log: WriteLog = { statements: [] }
      expect(yield* disturbed("whole", (day) => withFault(day, undefined, log))).toBe(true)
      const verdicts = yield* Effect.forEach(log.statements, (_, index) => {
        const point = { kind: "error", when: "after", write: index + 1 } as const
        return Effect.exit(disturbed(`after ${index + 1}`, (day) => withFault(day, point)))
      })
      // The last write of each of the eight calls, and a few that another attempt completes, leave nothing behind.
      expect(verdicts.filter(Exit.isFailure).length).toBeGreaterThan(verdicts.length / 2)
    }).pipe(
      Effect.provide(
        SqlLedgerStore.layer.pipe(
          Layer.provideMerge(forgetful),
          Layer.provideMerge(Migrations.layer),
          Layer.provideMerge(TestSqlite.layer)
        )
      )
    )
  )
})

/** Ends the connection that the n-th statement uses, before or after it is carried out; its answer is lost either way. */
const disconnecting = (sql: SqlClient.SqlClient, when: "before" | "after", number: number) => {
  let statements = 0
  const transformer: Statement.Transformer = (statement) =>
    Effect.suspend(() => {
      statements += 1
      if (statements !== number) return Effect.succeed(statement)
      const plain = Effect.provideService(Statement.CurrentTransformer, undefined)
      const end = plain(sql`SELECT pg_terminate_backend(pg_backend_pid())`)
      const lost = when === "before" ? Effect.ignore(end) : Effect.andThen(plain(statement), end)
      // A transformer is not expected to fail, yet its effect runs as part of the statement, whose failures are SqlErrors.
      return Effect.as(lost, statement) as Effect.Effect<typeof statement>
    })
  return { transformer, count: () => statements }
}

describe("a day of the ledger on a server that ends its connection", () => {
  it.live(
    "comes to the same whatever statement it was, and whether or not that had been carried out",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { outcomes } = yield* undisturbed
        const counting = disconnecting(sql, "before", 0)
        const day = Effect.provideService(carryOut("whole"), Statement.CurrentTransformer, counting.transformer)
        expect(yield* day).toEqual(outcomes)
        expect(counting.count()).toBeGreaterThan(15)
        let lost = 0
        for (const when of ["before", "after"] as const) {
          for (let number = 1; number <= counting.count(); number++) {
            const { transformer } = disconnecting(sql, when, number)
            const finished = yield* disturbed(`${when} ${number}`, (each) =>
              Effect.provideService(each, Statement.CurrentTransformer, transformer)
            )
            if (!finished) lost += 1
          }
        }
        expect(lost).toBeGreaterThan(counting.count())
      }).pipe(Effect.provide(store.pipe(Layer.provideMerge(TestPostgres.layerWith({ poolSize: 1 }))))),
    240_000
  )
})
