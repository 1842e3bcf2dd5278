import { Cells } from "@saldo/testing/Cells"
import * as FaultInjection from "@saldo/testing/FaultInjection"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"

const sql = Layer.mergeAll(SqlAtomic.layer, Cells.layerSql)
const sqlite = Layer.provide(sql, TestSqlite.layer)

const transfer = Effect.gen(function* () {
  const cells = yield* Cells
  yield* cells.left.put("account", -100)
  yield* cells.right.put("account", 100)
  return "done"
})

const atomicTransfer = Effect.flatMap(Atomic, (atomic) => atomic.run(transfer))

const allOrNothing = (exit: Exit.Exit<string>) =>
  Effect.gen(function* () {
    const cells = yield* Cells
    const seen = yield* Effect.all([cells.left.get("account"), cells.right.get("account")])
    expect(seen).toEqual(Exit.isSuccess(exit) ? [-100, 100] : [undefined, undefined])
  })

describe("FaultInjection", () => {
  it("tells writes from reads", () => {
    const writing = [
      "INSERT INTO a VALUES (1)",
      "\n  update a set b = 1",
      "DELETE FROM a",
      "WITH x AS (UPDATE a SET b = 1 RETURNING *) SELECT * FROM x",
      "WITH x AS (SELECT * FROM a FOR UPDATE) UPDATE a SET b = 1 FROM x",
      "CREATE TABLE a (b INT)"
    ]
    const reading = [
      "SELECT * FROM updates",
      "select 1",
      "SELECT * FROM a FOR UPDATE",
      "WITH x AS (SELECT 1) SELECT * FROM x",
      "WITH x AS (SELECT * FROM a FOR UPDATE), y AS (SELECT * FROM b FOR NO KEY\n UPDATE) SELECT * FROM x, y",
      "PRAGMA user_version"
    ]
    expect(writing.map(FaultInjection.isWrite)).toEqual(writing.map(() => true))
    expect(reading.map(FaultInjection.isWrite)).toEqual(reading.map(() => false))
  })

  it.live("finds a transfer in one transaction whole after every fault (sqlite)", () =>
    Effect.gen(function* () {
      const report = yield* FaultInjection.everyFault(sqlite, atomicTransfer, allOrNothing)
      expect(report).toEqual({ writes: 2, runs: 13 })
    })
  )

  it.live("finds a transfer in one transaction whole after every fault (postgres)", () =>
    Effect.gen(function* () {
      const layer = Layer.provide(sql, TestPostgres.layer)
      const report = yield* FaultInjection.everyFault(layer, atomicTransfer, allOrNothing)
      expect(report).toEqual({ writes: 2, runs: 13 })
    })
  )

  it.live("finds a transfer without a transaction in halves, and says where", () =>
    Effect.gen(function* () {
      const broken = yield* Effect.flip(FaultInjection.everyFault(sqlite, transfer, allOrNothing, { kinds: ["error"] }))
      expect(broken).toBeInstanceOf(FaultInjection.InvariantBroken)
      expect(broken.message).toContain("after error after write 1 (INSERT INTO")
    })
  )

  it.live("goes on after a lost race, so that every run succeeds", () =>
    Effect.gen(function* () {
      const exits: Array<boolean> = []
      yield* FaultInjection.everyFault(
        sqlite,
        atomicTransfer,
        (exit) => Effect.sync(() => void exits.push(Exit.isSuccess(exit))),
        { kinds: ["race"] }
      )
      expect(exits).toEqual([true, true, true, true, true])
    })
  )

  it.live("refuses a program that writes nothing", () =>
    Effect.gen(function* () {
      const nothing = FaultInjection.everyFault(sqlite, Effect.void, () => Effect.void)
      expect(yield* Effect.flip(nothing)).toBeInstanceOf(FaultInjection.NothingWritten)
    })
  )
})
