import { expect } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Command from "saldo/core/Command"
import type { Check } from "../Check.ts"
import { check, input, Pay, Refused, type Services, type Subject, Unreachable } from "./idempotencyCheck.ts"

const callers = Array.from({ length: 20 }, (_, n) => n)

/** The command of a locking transaction, as a money path sends it. */
const payLocking = ({ atomic, idempotency, pay, request }: Subject, changed = request) =>
  atomic.runLocking(idempotency.run(Pay, changed, pay))

const concurrent: ReadonlyArray<Check<Services>> = [
  check("locking-concurrent", "lets one of 20 concurrent callers in locking transactions execute", (subject) =>
    Effect.gen(function* () {
      const results = yield* Effect.forEach(callers, () => Effect.result(payLocking(subject)), {
        concurrency: "unbounded"
      })
      const executed = results.filter((result) => Result.isSuccess(result) && !result.success.replayed)
      const failed = results.flatMap((result) => (Result.isFailure(result) ? [result.failure._tag] : []))
      expect(executed).toHaveLength(1)
      expect(failed.filter((tag) => tag !== "CommandInProgress")).toEqual([])
      expect(yield* subject.paid).toBe(1)
      expect(yield* payLocking(subject)).toEqual({
        value: { receipt: "receipt 1", amount: input.amount },
        replayed: true
      })
    })
  ),
  check("locking-levels", "lets one of 20 concurrent callers execute when half of them are serialisable", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const results = yield* Effect.forEach(
        callers,
        (n) => Effect.result(n % 2 === 0 ? payLocking(subject) : idempotency.run(Pay, request, pay)),
        { concurrency: "unbounded" }
      )
      expect(results.filter((result) => Result.isSuccess(result) && !result.success.replayed)).toHaveLength(1)
      expect(yield* paid).toBe(1)
    })
  ),
  check(
    "locking-mismatch",
    "lets one of 20 locking callers with different input execute, and tells the others",
    (subject) =>
      Effect.gen(function* () {
        const { paid, request } = subject
        const requests = callers.map((n) => ({ ...request, input: { ...input, amount: BigInt(n) } }))
        const results = yield* Effect.forEach(requests, (each) => Effect.result(payLocking(subject, each)), {
          concurrency: "unbounded"
        })
        const tags = results.map((result) => (Result.isFailure(result) ? result.failure._tag : "executed"))
        expect(tags.filter((tag) => tag === "executed")).toHaveLength(1)
        expect(tags.filter((tag) => !["executed", "CommandInProgress", "IdempotencyMismatch"].includes(tag))).toEqual(
          []
        )
        const late = yield* Effect.forEach(requests, (each) => Effect.result(payLocking(subject, each)))
        const lateTags = late.map((result) => (Result.isFailure(result) ? result.failure._tag : "replayed"))
        expect(lateTags).toEqual(tags.map((tag) => (tag === "executed" ? "replayed" : "IdempotencyMismatch")))
        expect(yield* paid).toBe(1)
      })
  ),
  check("locking-hot-row", "executes 20 different commands that lock the same row, each once", (subject) =>
    Effect.gen(function* () {
      const { atomic, cells, idempotency, paid, request } = subject
      yield* cells.left.put(request.key, 0)
      let executions = 0
      const payHot = Effect.gen(function* () {
        executions++
        const before = (yield* cells.left.lock(request.key)) ?? 0
        yield* Effect.yieldNow
        yield* cells.left.put(request.key, before + 1)
        return { receipt: `receipt ${before + 1}`, amount: input.amount }
      })
      const results = yield* Effect.forEach(
        callers,
        (n) => {
          const key = Command.CommandKey.make(`${request.key}-${n}`)
          return atomic.runLocking(idempotency.run(Pay, { ...request, key }, payHot))
        },
        { concurrency: "unbounded" }
      )
      expect(new Set(results.map(({ value }) => value.receipt)).size).toBe(20)
      expect(yield* paid).toBe(20)
      expect(executions).toBe(20)
    })
  )
]

const exits: ReadonlyArray<Check<Services>> = [
  check("locking-refusal", "stores a refusal inside a locking transaction, and undoes what came before it", (subject) =>
    Effect.gen(function* () {
      const { atomic, idempotency, paid, pay, request } = subject
      const refused = new Refused({ because: "insufficient funds", limit: 10n })
      const refusing = Effect.andThen(pay, Effect.fail(refused))
      const first = yield* atomic.runLocking(idempotency.execute(Pay, request, refusing))
      expect(first).toEqual({ outcome: Result.fail(refused), replayed: false })
      expect(yield* Effect.flip(payLocking(subject))).toEqual(refused)
      expect(yield* paid).toBe(0)
    })
  ),
  check("locking-failure", "forgets the command with a locking transaction that fails or is interrupted", (subject) =>
    Effect.gen(function* () {
      const { atomic, idempotency, paid, pay, request } = subject
      const failing = Effect.andThen(pay, Effect.fail<Unreachable | Refused>(new Unreachable()))
      expect(yield* Effect.flip(atomic.runLocking(idempotency.run(Pay, request, failing)))).toBeInstanceOf(Unreachable)
      const outer = Effect.andThen(idempotency.run(Pay, request, pay), Effect.fail("outer"))
      expect(yield* Effect.flip(atomic.runLocking(outer))).toBe("outer")
      const reached = yield* Deferred.make<void>()
      const stuck = Effect.andThen(Effect.tap(pay, Deferred.succeed(reached, undefined)), Effect.never)
      const fiber = yield* Effect.forkChild(atomic.runLocking(idempotency.run(Pay, request, stuck)))
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(fiber)
      expect(yield* paid).toBe(0)
      expect((yield* payLocking(subject)).replayed).toBe(false)
      expect(yield* paid).toBe(1)
    })
  )
]

/** What stays true of `Idempotency` inside `Atomic.runLocking`. */
export const locking: ReadonlyArray<Check<Services>> = [...concurrent, ...exits]
