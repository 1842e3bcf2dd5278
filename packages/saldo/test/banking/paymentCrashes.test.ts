/**
 * Payments whose bank stops anywhere: between any two writes, and between a record and the call that it is about.
 */
import { describe, expect, it } from "@effect/vitest"
import { layer as layerPostgres } from "@saldo/postgres/PostgresClient"
import { layer as layerSqlite } from "@saldo/sqlite/SqliteClient"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import * as fc from "fast-check"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkEnd, checkWorld } from "./paymentInvariants.ts"
import { openWorld, perform, type Program, programs } from "./paymentWorld.ts"

/** An empty database that every process of a bank opens anew. */
type Database = Effect.Effect<Layer.Layer<SqlClient.SqlClient, unknown>, unknown, Scope.Scope>

const sqliteFile: Database = Effect.map(
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-payments-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  ),
  (path) => layerSqlite({ filename: join(path, "bank.db") })
)

const postgres: Database = Effect.map(TestPostgres.url, (url) => layerPostgres({ url }))

/** Runs a program from an empty database to its end, and looks at everything after each step. */
const run = (database: Database, { seed, steps }: Program) =>
  Effect.gen(function* () {
    const world = yield* openWorld(yield* database, { seed, manners: RailSimulator.rough })
    for (const [index, step] of steps.entries()) {
      yield* perform(world, step, `${step.act.act} ${index}`)
      yield* checkWorld(world)
    }
    return yield* checkEnd(world)
  }).pipe(Effect.scoped)

/** How many programs run on SQLite; a tenth of them runs on Postgres. `SALDO_CRASH_RUNS=1000` makes a long run of it. */
const runs = Number(process.env["SALDO_CRASH_RUNS"] ?? 40)

describe("a bank that is stopped anywhere", () => {
  for (const [name, database, numRuns] of [
    ["sqlite file", sqliteFile, runs],
    ["postgres", postgres, Math.ceil(runs / 10)]
  ] as const) {
    it.live(
      `pays everything once or not at all (${name})`,
      () =>
        Effect.gen(function* () {
          const context = yield* Effect.context()
          const states = new Set<string>()
          const property = fc.asyncProperty(programs, (program) =>
            Effect.runPromiseWith(context)(
              Effect.map(run(database, program), (orders) => orders.forEach(({ state }) => states.add(state)))
            )
          )
          yield* Effect.promise(() => fc.assert(property, { numRuns }))
          // Otherwise the programs would prove little.
          if (numRuns >= 40) expect([...states].toSorted()).toEqual(["cancelled", "failed", "returned", "settled"])
        }),
      60_000 + runs * 5000
    )
  }
})
