import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as BookingTime from "saldo/ledger/BookingTime"
import { blockHash, noHash } from "saldo/ledger/journalBlocks"
import { entryText } from "saldo/ledger/entryText"
import { sha256 } from "saldo/core/sha256"
import type { AsOf } from "saldo/ledger/LedgerFilter"
import { type CommitOutcome, LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import * as LocalDate from "saldo/time/LocalDate"
import { account, accountId, makeProgram, randomBelow, tenant } from "./randomCommits.ts"

const sqlStore = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))
const databases = [
  ["sqlite", TestSqlite.layer],
  ["postgres", TestPostgres.layer]
] as const

/** Stores make their own ids; what they stand for is the same. */
const withoutMadeIds = (values: unknown, ids: Map<string, string>): unknown =>
  JSON.parse(
    JSON.stringify(values, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    (_, value: unknown) => (typeof value === "string" ? (ids.get(value) ?? value) : value)
  )

const noteIds = (outcomes: ReadonlyArray<CommitOutcome>, ids: Map<string, string>) => {
  for (const outcome of outcomes) {
    if (Result.isFailure(outcome)) continue
    for (const { id, sequence } of outcome.success.entries) ids.set(id, `entry ${sequence}`)
  }
}

const plain = (outcomes: ReadonlyArray<CommitOutcome>) =>
  outcomes.map(
    Result.match({
      onSuccess: (committed): unknown => committed,
      onFailure: ({ reason, replayed }) => ({ reason: Object.entries(reason), replayed })
    })
  )

const chainOf = (store: LedgerStore["Service"]) =>
  Effect.gen(function* () {
    const blocks = yield* Stream.runCollect(store.blocks(tenant))
    let hash = noHash
    let sequence = 0
    for (const block of blocks) {
      const [first] = block.entries
      if (first === undefined) throw new Error("an empty block")
      const contents = block.entries.map((entry) => sha256(entryText(tenant, entry.key, entry)))
      hash = blockHash(hash, { sequence: first.sequence, micros: BookingTime.toMicros(first.bookedAt) }, contents)
      expect(block.hash).toBe(hash)
      for (const entry of block.entries) expect(entry.sequence).toBe(++sequence)
    }
    expect(yield* store.head(tenant)).toMatchObject({ sequence, hash })
    return sequence
  })

for (const [name, database] of databases) {
  describe(`SqlLedgerStore on ${name}`, () => {
    it.live(
      "answers as the store in memory does",
      () =>
        Effect.gen(function* () {
          const memory = yield* Effect.provide(LedgerStore, LedgerStore.layerMemory)
          const store = yield* LedgerStore
          for (const each of [memory, store]) {
            for (let number = 0; number < 9; number++) {
              expect(yield* each.openAccount(account(number))).toEqual(Option.none())
            }
          }
          const next = makeProgram(7, 10)
          const [ids, memoryIds] = [new Map<string, string>(), new Map<string, string>()]
          let booked = 0
          for (let call = 0; call < 300; call++) {
            const request = next()
            const [expected, found] = [yield* memory.commit(request), yield* store.commit(request)]
            noteIds(expected, memoryIds)
            noteIds(found, ids)
            expect(withoutMadeIds(plain(found), ids)).toEqual(withoutMadeIds(plain(expected), memoryIds))
            booked += expected.filter(Result.isSuccess).length
          }
          expect(booked).toBeGreaterThan(150)
          expect(yield* chainOf(store)).toBe(yield* chainOf(memory))
          const same = <A, E>(read: (each: LedgerStore["Service"]) => Effect.Effect<A, E>) =>
            Effect.gen(function* () {
              const [expected, found] = [yield* read(memory), yield* read(store)]
              expect(withoutMadeIds(found, ids)).toEqual(withoutMadeIds(expected, memoryIds))
            })
          const below = randomBelow(3)
          const start = LocalDate.of("2025-12-20")
          for (let round = 0; round < 20; round++) {
            const valueOn = LocalDate.addDays(start, below(70))
            const knownAt = BookingTime.fromMicros(Date.UTC(2026, 0, 1) * 1000 + below(40 * 86_400) * 1_000_000)
            const asOfs: ReadonlyArray<AsOf> = [{}, { valueOn }, { knownAt }, { knownAt, valueOn }]
            const id = accountId(below(10))
            for (const asOf of asOfs) {
              yield* same((each) => each.trialBalance(tenant, asOf))
              yield* same((each) => each.counters(tenant, id, asOf))
            }
          }
          const filters = [
            {},
            { accountId: accountId(3) },
            { kind: "held" },
            { code: "code 1" },
            { metadata: { order: "3" } },
            { metadata: { order: "3", segment: "b'c\"d" }, accountId: accountId(2) },
            { valueFrom: LocalDate.of("2026-01-05"), valueTo: LocalDate.of("2026-01-09") },
            { bookedTo: BookingTime.fromMicros(Date.UTC(2026, 0, 9) * 1000) }
          ] as const
          for (const filter of filters) yield* same((each) => each.listEntries(tenant, filter, { limit: 100 }))
          for (const filter of [{}, { postedOnly: true }, { valueFrom: LocalDate.of("2026-01-20") }]) {
            yield* same((each) => each.listLines(tenant, accountId(2), filter, { limit: 100 }))
          }
          for (const filter of [{}, { state: "held" }, { accountId: accountId(4) }] as const) {
            yield* same((each) => each.listHolds(tenant, filter, { limit: 100 }))
          }
          for (const filter of [
            {},
            { type: "asset" },
            { codePrefix: "account.0000" },
            { metadata: { group: "four" } }
          ] as const) {
            yield* same((each) => each.listAccounts(tenant, filter, { limit: 4 }))
          }
        }).pipe(Effect.provide(sqlStore.pipe(Layer.provide(database)))),
      60_000
    )
  })
}
