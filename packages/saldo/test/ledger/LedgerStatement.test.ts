import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { BookingTime } from "saldo/ledger/BookingTime"
import { Ledger } from "saldo/ledger/Ledger"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import type { Statement } from "saldo/ledger/LedgerReport"
import * as LocalDate from "saldo/time/LocalDate"
import { chart, keeper, stores, transfer } from "./books.ts"

const day = (text: string, to = text) => ({ from: LocalDate.of(text), to: LocalDate.of(to) })

const texts = ({ closing, items, opening }: Statement) => [
  String(opening),
  ...items.map(({ balance }) => String(balance)),
  String(closing)
]

const sql = (database: typeof TestSqlite.layer) =>
  Layer.merge(SqlLedgerStore.layer, AuditStore.layerMemory).pipe(
    Layer.provideMerge(SqlAtomic.layer),
    Layer.provideMerge(Migrations.layer),
    Layer.provideMerge(database)
  )

describe.each([
  ["memory", stores],
  ["sqlite", sql(TestSqlite.layer)],
  ["postgres", sql(TestPostgres.layer)]
] as const)("a statement (%s)", (_, layer) => {
  it.live("adds up over its pages, on every day, and where there is nothing", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, cash } = yield* chart
      for (const day of ["02T08", "02T09", "03T08", "05T08"]) {
        const valueOn = LocalDate.of(`2026-03-${day.slice(0, 2)}`)
        const command = transfer(day, cash.id, anna.id, "10.00")
        yield* ledger.commit({
          ...command,
          operations: command.operations.map((operation) => ({ ...operation, valueOn })),
          importedAt: BookingTime.make(`2026-03-${day}:00:00.000000Z`)
        })
      }
      const statement = (period: ReturnType<typeof day>, page = {}) => ledger.statement(anna.id, period, page)
      const first = yield* statement(day("2026-03-02", "2026-03-03"), { limit: 2 })
      expect(texts(first)).toEqual(["0.00 SEK", "10.00 SEK", "20.00 SEK", "30.00 SEK"])
      const second = yield* statement(day("2026-03-02", "2026-03-03"), { limit: 2, cursor: first.next ?? "" })
      expect(texts(second)).toEqual(["0.00 SEK", "30.00 SEK", "30.00 SEK"])
      expect(second.next).toBe(null)
      expect(texts(yield* statement(day("2026-03-04")))).toEqual(["30.00 SEK", "30.00 SEK"])
      expect(texts(yield* statement(day("2027-01-01", "9999-12-31")))).toEqual(["40.00 SEK", "40.00 SEK"])
      expect(texts(yield* statement(day("2026-03-03", "9999-12-31")))).toEqual([
        "20.00 SEK",
        "30.00 SEK",
        "40.00 SEK",
        "40.00 SEK"
      ])
      // A period that ends before it begins has nothing in it.
      expect(texts(yield* statement(day("2026-03-05", "2026-03-02")))).toEqual(["30.00 SEK", "30.00 SEK"])
      expect(texts(yield* statement(day("0001-01-01", "2026-03-01")))).toEqual(["0.00 SEK", "0.00 SEK"])
      expect(texts(yield* ledger.statement(bo.id, day("2026-03-01", "2026-03-31")))).toEqual(["0.00 SEK", "0.00 SEK"])
    }).pipe(
      Actor.as(keeper),
      Effect.provide(Ledger.layer.pipe(Layer.provideMerge(AuditTrail.layer), Layer.provideMerge(Layer.fresh(layer))))
    )
  )
})

describe("a statement", () => {
  it.effect("adds up though something is booked while it is read", () =>
    Effect.gen(function* () {
      let meanwhile: Effect.Effect<unknown> = Effect.void
      const busy = Layer.effect(
        LedgerStore,
        Effect.map(LedgerStore, (store) => ({
          ...store,
          listLines: (...parameters: Parameters<typeof store.listLines>) =>
            Effect.andThen(
              Effect.suspend(() => meanwhile),
              store.listLines(...parameters)
            )
        }))
      ).pipe(Layer.provide(LedgerStore.layerMemory))
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* TestClock.setTime(Date.parse("2026-03-02T12:00:00Z"))
        const { anna, cash } = yield* chart
        yield* ledger.commit(transfer("before", cash.id, anna.id, "10.00"))
        meanwhile = ledger.commit(transfer("meanwhile", cash.id, anna.id, "5.00")).pipe(Actor.as(keeper), Effect.orDie)
        const read = ledger.statement(anna.id, day("2026-03-02"))
        const first = yield* read
        expect(texts(first)).toEqual(["0.00 SEK", "10.00 SEK", "10.00 SEK"])
        expect(first.next).toBe(null)
        expect(texts(yield* read)).toEqual(["0.00 SEK", "10.00 SEK", "15.00 SEK", "15.00 SEK"])
      }).pipe(
        Actor.as(keeper),
        Effect.provide(
          Ledger.layer.pipe(
            Layer.provideMerge(AuditTrail.layer),
            Layer.provideMerge(Layer.mergeAll(busy, AuditStore.layerMemory, Atomic.layerMemory))
          )
        )
      )
    })
  )
})
