import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Atomic } from "saldo/core/Atomic"
import * as Command from "saldo/core/Command"
import { Idempotency } from "saldo/core/Idempotency"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"

const Count = Command.make({ operation: "test.count", input: Schema.Struct({ to: Schema.Int }), success: Schema.Void })
const request = { tenant: "test", key: Command.CommandKey.make("one"), input: { to: 3 } }
const scope = { tenant: "test", operation: "test.count", key: request.key }

const layerWith = (options: { readonly retention?: Duration.Input; readonly lease?: Duration.Input }) =>
  Idempotency.layerWith(options).pipe(Layer.provide([Atomic.layerMemory, IdempotencyStore.layerMemory]))

describe("Command", () => {
  it("takes keys of 1 to 255 characters without control characters", () => {
    const accepts = Schema.is(Command.CommandKey)
    expect(["a", "é🙂 x", "k".repeat(255)].map((key) => accepts(key))).toEqual([true, true, true])
    expect(["", "k".repeat(256), "a\nb", "a\u0000", "\ud800"].map((key) => accepts(key))).toEqual(Array(5).fill(false))
  })

  it("says in its errors what to do, and where input differs", () => {
    expect(new Command.IdempotencyMismatch({ ...scope, path: "/to" }).message).toBe(
      "The key one was used for another test.count: the input differs at /to; send a new key"
    )
    expect(new Command.IdempotencyMismatch({ ...scope, path: "" }).message).toContain("differs as a whole")
    expect(new Command.CommandInProgress(scope).message).toContain("send it again later, unchanged")
  })

  it("sends its errors as JSON and back", () => {
    const codec = Schema.toCodecJson(Command.CommandInProgress)
    const error = new Command.CommandInProgress({ ...scope, retryAt: DateTime.makeUnsafe(1_700_000_000_000) })
    const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(error)))
    expect(Schema.decodeUnknownSync(codec)(json)).toEqual(error)
  })

  it.effect("replays a command without a value", () =>
    Effect.gen(function* () {
      const idempotency = yield* Idempotency
      expect(yield* idempotency.run(Count, request, Effect.void)).toEqual({ value: undefined, replayed: false })
      expect(yield* idempotency.run(Count, request, Effect.void)).toEqual({ value: undefined, replayed: true })
    }).pipe(Effect.provide(layerWith({})))
  )

  it.effect("forgets an outcome once the retention is over, and not before", () =>
    Effect.gen(function* () {
      const idempotency = yield* Idempotency
      yield* idempotency.run(Count, request, Effect.void)
      yield* TestClock.adjust("1 day")
      expect(yield* idempotency.purge).toBe(0)
      yield* TestClock.adjust("1 millis")
      expect(yield* idempotency.purge).toBe(1)
      expect((yield* idempotency.run(Count, request, Effect.void)).replayed).toBe(false)
    }).pipe(Effect.provide(layerWith({ retention: "1 day" })))
  )

  it.effect("keeps outcomes for ever when told so", () =>
    Effect.gen(function* () {
      const idempotency = yield* Idempotency
      yield* idempotency.run(Count, request, Effect.void)
      yield* TestClock.adjust("36500 days")
      expect(yield* idempotency.purge).toBe(0)
    }).pipe(Effect.provide(layerWith({ retention: Duration.infinity })))
  )

  it.effect("purges every hour while the layer of it lives", () =>
    Effect.gen(function* () {
      const idempotency = yield* Idempotency
      yield* idempotency.run(Count, request, Effect.void)
      yield* TestClock.adjust("30 minutes")
      expect((yield* idempotency.run(Count, request, Effect.void)).replayed).toBe(true)
      yield* TestClock.adjust("31 minutes")
      expect((yield* idempotency.run(Count, request, Effect.void)).replayed).toBe(false)
    }).pipe(Effect.provide(Layer.provideMerge(Idempotency.layerPurge, layerWith({ retention: "20 minutes" }))))
  )

  it.effect("dies of input that its own schema refuses", () =>
    Effect.gen(function* () {
      const idempotency = yield* Idempotency
      const exit = yield* Effect.exit(idempotency.run(Count, { ...request, input: { to: 1.5 } }, Effect.void))
      expect(Exit.isFailure(exit) && exit.cause.reasons[0]?._tag).toBe("Die")
    }).pipe(Effect.provide(layerWith({})))
  )
})
