import { expect, layer } from "@effect/vitest"
import * as WebhookReceiver from "@saldo/testing/WebhookReceiver"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import { verify } from "saldo/notifications/webhookSignature"
import { Served, served, tenant } from "./world.ts"

const machine = { as: "machine" }
const path = "/api/v1/webhooks"

const terms = (url: string) => ({ url, description: "Accounting", events: ["ledger.*"] })

/** What the workers of a bank do by the clock. */
const tell = Effect.andThen(
  AuditTrail.use(({ seal }) => seal(tenant)),
  WebhookDispatch.use(({ tellAll }) => tellAll)
)

layer(served(), { excludeTestServices: true })("webhooks over HTTP", (it) => {
  it.effect("tell of what happens from the registration on, signed by the secret of its answer", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const there = yield* WebhookReceiver.receiver
      const registered = yield* call("POST", path, { ...machine, key: "r1", body: terms(there.url) })
      expect(registered.status).toBe(201)
      const { secret, webhook } = registered.body
      expect(secret).toMatch(/^whsec_/u)
      expect(webhook).toMatchObject({ ...terms(there.url), state: "active", version: 1 })
      // A lost answer is given again, secret and all; nothing else ever shows it.
      expect((yield* call("POST", path, { ...machine, key: "r1", body: terms(there.url) })).body).toEqual(
        registered.body
      )
      const on = `${path}/${webhook.id}`
      const shown = yield* call("GET", on, machine)
      expect(shown.headers.get("etag")).toBe(`"1"`)
      const listed = yield* call("GET", path, machine)
      for (const { text } of [shown, listed]) expect(text).not.toMatch(/whsec_|secret|sealed/u)

      const account = { code: "told", name: "Told", type: "asset", currency: "SEK" }
      const opened = yield* call("POST", "/api/v1/ledger/accounts", { ...machine, key: "a1", body: account })
      expect(opened.status).toBe(201)
      expect(yield* tell).toBe(1)
      const first: Pick<WebhookReceiver.Received, "body" | "headers"> = there.received[0] ?? { body: "", headers: {} }
      const { body, headers } = first
      const nowMs = Number(headers["webhook-timestamp"]) * 1000
      expect(Result.isSuccess(verify([secret], { headers, body, nowMs }))).toBe(true)
      expect(JSON.parse(body)).toMatchObject({
        type: "ledger.open-account",
        data: { subject: { id: opened.body.id }, outcome: "succeeded" }
      })

      const log = yield* call("GET", `${on}/deliveries`, machine)
      expect(log.body.items).toMatchObject([{ outcome: "delivered", status: 204, attempt: 1 }])
      const [{ id: deliveryId }] = log.body.items
      const again = yield* call("POST", `${on}/deliveries/${deliveryId}/redelivery`, { ...machine, key: "d1" })
      expect([again.status, again.body.outcome]).toEqual([202, "pending"])
      expect(yield* tell).toBe(1)
      expect(there.received[1]?.headers["webhook-id"]).toBe(headers["webhook-id"])
    })
  )

  it.effect("are changed under their version, paused, given new secrets, and removed", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const url = "https://example.com/events"
      const { body } = yield* call("POST", path, { ...machine, key: "r2", body: terms(url) })
      const on = `${path}/${body.webhook.id}`
      const changed = { ...terms(url), events: ["*"] }
      const change = (key: string, tag: string) =>
        call("PUT", on, { ...machine, key, headers: { "if-match": tag }, body: changed })
      expect((yield* change("c1", `"7"`)).status).toBe(412)
      expect((yield* change("c2", `"1"`)).body).toMatchObject({ events: ["*"], version: 2 })
      expect((yield* call("POST", `${on}/pause`, { ...machine, key: "p" })).body).toMatchObject({ state: "paused" })
      const unfit = yield* call("POST", `${on}/pause`, { ...machine, key: "p2" })
      expect([unfit.status, unfit.body.code]).toEqual([409, "WebhookStateUnfit"])
      expect((yield* call("POST", `${on}/skip`, { ...machine, key: "s" })).body.code).toBe("NothingToSkip")
      expect((yield* call("POST", `${on}/resumption`, { ...machine, key: "q" })).body).toMatchObject({
        state: "active"
      })
      const rotated = yield* call("POST", `${on}/secret`, { ...machine, key: "n", body: { overlapHours: 24 } })
      expect(rotated.body.secret).toMatch(/^whsec_/u)
      expect(rotated.body.secret).not.toBe(body.secret)
      expect((yield* call("DELETE", on, { ...machine, key: "x" })).status).toBe(204)
      expect((yield* call("DELETE", on, { ...machine, key: "x" })).status).toBe(204)
      expect((yield* call("GET", on, machine)).status).toBe(404)
    })
  )

  it.effect("lead to no address that is not public, and to nobody without the permission", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const refused = {
        "https://169.254.169.254/latest": "private",
        "https://[::1]/": "private",
        "https://0x0a000001/": "private",
        "ftp://example.com/": "scheme",
        "https://me:mine@example.com/": "credentials",
        "https://example.com/#here": "fragment",
        "example.com": "unreadable"
      }
      for (const [nth, [url, problem]] of Object.entries(refused).entries()) {
        const answer = yield* call("POST", path, { ...machine, key: `no-${nth}`, body: terms(url) })
        expect([answer.status, answer.body.code, answer.body.context]).toEqual([422, "WebhookUrlRefused", { problem }])
      }
      for (const as of ["officer", "customer:cust_1"]) {
        const answer = yield* call("POST", path, { as, key: "no", body: terms("https://example.com/") })
        expect([answer.status, answer.body.code]).toEqual([403, "NotPermitted"])
        expect((yield* call("GET", path, { as })).status).toBe(403)
      }
      const stranger = yield* call("GET", path, { as: "machine:machine:elsewhere" })
      expect(stranger.body).toEqual({ items: [], next: null })
    })
  )
})
