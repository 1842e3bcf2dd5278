import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { Atomic } from "saldo/core/Atomic"
import * as Command from "saldo/core/Command"
import { Idempotency } from "saldo/core/Idempotency"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"

const Collect = Command.make({ operation: "test.collect", input: Schema.String, success: Schema.Int })
const request = { tenant: "test", key: Command.CommandKey.make("long"), input: "market" }

const stores = Layer.merge(Atomic.layerMemory, IdempotencyStore.layerMemory)

/** A store whose renewals go as a test says. */
const renewingBy = (renew: (store: IdempotencyStore["Service"]) => IdempotencyStore["Service"]["renew"]) =>
  Idempotency.layer.pipe(
    Layer.provide(
      Layer.effect(
        IdempotencyStore,
        Effect.map(IdempotencyStore, (store) => IdempotencyStore.of({ ...store, renew: renew(store) }))
      )
    ),
    Layer.provide(stores)
  )

/** Work that goes on until it is told to end, and how often it was begun. */
const lasting = Effect.gen(function* () {
  const [begun, end] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  let runs = 0
  const collect = Idempotency.use((idempotency) =>
    idempotency.runLeased(Collect, request, {
      prepare: () =>
        Effect.suspend(() => {
          runs += 1
          return Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(end))
        }),
      commit: () => Effect.sync(() => runs)
    })
  )
  return { begun, collect, end, runs: Effect.sync(() => runs) }
})

it.effect("holds a command for work that takes many times as long as its lease", () =>
  Effect.gen(function* () {
    const { begun, collect, end, runs } = yield* lasting
    const first = yield* Effect.forkChild(collect)
    yield* Deferred.await(begun)
    for (let minutes = 1; minutes <= 10; minutes++) {
      yield* TestClock.adjust("61 seconds")
      expect(yield* Effect.flip(collect)).toBeInstanceOf(Command.CommandInProgress)
    }
    yield* Deferred.succeed(end, undefined)
    expect(yield* Fiber.join(first)).toEqual({ value: 1, replayed: false })
    yield* TestClock.adjust("10 minutes")
    expect(yield* collect).toEqual({ value: 1, replayed: true })
    expect(yield* runs).toBe(1)
  }).pipe(Effect.provide(Layer.provide(Idempotency.layer, stores)))
)

it.effect("holds it also when the storage fails once in a while", () => {
  let tries = 0
  const failing = renewingBy(
    (store) => (scope, token, until) =>
      Effect.suspend(() => (tries++ % 2 === 0 ? Effect.die("the storage is away") : store.renew(scope, token, until)))
  )
  return Effect.gen(function* () {
    const { begun, collect, end } = yield* lasting
    const first = yield* Effect.forkChild(collect)
    yield* Deferred.await(begun)
    yield* TestClock.adjust("5 minutes")
    expect(yield* Effect.flip(collect)).toBeInstanceOf(Command.CommandInProgress)
    yield* Deferred.succeed(end, undefined)
    expect((yield* Fiber.join(first)).replayed).toBe(false)
    expect(tries).toBeGreaterThan(10)
  }).pipe(Effect.provide(failing))
})

it.effect("gives it to another when nobody renews the lease, and fences the first one off", () =>
  Effect.gen(function* () {
    const { begun, collect, end, runs } = yield* lasting
    const first = yield* Effect.forkChild(Effect.flip(collect))
    yield* Deferred.await(begun)
    yield* TestClock.adjust("61 seconds")
    const second = yield* Effect.forkChild(collect)
    yield* Effect.repeat(Effect.andThen(Effect.yieldNow, runs), { until: (begins) => begins === 2 })
    yield* Deferred.succeed(end, undefined)
    expect([yield* runs, yield* Fiber.join(second)]).toEqual([2, { value: 2, replayed: false }])
    expect(yield* Fiber.join(first)).toBeInstanceOf(Command.CommandInProgress)
  }).pipe(Effect.provide(renewingBy(() => () => Effect.succeed(false))))
)
