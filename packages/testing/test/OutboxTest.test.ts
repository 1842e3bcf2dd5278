import { broken } from "@saldo/testing/OutboxTest"
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import { Atomic } from "saldo/core/Atomic"
import { DeadLetterStore } from "saldo/core/DeadLetterStore"
import * as DomainEvent from "saldo/core/DomainEvent"
import * as MemoryTransaction from "saldo/core/MemoryTransaction"
import { Outbox, type Subscription } from "saldo/core/Outbox"

type Service = Outbox["Service"]

const withBug =
  (bug: (outbox: Service) => Partial<Service>) =>
  (subscriptions: ReadonlyArray<Subscription>): Layer.Layer<Atomic | Outbox> =>
    Layer.effect(
      Outbox,
      Effect.map(Layer.build(Outbox.layerMemory(subscriptions)), (context) => {
        const outbox = Context.get(context, Outbox)
        return Outbox.of({ ...outbox, ...bug(outbox) })
      })
    ).pipe(Layer.provideMerge(Atomic.layerMemory))

describe("OutboxTest finds", () => {
  const finds = (
    name: string,
    layerOf: (subscriptions: ReadonlyArray<Subscription>) => Layer.Layer<Atomic | Outbox>,
    expected: ReadonlyArray<string>
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        expect(yield* broken(layerOf, { only: expected, timeout: "500 millis" })).toEqual(expected)
      })
    )

  it.live("nothing in an outbox without a bug", () =>
    Effect.gen(function* () {
      expect(yield* broken(withBug(() => ({})))).toEqual([])
    })
  )

  finds(
    "an outbox outside the transaction",
    (subscriptions) =>
      Outbox.layer(subscriptions).pipe(
        Layer.provide([
          PersistedQueue.layer.pipe(Layer.provide(PersistedQueue.layerStoreMemory)),
          DeadLetterStore.layerMemory
        ]),
        Layer.provideMerge(Atomic.layerMemory)
      ),
    ["rollback", "before-commit"]
  )

  finds(
    "an outbox that does not know an event again",
    withBug((outbox) => ({
      append: (definition, event) =>
        Effect.flatMap(DomainEvent.make(definition, event), (copy) => outbox.append(definition, copy))
    })),
    ["delivers", "same-id"]
  )

  finds(
    "an outbox that acknowledges before the handler is done",
    withBug((outbox) => ({
      handleNext: (subscription, handler) =>
        outbox.handleNext(subscription, (event, delivery) =>
          Effect.asVoid(Effect.forkChild(Effect.ignoreCause(handler(event, delivery))))
        )
    })),
    ["retry", "dead-letter", "interrupted"]
  )

  finds(
    "an outbox that gives up without a trace",
    withBug(() => ({ deadLetters: () => Effect.succeed({ items: [], next: null }) })),
    ["dead-letter", "redeliver", "dead-letter-pages", "unreadable"]
  )

  finds(
    "an outbox that keeps a letter it has delivered again",
    withBug(() => ({ redeliver: () => Effect.succeed(true) })),
    ["redeliver"]
  )

  finds(
    "an outbox whose subscriptions steal from each other",
    withBug((outbox) => ({
      handleNext: (subscription, handler) =>
        outbox.handleNext({ ...subscription, name: subscription.name.replace("second", "first") }, handler)
    })),
    ["subscriptions"]
  )

  finds(
    "an outbox that loses what a transaction appends",
    withBug((outbox) => ({
      append: (definition, event) =>
        Effect.withFiber((fiber) =>
          fiber.getRef(MemoryTransaction.CurrentLevel) === undefined ? outbox.append(definition, event) : Effect.void
        )
    })),
    ["delivers", "order", "concurrent"]
  )
})
