import { expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Atomic } from "saldo/core/Atomic"
import * as Command from "saldo/core/Command"
import { Idempotency } from "saldo/core/Idempotency"
import type { IdempotencyStore } from "saldo/core/IdempotencyStore"
import type { Cells } from "./Cells.ts"
import { broken as brokenChecks, type BrokenOptions, type Check, register, type SuiteOptions } from "./Check.ts"
import { check, input, Pay, Refused, type Services, Unreachable } from "./internal/idempotencyCheck.ts"
import { locking } from "./internal/idempotencyLocking.ts"

/** Time goes on by an hour around an effect, and no test waits for it. */
const anHourLater = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Clock.clockWith((clock) => {
    const later: Clock.Clock = Object.create(clock, {
      currentTimeMillisUnsafe: { value: () => clock.currentTimeMillisUnsafe() + 3_600_000 },
      currentTimeMillis: { value: Effect.map(clock.currentTimeMillis, (now) => now + 3_600_000) }
    })
    return Effect.provideService(effect, Clock.Clock, later)
  })

const useCase: ReadonlyArray<Check<Services>> = [
  check("replay", "executes once and replays the same value afterwards", ({ idempotency, paid, pay, request }) =>
    Effect.gen(function* () {
      const first = yield* idempotency.run(Pay, request, pay)
      const second = yield* idempotency.run(Pay, request, pay)
      expect(first).toEqual({ value: { receipt: "receipt 1", amount: input.amount }, replayed: false })
      expect(second).toEqual({ value: first.value, replayed: true })
      expect(yield* paid).toBe(1)
    })
  ),
  check("key-order", "knows the same input in another order of keys", ({ idempotency, paid, pay, request }) =>
    Effect.gen(function* () {
      yield* idempotency.run(Pay, request, pay)
      const turned = { to: { tags: ["a", "b"], name: "Åsa" }, amount: input.amount }
      expect((yield* idempotency.run(Pay, { ...request, input: turned }, pay)).replayed).toBe(true)
      expect(yield* paid).toBe(1)
    })
  ),
  check("mismatch", "refuses other input under the same key and names where it differs", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      yield* idempotency.run(Pay, request, pay)
      const other = (changed: typeof input) => Effect.flip(idempotency.run(Pay, { ...request, input: changed }, pay))
      const errors = yield* Effect.all([
        other({ ...input, amount: input.amount + 1n }),
        other({ ...input, to: { ...input.to, tags: ["a", "c"] } }),
        other({ amount: 0n, to: { name: "Asa", tags: [] } })
      ])
      expect(errors.map((error) => error instanceof Command.IdempotencyMismatch && error.path)).toEqual([
        "/amount",
        "/to/tags/1",
        "/amount"
      ])
      expect(yield* paid).toBe(1)
    })
  ),
  check("scope", "keeps tenants, operations and keys apart", ({ idempotency, paid, pay, request }) =>
    Effect.gen(function* () {
      yield* idempotency.run(Pay, request, pay)
      yield* idempotency.run(Pay, { ...request, tenant: "other" }, pay)
      yield* idempotency.run({ ...Pay, operation: "test.refund" }, request, pay)
      yield* idempotency.run(Pay, { ...request, key: Command.CommandKey.make(`${request.key} ü🙂'"\\`) }, pay)
      expect(yield* paid).toBe(4)
    })
  ),
  check("refusal", "stores a business refusal for good, and undoes what came before it", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const refused = new Refused({ because: "insufficient funds", limit: 10n })
      const first = yield* Effect.flip(idempotency.run(Pay, request, Effect.andThen(pay, Effect.fail(refused))))
      const second = yield* Effect.flip(idempotency.run(Pay, request, pay))
      expect(first).toEqual(refused)
      expect(second).toBeInstanceOf(Refused)
      expect(second).toEqual(refused)
      const execution = yield* idempotency.execute(Pay, request, pay)
      expect(execution).toEqual({ outcome: Result.fail(refused), replayed: true })
      expect(yield* paid).toBe(0)
    })
  ),
  check("infrastructure", "stores neither unlisted failures nor defects, and lets the key be used again", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const unreachable = yield* Effect.flip(
        idempotency.run(Pay, request, Effect.andThen(pay, Effect.fail<Unreachable | Refused>(new Unreachable())))
      )
      expect(unreachable).toBeInstanceOf(Unreachable)
      const exit = yield* Effect.exit(idempotency.run(Pay, request, Effect.andThen(pay, Effect.die("bug"))))
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe("bug")
      expect(yield* paid).toBe(0)
      const changed = { ...request, input: { ...input, amount: 1n } }
      expect((yield* idempotency.run(Pay, changed, pay)).replayed).toBe(false)
      expect(yield* paid).toBe(1)
    })
  ),
  check("interruption", "stores nothing when interrupted, and lets the key be used again", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const reached = yield* Deferred.make<void>()
      const stuck = Effect.andThen(Effect.tap(pay, Deferred.succeed(reached, undefined)), Effect.never)
      const fiber = yield* Effect.forkChild(idempotency.run(Pay, request, stuck))
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(fiber)
      expect(yield* paid).toBe(0)
      expect((yield* idempotency.run(Pay, request, pay)).replayed).toBe(false)
      expect(yield* paid).toBe(1)
    })
  ),
  check(
    "rollback",
    "forgets with an outer transaction that rolls back",
    ({ atomic, idempotency, paid, pay, request }) =>
      Effect.gen(function* () {
        yield* Effect.ignore(atomic.run(Effect.andThen(idempotency.run(Pay, request, pay), Effect.fail("outer"))))
        expect(yield* paid).toBe(0)
        expect((yield* idempotency.run(Pay, request, pay)).replayed).toBe(false)
      })
  ),
  check("concurrent", "lets one of 20 concurrent callers execute; the others replay or hear that it runs", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const results = yield* Effect.all(
        Array.from({ length: 20 }, () => Effect.result(idempotency.run(Pay, request, pay))),
        { concurrency: "unbounded" }
      )
      const executed = results.filter((result) => Result.isSuccess(result) && !result.success.replayed)
      const failed = results.flatMap((result) => (Result.isFailure(result) ? [result.failure._tag] : []))
      expect(executed).toHaveLength(1)
      expect(failed.filter((tag) => tag !== "CommandInProgress")).toEqual([])
      expect(yield* paid).toBe(1)
      expect((yield* idempotency.run(Pay, request, pay)).replayed).toBe(true)
    })
  ),
  check("concurrent-mismatch", "lets one of 20 concurrent callers with different input execute", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const results = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, n) => ({ ...request, input: { ...input, amount: BigInt(n) } })),
        (different) => Effect.result(idempotency.run(Pay, different, pay)),
        { concurrency: "unbounded" }
      )
      const tags = results.map((result) => (Result.isFailure(result) ? result.failure._tag : "executed"))
      expect(tags.filter((tag) => tag === "executed")).toHaveLength(1)
      expect(tags.filter((tag) => !["executed", "CommandInProgress", "IdempotencyMismatch"].includes(tag))).toEqual([])
      expect(yield* paid).toBe(1)
    })
  ),
  check("retention", "forgets an outcome only after the retention", ({ idempotency, paid, pay, request }) =>
    Effect.gen(function* () {
      yield* idempotency.run(Pay, request, pay)
      yield* anHourLater(idempotency.purge)
      expect((yield* idempotency.run(Pay, request, pay)).replayed).toBe(true)
      expect(yield* paid).toBe(1)
    })
  )
]

const leased: ReadonlyArray<Check<Services>> = [
  check("leased", "executes leased work once, outside and then inside a transaction", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const calls: Array<bigint> = []
      const work = {
        prepare: ({ token }: Command.Lease) => Effect.sync(() => calls.push(token)),
        commit: () => pay
      }
      expect((yield* idempotency.runLeased(Pay, request, work)).replayed).toBe(false)
      expect((yield* idempotency.runLeased(Pay, request, work)).replayed).toBe(true)
      expect((yield* idempotency.run(Pay, request, pay)).replayed).toBe(true)
      expect(calls).toHaveLength(1)
      expect(yield* paid).toBe(1)
    })
  ),
  check("leased-refusal", "stores a refusal of either part and undoes the second", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const refused = new Refused({ because: "no", limit: 0n })
      const again = { ...request, key: Command.CommandKey.make(`${request.key}-2`) }
      const work = { prepare: () => Effect.void, commit: () => Effect.andThen(pay, Effect.fail(refused)) }
      expect(yield* Effect.flip(idempotency.runLeased(Pay, request, work))).toEqual(refused)
      const early = { prepare: () => Effect.fail(refused), commit: () => pay }
      expect(yield* Effect.flip(idempotency.runLeased(Pay, again, early))).toEqual(refused)
      const replays = yield* Effect.all([idempotency.execute(Pay, request, pay), idempotency.execute(Pay, again, pay)])
      expect(replays.map((execution) => execution.replayed)).toEqual([true, true])
      expect(yield* paid).toBe(0)
    })
  ),
  check("leased-failure", "gives the command back at once when leased work fails or is interrupted", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const failing = { prepare: () => Effect.fail<Unreachable | Refused>(new Unreachable()), commit: () => pay }
      expect(yield* Effect.flip(idempotency.runLeased(Pay, request, failing))).toBeInstanceOf(Unreachable)
      const reached = yield* Deferred.make<void>()
      const stuck = {
        prepare: () => Effect.andThen(Deferred.succeed(reached, undefined), Effect.never),
        commit: () => pay
      }
      const fiber = yield* Effect.forkChild(idempotency.runLeased(Pay, request, stuck))
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(fiber)
      expect((yield* idempotency.run(Pay, request, pay)).replayed).toBe(false)
      expect(yield* paid).toBe(1)
    })
  ),
  check("leased-in-progress", "tells others until when a lease holds, and other input that it differs", (subject) =>
    Effect.gen(function* () {
      const { idempotency, pay, request } = subject
      const before = yield* DateTime.now
      const outcome = yield* idempotency.runLeased(Pay, request, {
        prepare: () =>
          Effect.gen(function* () {
            const held = yield* Effect.flip(idempotency.run(Pay, request, pay))
            const other = { ...request, input: { ...input, amount: 0n } }
            return [held, yield* Effect.flip(idempotency.run(Pay, other, pay))]
          }),
        commit: ([held, mismatch]) =>
          Effect.sync(() => {
            expect(held).toBeInstanceOf(Command.CommandInProgress)
            const retryAt = held instanceof Command.CommandInProgress ? held.retryAt : undefined
            expect(retryAt !== undefined && DateTime.isGreaterThan(retryAt, before)).toBe(true)
            expect(mismatch).toBeInstanceOf(Command.IdempotencyMismatch)
            return { receipt: "none", amount: 0n }
          })
      })
      expect(outcome.replayed).toBe(false)
    })
  ),
  check("takeover", "lets one other take over after the lease, and fences the first one off", (subject) =>
    Effect.gen(function* () {
      const { idempotency, paid, pay, request } = subject
      const tokens: Array<bigint> = []
      const noted = ({ token }: Command.Lease) => Effect.sync(() => void tokens.push(token))
      const late = yield* Effect.flip(
        idempotency.runLeased(Pay, request, {
          prepare: (lease) =>
            Effect.gen(function* () {
              yield* noted(lease)
              // The lease runs out meanwhile, and somebody else executes the command to its end.
              const other = idempotency.runLeased(Pay, request, { prepare: noted, commit: () => pay })
              expect((yield* anHourLater(other)).replayed).toBe(false)
            }),
          commit: () => pay
        })
      )
      expect(late).toBeInstanceOf(Command.CommandInProgress)
      expect(tokens).toHaveLength(2)
      expect((tokens[1] ?? 0n) > (tokens[0] ?? 0n)).toBe(true)
      expect(yield* paid).toBe(1)
      expect((yield* idempotency.run(Pay, request, pay)).replayed).toBe(true)
    })
  )
]

/** What `Idempotency` promises over any `IdempotencyStore`, each as a program of its own. */
export const checks: ReadonlyArray<Check<Services>> = [...useCase, ...leased, ...locking]

type Subjects = Atomic | Cells | IdempotencyStore

const withUseCase = <E>(layer: Layer.Layer<Subjects, E>): Layer.Layer<Services, E> =>
  Layer.provideMerge(Idempotency.layer, layer)

/** Tests `Idempotency` over an `IdempotencyStore`, with the `Atomic` and the `Cells` on the same storage. */
export const suite = <E>(name: string, layer: Layer.Layer<Subjects, E>, options?: SuiteOptions): void =>
  register("Idempotency", checks, name, withUseCase(layer), options)

/** The keys of the checks that an adapter breaks. */
export const broken = <E>(
  layer: Layer.Layer<Subjects, E>,
  options?: BrokenOptions
): Effect.Effect<ReadonlyArray<string>, E> => brokenChecks(checks, withUseCase(layer), options)
