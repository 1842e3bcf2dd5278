import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as Breaker from "saldo/core/Breaker"
import { KameoClient } from "@saldo/kameo/KameoClient"

type Behaviour = (response: ServerResponse) => unknown

const well: Behaviour = (response) =>
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ data: { investment_options: [], pagination: { total: 0, per_page: 100, current_page: 1 } } }))

/** A host that behaves as the test wants, and counts who asks. */
const host = Effect.acquireRelease(
  Effect.promise(async () => {
    const made = { behave: well, asked: 0, url: "", arrival: () => once(server, "request") }
    const server = createServer((_request, response) => {
      made.asked += 1
      made.behave(response)
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    made.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { made, server }
  }),
  ({ server }) =>
    Effect.promise(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    })
).pipe(Effect.map(({ made }) => made))

const failing = (behave: Behaviour, reason: string) =>
  Effect.gen(function* () {
    const server = yield* host
    server.behave = behave
    const layer = KameoClient.layer({
      apiBaseUrl: server.url,
      retries: 0,
      connectTimeoutMs: 100,
      readTimeoutMs: 100,
      breaker: { failures: 2, pauseMs: 5000, longestPauseMs: 60_000 }
    })
    yield* Effect.gen(function* () {
      const client = yield* KameoClient
      const fails = Effect.map(Effect.flip(client.listing()), (error) => error.reason)
      // No time passes but that of a host which says nothing.
      const failsThere = Effect.gen(function* () {
        const arrived = server.arrival()
        const failed = yield* Effect.forkChild(fails, { startImmediately: true })
        yield* Effect.promise(() => arrived)
        if (reason === "TimedOut") yield* TestClock.adjust("200 millis")
        return yield* Fiber.join(failed)
      })
      const states = Effect.map(Breaker.standings, (all) => all.map(({ service, state }) => [service, state]))
      for (let time = 0; time < 2; time++) expect(yield* failsThere).toMatchObject({ _tag: reason })
      expect(yield* fails).toMatchObject({ _tag: "NotAsked", host: server.url.slice(7), failures: 2 })
      expect(server.asked).toBe(2)
      expect(yield* states).toEqual([
        [`kameo ${server.url.slice(7)}`, "open"],
        ["kameo www.kameo.se", "closed"]
      ])
      server.behave = well
      yield* TestClock.adjust("1 minute")
      // Whether the page is one that we know is another matter: the host has answered.
      yield* Effect.exit(client.listing())
      expect((yield* states)[0]).toEqual([`kameo ${server.url.slice(7)}`, "closed"])
      expect(server.asked).toBe(3)
    }).pipe(Effect.provide(layer))
  }).pipe(Effect.scoped, Effect.provideService(Breaker.Breakers, new Set()))

it.effect("a host that answers 500 is left alone, and asked again when it is well", () =>
  failing((response) => response.writeHead(500).end(), "HttpStatus")
)

it.effect("a host that shows a page of maintenance is left alone, and asked again when it is well", () =>
  failing(
    (response) => response.writeHead(503, { "content-type": "text/html" }).end("<h1>Back soon"),
    "HtmlInsteadOfJson"
  )
)

it.effect("a host that says nothing is left alone, and asked again when it is well", () =>
  failing(() => undefined, "TimedOut")
)

it.effect("a host that breaks connections off is left alone, and asked again when it is well", () =>
  failing((response) => response.socket?.resetAndDestroy(), "Network")
)

it.effect("a host that has had enough of us is left alone for as long as it says, up to the longest pause", () =>
  failing((response) => response.writeHead(429, { "retry-after": "3600" }).end(), "RateLimited")
)

it.effect("a host that refuses what is asked for is there, and asked on", () =>
  Effect.gen(function* () {
    const server = yield* host
    server.behave = (response) => response.writeHead(404).end()
    const layer = KameoClient.layer({ apiBaseUrl: server.url, retries: 0, breaker: { failures: 2 } })
    yield* Effect.gen(function* () {
      const client = yield* KameoClient
      for (let time = 0; time < 4; time++) yield* Effect.flip(client.listing())
      expect(server.asked).toBe(4)
    }).pipe(Effect.provide(layer))
  }).pipe(Effect.scoped)
)
