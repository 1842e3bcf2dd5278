import { expect } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { WebhookSender } from "saldo/notifications/WebhookSender"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"
import { type Received, receiver, status } from "./WebhookReceiver.ts"

/** What a sender reaches in the checks: an address of its own, and what came there. */
export class SenderTarget extends Context.Service<
  SenderTarget,
  {
    readonly url: string
    readonly received: Effect.Effect<ReadonlyArray<Pick<Received, "body" | "headers">>>
    /** Answers with this from now on. */
    readonly answer: (code: number, headers: Readonly<Record<string, string>>, body: string) => Effect.Effect<void>
  }
>()("@saldo/testing/WebhookSenderTest/SenderTarget") {
  /** A real server on loopback. */
  static readonly layerLoopback: Layer.Layer<SenderTarget> = Layer.effect(
    this,
    Effect.map(receiver, (there) => ({
      url: there.url,
      received: Effect.sync(() => there.received),
      answer: (code, headers, body) =>
        Effect.sync(() => {
          there.answer = body === "" ? status(code, headers) : (response) => response.writeHead(code, headers).end(body)
        })
    }))
  )
}

interface Subject {
  readonly sender: WebhookSender["Service"]
  readonly target: SenderTarget["Service"]
}

const check = checksOf<Subject, SenderTarget | WebhookSender>(
  Effect.gen(function* () {
    return { sender: yield* WebhookSender, target: yield* SenderTarget }
  })
)

const headers = { "webhook-id": "audit_1", "webhook-timestamp": "1700000000", "webhook-signature": "v1,abc v1,def" }
const body = '{"type":"demo.act","data":{"name":"Åsa 🏗"}}'

/** What every `WebhookSender` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<SenderTarget | WebhookSender>> = [
  check("send", "sends the message as it is and gives the answer", ({ sender, target }) =>
    Effect.gen(function* () {
      const before = (yield* target.received).length
      const outcome = yield* sender.send({ url: target.url, headers, body })
      expect(outcome).toMatchObject({ _tag: "Answered", status: 204, retryAfter: null })
      const received = (yield* target.received).slice(before)
      expect(received.length).toBe(1)
      expect(received[0]?.body).toBe(body)
      expect(received[0]?.headers).toMatchObject(headers)
    })
  ),
  check("answers", "gives every status as an answer, and follows no redirect", ({ sender, target }) =>
    Effect.gen(function* () {
      for (const code of [200, 202, 301, 302, 303, 307, 308, 400, 404, 410, 429, 500, 503]) {
        yield* target.answer(code, { location: target.url, "retry-after": "120" }, `said ${code}`)
        const before = (yield* target.received).length
        expect(yield* sender.send({ url: target.url, headers, body })).toEqual({
          _tag: "Answered",
          status: code,
          retryAfter: "120",
          answer: `said ${code}`
        })
        expect((yield* target.received).length).toBe(before + 1)
      }
      yield* target.answer(204, {}, "")
    })
  ),
  check("kilobyte", "reads a kilobyte of an answer at most", ({ sender, target }) =>
    Effect.gen(function* () {
      yield* target.answer(200, {}, "ä".repeat(600_000))
      const outcome = yield* sender.send({ url: target.url, headers, body })
      expect(outcome).toEqual({ _tag: "Answered", status: 200, retryAfter: null, answer: "ä".repeat(512) })
      yield* target.answer(204, {}, "")
    })
  )
]

/** Runs the conformance suite against a sender and an address that it reaches. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<SenderTarget | WebhookSender, E>,
  options?: SuiteOptions
): void => register("WebhookSender", checks, name, layer, options)
