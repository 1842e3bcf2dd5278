/**
 * Webhooks in the hands of a host without Effect, with a receiver that listens.
 */
import { sqlite } from "@saldo/sqlite/sqlite"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { verify } from "saldo/notifications/webhookSignature"
import { createSaldo, InputInvalid, type WebhooksOptions } from "saldo/promise"
import { expect, it, onTestFinished, vi } from "vitest"
import { rejection } from "./promiseBankWorld.ts"

const keys = { current: { id: "2026", key: "a".repeat(64) } }
const near: WebhooksOptions = { keys, allowHttp: true, allowedRanges: ["127.0.0.0/8"] }

const open = (webhooks: WebhooksOptions | undefined, workers = false, filename = ":memory:") =>
  createSaldo({
    storage: sqlite({ filename }),
    tenant: "bank",
    workers,
    ...(webhooks === undefined ? {} : { webhooks })
  })

/** What a receiver got that was signed by one of its secrets, with how it answers. */
const receiver = async () => {
  const secrets: Array<string> = []
  const got: Array<string> = []
  let status = 204
  const answered = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const genuine = verify(secrets, { headers, body, nowMs: Date.now() })
    if (genuine._tag === "Success") got.push((JSON.parse(body) as { readonly type: string }).type)
    response.writeHead(genuine._tag === "Success" ? status : 401).end()
  }
  const server = createServer((request, response) => void answered(request, response)).listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { got, secrets, url: `http://127.0.0.1:${port}/events`, answer: (given: number) => (status = given) }
}

it("tells a receiver what happens, by itself", async () => {
  const { got, secrets, url } = await receiver()
  await using saldo = await open(near, true)
  const { endpoint, secret } = await saldo.webhooks.register({
    key: "accounting",
    url,
    description: "Accounting",
    events: ["demo.*"]
  })
  expect(String(secret)).toBe("<webhook secret>")
  secrets.push(secret.reveal())
  const again = { key: "accounting", url, description: "Accounting", events: ["demo.*"] }
  expect((await saldo.webhooks.register(again)).secret.reveal()).toBe(secret.reveal())
  await saldo.audit.record({ action: "demo.rename", subject: { type: "account", id: "a-1" } })
  await vi.waitFor(() => expect(got).toEqual(["demo.rename"]), { timeout: 20_000, interval: 20 })
  await vi.waitFor(
    async () => {
      const { items } = await saldo.webhooks.deliveries(endpoint.id)
      expect(items).toMatchObject([{ outcome: "delivered", status: 204, eventId: expect.any(String) }])
      expect(items[0]?.at).toBeInstanceOf(Date)
    },
    { timeout: 20_000, interval: 20 }
  )
})

it("tells when it is told to, and changes, pauses, skips and removes what it tells", async () => {
  const { answer, got, secrets, url } = await receiver()
  await using saldo = await open(near)
  const { audit, webhooks } = saldo
  const terms = { url, description: "Accounting", events: ["demo.*"] }
  const { endpoint, secret } = await webhooks.register({ key: "1", ...terms })
  const endpointId = endpoint.id
  secrets.push(secret.reveal())
  const happen = async (action: `${string}.${string}`) => {
    await audit.record({ action, subject: { type: "account", id: "a-1" } })
    await audit.seal()
    return webhooks.tell()
  }
  expect(await happen("demo.one")).toBe(1)
  expect(await happen("other.two")).toBe(0)
  expect(await webhooks.change({ key: "2", endpointId, terms: { ...terms, events: ["other.*"] } })).toMatchObject({
    version: 2
  })
  expect((await webhooks.pause({ key: "3", endpointId })).state).toBe("paused")
  expect(await happen("other.three")).toBe(0)
  expect((await webhooks.resume({ key: "4", endpointId })).state).toBe("active")
  const rotated = await webhooks.rotateSecret({ key: "5", endpointId, overlapHours: 0 })
  secrets.splice(0, 1, rotated.secret.reveal())
  expect(await webhooks.tell()).toBe(1)
  answer(500)
  expect(await happen("other.four")).toBe(1)
  expect((await webhooks.skip({ key: "6", endpointId })).version).toBeGreaterThan(2)
  answer(204)
  expect(got).toEqual(["demo.one", "other.three", "other.four"])
  const { items } = await webhooks.deliveries(endpointId)
  const delivered = items.find(({ outcome }) => outcome === "delivered")
  const asked = await webhooks.redeliver({ key: "7", endpointId, deliveryId: delivered?.id ?? "" })
  expect(asked).toMatchObject({ outcome: "pending", eventId: delivered?.eventId })
  await webhooks.tell()
  expect(got).toHaveLength(4)
  expect((await webhooks.list()).items.map(({ id }) => id)).toEqual([endpointId])
  expect(await webhooks.find(endpointId)).toMatchObject({ state: "active", url })
  expect(await webhooks.forget()).toBe(0)
  await webhooks.remove({ key: "8", endpointId })
  expect(await rejection(webhooks.find(endpointId))).toMatchObject({ _tag: "WebhookNotFound" })
})

it("refuses what may not be, each in its own words", async () => {
  await using saldo = await open({ keys })
  const wanted = { key: "1", url: "http://a.example/", description: "", events: ["*"] }
  expect(await rejection(saldo.webhooks.register(wanted))).toMatchObject({ _tag: "WebhookUrlRefused" })
  const nobody = saldo.as({ tenant: "bank", id: "nobody" }).webhooks
  expect(await rejection(nobody.list())).toMatchObject({ _tag: "NotPermitted" })
  expect(await rejection(nobody.tell())).toMatchObject({ _tag: "NotPermitted" })
  const refused = await saldo.audit.query({ action: "access.authorize" })
  const record = { outcome: "refused", actor: { id: "nobody" }, subject: { id: "webhooks:manage" } }
  expect(refused.items).toMatchObject([record, record])
  const unfit = rejection(saldo.webhooks.register({ ...wanted, events: ["not an action"] }))
  expect(await unfit).toMatchObject({ _tag: "InputInvalid", path: "/events/0" })
})

it("has none without keys, and none by rules that cannot be", async () => {
  await using saldo = await open(undefined)
  for (const call of [saldo.webhooks.list(), saldo.webhooks.tell(), saldo.webhooks.find(saldo.newId("webhook"))]) {
    expect(await rejection(call)).toMatchObject({ _tag: "WebhooksMissing" })
  }
  const refused = await rejection(open({ keys, maxEndpoints: 0 }))
  expect(refused).toBeInstanceOf(InputInvalid)
  expect(refused).toMatchObject({ path: "/webhooks/maxEndpoints" })
})
