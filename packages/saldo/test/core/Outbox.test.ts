import * as OutboxTest from "@saldo/testing/OutboxTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import { Atomic } from "saldo/core/Atomic"
import * as DomainEvent from "saldo/core/DomainEvent"
import { Outbox, type Subscription } from "saldo/core/Outbox"
import * as Page from "saldo/core/Page"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import * as Migrations from "saldo/sql/Migrations"

const migrated = Layer.effectDiscard(Migrations.run)

const sql = (subscriptions: ReadonlyArray<Subscription>) =>
  SqlOutbox.layer(subscriptions, { pollInterval: "20 millis" }).pipe(
    Layer.provideMerge(SqlAtomic.layer),
    Layer.provide(migrated)
  )

OutboxTest.suite("memory", (subscriptions) => Layer.provideMerge(Outbox.layerMemory(subscriptions), Atomic.layerMemory))
OutboxTest.suite("sqlite :memory:", (subscriptions) => Layer.provide(sql(subscriptions), TestSqlite.layer))
OutboxTest.suite("sqlite file", (subscriptions) => Layer.provide(sql(subscriptions), TestSqlite.layerFile))
OutboxTest.suite("postgres", (subscriptions) => Layer.provide(sql(subscriptions), TestPostgres.layer))

describe("Outbox", () => {
  const Happened = DomainEvent.define("test.Happened", Schema.Int)
  const subscription: Subscription<typeof Happened> = { name: "test.subscriber", events: [Happened] }
  const layer = Layer.provideMerge(Outbox.layerMemory([subscription]), Atomic.layerMemory)

  const append = Effect.fnUntraced(function* (n: number) {
    const outbox = yield* Outbox
    yield* outbox.append(Happened, yield* DomainEvent.make(Happened, { tenant: "t", subject: "s", payload: n }))
  })

  it.effect("handles events in the background as long as the layer of a subscriber lives", () =>
    Effect.gen(function* () {
      const received = yield* Queue.make<number>()
      const seen = (event: { readonly payload: number }) => Effect.asVoid(Queue.offer(received, event.payload))
      const subscriber = Outbox.layerSubscriber(subscription, seen, { concurrency: 3 })
      const alive = Effect.gen(function* () {
        yield* Effect.forEach([1, 2, 3, 4, 5], append)
        const numbers = yield* Effect.replicateEffect(Queue.take(received), 5)
        expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5])
      })
      yield* Effect.provide(alive, subscriber)
      yield* append(6)
      yield* Effect.yieldNow
      expect(yield* Queue.size(received)).toBe(0)
    }).pipe(Effect.provide(layer))
  )

  it.effect("dies of a subscription that it was not built with", () =>
    Effect.gen(function* () {
      const outbox = yield* Outbox
      const stranger = { ...subscription, name: "test.stranger" }
      const exit = yield* Effect.exit(outbox.handleNext(stranger, () => Effect.void))
      expect(Exit.isFailure(exit) && String(Cause.squash(exit.cause))).toContain("test.stranger")
    }).pipe(Effect.provide(layer))
  )

  it.effect("refuses a cursor of another subscription's dead letters", () =>
    Effect.gen(function* () {
      const outbox = yield* Outbox
      const cursor = Page.cursorOf(["saldo.deadLetters", "other"], ["event"])
      const error = yield* Effect.flip(outbox.deadLetters(subscription.name, { cursor }))
      expect(error).toBeInstanceOf(Page.CursorMismatch)
    }).pipe(Effect.provide(layer))
  )
})
