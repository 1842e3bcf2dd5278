import { checks } from "@saldo/testing/AtomicTest"
import { Cells } from "@saldo/testing/Cells"
import { broken } from "@saldo/testing/Check"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { Atomic } from "saldo/core/Atomic"
import * as MemoryTransaction from "saldo/core/MemoryTransaction"
import * as SqlAtomic from "saldo/core/SqlAtomic"

type Run = Atomic["Service"]["run"]

const memory = (bug: Partial<Atomic["Service"]>) =>
  Layer.mergeAll(
    Layer.effect(
      Atomic,
      Effect.map(Layer.build(Atomic.layerMemory), (context) => Atomic.of({ ...Context.get(context, Atomic), ...bug }))
    ),
    Cells.layerMemory
  )

const postgres = (atomic: typeof SqlAtomic.layer, cells: typeof Cells.layerSql = Cells.layerSql) =>
  Layer.mergeAll(atomic, cells).pipe(Layer.provide(TestPostgres.layer))

/** An `Atomic` that locks at the level at which the given one runs. */
const lockingAt = (atomic: typeof SqlAtomic.layer): typeof SqlAtomic.layer =>
  Layer.effect(
    Atomic,
    Effect.map(Layer.build(atomic), (context) => {
      const service = Context.get(context, Atomic)
      return Atomic.of({ ...service, runLocking: service.run })
    })
  )

/** Cells whose locking read is like any other. */
const unlocking: typeof Cells.layerSql = Layer.effect(
  Cells,
  Effect.map(Layer.build(Cells.layerSql), (context) => {
    const { left, right } = Context.get(context, Cells)
    return Cells.of({ left: { ...left, lock: left.get }, right: { ...right, lock: right.get } })
  })
)

/** A transaction of its own, whatever is around it. */
const detached: Run = (effect) =>
  MemoryTransaction.run(effect).pipe(
    Effect.provideService(MemoryTransaction.CurrentLevel, undefined),
    Effect.provideService(MemoryTransaction.WriterLock, Semaphore.makeUnsafe(1))
  )

/** Knows that a transaction is open somewhere, and not in which fibre. */
const countingOpen = (): Partial<Atomic["Service"]> => {
  let open = 0
  const counted: Run = (effect) =>
    MemoryTransaction.run(
      Effect.acquireUseRelease(
        Effect.sync(() => void open++),
        () => effect,
        () => Effect.sync(() => void open--)
      )
    )
  return { run: counted, runLocking: counted, inTransaction: Effect.sync(() => open > 0) }
}

/** Commits what an effect wrote although the exits chosen should undo it. */
const committingWhen =
  (chosen: (cause: Cause.Cause<unknown>) => boolean): Run =>
  (effect) =>
    Effect.flatten(
      MemoryTransaction.run(
        Effect.gen(function* () {
          const exit = yield* Effect.exit(effect)
          return Exit.isFailure(exit) && !chosen(exit.cause) ? yield* Effect.failCause(exit.cause) : exit
        })
      )
    )

describe("AtomicTest finds", () => {
  const finds = (bug: string, layer: Layer.Layer<Atomic | Cells, unknown>, expected: ReadonlyArray<string>) =>
    it.live(bug, () =>
      Effect.gen(function* () {
        expect(yield* broken(checks, layer, { only: expected, timeout: "3 seconds" })).toEqual(expected)
      })
    )

  it.live("nothing in memory, nor on a second run on the same database", () =>
    Effect.gen(function* () {
      const sqlite = Layer.mergeAll(SqlAtomic.layer, Cells.layerSql).pipe(Layer.provide(TestSqlite.layerFile))
      expect(yield* broken(checks, memory({}))).toEqual([])
      expect(yield* broken([...checks, ...checks], sqlite)).toEqual([])
    })
  )

  finds("an Atomic that never rolls back", memory({ run: (effect) => effect, afterCommit: (effect) => effect }), [
    "failure",
    "defect",
    "isolation",
    "interruption",
    "interruption-anywhere",
    "savepoint",
    "lost-update",
    "one-winner",
    "write-skew",
    "after-commit"
  ])

  finds("an Atomic that rolls back failures and commits defects", memory({ run: committingWhen(Cause.hasDies) }), [
    "defect"
  ])

  finds(
    "an Atomic without savepoints",
    memory({
      run: (effect) =>
        Effect.withFiber((fiber) =>
          fiber.getRef(MemoryTransaction.CurrentLevel) === undefined ? MemoryTransaction.run(effect) : effect
        )
    }),
    ["savepoint", "deep-nesting", "concurrent-nested", "after-rollback"]
  )

  finds("an Atomic that calls back before the commit", memory({ afterCommit: (effect) => effect }), [
    "after-commit",
    "after-rollback",
    "after-commit-defect"
  ])

  finds(
    "an Atomic whose writers do not take turns",
    memory({
      run: (effect) =>
        Effect.suspend(() =>
          Effect.provideService(MemoryTransaction.run(effect), MemoryTransaction.WriterLock, Semaphore.makeUnsafe(1))
        )
    }),
    ["lost-update", "one-winner", "write-skew"]
  )

  finds("a nested run that commits at once, in a transaction of its own", memory({ run: detached }), ["outer-failure"])

  finds("the lost updates of read committed", postgres(SqlAtomic.layerWith({ isolation: "read committed" })), [
    "lost-update",
    "write-skew"
  ])

  finds("the write skew of repeatable read", postgres(SqlAtomic.layerWith({ isolation: "repeatable read" })), [
    "write-skew"
  ])

  finds("a Postgres that does not try again after a lost race", postgres(SqlAtomic.layerWith({ attempts: 1 })), [
    "lost-update"
  ])

  finds("a runLocking without a transaction", memory({ runLocking: (effect) => effect }), [
    "in-transaction",
    "locking-all-or-nothing",
    "locking-in-run",
    "run-in-locking",
    "locking-after-commit",
    "locking-lost-update",
    "locking-waits",
    "locking-write-skew"
  ])

  finds("a runLocking that commits at once inside another transaction", memory({ runLocking: detached }), [
    "locking-in-run"
  ])

  finds("a run that commits at once inside a runLocking", memory({ run: detached }), ["run-in-locking"])

  finds("an inTransaction that is always true", memory({ inTransaction: Effect.succeed(true) }), [
    "in-transaction",
    "in-transaction-others"
  ])

  finds("an inTransaction that is always false", memory({ inTransaction: Effect.succeed(false) }), ["in-transaction"])

  finds("an inTransaction that means the whole process", memory(countingOpen()), ["in-transaction-others"])

  for (const isolation of ["serializable", "repeatable read"] as const) {
    finds(`a runLocking that is aborted at ${isolation}`, postgres(lockingAt(SqlAtomic.layerWith({ isolation }))), [
      "locking-waits"
    ])
  }

  finds("a Postgres that does not try again after a deadlock", postgres(SqlAtomic.layerWith({ attempts: 1 })), [
    "locking-deadlock"
  ])

  finds("a store whose locking read does not lock", postgres(SqlAtomic.layer, unlocking), [
    "locking-lost-update",
    "locking-waits",
    "locking-write-skew"
  ])
})
