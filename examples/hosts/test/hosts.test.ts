import { serve } from "@hono/node-server"
import type { Handler } from "@saldo/http/promise"
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { openBank, overHttp } from "../src/bank.ts"
import { inExpress } from "../src/inExpress.ts"
import { inFastify } from "../src/inFastify.ts"
import { inHono } from "../src/inHono.ts"
import { plainNode } from "../src/plainNode.ts"
import { routeHandler } from "../src/routeHandler.ts"

const folder = await mkdtemp(join(tmpdir(), "saldo-hosts-"))
afterAll(() => rm(folder, { recursive: true }))

const keys = { current: { id: "2026", key: "a".repeat(64) }, index: "b".repeat(64) }
const staff = new Map([["token of Olle", { id: "olle", role: "officer" as const }]])

interface Host {
  readonly name: string
  readonly hello?: string
  readonly start: (handler: Handler) => Promise<{
    readonly send: (path: string, init: RequestInit) => Promise<Response>
    readonly stop: () => Promise<void>
  }>
}

type Listening = { readonly address: () => AddressInfo | string | null; readonly close: (done: () => void) => unknown }

const over = (server: Listening) => ({
  send: (path: string, init: RequestInit) => {
    const address = server.address()
    if (address === null || typeof address === "string") throw new TypeError("The server listens on no port")
    return fetch(`http://127.0.0.1:${address.port}${path}`, init)
  },
  stop: () => new Promise<void>((resolve) => void server.close(resolve))
})

const hosts: ReadonlyArray<Host> = [
  {
    name: "plain Node",
    start: async (handler) => {
      const server = plainNode(handler)
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return over(server)
    }
  },
  {
    name: "Express",
    hello: "hello from Express",
    start: (handler) =>
      new Promise((resolve) => {
        const server = inExpress(handler).listen(0, "127.0.0.1", () => resolve(over(server)))
      })
  },
  {
    name: "Fastify",
    hello: "hello from Fastify",
    start: async (handler) => {
      const app = inFastify(handler)
      await app.listen({ port: 0, host: "127.0.0.1" })
      return { ...over(app.server), stop: () => app.close() }
    }
  },
  {
    name: "Hono",
    hello: "hello from Hono",
    start: (handler) =>
      new Promise((resolve) => {
        const server = serve({ fetch: inHono(handler).fetch, port: 0, hostname: "127.0.0.1" }, () =>
          resolve(over(server))
        )
      })
  },
  {
    name: "a route handler",
    start: (handler) => {
      const routes = routeHandler(handler)
      const send = (path: string, init: RequestInit) => {
        const method = init.method as keyof typeof routes
        return routes[method](new Request(`https://host.test${path}`, init))
      }
      return Promise.resolve({ send, stop: () => Promise.resolve() })
    }
  }
]

it.each(hosts)("answers inside $name as it does alone", async ({ hello, name, start }) => {
  await using saldo = await openBank(join(folder, `${name}.sqlite`), keys)
  await using handler = await overHttp(saldo, staff)
  const { send, stop } = await start(handler)
  const olle = { authorization: "Bearer token of Olle" }
  const registration = {
    kind: "person",
    registration: { scheme: "SwedishPersonalNumber", number: "19811218-9876" },
    details: { name: "Quirina Testsson" }
  }
  const register = (key: string, body: unknown) =>
    send("/api/v1/customers", {
      method: "POST",
      headers: { ...olle, "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body)
    })

  const first = await register("form-1", registration)
  expect(first.status).toBe(201)
  const { id } = (await first.json()) as { readonly id: string }
  const again = await register("form-1", registration)
  expect([again.status, ((await again.json()) as { readonly id: string }).id]).toEqual([201, id])

  const list = await send("/api/v1/customers?limit=10", { method: "GET", headers: olle })
  expect(((await list.json()) as { readonly items: ReadonlyArray<{ readonly id: string }> }).items[0]?.id).toBe(id)

  const bad = await register("form-2", { ...registration, kind: "robot" })
  expect([bad.status, bad.headers.get("content-type")]).toEqual([400, "application/problem+json"])
  const stranger = await send("/api/v1/customers", { method: "GET", headers: { authorization: "Bearer nobody's" } })
  expect(stranger.status).toBe(401)
  const nowhere = await send("/api/v1/nowhere", { method: "GET", headers: olle })
  expect(nowhere.status).toBe(404)
  if (hello !== undefined) expect(await (await send("/hello", { method: "GET" })).text()).toBe(hello)

  // Events come through as they happen, and a host that closes the handler first can stop.
  const events = await send("/api/v1/events", { method: "GET", headers: olle })
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toContain(`"_tag":"Ready"`)
  const last = reader?.read()
  await handler.close()
  expect((await last)?.value).toContain(`"reason":"closing"`)
  await stop()
})

it("does so without Effect", async () => {
  const folderOfSources = new URL("../src/", import.meta.url)
  for (const source of await readdir(folderOfSources)) {
    expect(await readFile(new URL(source, folderOfSources), "utf8")).not.toMatch(/from "effect/u)
  }
})
