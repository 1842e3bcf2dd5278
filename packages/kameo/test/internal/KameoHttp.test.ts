import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it } from "vitest"
import { type KameoOptions, kameoSettings } from "@saldo/kameo/KameoConfig"
import { type KameoRequest, layerTransport } from "../../src/internal/KameoExchange.ts"
import { type KameoHttp, makeKameoHttp } from "../../src/internal/KameoHttp.ts"
import { fastClock, reasonOf } from "../clientSupport.ts"

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

interface Server {
  readonly url: string
  readonly seen: Array<Seen>
}

/** A server that answers as a test says, and keeps what it was sent. */
const server = (answer: (request: Seen, response: ServerResponse, count: number) => void) =>
  Effect.acquireRelease(
    Effect.callback<Server & { readonly close: () => void }>((resume) => {
      const seen: Array<Seen> = []
      const node = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          const { method = "", url = "", headers } = request
          const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
          seen.push(one)
          answer(one, response, seen.length)
        })
      })
      node.listen(0, "127.0.0.1", () => {
        const { port } = node.address() as AddressInfo
        const close = () => {
          node.closeAllConnections()
          node.close()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, seen, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

const json = (response: ServerResponse, status = 200, headers: Record<string, string | Array<string>> = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end('{"data":{}}')

const redirect = (response: ServerResponse, location: string, status = 302) =>
  response.writeHead(status, { location }).end()

const get = (url: string, more: Partial<KameoRequest> = {}): KameoRequest => ({
  method: "GET",
  url: new URL(url),
  accept: "json",
  ...more
})

const run = <A, E>(
  body: (http: KameoHttp) => Effect.Effect<A, E, Scope.Scope>,
  options: KameoOptions = {},
  transport: Layer.Layer<HttpClient.HttpClient> = layerTransport({ connectTimeoutMs: 5000 })
): Promise<A> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const settings = Result.getOrThrow(kameoSettings({ readTimeoutMs: 1_000_000, ...options }))
      return yield* body(yield* makeKameoHttp(yield* HttpClient.HttpClient, settings))
    }).pipe(Effect.provide(transport), Effect.scoped, Effect.provideService(Clock.Clock, fastClock()))
  )

describe("a request", () => {
  it("says who asks, in Swedish, for JSON, and names no trace", () =>
    run((http) =>
      Effect.gen(function* () {
        const { url, seen } = yield* server((_request, response) => json(response))
        const bearer = Redacted.make("a.b.c")
        yield* http
          .send(get(url, { origin: "https://www.kameo.se", referer: "https://www.kameo.se/", bearer }))
          .pipe(Effect.withSpan("outer"))
        const headers = seen[0]?.headers ?? {}
        expect(headers).toMatchObject({
          accept: "application/json, text/plain, */*",
          "accept-language": "sv",
          origin: "https://www.kameo.se",
          referer: "https://www.kameo.se/",
          authorization: "Bearer a.b.c"
        })
        expect(headers["user-agent"]).toContain("Saldo-Kameo")
        expect(Object.keys(headers).filter((name) => /trace|b3|cookie/u.test(name))).toEqual([])
      })
    ))

  it("sends a form in order and once", () =>
    run((http) =>
      Effect.gen(function* () {
        const { url, seen } = yield* server((_request, response) => json(response, 503))
        const form = [
          ["Login", Redacted.make("å&b@example.test")],
          ["Password", Redacted.make("p =+&%")],
          ["LoginButton", Redacted.make("")]
        ] as const
        const reason = yield* reasonOf(http.send(get(url, { method: "POST", form })))
        expect(reason).toEqual({ _tag: "HttpStatus", path: "/", status: 503 })
        expect(seen).toHaveLength(1)
        expect(seen[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded")
        expect(seen[0]?.body).toBe("Login=%C3%A5%26b%40example.test&Password=p+%3D%2B%26%25&LoginButton=")
      })
    ))

  it("waits for the one before it", () =>
    run((http) =>
      Effect.gen(function* () {
        let now = 0
        let most = 0
        const { url, seen } = yield* server((_request, response) => {
          now += 1
          most = Math.max(most, now)
          setTimeout(() => {
            now -= 1
            json(response)
          }, 5)
        })
        yield* Effect.all(
          Array.from({ length: 8 }, () => http.send(get(url))),
          { concurrency: "unbounded" }
        )
        expect([most, seen.length]).toEqual([1, 8])
      })
    ))

  it("gives the connection up when nobody waits for it any more", () =>
    run((http) =>
      Effect.gen(function* () {
        const connection = { closed: false }
        const { url, seen } = yield* server((_request, response) => {
          response.on("close", () => (connection.closed = true))
        })
        const fiber = yield* Effect.forkChild(http.send(get(url)))
        while (seen.length === 0) yield* Effect.sleep(20)
        yield* Fiber.interrupt(fiber)
        while (!connection.closed) yield* Effect.sleep(20)
        expect(connection.closed).toBe(true)
      })
    ))
})

describe("cookies", () => {
  it("are kept all, by path, and sent to their own host only", () =>
    run((http) =>
      Effect.gen(function* () {
        const cookies = [
          "eZSESSID=abc; Path=/; HttpOnly",
          "odd name=1",
          "deep=1; Path=/investor",
          "v=a=b; Path=/",
          "gone=1; Max-Age=0"
        ]
        const www = yield* server((_request, response, count) =>
          json(response, 200, count === 1 ? { "set-cookie": cookies } : {})
        )
        const api = yield* server((_request, response) => json(response, 200, { "set-cookie": "api=1; Path=/" }))
        yield* http.send(get(www.url))
        yield* http.send(get(api.url))
        yield* http.send(get(www.url))
        yield* http.send(get(`${www.url}/investor/dashboard`))
        yield* http.send(get(api.url))
        const sent = (one: Seen | undefined) => (one?.headers.cookie ?? "").split("; ").toSorted()
        expect(sent(www.seen[0])).toEqual([""])
        expect(sent(www.seen[1])).toEqual(["eZSESSID=abc", "odd name=1", "v=a=b"])
        expect(sent(www.seen[2])).toEqual(["deep=1", "eZSESSID=abc", "odd name=1", "v=a=b"])
        expect(api.seen.map((one) => one.headers.cookie)).toEqual([undefined, "api=1"])
        yield* http.forgetCookies
        yield* http.send(get(www.url))
        expect(www.seen[3]?.headers.cookie).toBeUndefined()
      })
    ))
})

describe("redirects", () => {
  const transports = [
    ["our own transport", layerTransport({ connectTimeoutMs: 5000 })],
    ["the host's fetch client", FetchHttpClient.layer]
  ] as const

  it.each(transports)("stay on the host, whatever leads away (%s)", (_name, transport) =>
    run(
      (http) =>
        Effect.gen(function* () {
          const other = yield* server((_request, response) => json(response))
          const targets = [other.url, "https://www.kameo.example/x", "//kameo.example/x", "file:///etc/passwd"]
          const { url, seen } = yield* server((request, response) => {
            const at = Number(request.url.slice(1))
            redirect(response, at < targets.length ? (targets[at] ?? "") : `${url.replace("http:", "https:")}/x`)
          })
          for (let at = 0; at <= targets.length; at++) {
            expect((yield* reasonOf(http.send(get(`${url}/${at}`))))._tag).toBe("UnsafeRedirect")
          }
          expect(seen).toHaveLength(targets.length + 1)
          expect(other.seen).toEqual([])
        }),
      {},
      transport
    )
  )

  it("are followed five times, with the cookies of each step, and no further", () =>
    run((http) =>
      Effect.gen(function* () {
        const { url, seen } = yield* server((request, response) => {
          const left = Number(request.url.slice(1))
          if (left === 0) return json(response)
          return response.writeHead(302, { location: `/${left - 1}`, "set-cookie": `c${left}=1; Path=/` }).end()
        })
        expect((yield* http.send(get(`${url}/5`))).url.pathname).toBe("/0")
        expect(seen.at(-1)?.headers.cookie?.split("; ")).toHaveLength(5)
        expect(yield* reasonOf(http.send(get(`${url}/6`)))).toEqual({
          _tag: "TooManyRedirects",
          path: "/6",
          maximum: 5
        })
      })
    ))

  it("turn a form into a GET, and never send it a second time", () =>
    run((http) =>
      Effect.gen(function* () {
        const { url, seen } = yield* server((request, response) => {
          if (request.url === "/next") return json(response)
          return redirect(response, "/next", request.url === "/307" ? 307 : 302)
        })
        const form = [["Password", Redacted.make("x")]] as const
        yield* http.send(get(`${url}/302`, { method: "POST", form }))
        expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
          ["POST", "/302", "Password=x"],
          ["GET", "/next", ""]
        ])
        expect(yield* reasonOf(http.send(get(`${url}/307`, { method: "POST", form })))).toMatchObject({ status: 307 })
        expect(seen).toHaveLength(3)
      })
    ))

  it("without a target are a plain status", () =>
    run((http) =>
      Effect.gen(function* () {
        const { url } = yield* server((_request, response) => response.writeHead(302).end())
        expect(yield* reasonOf(http.send(get(url)))).toEqual({ _tag: "HttpStatus", path: "/", status: 302 })
      })
    ))
})

describe("waiting", () => {
  it.each([
    ["seconds", () => "30"],
    ["a date", (now: number) => new Date(now + 30_000).toUTCString()]
  ])("lasts as long as Retry-After says, in %s", (_form, value) =>
    run((http) =>
      Effect.gen(function* () {
        const began = yield* Clock.currentTimeMillis
        const { url, seen } = yield* server((_request, response, count) =>
          count === 1 ? json(response, 429, { "retry-after": value(began) }) : json(response)
        )
        yield* http.send(get(url))
        // A date has no fraction of a second.
        expect((yield* Clock.currentTimeMillis) - began).toBeGreaterThanOrEqual(29_000)
        expect(seen).toHaveLength(2)
      })
    )
  )

  it("is left to the host when it would last too long", () =>
    run((http) =>
      Effect.gen(function* () {
        const { url, seen } = yield* server((_request, response) => json(response, 429, { "retry-after": "3600" }))
        expect(yield* reasonOf(http.send(get(`${url}/v1/q-a`)))).toEqual({
          _tag: "RateLimited",
          path: "/v1/q-a",
          retryAfterSeconds: 3600
        })
        expect(seen).toHaveLength(1)
      })
    ))

  it("doubles between tries", () =>
    run((http) =>
      Effect.gen(function* () {
        const began = yield* Clock.currentTimeMillis
        const { url, seen } = yield* server((_request, response) => json(response, 502))
        yield* reasonOf(http.send(get(url)))
        expect(seen).toHaveLength(4)
        expect((yield* Clock.currentTimeMillis) - began).toBeGreaterThanOrEqual(7000)
      })
    ))

  it("begins before the limit is reached, and per host", () =>
    run((http) =>
      Effect.gen(function* () {
        const { url } = yield* server((_request, response) =>
          json(response, 200, { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "30" })
        )
        yield* http.send(get(url))
        const began = yield* Clock.currentTimeMillis
        yield* http.send(get(url))
        // Thirty seconds are left for two requests and the next window's first.
        expect((yield* Clock.currentTimeMillis) - began).toBeGreaterThanOrEqual(9500)
      })
    ))

  it("is not done for what will not pass: a refused connection", () =>
    run((http) =>
      Effect.gen(function* () {
        const { url } = yield* Effect.scoped(server((_request, response) => json(response)))
        expect(yield* reasonOf(http.send(get(url)))).toMatchObject({ _tag: "Network", code: "ECONNREFUSED" })
      })
    ))
})

describe("a body", () => {
  it("without an end is read up to the cap, and its connection is closed", () =>
    run(
      (http) =>
        Effect.gen(function* () {
          const connection = { closed: false }
          const { url } = yield* server((_request, response) => {
            response.writeHead(200, { "content-type": "application/json" })
            const timer = setInterval(() => response.write("x".repeat(10_000)), 1)
            response.on("close", () => {
              clearInterval(timer)
              connection.closed = true
            })
          })
          expect(yield* reasonOf(http.send(get(url)))).toEqual({ _tag: "BodyTooLarge", path: "/", limitBytes: 50_000 })
          while (!connection.closed) yield* Effect.sleep(20)
        }),
      { maximumBodyBytes: 50_000 }
    ))

  it("announced above the cap is not begun", () =>
    run(
      (http) =>
        Effect.gen(function* () {
          const { url } = yield* server((_request, response) => {
            response.writeHead(200, { "content-length": "50001" })
            response.write("x")
          })
          expect((yield* reasonOf(http.send(get(url))))._tag).toBe("BodyTooLarge")
        }),
      { maximumBodyBytes: 50_000 }
    ))

  it("that falls silent half-way times out", () =>
    run(
      (http) =>
        Effect.gen(function* () {
          const { url, seen } = yield* server((_request, response) => {
            response.writeHead(200, { "content-type": "application/json" })
            response.write('{"data"')
          })
          expect(yield* reasonOf(http.send(get(url)))).toEqual({ _tag: "TimedOut", path: "/", afterMs: 20_000 })
          expect(seen).toHaveLength(2)
        }),
      { readTimeoutMs: 20_000, retries: 1 }
    ))
})
