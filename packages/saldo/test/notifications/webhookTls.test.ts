import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { WebhookSender } from "saldo/notifications/WebhookSender"
import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import { byHttp } from "./webhookWorld.ts"

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}.pem`, import.meta.url), "utf8")

/** A certificate for `receiver.example` that vouches for itself; its key is no secret. */
const certificate = fixture("receiver-certificate")

const secured = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly received: Array<string>; readonly close: () => void }>((resume) => {
    const received: Array<string> = []
    const server = createServer({ key: fixture("receiver-key"), cert: certificate }, (request, response) => {
      received.push(request.headers.host ?? "")
      response.writeHead(204).end()
    })
    const close = () => {
      server.closeAllConnections()
      server.close()
    }
    server.listen(0, "127.0.0.1", () =>
      resume(Effect.succeed({ port: (server.address() as AddressInfo).port, received, close }))
    )
  }),
  ({ close }) => Effect.sync(close)
)

/** Has Node trust the certificate, as it does those of the usual authorities. */
const trusting = Effect.acquireRelease(
  Effect.sync(() => {
    const before = getCACertificates("default")
    setDefaultCACertificates([...before, certificate])
    return before
  }),
  (before) => Effect.sync(() => setDefaultCACertificates(before))
)

const sendTo = (url: string) =>
  Effect.map(
    WebhookSender.use(({ send }) => send({ url, headers: { "webhook-id": "audit_1" }, body: "{}" })),
    (outcome) => (outcome._tag === "Answered" ? outcome.status : outcome.reason)
  )

describe("a receiver with a certificate", () => {
  it.live("is told nothing before an authority vouches for its very name", () =>
    Effect.gen(function* () {
      const { port, received } = yield* secured
      expect(yield* sendTo(`https://receiver.example:${port}/`)).toBe("unconnected")
      yield* trusting
      expect(yield* sendTo(`https://other.example:${port}/`)).toBe("unconnected")
      expect(yield* sendTo(`https://127.0.0.1:${port}/`)).toBe("unconnected")
      expect(received).toEqual([])
      expect(yield* sendTo(`https://receiver.example:${port}/`)).toBe(204)
      expect(received).toEqual([`receiver.example:${port}`])
    }).pipe(Effect.provide(byHttp({ resolve: () => Promise.resolve(["127.0.0.1"]) })))
  )
})
