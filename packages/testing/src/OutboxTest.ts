import { expect } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as References from "effect/References"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Actor from "saldo/core/Actor"
import { randomBytes } from "node:crypto"
import { Atomic } from "saldo/core/Atomic"
import * as DomainEvent from "saldo/core/DomainEvent"
import { Outbox, type Subscription } from "saldo/core/Outbox"
import { broken as brokenChecks, type BrokenOptions, type Check, register, type SuiteOptions } from "./Check.ts"

const Payload = Schema.Struct({ n: Schema.Int, amount: Schema.BigInt })
type Happened = DomainEvent.EventDefinition<string, typeof Payload.Type>
type Event = DomainEvent.EventOf<Happened>

interface Subject {
  readonly atomic: Atomic["Service"]
  readonly outbox: Outbox["Service"]
  readonly kind: Happened
  readonly other: Happened
  /** Wants both kinds of events; `second` wants only the first kind. */
  readonly first: Subscription<Happened>
  readonly second: Subscription<Happened>
  /** Appends a new event of the first kind. */
  readonly append: (n: number) => Effect.Effect<Event>
  /** Handles deliveries until so many have been handled without failure, and gives the numbers of their events. */
  readonly receive: (subscription: Subscription<Happened>, count: number) => Effect.Effect<ReadonlyArray<number>>
}

type Run = (subject: Subject) => Effect.Effect<void, unknown>
type Definition = readonly [key: string, name: string, run: Run]

const quiet = Effect.provideService(References.MinimumLogLevel, "None")

const subjectOf = (
  key: string,
  run: string
): {
  readonly subscriptions: ReadonlyArray<Subscription<Happened>>
  readonly make: Effect.Effect<Subject, never, Atomic | Outbox>
} => {
  // Every check has kinds and queues of its own, so that nothing left over by one disturbs another.
  const kind = DomainEvent.define(`test.Happened.${key}.${run}`, Payload)
  const other = DomainEvent.define(`test.Other.${key}.${run}`, Payload)
  const settings = { attempts: 3, retry: Schedule.spaced(0) }
  const first = { name: `test.first.${key}.${run}`, events: [kind, other], ...settings }
  const second = { name: `test.second.${key}.${run}`, events: [kind], ...settings }
  const make = Effect.gen(function* () {
    const outbox = yield* Outbox
    return {
      atomic: yield* Atomic,
      outbox,
      kind,
      other,
      first,
      second,
      append: Effect.fnUntraced(function* (n: number) {
        const event = yield* DomainEvent.make(kind, {
          tenant: "test",
          subject: "loan",
          payload: { n, amount: 2n ** 70n }
        })
        yield* outbox.append(kind, event)
        return event
      }),
      receive: Effect.fnUntraced(
        function* (subscription: Subscription<Happened>, count: number) {
          const received: Array<number> = []
          while (received.length < count) {
            yield* outbox.handleNext(subscription, ({ payload }) => Effect.sync(() => void received.push(payload.n)))
          }
          return received
        },
        Effect.timeout("8 seconds"),
        Effect.orDie
      )
    }
  })
  return { subscriptions: [first, second], make }
}

const leaving: ReadonlyArray<Definition> = [
  [
    "delivers",
    "delivers what a committed transaction appended, whole",
    ({ append, atomic, first, outbox }) =>
      Effect.gen(function* () {
        const clerk = Actor.system("bank")
        const event = yield* atomic.run(Actor.as(clerk)(append(1)))
        const received = yield* Deferred.make<readonly [Event, number]>()
        yield* outbox.handleNext(first, (delivered, { attempt }) =>
          Effect.asVoid(Deferred.succeed(received, [delivered, attempt]))
        )
        expect(event.actor).toBe("bank/system")
        expect(yield* Deferred.await(received)).toEqual([event, 1])
      })
  ],
  [
    "rollback",
    "delivers nothing of a transaction or savepoint that rolled back",
    ({ append, atomic, first, receive }) =>
      Effect.gen(function* () {
        yield* Effect.exit(atomic.run(Effect.andThen(append(1), Effect.fail("refused"))))
        yield* Effect.exit(atomic.run(Effect.andThen(append(2), Effect.die("bug"))))
        const appended = yield* Deferred.make<void>()
        const stuck = Effect.andThen(Effect.tap(append(3), Deferred.succeed(appended, undefined)), Effect.never)
        const fiber = yield* Effect.forkChild(atomic.run(stuck))
        yield* Deferred.await(appended)
        yield* Fiber.interrupt(fiber)
        const nested = Effect.exit(atomic.run(Effect.andThen(append(4), Effect.fail("inner"))))
        yield* atomic.run(Effect.andThen(nested, append(5)))
        // Were one of the others on its way, it would arrive before the last one.
        expect(yield* receive(first, 1)).toEqual([5])
      })
  ],
  [
    "before-commit",
    "delivers nothing before the commit",
    ({ append, atomic, first, outbox }) =>
      Effect.gen(function* () {
        const order: Array<string> = []
        const handled = yield* Effect.forkChild(
          outbox.handleNext(first, () => Effect.sync(() => void order.push("delivered")))
        )
        yield* atomic.run(
          Effect.gen(function* () {
            yield* append(1)
            yield* Effect.sleep("30 millis")
            order.push("committing")
          })
        )
        yield* Fiber.join(handled)
        expect(order).toEqual(["committing", "delivered"])
      })
  ],
  [
    "outside",
    "delivers what was appended outside a transaction",
    ({ append, first, receive }) =>
      Effect.gen(function* () {
        yield* append(7)
        expect(yield* receive(first, 1)).toEqual([7])
      })
  ],
  [
    "same-id",
    "delivers an event once that is appended twice",
    ({ append, first, kind, outbox, receive }) =>
      Effect.gen(function* () {
        const event = yield* append(1)
        yield* outbox.append(kind, event)
        expect(yield* receive(first, 1)).toEqual([1])
        yield* outbox.append(kind, event)
        yield* append(2)
        expect(yield* receive(first, 1)).toEqual([2])
      })
  ],
  [
    "subscriptions",
    "delivers to every subscription what it wants, and nothing else",
    (subject) =>
      Effect.gen(function* () {
        const { append, first, other, outbox, receive, second } = subject
        const unwanted = yield* DomainEvent.make(other, { tenant: "test", subject: "x", payload: { n: 1, amount: 0n } })
        yield* outbox.append(other, unwanted)
        yield* append(2)
        expect(yield* receive(first, 2)).toEqual([1, 2])
        expect(yield* receive(second, 1)).toEqual([2])
      })
  ],
  [
    "order",
    "keeps the order within a transaction and of transactions one after another",
    (subject) =>
      Effect.gen(function* () {
        const { append, atomic, first, receive } = subject
        yield* atomic.run(Effect.forEach([1, 2, 3, 4, 5], append))
        yield* atomic.run(Effect.forEach([6, 7, 8], append))
        yield* append(9)
        expect(yield* receive(first, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
      })
  ],
  [
    "concurrent",
    "loses and doubles nothing between 20 writers and 4 subscribers",
    (subject) =>
      Effect.gen(function* () {
        const { append, atomic, first, outbox } = subject
        const received = yield* Queue.make<number>()
        const handle = outbox.handleNext(first, ({ payload }) => Effect.asVoid(Queue.offer(received, payload.n)))
        const subscribers = yield* Effect.forEach([1, 2, 3, 4], () => Effect.forkChild(Effect.forever(handle)))
        const numbers = Array.from({ length: 20 }, (_, n) => n)
        yield* Effect.forEach(numbers, (n) => atomic.run(append(n)), { concurrency: "unbounded" })
        const seen = yield* Effect.forEach(numbers, () => Queue.take(received)).pipe(Effect.timeout("8 seconds"))
        expect([...seen].sort((a, b) => a - b)).toEqual(numbers)
        yield* append(99)
        expect(yield* Queue.take(received)).toBe(99)
        yield* Effect.forEach(subscribers, Fiber.interrupt)
      })
  ]
]

const failing: ReadonlyArray<Definition> = [
  [
    "retry",
    "repeats a delivery that failed or died, and counts",
    ({ append, first, outbox }) =>
      Effect.gen(function* () {
        yield* append(1)
        const attempts: Array<number> = []
        const handle = outbox.handleNext(first, (_, { attempt }) => {
          attempts.push(attempt)
          return attempt === 1 ? Effect.fail("busy") : attempt === 2 ? Effect.die("bug") : Effect.void
        })
        yield* Effect.all([handle, handle, handle], { discard: true }).pipe(Effect.timeout("8 seconds"), quiet)
        expect(attempts).toEqual([1, 2, 3])
      })
  ],
  [
    "dead-letter",
    "gives up after the attempts, keeps the letter with its reason, and goes on",
    (subject) =>
      Effect.gen(function* () {
        const { append, first, outbox, receive } = subject
        const event = yield* append(1)
        const fail = outbox.handleNext(first, () => Effect.fail("no such account"))
        yield* Effect.all([fail, fail, fail], { discard: true }).pipe(Effect.timeout("8 seconds"), quiet)
        const { items, next } = yield* outbox.deadLetters(first.name, {})
        expect(next).toBeNull()
        expect(items.map((letter) => [letter.event.id, letter.attempts, letter.subscription])).toEqual([
          [event.id, 3, first.name]
        ])
        expect(items[0]?.reason).toContain("no such account")
        yield* append(2)
        expect(yield* receive(first, 1)).toEqual([2])
      })
  ],
  [
    "redeliver",
    "delivers a dead letter again, once, with all its attempts",
    (subject) =>
      Effect.gen(function* () {
        const { append, atomic, first, outbox } = subject
        const event = yield* append(1)
        const fail = outbox.handleNext(first, () => Effect.fail("no"))
        yield* Effect.all([fail, fail, fail], { discard: true }).pipe(Effect.timeout("8 seconds"), quiet)
        yield* Effect.exit(
          atomic.run(Effect.andThen(outbox.redeliver(first.name, event.id), Effect.fail("changed mind")))
        )
        expect((yield* outbox.deadLetters(first.name, {})).items).toHaveLength(1)
        const both = [outbox.redeliver(first.name, event.id), outbox.redeliver(first.name, event.id)]
        expect((yield* Effect.all(both, { concurrency: 2 })).filter(Boolean)).toHaveLength(1)
        expect((yield* outbox.deadLetters(first.name, {})).items).toEqual([])
        const seen: Array<unknown> = []
        yield* Effect.timeout(
          outbox.handleNext(first, (delivered, { attempt }) => Effect.sync(() => void seen.push(delivered, attempt))),
          "8 seconds"
        )
        expect(seen).toEqual([event, 1])
      })
  ],
  [
    "dead-letter-pages",
    "pages through dead letters by the age of their events",
    (subject) =>
      Effect.gen(function* () {
        const { append, first, outbox } = subject
        const events = yield* Effect.forEach([1, 2, 3], append)
        const impatient = { ...first, attempts: 1 }
        const fail = outbox.handleNext(impatient, () => Effect.fail("no"))
        yield* Effect.all([fail, fail, fail], { discard: true }).pipe(Effect.timeout("8 seconds"), quiet)
        const start = yield* outbox.deadLetters(first.name, { limit: 2 })
        const end = yield* outbox.deadLetters(first.name, start.next === null ? {} : { limit: 2, cursor: start.next })
        expect([...start.items, ...end.items].map((letter) => letter.event.id)).toEqual(events.map((event) => event.id))
        expect(end.next).toBeNull()
      })
  ],
  [
    "unreadable",
    "makes a dead letter at once of an event that the subscriber cannot read",
    (subject) =>
      Effect.gen(function* () {
        const { append, first, outbox, receive } = subject
        const event = yield* append(1)
        const older = { ...first, events: [{ ...subject.kind, version: 2 }] }
        yield* Effect.timeout(
          outbox.handleNext(older, () => Effect.die("must not be called")),
          "8 seconds"
        ).pipe(quiet)
        const { items } = yield* outbox.deadLetters(first.name, {})
        expect(items.map((letter) => [letter.event.id, letter.attempts])).toEqual([[event.id, 1]])
        expect(items[0]?.reason).toContain("cannot be read")
        yield* append(2)
        expect(yield* receive(first, 1)).toEqual([2])
      })
  ],
  [
    "interrupted",
    "delivers again what an interrupted subscriber had in hand, and does not count that",
    (subject) =>
      Effect.gen(function* () {
        const { append, first, outbox } = subject
        yield* append(1)
        for (let round = 0; round < 4; round++) {
          const taken = yield* Deferred.make<void>()
          const fiber = yield* Effect.forkChild(
            outbox.handleNext(first, () => Effect.andThen(Deferred.succeed(taken, undefined), Effect.never))
          )
          yield* Effect.timeout(Deferred.await(taken), "8 seconds")
          yield* Fiber.interrupt(fiber)
        }
        const attempts: Array<number> = []
        yield* Effect.timeout(
          outbox.handleNext(first, (_, { attempt }) => Effect.sync(() => void attempts.push(attempt))),
          "8 seconds"
        )
        expect(attempts).toEqual([1])
      })
  ]
]

interface Checks {
  readonly checks: ReadonlyArray<Check<Atomic | Outbox>>
  readonly subscriptions: ReadonlyArray<Subscription<Happened>>
}

/** What every outbox promises, each as a program of its own, and the subscriptions the outbox must be built with. */
export const checks = (): Checks => {
  // The names of a run are unique, so that the suite passes again on the same database.
  const run = randomBytes(8).toString("hex")
  const made = [...leaving, ...failing].map(([key, name, body]) => {
    const { make, subscriptions } = subjectOf(key, run)
    return { subscriptions, check: { key, name, run: Effect.flatMap(make, body) } }
  })
  return { checks: made.map(({ check }) => check), subscriptions: made.flatMap((one) => one.subscriptions) }
}

type LayerOf<E> = (subscriptions: ReadonlyArray<Subscription<Happened>>) => Layer.Layer<Atomic | Outbox, E>

/** Tests an outbox, built with the given subscriptions, together with the `Atomic` on the same storage. */
export const suite = <E>(name: string, layerOf: LayerOf<E>, options?: SuiteOptions): void => {
  const own = checks()
  register("Outbox", own.checks, name, layerOf(own.subscriptions), options)
}

/** The keys of the checks that an adapter breaks. */
export const broken = <E>(layerOf: LayerOf<E>, options?: BrokenOptions): Effect.Effect<ReadonlyArray<string>, E> => {
  const own = checks()
  return brokenChecks(own.checks, layerOf(own.subscriptions), options)
}
