import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Schedule from "effect/Schedule"
import { Atomic } from "./Atomic.ts"
import { type DeadLetter, DeadLetterStore } from "./DeadLetterStore.ts"
import * as DomainEvent from "./DomainEvent.ts"
import * as MemoryTransaction from "./MemoryTransaction.ts"
import * as Page from "./Page.ts"
import { withoutSecrets } from "./withoutSecrets.ts"

/**
 * A standing order for events.
 *
 * `name` is unique and never changes, as it names the queue of undelivered events. An event is tried `attempts` times (10
 * by default), with pauses of `retry` (from one second doubling to five minutes; databases round them up to seconds), and
 * then becomes a dead letter.
 */
export interface Subscription<Definition extends DomainEvent.EventDefinition = DomainEvent.EventDefinition> {
  readonly name: string
  readonly events: ReadonlyArray<Definition>
  readonly attempts?: number
  readonly retry?: Schedule.Schedule<unknown, number>
}

/** How often an event was delivered to a subscription, this time included. */
export interface Delivery {
  readonly attempt: number
}

/** What a subscriber does with an event; a failure or a defect asks for another delivery. */
export type Handler<Definition, E, R> = (
  event: DomainEvent.EventOf<Definition>,
  delivery: Delivery
) => Effect.Effect<void, E, R>

/** How many deliveries of a subscription a process handles at once; more than one gives up the order of events. */
export interface SubscriberOptions {
  readonly concurrency?: number
}

/**
 * Domain events on their way out: written in the transaction that they report, delivered after it.
 *
 * - An event appended inside `Atomic.run` leaves if and only if the transaction commits; outside, at once.
 * - Every subscription that wants it gets it at least once, also after a crash. A delivery may repeat, so a subscriber
 *   either does what may be done twice or remembers `event.id`, for which `Idempotency` with the id as key is good.
 * - Appending the same event again, by id, changes nothing.
 * - Order: within a subscription, events of one transaction leave in the order of appending, and events of transactions
 *   that did not overlap in the order of the transactions. Overlapping transactions have no order on Postgres. With one
 *   subscriber at a concurrency of one, events are handled in that order, except that an event waiting for another attempt
 *   lets the others pass. Subscribers to whom more order matters compare versions of the subject.
 * - Subscriptions are part of the program: all processes on one database are started with the same list. An event that no
 *   subscription wants is not kept.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as Schema from "effect/Schema"
 * import { Atomic } from "saldo/core/Atomic"
 * import * as DomainEvent from "saldo/core/DomainEvent"
 * import { Outbox } from "saldo/core/Outbox"
 *
 * const Paid = DomainEvent.define("demo.Paid", Schema.Struct({ amount: Schema.BigInt }))
 * const mails = { name: "demo.mails", events: [Paid] }
 * const sent: Array<bigint> = []
 *
 * const program = Effect.gen(function*() {
 *   const [atomic, outbox] = [yield* Atomic, yield* Outbox]
 *   const event = yield* DomainEvent.make(Paid, { tenant: "demo", subject: "loan 1", payload: { amount: 100n } })
 *   yield* atomic.run(outbox.append(Paid, event))
 *   yield* outbox.handleNext(mails, ({ payload }) => Effect.sync(() => void sent.push(payload.amount)))
 * })
 * const layer = Layer.provideMerge(Outbox.layerMemory([mails]), Atomic.layerMemory)
 * await Effect.runPromise(Effect.provide(program, layer))
 * sent // => [100n]
 * ```
 */
export class Outbox extends Context.Service<
  Outbox,
  {
    /** Appends an event of a kind for every subscription that wants the kind. */
    readonly append: <Name extends string, Payload>(
      definition: DomainEvent.EventDefinition<Name, Payload>,
      event: DomainEvent.DomainEvent<Name, Payload>
    ) => Effect.Effect<void>
    /** Waits for the next event of a subscription and handles it; never fails because of the handler. */
    readonly handleNext: <Definition extends DomainEvent.EventDefinition, E, R>(
      subscription: Subscription<Definition>,
      handler: Handler<Definition, E, R>
    ) => Effect.Effect<void, never, R>
    /** The dead letters of a subscription, oldest event first. */
    readonly deadLetters: (
      subscription: string,
      request: Page.PageRequest
    ) => Effect.Effect<Page.Page<DeadLetter>, Page.InvalidCursor | Page.CursorMismatch>
    /** Delivers a dead letter again, with all its attempts; false when there is no such letter (any more). */
    readonly redeliver: (subscription: string, id: DomainEvent.EventId) => Effect.Effect<boolean>
  }
>()("saldo/core/Outbox") {
  /** The outbox over a queue and a store of dead letters; `SqlOutbox` and `layerMemory` bring theirs. */
  static readonly layer = (
    subscriptions: ReadonlyArray<Subscription>
  ): Layer.Layer<Outbox, never, Atomic | DeadLetterStore | PersistedQueue.PersistedQueueFactory> =>
    Layer.effect(this, make(subscriptions))

  /** An outbox of this process, whose events leave when `Atomic.layerMemory` commits. */
  static readonly layerMemory = (subscriptions: ReadonlyArray<Subscription>): Layer.Layer<Outbox, never, Atomic> =>
    this.layer(subscriptions).pipe(
      Layer.provide([PersistedQueue.layer.pipe(Layer.provide(transactionalMemoryQueue)), DeadLetterStore.layerMemory])
    )

  /** Handles the events of a subscription as long as the layer lives. */
  static readonly layerSubscriber = <Definition extends DomainEvent.EventDefinition, E, R>(
    subscription: Subscription<Definition>,
    handler: Handler<Definition, E, R>,
    options: SubscriberOptions = {}
  ): Layer.Layer<never, never, Outbox | R> =>
    Layer.effectDiscard(
      Effect.flatMap(this, (outbox) =>
        Effect.forEach(
          Array.from({ length: options.concurrency ?? 1 }),
          () => Effect.forkScoped(Effect.forever(outbox.handleNext(subscription, handler))),
          { discard: true }
        )
      )
    )
}

/** The queue in memory takes an offer only when the transaction around it commits. */
const transactionalMemoryQueue: Layer.Layer<PersistedQueue.PersistedQueueStore> = Layer.effect(
  PersistedQueue.PersistedQueueStore,
  Effect.map(PersistedQueue.PersistedQueueStore, (store) =>
    PersistedQueue.PersistedQueueStore.of({
      ...store,
      offer: (options) => MemoryTransaction.afterCommit(Effect.orDie(store.offer(options)))
    })
  )
).pipe(Layer.provide(PersistedQueue.layerStoreMemory))

const defaultAttempts = 10
const defaultRetry = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("5 minutes")])
/** The queue itself never gives up, so that every event given up on is a dead letter with its reason. */
const unlimited = 1_000_000

/** The storage of the queue, not the handler, is in trouble, which passes no sooner for being asked at once again. */
const isQueueFailure = (cause: Cause.Cause<unknown>): boolean =>
  Option.exists(Cause.findErrorOption(cause), (error) => error instanceof PersistedQueue.PersistedQueueError)

const deliveries = Metric.counter("saldo_outbox_deliveries", {
  description: "Deliveries of events to subscribers, by subscription and outcome",
  incremental: true
})

const counted = (subscription: string, outcome: "delivered" | "failed" | "buried"): Effect.Effect<void> =>
  Metric.update(Metric.withAttributes(deliveries, { outcome, subscription }), 1)

const make = Effect.fnUntraced(function* (subscriptions: ReadonlyArray<Subscription>) {
  const atomic = yield* Atomic
  const letters = yield* DeadLetterStore
  const factory = yield* PersistedQueue.PersistedQueueFactory

  const queueOf = (subscription: Pick<Subscription, "name" | "retry">) =>
    factory.make({
      name: subscription.name,
      schema: DomainEvent.StoredEvent,
      maxAttempts: unlimited,
      retrySchedule: subscription.retry ?? defaultRetry
    })

  const queues = new Map(
    yield* Effect.forEach(subscriptions, (subscription) =>
      Effect.map(queueOf(subscription), (queue) => [subscription.name, { subscription, queue }] as const)
    )
  )

  const queueNamed = (name: string) =>
    Effect.suspend(() => {
      const known = queues.get(name)
      return known === undefined
        ? Effect.die(new RangeError(`The outbox was built without the subscription ${name}`))
        : Effect.succeed(known.queue)
    })

  const wanting = (definition: DomainEvent.EventDefinition) =>
    [...queues.values()].filter(({ subscription }) =>
      subscription.events.some(({ name, version }) => name === definition.name && version === definition.version)
    )

  const bury = (subscription: string, event: DomainEvent.StoredEvent, attempts: number, reason: string) =>
    Effect.gen(function* () {
      yield* letters.put({ subscription, event, attempts, reason: withoutSecrets(reason), diedAt: yield* DateTime.now })
      yield* counted(subscription, "buried")
      yield* Effect.logWarning(`${event.name} ${event.id} became a dead letter of ${subscription}`)
    })

  return Outbox.of({
    append: (definition, event) =>
      Effect.flatMap(DomainEvent.store(definition, event), (stored) => {
        const targets = wanting(definition)
        const offers = Effect.forEach(targets, ({ queue }) => queue.offer(stored, { id: event.id }), { discard: true })
        return Effect.orDie(targets.length > 1 ? atomic.run(offers) : offers)
      }),

    handleNext: (subscription, handler) => {
      const attempts = subscription.attempts ?? defaultAttempts
      const deliver = (event: DomainEvent.StoredEvent, attempt: number) => {
        // More deliveries than attempts: the process ended during the last one, maybe because of this event.
        if (attempt > attempts) return bury(subscription.name, event, attempt - 1, "the subscriber's process ended")
        return Effect.flatMap(DomainEvent.read(subscription.events, event), (known) =>
          handler(known, { attempt })
        ).pipe(
          Effect.andThen(counted(subscription.name, "delivered")),
          Effect.catchCause((cause) => {
            if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
            const unreadable = Cause.findErrorOption(cause).pipe(
              Option.exists((error) => error instanceof DomainEvent.EventUnreadable)
            )
            return attempt >= attempts || unreadable
              ? bury(subscription.name, event, attempt, Cause.pretty(cause))
              : Effect.andThen(counted(subscription.name, "failed"), Effect.failCause(cause))
          })
        )
      }
      return Effect.flatMap(queueNamed(subscription.name), (queue) =>
        queue
          .take((event, { attempts: attempt }) => deliver(event, attempt))
          .pipe(
            Effect.catchCause((cause) =>
              Cause.hasInterruptsOnly(cause)
                ? Effect.failCause(cause as Cause.Cause<never>)
                : Effect.andThen(
                    Effect.logWarning(`A delivery to ${subscription.name} failed and will be repeated`, cause),
                    isQueueFailure(cause) ? Effect.sleep("1 second") : Effect.void
                  )
            )
          )
      )
    },

    deadLetters: Effect.fnUntraced(function* (subscription, request) {
      const query = ["saldo.deadLetters", subscription]
      const start = yield* Page.startOf(query, request)
      const after = start === undefined ? undefined : (String(start[0]) as DomainEvent.EventId)
      const found = yield* letters.list(subscription, after, Page.limitOf(request) + 1)
      return Page.pageOf(query, request, found, (letter) => [letter.event.id])
    }),

    redeliver: (subscription, id) =>
      Effect.flatMap(queueNamed(subscription), (queue) =>
        atomic.run(
          Effect.gen(function* () {
            const letter = yield* letters.take(subscription, id)
            if (Option.isNone(letter)) return false
            // The queue remembers the event's own id as delivered, so another one has to carry it.
            yield* Effect.orDie(queue.offer(letter.value.event))
            return true
          })
        )
      )
  })
})
