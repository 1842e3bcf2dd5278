import { describe, expect, it } from "@effect/vitest"
import * as WebhookReceiver from "@saldo/testing/WebhookReceiver"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import { Webhooks } from "saldo/notifications/Webhooks"
import { WebhookSender } from "saldo/notifications/WebhookSender"
import { WebhookStore } from "saldo/notifications/WebhookStore"
import {
  asBank,
  byHttp,
  happened,
  idsOf,
  inMemory,
  inSqlite,
  key,
  logOf,
  over,
  registered,
  statusOf,
  stores,
  tellAll,
  tenant,
  toldOf,
  world
} from "./webhookWorld.ts"

const { receiver, status } = WebhookReceiver

/** A sender over the one in the layer, with something before or after each message. */
const sending = (
  around: (send: WebhookSender["Service"]["send"]) => WebhookSender["Service"]["send"]
): Layer.Layer<WebhookSender> =>
  Layer.effect(
    WebhookSender,
    Effect.map(WebhookSender, ({ send }) => ({ send: around(send) }))
  ).pipe(Layer.provide(byHttp()))

describe("a process that tells endpoints", () => {
  for (const [name, layer] of Object.entries(stores)) {
    it.live(`sends again, under the same id, what it had sent and not noted when it ended (${name})`, () =>
      Effect.gen(function* () {
        const there = yield* receiver
        const { endpoint } = yield* registered(there.url)
        yield* happened(3)
        const store = yield* WebhookStore
        const dies = WebhookStore.of({
          ...store,
          // It ends after the second message is out, and lets go of nothing.
          note: (holder, progress) =>
            there.received.length >= 2 ? Effect.die("the process ended") : store.note(holder, progress)
        })
        const dispatching = WebhookDispatch.layerWith({ allowHttp: true, leaseMs: 200 })
        const crashing = WebhookDispatch.use(({ tell }) => tell(tenant, endpoint.id)).pipe(
          Effect.provide(Layer.fresh(dispatching).pipe(Layer.provide(Layer.succeed(WebhookStore, dies))))
        )
        expect(yield* Effect.exit(crashing)).toMatchObject({ _tag: "Failure" })
        expect(toldOf(there)).toEqual(["thing 1", "thing 2"])
        expect(yield* tellAll).toBe(0)
        yield* Effect.sleep("250 millis")
        expect(yield* tellAll).toBe(2)
        expect(toldOf(there)).toEqual(["thing 1", "thing 2", "thing 2", "thing 3"])
        expect(new Set(idsOf(there)).size).toBe(3)
      }).pipe(asBank, Effect.provide(world(layer)))
    )

    it.live(`tells each event once while several do the same at the same time (${name})`, () =>
      Effect.gen(function* () {
        const receivers = [yield* receiver, yield* receiver, yield* receiver]
        for (const [nth, { url }] of receivers.entries()) yield* registered(url, `endpoint ${nth}`)
        yield* happened(20)
        // A second process: its own service over the same stores.
        const second = Layer.fresh(WebhookDispatch.layerWith({ allowHttp: true }))
        const other = Effect.provide(tellAll, second)
        const rounds = yield* Effect.all([tellAll, other, tellAll, other, tellAll, other], { concurrency: "unbounded" })
        const rest = yield* tellAll
        expect(rounds.reduce((sum, made) => sum + made, rest)).toBe(60)
        const expected = Array.from({ length: 20 }, (_, nth) => `thing ${nth + 1}`)
        for (const there of receivers) expect(toldOf(there)).toEqual(expected)
      }).pipe(asBank, Effect.provide(world(layer)))
    )
  }

  it.live("lets go of an endpoint when it is told to end in the middle of a message", () => {
    const gate = Deferred.makeUnsafe<void>()
    const slow = sending((send) => (message) => Effect.andThen(Deferred.await(gate), send(message)))
    return Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      yield* happened(1)
      const turn = yield* Effect.forkChild(tellAll)
      yield* Effect.sleep("50 millis")
      expect(yield* tellAll).toBe(0)
      yield* Fiber.interrupt(turn)
      yield* Deferred.succeed(gate, undefined)
      // No lease has to end first.
      expect(yield* tellAll).toBe(1)
      expect(yield* statusOf(endpoint.id)).toMatchObject({ attempts: 0 })
    }).pipe(asBank, Effect.provide(Layer.fresh(over(inMemory, slow))))
  })

  it.live("tells the others while one hangs, and as they register and act", () =>
    Effect.gen(function* () {
      const [hanging, quick] = [yield* receiver, yield* receiver]
      hanging.answer = () => undefined
      const slow = yield* registered(hanging.url, "hanging")
      yield* registered(quick.url, "quick")
      yield* happened(5)
      while (quick.received.length < 5) yield* Effect.sleep("20 millis")
      yield* happened(1)
      while (quick.received.length < 6) yield* Effect.sleep("20 millis")
      // All the while the first message to it hung.
      expect(hanging.received.length).toBe(1)
      expect(yield* statusOf(slow.endpoint.id)).toMatchObject({ attempts: 0 })
      while ((yield* statusOf(slow.endpoint.id)).attempts === 0) yield* Effect.sleep("50 millis")
      expect(yield* logOf(slow.endpoint.id)).toMatchObject([{ outcome: "failed", unreached: "timeout", status: null }])
    }).pipe(
      asBank,
      Effect.provide(
        WebhookDispatch.layerTelling().pipe(Layer.provideMerge(over(inSqlite, byHttp({ timeout: "10 seconds" }))))
      )
    )
  )

  it.effect("says nothing more to an endpoint that was paused or removed in the middle of its turn", () => {
    const act = { now: Effect.void as Effect.Effect<unknown> }
    const interfering = sending((send) => (message) => Effect.tap(send(message), () => act.now))
    return Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      yield* happened(5)
      const webhooks = yield* Webhooks
      const endpointId = endpoint.id
      act.now = Effect.orDie(asBank(webhooks.pause({ key: key("paused"), endpointId })))
      expect(yield* tellAll).toBe(1)
      act.now = Effect.void
      expect(yield* tellAll).toBe(0)
      // What was sent is noted although the pause came first.
      expect(yield* logOf(endpointId)).toMatchObject([{ outcome: "delivered" }])
      yield* webhooks.resume({ key: key("resumed"), endpointId })
      act.now = Effect.orDie(asBank(webhooks.remove({ key: key("removed"), endpointId })))
      expect(yield* tellAll).toBe(1)
      expect(toldOf(there)).toEqual(["thing 1", "thing 2"])
    }).pipe(asBank, Effect.provide(Layer.fresh(over(inMemory, interfering))))
  })

  it.effect("goes by what its owner has changed in the middle of its turn, from the next event on", () => {
    const act = { now: Effect.void as Effect.Effect<unknown> }
    const interfering = sending((send) => (message) => Effect.tap(send(message), () => act.now))
    return Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      yield* happened(2)
      yield* happened(1, { action: "other.act" })
      const webhooks = yield* Webhooks
      const terms = { url: endpoint.url, description: "", events: ["other.*"] }
      act.now = Effect.orDie(asBank(webhooks.change({ key: key("changed"), endpointId: endpoint.id, terms })))
      expect([yield* tellAll, yield* tellAll]).toEqual([1, 1])
      expect(there.received.map(({ body }) => body.slice(0, 20))).toEqual([
        '{"type":"demo.act","',
        '{"type":"other.act",'
      ])
    }).pipe(asBank, Effect.provide(Layer.fresh(over(inMemory, interfering))))
  })

  it.effect("gives up its place after so many events, and goes on in the next turn", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      yield* happened(7)
      yield* happened(250, { action: "other.act" })
      yield* happened(1)
      const turns = [yield* tellAll, yield* tellAll, yield* tellAll, yield* tellAll]
      expect(turns).toEqual([3, 3, 2, 0])
      expect(yield* statusOf(endpoint.id)).toMatchObject({ position: 259 })
    }).pipe(asBank, Effect.provide(world(inMemory, { turnEvents: 3 })))
  )

  it.effect("passes over records that the trail no longer holds", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      yield* happened(2)
      yield* TestClock.adjust("2 days")
      const before = (yield* DateTime.now).epochMilliseconds - 86_400_000
      const matching = { action: "demo.*" }
      yield* AuditStore.use(({ purge }) => purge({ tenant, matching, except: [], before, limit: 10 }))
      yield* happened(1)
      expect(yield* tellAll).toBe(1)
      expect(yield* statusOf(endpoint.id)).toMatchObject({ position: 4, attempts: 0 })
    }).pipe(asBank, Effect.provide(world()))
  )

  for (const [name, layer] of Object.entries(stores)) {
    it.effect(`tells again what was asked for by hand, once, and changes no position (${name})`, () =>
      Effect.gen(function* () {
        const there = yield* receiver
        const { endpoint } = yield* registered(there.url)
        const endpointId = endpoint.id
        yield* happened(2)
        yield* tellAll
        const [first] = yield* logOf(endpointId)
        const deliveryId = Option.getOrThrow(Option.fromNullishOr(first)).id
        const again = Webhooks.use(({ redeliver }) => redeliver({ key: key("again"), endpointId, deliveryId }))
        const asked = yield* again
        expect(yield* again).toEqual(asked)
        expect(asked).toMatchObject({ outcome: "pending", attempt: 0, eventId: first?.eventId })
        there.answer = status(500)
        expect(yield* tellAll).toBe(1)
        expect(yield* tellAll).toBe(0)
        expect(toldOf(there)).toEqual(["thing 1", "thing 2", "thing 1"])
        expect((yield* logOf(endpointId)).at(-1)).toMatchObject({ id: asked.id, outcome: "failed", status: 500 })
        expect(yield* statusOf(endpointId)).toMatchObject({ attempts: 0, state: "active" })
      }).pipe(asBank, Effect.provide(world(layer)))
    )
  }

  it.effect("forgets what has been in the log for a month", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      yield* happened(2)
      yield* tellAll
      yield* TestClock.adjust("29 days")
      expect(yield* WebhookDispatch.use(({ forget }) => forget)).toBe(0)
      yield* TestClock.adjust("2 days")
      expect(yield* WebhookDispatch.use(({ forget }) => forget)).toBe(2)
      expect(yield* logOf(endpoint.id)).toEqual([])
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("undoes the disabling when it cannot be recorded, and tries again", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      there.answer = status(410)
      yield* happened(1)
      const trail = yield* AuditTrail
      const broken = AuditTrail.of({ ...trail, recordSecurity: () => Effect.die("the trail is broken") })
      const without = Layer.fresh(WebhookDispatch.layerWith({ allowHttp: true })).pipe(
        Layer.provide(Layer.succeed(AuditTrail, broken))
      )
      expect(yield* Effect.exit(Effect.provide(tellAll, without))).toMatchObject({ _tag: "Failure" })
      expect(yield* statusOf(endpoint.id)).toMatchObject({ state: "active", attempts: 0 })
      expect(yield* logOf(endpoint.id)).toEqual([])
      expect(yield* tellAll).toBe(1)
      expect(yield* statusOf(endpoint.id)).toMatchObject({ state: "disabled" })
    }).pipe(asBank, Effect.provide(world(inSqlite)))
  )
})
