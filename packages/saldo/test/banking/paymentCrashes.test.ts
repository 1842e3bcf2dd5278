/**
 * Payments whose bank stops anywhere: between any two writes, and between a record and the call that it is about.
 */
import { describe, expect, it } from "@effect/vitest"
import { layer as layerPostgres } from "@saldo/postgres/PostgresClient"
import { layer as layerSqlite } from "@saldo/sqlite/SqliteClient"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import * as fc from "fast-check"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AuditStore } from "saldo/audit/AuditStore"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import { RailUnavailable } from "saldo/banking/RailEvent"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import type { Stop } from "./crashing.ts"
import type { PaymentStores } from "./paymentBank.ts"
import { checkEnd, checkWorld } from "./paymentInvariants.ts"
import {
  type Act,
  openWorld,
  perform,
  type Program,
  programs,
  type Step,
  type World,
  type WorldOptions
} from "./paymentWorld.ts"

/** An empty database that every process of a bank opens anew. */
type Database = Effect.Effect<Layer.Layer<SqlClient.SqlClient, unknown>, unknown, Scope.Scope>

const sqliteFile: Database = Effect.map(
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-payments-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  ),
  (path) => layerSqlite({ filename: join(path, "bank.db") })
)

/** A database in memory, which outlives the processes and is as fast as can be. */
const sqliteMemory: Database = Effect.map(Layer.build(Layer.fresh(TestSqlite.layer)), Layer.succeedContext)

const postgres: Database = Effect.map(TestPostgres.url, (url) => layerPostgres({ url }))

interface RunOptions extends Pick<WorldOptions, "planted"> {
  readonly manners?: RailSimulator.RailManners
  /** Told how much each step did outside, and at which of it the rail was called. */
  readonly onStep?: (index: number, fuse: World["fuse"]) => void
}

/** Runs a program from an empty database to its end, the same each time, and looks at everything after each step. */
const run = (database: Database, { reserve, seed, steps }: Program, options: RunOptions = {}) =>
  Effect.gen(function* () {
    const { manners = RailSimulator.rough, onStep, ...planted } = options
    const world = yield* openWorld({
      database: yield* database,
      rail: { seed, manners, returnsWithin: "1 day" },
      reserve,
      ...planted
    })
    for (const [index, step] of steps.entries()) {
      yield* perform(world, step, `${step.act.act} ${index}`)
      onStep?.(index, world.fuse)
      yield* checkWorld(world)
    }
    return yield* checkEnd(world)
  }).pipe(Effect.scoped, Effect.provide(Layer.fresh(Id.layerSequence)), Random.withSeed(seed))

/** How many programs run on SQLite; a tenth of them runs on Postgres. `SALDO_CRASH_RUNS=1000` makes a long run of it. */
const runs = Number(process.env["SALDO_CRASH_RUNS"] ?? 60)

describe("a bank that is stopped anywhere, by chance", () => {
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

const stepOf = (act: Act): Step => ({ act, stop: undefined, fault: undefined, again: true })
const create = (payer: number, amount: number, days = 0) => stepOf({ act: "create", payer, amount, days })
const decide = (order: number, approve: boolean) => stepOf({ act: "decide", order, approve })
const wait = (minutes: number) => stepOf({ act: "wait", minutes })
const work = stepOf({ act: "work", workers: 1 })

/** Everything that can become of an order: all states, consent given and refused, and a payment that goes twice. */
const story: Program = {
  seed: "story 11",
  reserve: "approval",
  steps: [
    create(0, 100),
    create(0, 400),
    create(1, 500),
    create(1, 50),
    create(1, 60),
    decide(1, true),
    decide(2, false),
    stepOf({ act: "cancel", order: 3 }),
    work,
    wait(1),
    work,
    wait(1440),
    work,
    wait(2880),
    work
  ]
}

describe("a bank that is stopped at every point of a story", () => {
  it.live(
    "pays everything once or not at all",
    () =>
      Effect.gen(function* () {
        const points: Array<{ readonly index: number; readonly stop: Stop }> = []
        const plain = yield* run(sqliteMemory, story, {
          onStep: (index, { calls, seen }) => {
            for (let at = 1; at <= seen; at += 1) {
              points.push({ index, stop: { at, when: "before" } })
              // After a write is as before the next one, or as before all of its transaction.
              if (calls.includes(at)) points.push({ index, stop: { at, when: "after" } })
            }
          }
        })
        expect(plain.map(({ attempts, state }) => `${state} ${attempts}`).toSorted()).toEqual([
          "cancelled 0",
          "cancelled 0",
          "failed 1",
          "returned 2",
          "settled 1"
        ])
        for (const { index, stop } of points) {
          const steps = story.steps.map((step, each) => (each === index ? { ...step, stop } : step))
          yield* run(sqliteMemory, { ...story, steps })
        }
      }),
    600_000
  )
})

interface Plant {
  readonly name: string
  readonly planted: NonNullable<WorldOptions["planted"]>
  /** What the rail does more often, so that the bug shows soon. */
  readonly manners?: Partial<RailSimulator.RailManners>
}

/** Stores of which one is another than it should be. */
const altered = (port: Layer.Layer<never, never, PaymentStores>): Plant["planted"] => ({
  stores: (stores) => Layer.provideMerge(port, stores)
})

/** The stores as they are but for some methods of one. */
const alter = <Port, Service extends object>(
  tag: Context.Service<Port, Service>,
  change: (service: Service) => Partial<Service>
): Layer.Layer<Port, never, Port> =>
  Layer.effect(
    tag,
    Effect.map(tag, (service): Service => ({ ...service, ...change(service) }))
  )

const plants: ReadonlyArray<Plant> = [
  {
    name: "what went wrong half-way is written all the same",
    planted: altered(
      alter(Atomic, (atomic) => ({
        runLocking: (effect) => Effect.flatten(atomic.runLocking(Effect.exit(effect)))
      }))
    )
  },
  {
    name: "silence of the rail counts as not knowing",
    planted: {
      rail: (rail) => ({ ...rail, query: (id) => rail.query(id).pipe(Effect.orElseSucceed(() => Option.none())) })
    },
    manners: { answerLost: 0.6, silent: 0.5 }
  },
  {
    name: "the rail is asked while something may be on its way",
    planted: { rail: (rail) => ({ ...rail, inTransit: Duration.zero }) },
    manners: { requestLate: 0.9 }
  },
  {
    name: "a lost answer counts as a rejection",
    planted: {
      rail: (rail) => ({
        ...rail,
        send: (instruction) =>
          rail.send(instruction).pipe(Effect.orElseSucceed(() => ({ status: "RJCT", reason: null }) as const))
      })
    }
  },
  {
    name: "commands are forgotten",
    planted: altered(alter(IdempotencyStore, (store) => ({ settle: (scope, token) => store.release(scope, token) })))
  },
  {
    name: "nobody asks about what is unknown",
    planted: altered(alter(PaymentOrderStore, () => ({ unresolved: () => Effect.succeed([]) })))
  },
  {
    name: "the place moves on over what has not been heard",
    planted: {
      rail: (rail) => ({
        ...rail,
        events: (after, limit) =>
          Effect.map(rail.events(after, limit), ({ events, next }) => ({ events: events.slice(0, 1), next }))
      })
    },
    manners: { returned: 0.9, eventRepeated: 0.9 }
  },
  {
    name: "one record in seven is lost",
    planted: altered(
      alter(AuditStore, (store) => {
        let count = 0
        return {
          append: (records) => {
            count += 1
            return count % 7 === 0 ? Effect.void : store.append(records)
          }
        }
      })
    )
  },
  {
    name: "an approval does not end",
    planted: altered(alter(ApprovalStore, () => ({ end: () => Effect.succeed(true) })))
  }
]

describe("programs with stops find planted bugs", () => {
  for (const { manners, name, planted } of plants) {
    it.live(
      name,
      () =>
        Effect.gen(function* () {
          const context = yield* Effect.context()
          const property = fc.asyncProperty(programs, (program) =>
            Effect.runPromiseWith(context)(
              Effect.asVoid(run(sqliteMemory, program, { planted, manners: { ...RailSimulator.rough, ...manners } }))
            )
          )
          const { failed } = yield* Effect.promise(() =>
            fc.check(property, { numRuns: 200, seed: 5, endOnFailure: true })
          )
          expect(failed).toBe(true)
        }),
      60_000
    )
  }
})

describe("two workers", () => {
  it.live("who both hear that the rail knows nothing of a payment send it again once", () =>
    Effect.gen(function* () {
      const bothAsk = yield* Deferred.make<void>()
      let sends = 0
      let asked = 0
      const world = yield* openWorld({
        database: yield* sqliteMemory,
        rail: { seed: "two" },
        reserve: "approval",
        planted: {
          rail: (rail) => ({
            ...rail,
            // The first one never arrives.
            send: (instruction) =>
              Effect.suspend(() => {
                sends += 1
                return sends === 1
                  ? Effect.fail(new RailUnavailable({ rail: rail.name, reason: "lost" }))
                  : rail.send(instruction)
              }),
            // Both get their answer when both have asked.
            query: (id) =>
              Effect.suspend(() => {
                asked += 1
                const waits = asked < 2 ? Deferred.await(bothAsk) : Deferred.succeed(bothAsk, undefined)
                return Effect.andThen(waits, rail.query(id))
              })
          })
        }
      })
      yield* perform(world, create(0, 100), "create 0")
      yield* perform(world, work, "work 1")
      yield* perform(world, wait(1), "wait 2")
      yield* perform(world, stepOf({ act: "work", workers: 2 }), "work 3")
      expect([asked, sends]).toEqual([2, 2])
      expect((yield* checkEnd(world)).map(({ attempts, state }) => [attempts, state])).toEqual([[2, "settled"]])
    }).pipe(Effect.scoped)
  )
})
