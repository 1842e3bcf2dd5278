import { describe, expect, it } from "@effect/vitest"
import * as WebhookReceiver from "@saldo/testing/WebhookReceiver"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { retryPausesMs } from "saldo/notifications/webhookRetries"
import { Webhooks } from "saldo/notifications/Webhooks"
import { verify } from "saldo/notifications/webhookSignature"
import {
  asBank,
  happened,
  idsOf,
  key,
  logOf,
  registered,
  statusOf,
  stores,
  tellAll,
  tenant,
  toldOf,
  world
} from "./webhookWorld.ts"

const { receiver, status } = WebhookReceiver

const disabling = Effect.map(
  AuditTrail.use(({ query }) => query({ filter: { action: "notifications.disable-webhook" } })),
  ({ items }) => items.map(({ changes, kind, outcome, subject }) => ({ kind, outcome, subject, changes }))
)

describe("an endpoint that takes what it is told", () => {
  for (const [name, layer] of Object.entries(stores)) {
    it.live(`is told of sealed acts in their order, signed, once each (${name})`, () =>
      Effect.gen(function* () {
        const there = yield* receiver
        yield* happened(2)
        const { endpoint, secret } = yield* registered(there.url)
        yield* happened(3, { changes: [{ path: "/state", redaction: "public", before: "new", after: "old" }] })
        yield* happened(1, { action: "other.act" })
        expect(yield* tellAll).toBe(3)
        expect(yield* tellAll).toBe(0)

        const nowMs = yield* Clock.currentTimeMillis
        for (const { body, headers, method } of there.received) {
          expect(Result.isSuccess(verify([Redacted.value(secret)], { headers, body, nowMs }))).toBe(true)
          expect([method, headers["content-type"]]).toEqual(["POST", "application/json"])
          expect(JSON.parse(body)).toMatchObject({
            type: "demo.act",
            data: { tenant, outcome: "succeeded", changes: [{ path: "/state", before: "new", after: "old" }] }
          })
        }
        expect(toldOf(there)).toEqual(["thing 1", "thing 2", "thing 3"])
        expect(new Set(idsOf(there)).size).toBe(3)
        expect(yield* logOf(endpoint.id)).toMatchObject([1, 2, 3].map(() => ({ outcome: "delivered", status: 204 })))
        // The registration itself is a record of the trail, too.
        expect(yield* statusOf(endpoint.id)).toMatchObject({ position: 7, attempts: 0, state: "active" })
      }).pipe(asBank, Effect.provide(world(layer)))
    )
  }

  it.effect("is told nothing that is not public, of nobody's safety, and no more than 20 kB", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      yield* registered(there.url, "all", ["*"])
      const changes = (["public", "internal", "personal", "secret"] as const).map((redaction) => ({
        path: `/${redaction}`,
        redaction,
        before: `was ${redaction}`,
        after: `is ${redaction}`
      }))
      yield* happened(1, { changes })
      yield* AuditTrail.use(({ recordSecurity }) =>
        recordSecurity({ action: "demo.sign-in", subject: { type: "user", id: "u" } })
      )
      const many = Array.from({ length: 900 }, (_, nth) => ({
        path: `/a${nth}`,
        redaction: "public" as const,
        after: "å".repeat(20)
      }))
      yield* happened(1, { changes: many })
      expect(yield* tellAll).toBe(3)
      const bodies = there.received.map(({ body }) => body)
      expect(JSON.parse(bodies[1] ?? "")).toMatchObject({
        data: { changes: [{ path: "/public", before: "was public", after: "is public" }], changesOmitted: 0 }
      })
      for (const text of ["internal", "personal", "secret", "sign-in"])
        expect(bodies.slice(1).join("")).not.toContain(text)
      const { data } = JSON.parse(bodies[2] ?? "") as { data: { changes: Array<unknown>; changesOmitted: number } }
      expect(Buffer.byteLength(bodies[2] ?? "")).toBeLessThanOrEqual(20_000)
      expect(Buffer.byteLength(bodies[2] ?? "")).toBeGreaterThan(19_800)
      expect(data.changes.length + data.changesOmitted).toBe(900)
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("is signed by the new and the former secret while both are in force", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint, secret } = yield* registered(there.url)
      const rotated = yield* Webhooks.use(({ rotateSecret }) =>
        rotateSecret({ key: key("rotated"), endpointId: endpoint.id, overlapHours: 1 })
      )
      yield* happened(1)
      yield* tellAll
      yield* TestClock.adjust("61 minutes")
      yield* happened(1)
      yield* tellAll
      const judged = (nth: number, by: Redacted.Redacted) => {
        const { body = "", headers = {} } = there.received[nth] ?? {}
        const nowMs = Number(headers["webhook-timestamp"]) * 1000
        return Result.isSuccess(verify([Redacted.value(by)], { headers, body, nowMs }))
      }
      expect([judged(0, secret), judged(0, rotated.secret)]).toEqual([true, true])
      expect([judged(1, secret), judged(1, rotated.secret)]).toEqual([false, true])
    }).pipe(asBank, Effect.provide(world()))
  )
})

describe("an endpoint that does not take an event", () => {
  for (const [name, layer] of Object.entries(stores)) {
    it.effect(`is tried ten times, under one id, and then disabled with a record of it (${name})`, () =>
      Effect.gen(function* () {
        const there = yield* receiver
        const { endpoint } = yield* registered(there.url)
        there.answer = status(500)
        yield* happened(2)
        const pauses: Array<number> = []
        for (let attempt = 1; attempt <= 10; attempt++) {
          expect(yield* tellAll).toBe(1)
          expect(yield* tellAll).toBe(0)
          const { attempts, dueAt } = yield* statusOf(endpoint.id)
          expect(attempts).toBe(attempt)
          const pause = dueAt.epochMilliseconds - (yield* DateTime.now).epochMilliseconds
          if (attempt < 10) pauses.push(pause)
          yield* TestClock.adjust(Math.max(0, pause - 1))
          if (attempt < 10) expect(yield* tellAll).toBe(0)
          yield* TestClock.adjust(1)
        }
        retryPausesMs.slice(1).forEach((planned, nth) => {
          expect(pauses[nth]).toBeGreaterThanOrEqual(planned)
          expect(pauses[nth]).toBeLessThanOrEqual(planned * 1.1 + 1)
        })
        expect(new Set(idsOf(there)).size).toBe(1)
        expect(new Set(there.received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(10)
        expect(
          (yield* logOf(endpoint.id)).map(({ attempt, outcome, status: code }) => [attempt, outcome, code])
        ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((attempt) => [attempt, "failed", 500]))
        expect(yield* statusOf(endpoint.id)).toMatchObject({ state: "disabled", disabledBecause: "failing" })
        expect(yield* disabling).toMatchObject([
          { kind: "security", outcome: "succeeded", subject: { type: "webhook", id: endpoint.id } }
        ])
        yield* TestClock.adjust("10 days")
        expect(yield* tellAll).toBe(0)

        // Nothing of what happened meanwhile is lost.
        there.answer = WebhookReceiver.ok
        yield* Webhooks.use(({ resume }) => resume({ key: key("resumed"), endpointId: endpoint.id }))
        expect(yield* tellAll).toBe(2)
        expect(toldOf(there).slice(10)).toEqual(["thing 1", "thing 2"])
      }).pipe(asBank, Effect.provide(world(layer)))
    )
  }

  it.effect("is disabled at once when it says that it is gone", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      there.answer = status(410)
      yield* happened(2)
      expect(yield* tellAll).toBe(1)
      expect(yield* statusOf(endpoint.id)).toMatchObject({ state: "disabled", disabledBecause: "gone", attempts: 1 })
      expect((yield* disabling).length).toBe(1)
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("is left alone for as long as it asks for, a day at most, and never tried sooner for it", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      yield* happened(1)
      const inAnHour = new Date(Date.UTC(1970, 0, 1, 1, 0, 0)).toUTCString()
      const pauses: Array<number> = []
      const answers = [
        status(429, { "retry-after": "120" }),
        status(503, { "retry-after": "1" }),
        status(503, { "retry-after": "99999999" }),
        // A client that is at fault is not left alone for asking.
        status(400, { "retry-after": "99999999" })
      ]
      const asked = status(429, { "retry-after": inAnHour })
      for (const answer of [asked, ...answers]) {
        there.answer = answer
        expect(yield* tellAll).toBe(1)
        const { dueAt } = yield* statusOf(endpoint.id)
        const pause = dueAt.epochMilliseconds - (yield* DateTime.now).epochMilliseconds
        pauses.push(pause)
        yield* TestClock.adjust(pause)
      }
      expect(pauses[0]).toBe(3_600_000)
      expect(pauses.slice(1).map((pause) => Math.round(pause / 60_000))).toEqual([
        expect.toSatisfy((minutes: number) => minutes >= 5 && minutes <= 6),
        expect.toSatisfy((minutes: number) => minutes >= 30 && minutes <= 33),
        24 * 60,
        expect.toSatisfy((minutes: number) => minutes >= 300 && minutes <= 330)
      ])
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("has failed when it points elsewhere, and nobody goes there", () =>
    Effect.gen(function* () {
      const [there, elsewhere] = [yield* receiver, yield* receiver]
      const { endpoint } = yield* registered(there.url)
      there.answer = status(307, { location: elsewhere.url })
      yield* happened(1)
      expect(yield* tellAll).toBe(1)
      expect(elsewhere.received).toEqual([])
      expect(yield* logOf(endpoint.id)).toMatchObject([{ outcome: "failed", status: 307 }])
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("holds up what is behind the event until it is passed over by hand", () =>
    Effect.gen(function* () {
      const there = yield* receiver
      const { endpoint } = yield* registered(there.url)
      there.answer = (response, { body }) => response.writeHead(body.includes("thing 2") ? 422 : 200).end()
      yield* happened(3)
      expect(yield* tellAll).toBe(2)
      yield* Webhooks.use(({ skip }) => skip({ key: key("skipped"), endpointId: endpoint.id }))
      expect(yield* tellAll).toBe(1)
      expect(toldOf(there)).toEqual(["thing 1", "thing 2", "thing 3"])
      expect((yield* logOf(endpoint.id)).map(({ outcome }) => outcome)).toEqual([
        "delivered",
        "failed",
        "skipped",
        "delivered"
      ])
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("is tried at once under another address, or when its owner says so", () =>
    Effect.gen(function* () {
      const [there, elsewhere] = [yield* receiver, yield* receiver]
      const { endpoint } = yield* registered(there.url)
      there.answer = status(404)
      yield* happened(1)
      expect([yield* tellAll, yield* tellAll]).toEqual([1, 0])
      yield* Webhooks.use(({ resume }) => resume({ key: key("now"), endpointId: endpoint.id }))
      expect([yield* tellAll, yield* tellAll]).toEqual([1, 0])
      const terms = { url: elsewhere.url, description: "", events: ["demo.*"] }
      yield* Webhooks.use(({ change }) => change({ key: key("moved"), endpointId: endpoint.id, terms }))
      expect([yield* tellAll, yield* tellAll]).toEqual([1, 0])
      expect([there.received.length, elsewhere.received.length]).toEqual([2, 1])
    }).pipe(asBank, Effect.provide(world()))
  )
})
