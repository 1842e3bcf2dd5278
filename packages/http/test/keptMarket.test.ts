import { expect, it } from "@effect/vitest"
import * as LoanListingArbitrary from "@saldo/testing/LoanListingArbitrary"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import * as fc from "fast-check"
import { LoanListing, PlatformId } from "saldo/lending/LoanListing"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import * as http from "../src/http.ts"
import { type Answer, bankOn, callsOf } from "./world.ts"

type Opening = Layer.Layer<SqlClient.SqlClient, unknown>

/** A process on a database: the interface, and the store that a collector in it writes to. */
const processOn = (database: Opening, keptAnswersBytes: number) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(Layer.fresh(bankOn(database)))
    const { dispose, handler } = http.toWebHandler(Layer.succeedContext(context), { keptAnswersBytes })
    yield* Effect.addFinalizer(() => Effect.promise(dispose))
    const send = callsOf((path, init) => handler(new Request(`http://bank${path}`, init), Context.empty()))
    const store = Context.get(context, LoanListingStore)
    const get = (path: string, tag?: string) =>
      send("GET", `/api/v1/market${path}`, {
        as: "machine",
        headers: tag === undefined ? {} : { "if-none-match": tag }
      })
    return { store, get }
  })

type Process = Effect.Success<ReturnType<typeof processOn>>

const platforms = ["one", "other"].map((each) => PlatformId.make(each))
const asked = [
  "/statistics",
  "/statistics?platform=one",
  "/statistics?platform=other",
  "/statistics?status=open&currency=SEK",
  "/statistics?text=malm",
  "/listings/one/loan%201/history",
  "/listings/one/loan%202/history",
  "/listings/other/loan%201/history"
]

type Step =
  | { readonly write: ReadonlyArray<LoanListing>; readonly by: number }
  | { readonly path: string; readonly by: number; readonly known: boolean }

const by = fc.nat({ max: 1 })
// What tells no opening has no time that it is open for, so that no answer depends on when it is given.
const listing = fc
  .constantFrom(...platforms)
  .chain((platform) => LoanListingArbitrary.listing(platform, 3))
  .filter(({ riskGrade, title }) => !/[\p{Cc}\p{Cs}]/u.test(`${riskGrade}${title}`))
  .map((each) => new LoanListing(Object.assign({}, each, { opensAt: null, description: null })))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ write: fc.array(listing, { minLength: 1, maxLength: 3 }), by }) },
  { weight: 3, arbitrary: fc.record({ path: fc.constantFrom(...asked), by, known: fc.boolean() }) }
)

const seenAt = DateTime.makeUnsafe("2026-03-09T08:00:00Z")

/** Follows the steps, and compares each answer with one that is made for nobody but us. */
const follow = Effect.fnUntraced(function* (
  processes: ReadonlyArray<Process>,
  plain: Process,
  known: Map<string, Answer>,
  steps: ReadonlyArray<Step>
) {
  let unchanged = 0
  for (const each of steps) {
    const process = processes[each.by] ?? plain
    if ("write" in each) {
      yield* process.store.upsert(each.write, { seenAt })
      continue
    }
    const place = `${each.by} ${each.path}`
    const before = known.get(place)
    const answer = yield* process.get(each.path, each.known ? (before?.headers.get("etag") ?? undefined) : undefined)
    const right = yield* plain.get(each.path)
    if (answer.status === 304) {
      unchanged += 1
      expect(answer.text).toBe("")
      expect(answer.headers.get("etag")).toBe(before?.headers.get("etag"))
      expect(before?.text).toBe(right.text)
    } else {
      expect([answer.status, answer.text]).toEqual([right.status, right.text])
      if (answer.status === 200) {
        expect(answer.headers.get("cache-control")).toBe("private, no-cache")
        known.set(place, answer)
      }
    }
  }
  return unchanged
})

const agreeing = (database: Effect.Effect<Opening, unknown, Scope.Scope>) =>
  Effect.gen(function* () {
    const opening = yield* database
    const plain = yield* processOn(opening, 0)
    // So little that answers are forgotten all the time, on one of the two.
    const processes = [yield* processOn(opening, 1024 * 1024), yield* processOn(opening, 4000)]
    const programs = fc.sample(fc.array(step, { minLength: 40, maxLength: 40 }), { numRuns: 4, seed: 20_261_121 })
    let unchanged = 0
    const known = new Map<string, Answer>()
    for (const steps of programs) unchanged += yield* follow(processes, plain, known, steps)
    expect(unchanged).toBeGreaterThan(0)

    // Reads in the midst of writes: whatever was acknowledged before a read began is in its answer.
    let acknowledged = (yield* plain.get("/statistics?platform=one")).body.listings
    const [first, second] = processes
    const writing = Effect.forEach(
      Array.from({ length: 30 }, (_, loan) => loan),
      (loan) =>
        Effect.map(
          (loan % 2 === 0 ? first : second)?.store.upsert(
            [LoanListingArbitrary.example({ platform: PlatformId.make("one"), loanId: `new ${loan}`, opensAt: null })],
            { seenAt }
          ) ?? Effect.void,
          () => {
            acknowledged += 1
          }
        )
    )
    const reading = (process: Process) =>
      Effect.gen(function* () {
        while (true) {
          const atLeast: number = acknowledged
          const { body } = yield* process.get("/statistics?platform=one")
          expect(body.listings).toBeGreaterThanOrEqual(atLeast)
          // All is one thread here, which the writer needs as well.
          yield* Effect.sleep("1 millis")
        }
      })
    yield* Effect.raceFirst(
      writing,
      Effect.forEach([...processes, ...processes], reading, { concurrency: "unbounded" })
    )
    for (const process of processes) {
      expect((yield* process.get("/statistics?platform=one")).body.listings).toBe(acknowledged)
    }
  }).pipe(Effect.scoped, Effect.orDie)

it.live(
  "kept answers of two processes are those that are made anew, on a SQLite file",
  () => agreeing(TestSqlite.file),
  {
    timeout: 60_000
  }
)

it.live(
  "kept answers of two processes are those that are made anew, on Postgres",
  () => agreeing(TestPostgres.schema),
  {
    timeout: 60_000
  }
)
