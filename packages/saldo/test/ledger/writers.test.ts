import { describe, expect, it } from "@effect/vitest"
import { layer as postgres } from "@saldo/postgres/PostgresClient"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import type { BookingTime } from "saldo/ledger/BookingTime"
import type { Counters } from "saldo/ledger/LedgerAccount"
import { type CommitOutcome, type CommitRequest, LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import { startPostgres } from "../../../testing/src/internal/postgresServer.ts"
import { anna, chart } from "./day.ts"
import { entriesOf, expectSound } from "./dayChecks.ts"
import { own, requestsOf, shared, tenant } from "./hotAccount.ts"

const store = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

const names = Array.from({ length: 16 }, (_, index) => `writer ${index}`)

const openAll = LedgerStore.use((ledger) => Effect.forEach(chart(tenant), ledger.openAccount))

type Carry = (ledger: LedgerStore["Service"], request: CommitRequest) => Effect.Effect<ReadonlyArray<CommitOutcome>>

/** Lets writers work side by side; gives the keys of the commands that were carried out or refused just then. */
const workAll = Effect.fnUntraced(function* (writers: ReadonlyArray<string>, carry: Carry) {
  const ledger = yield* LedgerStore
  const decided: Array<string> = []
  const write = Effect.fnUntraced(function* (name: string) {
    for (const request of requestsOf(name)) {
      const [outcome] = yield* carry(ledger, request)
      if (outcome === undefined) return expect.unreachable("every command has an outcome")
      const replayed = Result.isSuccess(outcome) ? outcome.success.replayed : outcome.failure.replayed
      if (Result.isFailure(outcome)) expect(outcome.failure.reason._tag).toBe("InsufficientFunds")
      if (!replayed) decided.push(request.commands[0]?.key ?? "")
    }
  })
  yield* Effect.forEach(writers, write, { concurrency: "unbounded", discard: true })
  return decided
})

/** Each command had its effect once: no key is booked twice, and everything was asked for by somebody. */
const expectOnce = Effect.fnUntraced(function* (writers: ReadonlyArray<string>) {
  const ledger = yield* LedgerStore
  yield* expectSound(ledger, tenant)
  const keys: Array<string> = []
  let page = yield* Effect.orDie(ledger.listEntries(tenant, {}, { limit: 100 }))
  keys.push(...page.items.map(({ key }) => key))
  while (page.next !== null) {
    page = yield* Effect.orDie(ledger.listEntries(tenant, {}, { limit: 100, cursor: page.next }))
    keys.push(...page.items.map(({ key }) => key))
  }
  expect(new Set(keys).size).toBe(keys.length)
  const asked = new Set<string>(
    writers.flatMap((name) => requestsOf(name).map(({ commands }) => commands[0]?.key ?? ""))
  )
  expect(keys.filter((key) => !asked.has(key))).toEqual([])
  return keys.length
})

const commit: Carry = (ledger, request) => ledger.commit(request)

describe("16 writers on one hot account (postgres)", () => {
  it.live(
    "carry each command out once, while readers never see a gap, a lost unit or another past",
    () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        yield* openAll
        const past: Array<readonly [BookingTime, Counters]> = []
        const read = Effect.gen(function* () {
          const head = yield* ledger.head(tenant)
          const rows = yield* ledger.trialBalance(tenant, {})
          const [debits, credits] = rows.reduce(
            ([d, c], { counters }) => [d + counters.debitsPosted, c + counters.creditsPosted],
            [0n, 0n]
          )
          expect(debits).toBe(credits)
          const entries = yield* entriesOf(ledger, tenant)
          expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1))
          expect(entries.length).toBeGreaterThanOrEqual(Math.min(500, head.sequence))
          const row = rows.find(({ account }) => account.id === anna)
          if (head.bookedAt === null || row === undefined) return
          // Whatever is booked from now on is booked later, so what was known at this time is settled.
          const asOf = yield* ledger.counters(tenant, anna, { knownAt: head.bookedAt })
          if (asOf._tag === "Some") past.push([head.bookedAt, asOf.value])
        })
        const reading = Effect.forever(Effect.andThen(read, Effect.sleep(20)))
        const decided = yield* Effect.raceFirst(workAll(names, commit), reading)
        expect(new Set(decided).size).toBe(decided.length)
        expect(decided.length).toBe(names.length * own + shared)
        expect(yield* expectOnce(names)).toBeGreaterThan(300)
        expect(past.length).toBeGreaterThan(2)
        for (const [knownAt, counters] of past) {
          const now = yield* ledger.counters(tenant, anna, { knownAt })
          expect(now).toEqual(expect.objectContaining({ _tag: "Some", value: counters }))
        }
      }).pipe(Effect.provide(store.pipe(Layer.provideMerge(TestPostgres.layerWith({ poolSize: 20 }))))),
    120_000
  )

  it.live(
    "carry each command out once inside serialisable transactions, which the server aborts and Atomic runs again",
    () =>
      Effect.gen(function* () {
        yield* openAll
        const { run } = yield* Atomic
        let attempts = 0
        const writers = names.slice(0, 6)
        const decided = yield* workAll(writers, (ledger, request) =>
          run(
            Effect.suspend(() => {
              attempts += 1
              return ledger.commit(request)
            })
          )
        )
        expect(decided.length).toBe(writers.length * own + shared)
        expect(attempts).toBeGreaterThan(writers.length * (own + shared))
        yield* expectOnce(writers)
      }).pipe(Effect.provide(store.pipe(Layer.provideMerge(TestPostgres.layerWith({ poolSize: 8 }))))),
    120_000
  )
})

const server = Effect.acquireRelease(
  Effect.promise(() => startPostgres({ durable: true })),
  ({ stop }) => Effect.promise(stop)
)

describe("writers on a server that crashes", () => {
  it.live(
    "have each command carried out once by asking again, and lose nothing that was acknowledged",
    () =>
      Effect.gen(function* () {
        const { url } = yield* server
        const clientAs = (applicationName: string, poolSize: number) =>
          postgres({ url: Redacted.make(url), applicationName, poolSize })
        const crash = Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const [victim] = yield* sql<{ readonly pid: number }>`
            SELECT pid FROM pg_stat_activity WHERE application_name = 'writers' LIMIT 1`
          // One of its processes killed makes the server end all others, recover from its log and start anew.
          if (victim !== undefined) yield* sql`${sql.literal(`COPY (SELECT 1) TO PROGRAM 'kill -9 ${victim.pid}'`)}`
        }).pipe(Effect.provide(Layer.fresh(clientAs("killer", 1))), Effect.ignore)
        const writers = names.slice(0, 8)
        yield* Effect.gen(function* () {
          yield* openAll
          const acknowledged = new Set<string>()
          let [answers, failures] = [0, 0]
          const patient: Carry = Effect.fnUntraced(function* (ledger, request) {
            for (let attempt = 0; attempt < 400; attempt++) {
              const exit = yield* Effect.exit(ledger.commit(request))
              if (Exit.isSuccess(exit)) {
                const [outcome] = exit.value
                const key = request.commands[0]?.key ?? ""
                if (outcome !== undefined && Result.isSuccess(outcome)) acknowledged.add(key)
                answers += 1
                if (answers === 40 || answers === 120 || answers === 200) yield* crash
                return exit.value
              }
              failures += 1
              yield* Effect.sleep(50)
            }
            return expect.unreachable("the server has not come back")
          })
          const decided = yield* workAll(writers, patient)
          expect(failures).toBeGreaterThanOrEqual(writers.length)
          expect(new Set(decided).size).toBe(decided.length)
          yield* expectOnce(writers)
          const booked = new Set<string>((yield* entriesOf(yield* LedgerStore, tenant)).map(({ key }) => key))
          expect([...acknowledged].filter((key) => !booked.has(key))).toEqual([])
        }).pipe(Effect.provide(store.pipe(Layer.provideMerge(clientAs("writers", 8)))))
      }).pipe(Effect.scoped),
    180_000
  )
})
