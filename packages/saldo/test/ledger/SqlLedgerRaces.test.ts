import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { Atomic } from "saldo/core/Atomic"
import { sha256 } from "saldo/core/sha256"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as BookingTime from "saldo/ledger/BookingTime"
import { entryText } from "saldo/ledger/entryText"
import { blockHash, noHash } from "saldo/ledger/journalBlocks"
import type { LedgerCommand, Operation } from "saldo/ledger/LedgerCommand"
import { type CommitOutcome, LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Money from "saldo/money/Money"
import * as Migrations from "saldo/sql/Migrations"
import * as LocalDate from "saldo/time/LocalDate"
import { account, accountId, entryId, holdId, key, tenant } from "./randomCommits.ts"

const sqlStore = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))
const now = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
const today = LocalDate.of("2026-03-10")
const one = Money.of("1.00", "SEK")

const post = (debit: number, credit: number, id?: number): Operation => ({
  _tag: "Post",
  ...(id === undefined ? {} : { entryId: entryId(id) }),
  postings: [
    { accountId: accountId(debit), side: "debit", amount: one },
    { accountId: accountId(credit), side: "credit", amount: one }
  ]
})
const hold = (id: number, debit: number, credit: number): Operation => ({
  _tag: "PlaceHold",
  holdId: holdId(id),
  debit: accountId(debit),
  credit: accountId(credit),
  amount: one
})
const command = (name: string, ...operations: ReadonlyArray<Operation>): LedgerCommand => ({
  key: key(name),
  operations
})

const open = (store: LedgerStore["Service"], count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, number) =>
      account(number, { bounds: { minimum: null, maximum: null }, creditsBlocked: false })
    ),
    (each) => store.openAccount(each),
    { discard: true }
  )

const commit = (store: LedgerStore["Service"], ...commands: ReadonlyArray<LedgerCommand>) =>
  store.commit({ tenant, today, now, commands })

const told = (outcomes: ReadonlyArray<CommitOutcome>) =>
  outcomes.map(
    Result.match({
      onSuccess: ({ replayed }) => (replayed ? "replayed" : "booked"),
      onFailure: ({ reason, replayed }) => `${replayed ? "replayed " : ""}${reason._tag}`
    })
  )

/** That the journal has no gap, times increase, and each block's hash is that of what is in it; gives its length. */
const verified = Effect.fnUntraced(function* (store: LedgerStore["Service"]) {
  let [hash, sequence, last] = [noHash, 0, -1]
  for (const block of yield* Stream.runCollect(store.blocks(tenant))) {
    const times = block.entries.map(({ bookedAt }) => BookingTime.toMicros(bookedAt))
    const first = { sequence: sequence + 1, micros: times[0] ?? 0 }
    expect(times).toEqual(times.map((_, index) => first.micros + index))
    expect(first.micros).toBeGreaterThan(last)
    expect(block.entries.map((entry) => entry.sequence)).toEqual(times.map((_, index) => first.sequence + index))
    hash = blockHash(
      hash,
      first,
      block.entries.map((entry) => sha256(entryText(tenant, entry.key, entry)))
    )
    expect(block.hash).toBe(hash)
    sequence += times.length
    last = first.micros + times.length - 1
  }
  expect(yield* store.head(tenant)).toMatchObject({ sequence, hash })
  // Every counter is the sum of its lines.
  for (const { account: each, counters } of yield* store.trialBalance(tenant, {})) {
    const known = BookingTime.fromMicros(last)
    expect(yield* store.counters(tenant, each.id, { knownAt: known })).toMatchObject({ value: counters })
  }
  return sequence
})

const databases = [
  ["sqlite file", TestSqlite.layerFile],
  ["postgres", TestPostgres.layer]
] as const

for (const [name, database] of databases) {
  const test = (title: string, effect: Effect.Effect<void, unknown, LedgerStore | Atomic | SqlClient.SqlClient>) =>
    it.live(title, () => Effect.provide(effect, sqlStore.pipe(Layer.provideMerge(database))), 60_000)

  describe(`races for a ledger on ${name}`, () => {
    test(
      "leave one chain, whoever wrote at the same time, also of a tenant that was just made",
      Effect.gen(function* () {
        const store = yield* LedgerStore
        // Everybody opens all accounts, and so makes the head.
        yield* Effect.replicateEffect(open(store, 6), 4, { concurrency: "unbounded", discard: true })
        const writer = (number: number) =>
          Effect.forEach(Array.from({ length: 20 }), (_, at) =>
            commit(
              store,
              command(`${number} ${at}`, post(0, 1 + ((number + at) % 5))),
              command(`${number} ${at} back`, post(1 + (at % 5), 0))
            )
          )
        const all = yield* Effect.forEach(Array.from({ length: 16 }).keys(), writer, { concurrency: "unbounded" })
        expect(new Set(all.flat().flatMap(told))).toEqual(new Set(["booked"]))
        expect(yield* verified(store)).toBe(16 * 20 * 2)
      })
    )

    test(
      "let a key take effect once, whatever accounts the callers mean, and leave nothing of a key beside it",
      Effect.gen(function* () {
        const store = yield* LedgerStore
        yield* open(store, 40)
        for (let round = 0; round < 10; round++) {
          const calls = Array.from({ length: 8 }, (_, number) => {
            const pair = [
              command(`shared ${round}`, post(4 * (number % 2), 4 * (number % 2) + 1)),
              command(`own ${round} ${number}`, post(2 + 4 * number, 3 + 4 * number))
            ]
            return commit(store, ...(number % 3 === 0 ? pair : pair.toReversed()))
          })
          const outcomes = (yield* Effect.all(calls, { concurrency: "unbounded" })).map(told)
          const shared = outcomes.map((pair, number) => pair[number % 3 === 0 ? 0 : 1])
          const own = outcomes.map((pair, number) => pair[number % 3 === 0 ? 1 : 0])
          expect(new Set(own)).toEqual(new Set(["booked"]))
          expect(shared.filter((each) => each === "booked")).toHaveLength(1)
          expect(new Set(shared)).toEqual(new Set(["booked", "replayed", "replayed IdempotencyMismatch"]))
        }
        expect(yield* verified(store)).toBe(10 * 9)
      })
    )

    test(
      "give an entry's or a hold's id to one of those who claim it",
      Effect.gen(function* () {
        const store = yield* LedgerStore
        yield* open(store, 32)
        const claims = (number: number) => [
          command(`hold ${number}`, hold(1, 2 * number, 2 * number + 1)),
          command(`entry ${number}`, post(2 * number, 2 * number + 1, 1))
        ]
        const all = yield* Effect.forEach(
          Array.from({ length: 16 }).keys(),
          (number) => commit(store, ...claims(number)),
          {
            concurrency: "unbounded"
          }
        )
        const [holds, entries] = [all.map((each) => told(each)[0]), all.map((each) => told(each)[1])]
        for (const [each, refusal] of [
          [holds, "HoldIdTaken"],
          [entries, "EntryIdTaken"]
        ] as const) {
          expect(each.filter((outcome) => outcome === "booked")).toHaveLength(1)
          expect(each.filter((outcome) => outcome === refusal)).toHaveLength(15)
        }
        expect(yield* verified(store)).toBe(2)
      })
    )

    test(
      "book inside the transactions of others, which commit together or not at all",
      Effect.gen(function* () {
        const store = yield* LedgerStore
        const atomic = yield* Atomic
        yield* open(store, 4)
        const inside = (number: number) => {
          const work = Effect.andThen(
            commit(store, command(`key ${number % 10}`, post(0, 1))),
            number % 3 === 0 ? Effect.fail("no") : Effect.succeed("yes")
          )
          return Effect.exit(number % 2 === 0 ? atomic.run(work) : atomic.runLocking(work))
        }
        yield* Effect.forEach(Array.from({ length: 30 }).keys(), inside, { concurrency: 8 })
        expect(yield* verified(store)).toBe(10)
      })
    )
  })
}

describe("a ledger on postgres", () => {
  it.live(
    "sees a hold that was placed while it waited for the account",
    () =>
      Effect.gen(function* () {
        const store = yield* LedgerStore
        const atomic = yield* Atomic
        const sql = yield* SqlClient.SqlClient
        yield* open(store, 4)
        const placed = yield* Deferred.make<void>()
        const released = yield* Deferred.make<void>()
        const placing = atomic.runLocking(
          Effect.gen(function* () {
            yield* commit(store, command("place", hold(1, 0, 1)))
            yield* Deferred.succeed(placed, undefined)
            yield* Deferred.await(released)
          })
        )
        const placer = yield* Effect.forkChild(placing)
        yield* Deferred.await(placed)
        const capture: Operation = { _tag: "Capture", holdId: holdId(1) }
        const capturer = yield* Effect.forkChild(commit(store, command("capture", post(2, 1), capture)))
        const waits = sql<{ readonly waiting: boolean }>`
          SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')) AS waiting`
        yield* Effect.repeat(waits, { until: ([row]) => row?.waiting === true })
        yield* Deferred.succeed(released, undefined)
        yield* Fiber.join(placer)
        expect(told(yield* Fiber.join(capturer))).toEqual(["booked"])
        expect(yield* verified(store)).toBe(3)
      }).pipe(Effect.provide(sqlStore.pipe(Layer.provideMerge(TestPostgres.layer)))),
    60_000
  )
})
