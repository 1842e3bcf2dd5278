import { expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as References from "effect/References"
import type { Atomic } from "saldo/core/Atomic"
import type { Cells } from "./Cells.ts"
import { type Check, register, type SuiteOptions } from "./Check.ts"
import { both, check, putBoth, type Subject } from "./internal/atomicCheck.ts"
import { inTransaction, locking } from "./internal/atomicLocking.ts"

const increment = ({ atomic, cells, cell }: Subject) =>
  atomic.run(
    Effect.gen(function* () {
      const value = (yield* cells.left.get(cell)) ?? 0
      // A pause between read and write gives the others their chance to interfere.
      yield* Effect.yieldNow
      yield* cells.left.put(cell, value + 1)
    })
  )

const basics: ReadonlyArray<Check<Atomic | Cells>> = [
  check("commit", "keeps the writes of two stores when the effect succeeds, and passes its result on", (subject) =>
    Effect.gen(function* () {
      const result = yield* subject.atomic.run(Effect.as(putBoth(subject, 1), "done"))
      expect(result).toBe("done")
      expect(yield* both(subject)).toEqual([1, 1])
    })
  ),
  check("failure", "undoes the writes of both stores on failure, and passes the failure on unchanged", (subject) =>
    Effect.gen(function* () {
      yield* putBoth(subject, 1)
      const failure = { _tag: "Refused" }
      const seen = yield* Effect.flip(subject.atomic.run(Effect.andThen(putBoth(subject, 2), Effect.fail(failure))))
      expect(seen).toBe(failure)
      expect(yield* both(subject)).toEqual([1, 1])
    })
  ),
  check("defect", "undoes the writes on a defect, and passes the defect on", (subject) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(subject.atomic.run(Effect.andThen(putBoth(subject, 2), Effect.die("bug"))))
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe("bug")
      expect(yield* both(subject)).toEqual([undefined, undefined])
    })
  ),
  check("own-writes", "reads its own writes", (subject) =>
    subject.atomic.run(
      Effect.gen(function* () {
        yield* putBoth(subject, 3)
        expect(yield* both(subject)).toEqual([3, 3])
      })
    )
  ),
  check("isolation", "shows nobody else what it has not committed", (subject) =>
    Effect.gen(function* () {
      yield* putBoth(subject, 1)
      const written = yield* Deferred.make<void>()
      const writer = yield* Effect.forkChild(
        Effect.exit(
          subject.atomic.run(
            Effect.gen(function* () {
              yield* putBoth(subject, 2)
              yield* Deferred.succeed(written, undefined)
              // Readers run now; a storage with one connection makes them wait, so this must not wait for them.
              yield* Effect.sleep("20 millis")
              return yield* Effect.fail("refused")
            })
          )
        )
      )
      yield* Deferred.await(written)
      const seen = yield* both(subject)
      yield* Fiber.join(writer)
      expect(seen).toEqual([1, 1])
    })
  )
]

const interruption: ReadonlyArray<Check<Atomic | Cells>> = [
  check("interruption", "undoes the writes on interruption, and stays usable", (subject) =>
    Effect.gen(function* () {
      const written = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(
        subject.atomic.run(
          putBoth(subject, 2).pipe(Effect.andThen(Deferred.succeed(written, undefined)), Effect.andThen(Effect.never))
        )
      )
      yield* Deferred.await(written)
      yield* Fiber.interrupt(fiber)
      expect(yield* both(subject)).toEqual([undefined, undefined])
      yield* subject.atomic.run(putBoth(subject, 3))
      expect(yield* both(subject)).toEqual([3, 3])
    })
  ),
  check("interruption-anywhere", "writes both or neither, wherever the interruption hits", (subject) =>
    Effect.forEach(
      Array.from({ length: 40 }, (_, delay) => delay),
      (delay) =>
        Effect.gen(function* () {
          const round = { ...subject, cell: `${subject.cell}-${delay}` }
          const fiber = yield* Effect.forkChild(
            subject.atomic.run(
              Effect.all([
                subject.cells.left.put(round.cell, 1),
                Effect.yieldNow,
                subject.cells.right.put(round.cell, 1)
              ])
            )
          )
          for (let step = 0; step < delay; step++) yield* Effect.yieldNow
          yield* Fiber.interrupt(fiber)
          const [left, right] = yield* both(round)
          expect(left).toBe(right)
        }),
      { discard: true }
    )
  ),
  check("interrupted-wait", "lets a waiting transaction be interrupted without harm to the running one", (subject) =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const proceed = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(
        subject.atomic.run(
          Effect.gen(function* () {
            yield* putBoth(subject, 1)
            yield* Deferred.succeed(started, undefined)
            yield* Deferred.await(proceed)
          })
        )
      )
      yield* Deferred.await(started)
      const second = yield* Effect.forkChild(subject.atomic.run(putBoth(subject, 2)))
      yield* Effect.sleep("5 millis")
      // Not awaited before the first one goes on: a storage may only notice when its lock is free. Sent at once, though, or
      // else the second one could still get the lock and commit before it hears of it.
      const interrupted = yield* Effect.forkChild(Fiber.interrupt(second), { startImmediately: true })
      yield* Deferred.succeed(proceed, undefined)
      yield* Fiber.join(first)
      yield* Fiber.join(interrupted)
      expect(yield* both(subject)).toEqual([1, 1])
      yield* subject.atomic.run(putBoth(subject, 3))
    })
  )
]

const nesting: ReadonlyArray<Check<Atomic | Cells>> = [
  check("savepoint", "undoes only the nested writes when a nested run fails and the outer one recovers", (subject) =>
    Effect.gen(function* () {
      yield* subject.atomic.run(
        Effect.gen(function* () {
          yield* subject.cells.left.put(subject.cell, 1)
          yield* Effect.ignore(subject.atomic.run(Effect.andThen(putBoth(subject, 9), Effect.fail("inner"))))
          expect(yield* both(subject)).toEqual([1, undefined])
          yield* subject.cells.right.put(subject.cell, 2)
        })
      )
      expect(yield* both(subject)).toEqual([1, 2])
    })
  ),
  check("outer-failure", "undoes a nested run that succeeded when the outer one fails", (subject) =>
    Effect.gen(function* () {
      yield* Effect.ignore(
        subject.atomic.run(Effect.andThen(subject.atomic.run(putBoth(subject, 1)), Effect.fail("outer")))
      )
      expect(yield* both(subject)).toEqual([undefined, undefined])
    })
  ),
  check("deep-nesting", "settles each of three levels by its own outcome", (subject) =>
    Effect.gen(function* () {
      const { atomic, cell, cells } = subject
      const third = Effect.andThen(cells.left.put(`${cell}-3`, 3), Effect.fail("third"))
      const second = Effect.andThen(cells.left.put(`${cell}-2`, 2), Effect.ignore(atomic.run(third)))
      yield* atomic.run(Effect.andThen(cells.left.put(`${cell}-1`, 1), atomic.run(second)))
      const seen = yield* Effect.forEach([1, 2, 3], (level) => cells.left.get(`${cell}-${level}`))
      expect(seen).toEqual([1, 2, undefined])
    })
  ),
  check("concurrent-nested", "keeps concurrent nested runs apart", (subject) =>
    Effect.gen(function* () {
      const { atomic, cell, cells } = subject
      yield* atomic.run(
        Effect.forEach(
          [0, 1, 2, 3, 4, 5],
          (n) =>
            cells.left
              .put(`${cell}-${n}`, n)
              .pipe(
                Effect.andThen(Effect.yieldNow),
                Effect.andThen(n % 2 === 0 ? Effect.void : Effect.fail("odd")),
                atomic.run,
                Effect.ignore
              ),
          { concurrency: "unbounded", discard: true }
        )
      )
      const seen = yield* Effect.forEach([0, 1, 2, 3, 4, 5], (n) => cells.left.get(`${cell}-${n}`))
      expect(seen).toEqual([0, undefined, 2, undefined, 4, undefined])
    })
  ),
  check("fibres", "takes in what fibres forked inside it write", (subject) =>
    Effect.gen(function* () {
      const { atomic, cell, cells } = subject
      const numbers = Array.from({ length: 10 }, (_, n) => n)
      const write = Effect.forEach(numbers, (n) => cells.left.put(`${cell}-${n}`, n), { concurrency: 5 })
      const read = Effect.forEach(numbers, (n) => cells.left.get(`${cell}-${n}`))
      yield* Effect.ignore(atomic.run(Effect.andThen(write, Effect.fail("refused"))))
      expect(yield* read).toEqual(numbers.map(() => undefined))
      yield* atomic.run(write)
      expect(yield* read).toEqual(numbers)
    })
  )
]

const concurrency: ReadonlyArray<Check<Atomic | Cells>> = [
  check("lost-update", "loses none of 20 concurrent read-then-write updates", (subject) =>
    Effect.gen(function* () {
      yield* Effect.all(
        Array.from({ length: 20 }, () => increment(subject)),
        { concurrency: "unbounded" }
      )
      expect(yield* subject.cells.left.get(subject.cell)).toBe(20)
    })
  ),
  check("one-winner", "lets one of 20 concurrent writers find the place empty", (subject) =>
    Effect.gen(function* () {
      const { atomic, cell, cells } = subject
      const claim = (claimant: number) =>
        atomic.run(
          Effect.gen(function* () {
            if ((yield* cells.left.get(cell)) !== undefined) return false
            yield* Effect.yieldNow
            yield* cells.left.put(cell, claimant)
            return true
          })
        )
      const won = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, n) => n),
        claim,
        { concurrency: "unbounded" }
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(yield* cells.left.get(cell)).toBe(won.indexOf(true))
    })
  ),
  check("write-skew", "does not let two transactions each break what only both together break", (subject) =>
    Effect.forEach(
      [1, 2, 3],
      (round) =>
        Effect.gen(function* () {
          // Together the two cells must never fall below zero; each withdrawal alone would be right.
          const { atomic, cells } = subject
          const pair = { ...subject, cell: `${subject.cell}-${round}` }
          yield* putBoth(pair, 50)
          const withdraw = (side: "left" | "right") =>
            atomic.run(
              Effect.gen(function* () {
                const [left = 0, right = 0] = yield* both(pair)
                // Long enough for the other one to read as well, where the storage lets it.
                yield* Effect.sleep("10 millis")
                if (left + right < 100) return false
                yield* cells[side].put(pair.cell, (side === "left" ? left : right) - 100)
                return true
              })
            )
          const done = yield* Effect.all([withdraw("left"), withdraw("right")], { concurrency: 2 })
          const [left = 0, right = 0] = yield* both(pair)
          expect(done.filter(Boolean)).toHaveLength(1)
          expect(left + right).toBe(0)
        }),
      { discard: true }
    )
  )
]

const callbacks: ReadonlyArray<Check<Atomic | Cells>> = [
  check("after-commit", "runs callbacks once, in order, after the outermost commit, and lets them see it", (subject) =>
    Effect.gen(function* () {
      const { atomic, cell, cells } = subject
      const seen: Array<string> = []
      const note = (what: string) =>
        atomic.afterCommit(Effect.map(cells.left.get(cell), (value) => void seen.push(`${what}:${value}`)))
      yield* atomic.run(
        Effect.gen(function* () {
          yield* note("first")
          yield* atomic.run(Effect.andThen(note("nested"), cells.left.put(cell, 7)))
          yield* note("last")
          expect(seen).toEqual([])
        })
      )
      expect(seen).toEqual(["first:7", "nested:7", "last:7"])
    })
  ),
  check("after-rollback", "drops callbacks with the transaction or savepoint that rolls back", (subject) =>
    Effect.gen(function* () {
      const { atomic } = subject
      const seen: Array<string> = []
      const note = (what: string) => atomic.afterCommit(Effect.sync(() => void seen.push(what)))
      yield* Effect.ignore(atomic.run(Effect.andThen(note("outer"), Effect.fail("refused"))))
      yield* atomic.run(
        Effect.andThen(Effect.ignore(atomic.run(Effect.andThen(note("inner"), Effect.fail("no")))), note("kept"))
      )
      expect(seen).toEqual(["kept"])
    })
  ),
  check("after-commit-defect", "does not let a callback that dies undo or hide the commit", (subject) =>
    Effect.gen(function* () {
      const { atomic } = subject
      let reached = false
      yield* atomic
        .run(
          Effect.all([
            putBoth(subject, 1),
            atomic.afterCommit(Effect.die("broken callback")),
            atomic.afterCommit(Effect.sync(() => void (reached = true)))
          ])
        )
        .pipe(Effect.provideService(References.MinimumLogLevel, "None"))
      expect(reached).toBe(true)
      expect(yield* both(subject)).toEqual([1, 1])
    })
  ),
  check("after-commit-outside", "runs a callback at once outside a transaction", (subject) =>
    Effect.gen(function* () {
      let ran = false
      yield* subject.atomic.afterCommit(Effect.sync(() => void (ran = true)))
      expect(ran).toBe(true)
    })
  ),
  check("after-commit-free", "lets a callback start a transaction of its own", (subject) =>
    Effect.gen(function* () {
      const { atomic } = subject
      yield* atomic.run(atomic.afterCommit(atomic.run(putBoth(subject, 5))))
      expect(yield* both(subject)).toEqual([5, 5])
    })
  )
]

/** What every `Atomic` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<Atomic | Cells>> = [
  ...basics,
  ...interruption,
  ...nesting,
  ...concurrency,
  ...callbacks,
  ...inTransaction,
  ...locking
]

/** Tests an `Atomic` together with `Cells` on the same storage. */
export const suite = <E>(name: string, layer: Layer.Layer<Atomic | Cells, E>, options?: SuiteOptions): void =>
  register("Atomic", checks, name, layer, options)
