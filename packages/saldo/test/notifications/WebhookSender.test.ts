import { describe, expect, it } from "@effect/vitest"
import * as WebhookReceiver from "@saldo/testing/WebhookReceiver"
import * as WebhookSenderTest from "@saldo/testing/WebhookSenderTest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { WebhookSender, WebhooksSent } from "saldo/notifications/WebhookSender"
import { createServer, type Socket } from "node:net"
import type { AddressInfo } from "node:net"
import { byHttp, loopback } from "./webhookWorld.ts"

const { SenderTarget } = WebhookSenderTest

const inMemory = Layer.effect(
  SenderTarget,
  Effect.map(WebhooksSent, ({ all }) => ({
    url: "https://example.com/events",
    received: all,
    answer: () => Effect.void
  }))
).pipe(Layer.provideMerge(WebhookSender.layerMemory))

WebhookSenderTest.suite("memory", inMemory, {
  skip: { answers: "it answers 204 to everything", kilobyte: "its answers are empty" }
})
WebhookSenderTest.suite("http", Layer.merge(SenderTarget.layerLoopback, byHttp()))

const message = { headers: { "webhook-id": "audit_1" }, body: "{}" }

const sendTo = (url: string) => WebhookSender.use(({ send }) => send({ ...message, url }))

const reasonOf = (url: string) =>
  Effect.map(sendTo(url), (outcome) => (outcome._tag === "Unreached" ? outcome.reason : outcome.status))

/** A server that says what a test wants, in the very bytes. */
const speaking = (speak: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly close: () => void; readonly sockets: ReadonlySet<Socket> }>(
      (resume) => {
        const sockets = new Set<Socket>()
        const server = createServer((socket) => {
          sockets.add(socket)
          socket.on("close", () => sockets.delete(socket))
          socket.on("error", () => socket.destroy())
          socket.once("data", () => speak(socket))
        })
        server.listen(0, "127.0.0.1", () => {
          const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
          const close = () => {
            for (const socket of sockets) socket.destroy()
            server.close()
          }
          resume(Effect.succeed({ url, close, sockets }))
        })
      }
    ),
    ({ close }) => Effect.sync(close)
  )

const counting = (names: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>>) => {
  const asked: Array<string> = []
  const resolve = (name: string): Promise<ReadonlyArray<string>> => {
    const answers = names[name]
    asked.push(name)
    if (answers === undefined) return Promise.reject(new RangeError("no such name"))
    return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1] ?? [])
  }
  return { asked, resolve }
}

describe("a sender over HTTP", () => {
  it.live("calls no address that is not public, in whatever way it is written", () =>
    Effect.gen(function* () {
      const there = yield* WebhookReceiver.receiver
      const hosts = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "10.0.0.1",
        "100.100.100.200",
        "172.16.0.1",
        "192.168.0.1",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "localhost"
      ]
      for (const host of hosts) {
        expect([host, yield* reasonOf(`http://${host}:${there.port}/`)]).toEqual([host, "forbidden"])
      }
      expect(there.received).toEqual([])
    }).pipe(Effect.provide(WebhookSender.layerHttp()))
  )

  it.live("says once more what a kept connection that was just closed did not take, and no more than once", () =>
    Effect.gen(function* () {
      let said = 0
      const there = yield* speaking((socket) => {
        socket.write("HTTP/1.1 204 No Content\r\nconnection: keep-alive\r\n\r\n")
        socket.on("data", () => socket.destroy())
        said += 1
        if (said === 2) there.close()
      })
      expect([yield* reasonOf(there.url), yield* reasonOf(there.url)]).toEqual([204, 204])
      expect(said).toBe(2)
      expect(yield* reasonOf(there.url)).toBe("unconnected")
    }).pipe(Effect.provide(byHttp()), Effect.scoped)
  )

  it.live("judges the very address that it connects to, each time", () => {
    const names = counting({ "moving.example": [["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]] })
    return Effect.gen(function* () {
      const there = yield* WebhookReceiver.receiver
      const url = `http://moving.example:${there.port}/`
      // Each answer ends the connection, so that each message asks for the address anew.
      there.answer = WebhookReceiver.status(200, { connection: "close" })
      expect(yield* reasonOf(url)).toBe(200)
      expect(yield* reasonOf(url)).toBe(200)
      expect(yield* reasonOf(url)).toBe("forbidden")
      expect(there.received.length).toBe(2)
      expect(there.received[0]?.headers["host"]).toBe(`moving.example:${there.port}`)
      // A name is asked for once for each connection: there is no second answer that could differ from the judged one.
      expect(names.asked).toEqual(["moving.example", "moving.example", "moving.example"])
    }).pipe(Effect.provide(byHttp({ resolve: names.resolve })))
  })

  it.live("leaves the addresses out that may not be called, and takes the others", () => {
    const names = counting({
      "mixed.example": [["10.0.0.1", "fd00::1", "127.0.0.1"]],
      "inner.example": [["10.0.0.1", "fd00::1"]],
      "empty.example": [[]]
    })
    return Effect.gen(function* () {
      const there = yield* WebhookReceiver.receiver
      expect(yield* reasonOf(`http://mixed.example:${there.port}/`)).toBe(204)
      expect(yield* reasonOf(`http://inner.example:${there.port}/`)).toBe("forbidden")
      expect(yield* reasonOf(`http://empty.example:${there.port}/`)).toBe("unresolved")
      expect(yield* reasonOf(`http://nobody.example:${there.port}/`)).toBe("unresolved")
    }).pipe(Effect.provide(byHttp({ resolve: names.resolve })))
  })

  it.live("says what kept it from an answer, in time", () =>
    Effect.gen(function* () {
      const silent = yield* speaking(() => undefined)
      const trickling = yield* speaking((socket) => socket.write("HTTP/1.1 200 OK\r\nx-a: "))
      const hanging = yield* speaking((socket) => socket.destroy())
      const garbled = yield* speaking((socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"))
      const impossible = yield* speaking((socket) => socket.end("HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n"))
      const upgrading = yield* speaking((socket) =>
        socket.write("HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n")
      )
      const flooding = yield* speaking((socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(200_000)}\r\n\r\n`))
      const reasons = yield* Effect.forEach(
        [silent, trickling, hanging, garbled, impossible, upgrading, flooding],
        ({ url }) => reasonOf(url),
        { concurrency: "unbounded" }
      )
      expect(reasons).toEqual(["timeout", "timeout", "unconnected", "garbled", "garbled", "unconnected", "garbled"])
      // Nobody listens there.
      expect(yield* reasonOf("http://127.0.0.1:1/")).toBe("unconnected")
      expect(yield* reasonOf("https://127.0.0.1:1/")).toBe("unconnected")
      expect([silent.sockets.size, trickling.sockets.size]).toEqual([0, 0])
    }).pipe(Effect.provide(byHttp({ timeout: "300 millis" })))
  )

  it.live("takes a status for what it says when the rest of the answer does not come", () =>
    Effect.gen(function* () {
      const stuck = yield* speaking((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf"))
      expect(yield* sendTo(stuck.url)).toEqual({ _tag: "Answered", status: 200, retryAfter: null, answer: "half" })
      const cut = yield* speaking((socket) => socket.end("HTTP/1.1 500 No\r\ncontent-length: 50\r\n\r\nwhole\0"))
      expect(yield* sendTo(cut.url)).toMatchObject({ _tag: "Answered", status: 500, answer: "whole\uFFFD" })
      // An answer that nobody reads to its end keeps no connection.
      yield* Effect.sleep("50 millis")
      expect([stuck.sockets.size, cut.sockets.size]).toEqual([0, 0])
    }).pipe(Effect.provide(byHttp()))
  )

  it.live("sends no trace ids and no names of ours", () =>
    Effect.gen(function* () {
      const there = yield* WebhookReceiver.receiver
      yield* sendTo(there.url).pipe(Effect.withSpan("ours"))
      const names = Object.keys(there.received[0]?.headers ?? {}).toSorted()
      expect(names).toEqual([
        "accept",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "webhook-id"
      ])
    }).pipe(Effect.provide(byHttp()))
  )

  it.live("lets go of a connection when it is interrupted", () =>
    Effect.gen(function* () {
      const silent = yield* speaking(() => undefined)
      const sending = yield* Effect.forkChild(sendTo(silent.url))
      yield* Effect.sleep("100 millis")
      expect(silent.sockets.size).toBe(1)
      yield* Fiber.interrupt(sending)
      yield* Effect.sleep("50 millis")
      expect(silent.sockets.size).toBe(0)
    }).pipe(Effect.provide(byHttp()))
  )

  it.effect("refuses ranges that are none", () =>
    Effect.gen(function* () {
      for (const range of ["10.0.0.0", "10.0.0.0/33", "::1/129", "example.com/8", "", "10.0.0.0/-1"]) {
        const built = Effect.exit(Layer.build(WebhookSender.layerHttp({ allowedRanges: [...loopback, range] })))
        expect(yield* Effect.scoped(built), range).toMatchObject({ _tag: "Failure" })
      }
    })
  )
})
