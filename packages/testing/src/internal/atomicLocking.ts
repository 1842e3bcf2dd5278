import { expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { Atomic } from "saldo/core/Atomic"
import type { Cells } from "../Cells.ts"
import type { Check } from "../Check.ts"
import { both, check, putBoth, type Subject } from "./atomicCheck.ts"

type Level = "run" | "runLocking"

/** Adds one to the left cell, which it locks first; what it does in between gives the others a chance to interfere. */
const lockAndIncrement = ({ cells, cell }: Subject, between: Effect.Effect<void> = Effect.yieldNow) =>
  Effect.gen(function* () {
    const value = (yield* cells.left.lock(cell)) ?? 0
    yield* between
    yield* cells.left.put(cell, value + 1)
    return value + 1
  })

/** Whether the running fibre is inside, asked in several places. */
export const inTransaction: ReadonlyArray<Check<Atomic | Cells>> = [
  check("in-transaction", "says inside which effects a transaction is open", ({ atomic }) =>
    Effect.gen(function* () {
      const here = atomic.inTransaction
      const inside = Effect.all([
        here,
        Effect.flatMap(Effect.forkChild(Effect.andThen(Effect.yieldNow, here)), Fiber.join),
        Effect.map(Effect.all([here, here], { concurrency: 2 }), (seen) => seen.every(Boolean)),
        atomic.run(here),
        atomic.runLocking(here)
      ])
      expect(yield* here).toBe(false)
      expect(yield* atomic.run(inside)).toEqual([true, true, true, true, true])
      expect(yield* atomic.runLocking(inside)).toEqual([true, true, true, true, true])
      const afterNested = Effect.andThen(Effect.ignore(atomic.run(Effect.fail("nested"))), here)
      expect(yield* atomic.run(afterNested)).toBe(true)
      yield* Effect.ignore(atomic.run(Effect.fail("refused")))
      expect(yield* here).toBe(false)
    })
  ),
  check("in-transaction-others", "does not count fibres outside, nor callbacks after the commit", ({ atomic }) =>
    Effect.gen(function* () {
      const open = yield* Deferred.make<void>()
      const asked = yield* Deferred.make<void>()
      const outside = yield* Effect.forkChild(
        Deferred.await(open).pipe(
          Effect.andThen(atomic.inTransaction),
          Effect.tap(() => Deferred.succeed(asked, undefined))
        )
      )
      const later: Array<boolean> = []
      yield* atomic.run(
        Effect.gen(function* () {
          yield* atomic.afterCommit(Effect.map(atomic.inTransaction, (inside) => void later.push(inside)))
          yield* Deferred.succeed(open, undefined)
          yield* Deferred.await(asked)
        })
      )
      expect(yield* Fiber.join(outside)).toBe(false)
      expect(later).toEqual([false])
    })
  ),
  check(
    "in-transaction-outlived",
    "counts a fibre that outlives its transaction, as it can use nothing else",
    ({ atomic }) =>
      Effect.gen(function* () {
        const ended = yield* Deferred.make<void>()
        const late = yield* atomic.run(Effect.forkDetach(Effect.andThen(Deferred.await(ended), atomic.inTransaction)))
        yield* Deferred.succeed(ended, undefined)
        expect(yield* Fiber.join(late)).toBe(true)
      })
  )
]

const nesting = (outer: Level, inner: Level, subject: Subject) =>
  Effect.gen(function* () {
    const { atomic, cell, cells } = subject
    yield* atomic[outer](
      Effect.gen(function* () {
        yield* cells.left.put(cell, 1)
        const undone = Effect.andThen(putBoth(subject, 9), Effect.fail("inner"))
        expect(yield* Effect.flip(atomic[inner](undone))).toBe("inner")
        expect(yield* both(subject)).toEqual([1, undefined])
        yield* atomic[inner](cells.right.put(cell, 2))
      })
    )
    expect(yield* both(subject)).toEqual([1, 2])
    yield* Effect.ignore(atomic[outer](Effect.andThen(atomic[inner](putBoth(subject, 3)), Effect.fail("outer"))))
    expect(yield* both(subject)).toEqual([1, 2])
  })

const allOrNothing: ReadonlyArray<Check<Atomic | Cells>> = [
  check(
    "locking-all-or-nothing",
    "keeps all writes of a locking transaction or none, and passes its exit on",
    (subject) =>
      Effect.gen(function* () {
        const { atomic } = subject
        expect(yield* atomic.runLocking(Effect.as(putBoth(subject, 1), "done"))).toBe("done")
        const failure = { _tag: "Refused" }
        const refused = Effect.andThen(putBoth(subject, 2), Effect.fail(failure))
        expect(yield* Effect.flip(atomic.runLocking(refused))).toBe(failure)
        const exit = yield* Effect.exit(atomic.runLocking(Effect.andThen(putBoth(subject, 3), Effect.die("bug"))))
        expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe("bug")
        const written = yield* Deferred.make<void>()
        const fiber = yield* Effect.forkChild(
          putBoth(subject, 4).pipe(
            Effect.andThen(Deferred.succeed(written, undefined)),
            Effect.andThen(Effect.never),
            atomic.runLocking
          )
        )
        yield* Deferred.await(written)
        yield* Fiber.interrupt(fiber)
        expect(yield* both(subject)).toEqual([1, 1])
      })
  ),
  check("locking-in-run", "makes a locking transaction inside another one a savepoint", (subject) =>
    nesting("run", "runLocking", subject)
  ),
  check("run-in-locking", "makes a transaction inside a locking one a savepoint", (subject) =>
    nesting("runLocking", "run", subject)
  ),
  check(
    "locking-after-commit",
    "runs callbacks of a locking transaction after it, once, and none of one undone",
    (subject) =>
      Effect.gen(function* () {
        const { atomic, cell, cells } = subject
        const seen: Array<number | undefined> = []
        const note = atomic.afterCommit(Effect.map(cells.left.get(cell), (value) => void seen.push(value)))
        yield* atomic.runLocking(Effect.all([note, atomic.run(note), cells.left.put(cell, 7)]))
        yield* Effect.ignore(atomic.runLocking(Effect.andThen(note, Effect.fail("refused"))))
        expect(seen).toEqual([7, 7])
      })
  )
]

const lockedRows: ReadonlyArray<Check<Atomic | Cells>> = [
  check("locking-lost-update", "loses none of 16 concurrent updates of a row that each of them locks", (subject) =>
    Effect.gen(function* () {
      yield* putBoth(subject, 0)
      const results = yield* Effect.all(
        Array.from({ length: 16 }, () => subject.atomic.runLocking(lockAndIncrement(subject))),
        { concurrency: "unbounded" }
      )
      expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, n) => n + 1))
      expect(yield* subject.cells.left.get(subject.cell)).toBe(16)
    })
  ),
  check("locking-levels", "loses no update when some of 16 that lock the row are serialisable", (subject) =>
    Effect.gen(function* () {
      yield* putBoth(subject, 0)
      yield* Effect.forEach(
        Array.from({ length: 16 }, (_, n) => n),
        (n) => subject.atomic[n % 2 === 0 ? "run" : "runLocking"](lockAndIncrement(subject)),
        { concurrency: "unbounded" }
      )
      expect(yield* subject.cells.left.get(subject.cell)).toBe(16)
    })
  ),
  check("locking-waits", "waits for a locked row and sees its latest value, without starting over", (subject) =>
    Effect.gen(function* () {
      const { atomic } = subject
      yield* putBoth(subject, 0)
      const locked = yield* Deferred.make<void>()
      const executions = { first: 0, second: 0 }
      // Long enough for the second one to come as far as the lock, where the storage lets it.
      const holding = Effect.andThen(Deferred.succeed(locked, undefined), Effect.sleep("50 millis"))
      const first = yield* Effect.forkChild(
        atomic.runLocking(
          Effect.suspend(() => {
            executions.first++
            return lockAndIncrement(subject, holding)
          })
        )
      )
      yield* Deferred.await(locked)
      const second = yield* atomic.runLocking(
        Effect.suspend(() => {
          executions.second++
          return lockAndIncrement(subject)
        })
      )
      expect([yield* Fiber.join(first), second]).toEqual([1, 2])
      expect(executions).toEqual({ first: 1, second: 1 })
    })
  )
]

/** Two withdrawals that together break what each alone keeps, each locking both cells before it decides. */
const withdrawals = (subject: Subject, levels: readonly [Level, Level]) =>
  Effect.gen(function* () {
    const { atomic, cell, cells } = subject
    yield* putBoth(subject, 50)
    const withdraw = (level: Level, side: "left" | "right") =>
      atomic[level](
        Effect.gen(function* () {
          const left = (yield* cells.left.lock(cell)) ?? 0
          const right = (yield* cells.right.lock(cell)) ?? 0
          yield* Effect.sleep("10 millis")
          if (left + right < 100) return false
          yield* cells[side].put(cell, (side === "left" ? left : right) - 100)
          return true
        })
      )
    const done = yield* Effect.all([withdraw(levels[0], "left"), withdraw(levels[1], "right")], { concurrency: 2 })
    expect(done.filter(Boolean)).toHaveLength(1)
    const [left = 0, right = 0] = yield* both(subject)
    expect(left + right).toBe(0)
  })

const decisions: ReadonlyArray<Check<Atomic | Cells>> = [
  check("locking-write-skew", "lets one of two decide on rows that both lock, at either level", (subject) =>
    Effect.forEach(
      [
        ["runLocking", "runLocking"],
        ["run", "runLocking"],
        ["runLocking", "run"]
      ] as const,
      (levels) => withdrawals({ ...subject, cell: `${subject.cell}-${levels.join("-")}` }, levels),
      { discard: true }
    )
  ),
  check("locking-deadlock", "brings both of two through that lock the same rows in opposite orders", (subject) =>
    Effect.gen(function* () {
      const { atomic, cell, cells } = subject
      yield* putBoth(subject, 0)
      const add = (side: "left" | "right") =>
        Effect.flatMap(cells[side].lock(cell), (value) => cells[side].put(cell, (value ?? 0) + 1))
      const crossing = (first: "left" | "right", second: "left" | "right") =>
        atomic.runLocking(Effect.all([add(first), Effect.sleep("30 millis"), add(second)]))
      yield* Effect.all([crossing("left", "right"), crossing("right", "left")], { concurrency: 2 })
      expect(yield* both(subject)).toEqual([2, 2])
    })
  )
]

/** What `runLocking` promises. */
export const locking: ReadonlyArray<Check<Atomic | Cells>> = [...allOrNothing, ...lockedRows, ...decisions]
