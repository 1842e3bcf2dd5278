import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { verify } from "saldo/notifications/webhookSignature"
import { receiver } from "@saldo/testing/WebhookReceiver"
import {
  asBank,
  byHttp,
  happened,
  inMemory,
  inPostgres,
  inSqlite,
  logOf,
  over,
  registered,
  statusOf,
  tellAll
} from "./webhookWorld.ts"

const stores = { memory: inMemory, sqlite: inSqlite, postgres: inPostgres }

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
        const bodies = there.received.map(({ body, headers }) => {
          const verified = verify([Redacted.value(secret)], { headers, body, nowMs })
          expect(Result.isSuccess(verified)).toBe(true)
          expect(headers["content-type"]).toBe("application/json")
          return JSON.parse(body) as { readonly data: { readonly subject: { readonly id: string } } }
        })
        expect(bodies.map(({ data }) => data.subject.id)).toEqual(["thing 1", "thing 2", "thing 3"])
        expect(bodies[0]).toMatchObject({
          type: "demo.act",
          data: { outcome: "succeeded", changes: [{ path: "/state", before: "new", after: "old" }] }
        })
        expect(new Set(there.received.map(({ headers }) => headers["webhook-id"])).size).toBe(3)
        expect(yield* logOf(endpoint.id)).toMatchObject([1, 2, 3].map(() => ({ outcome: "delivered", status: 204 })))
        // The registration itself is a record of the trail, too.
        expect(yield* statusOf(endpoint.id)).toMatchObject({ position: 7, attempts: 0, state: "active" })
      }).pipe(asBank, Effect.provide(Layer.fresh(over(layer, byHttp()))))
    )
  }
})
