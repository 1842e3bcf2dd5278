import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MemoryTable from "../core/MemoryTable.ts"
import { type HttpSending, makeHttp } from "./internal/httpSending.ts"
import type { Unreached } from "./WebhookDelivery.ts"

/** A message on its way to an endpoint: signed, and complete. */
export interface OutgoingWebhook {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body: string
}

/** What came of sending: an answer of whatever status, or none and why. */
export type SendOutcome =
  | {
      readonly _tag: "Answered"
      readonly status: number
      /** The header `Retry-After` as it came. */
      readonly retryAfter: string | null
      /** How the answer began: a kilobyte of it at most. */
      readonly answer: string
    }
  | { readonly _tag: "Unreached"; readonly reason: Unreached }

/**
 * Port: sends one message to an address that somebody else chose.
 *
 * Contract:
 * - One POST and its answer. A redirect is an answer like any other and is never followed.
 * - Only addresses of the public internet, and those that the host allows, are ever connected to, whatever a name says at which
 *   moment: the address that was judged is the one that is called.
 * - An answer is read to a kilobyte at most, and the whole takes no longer than the timeout. What an endpoint does never fails
 *   or kills the sender.
 * - Called outside any transaction.
 */
export class WebhookSender extends Context.Service<
  WebhookSender,
  {
    readonly send: (message: OutgoingWebhook) => Effect.Effect<SendOutcome>
  }
>()("saldo/notifications/WebhookSender") {
  /** Sends over HTTP/1.1, with TLS by Node and its list of authorities. */
  static readonly layerHttp = (options: HttpSending = {}): Layer.Layer<WebhookSender> =>
    Layer.effect(
      this,
      Effect.map(makeHttp(options), (send) => ({ send }))
    )

  /** Answers 204 to everything and keeps it, where `WebhooksSent` shows it, for tests and demonstrations. */
  static readonly layerMemory: Layer.Layer<WebhookSender | WebhooksSent> = Layer.effectContext(
    Effect.suspend(() => makeMemory)
  )
}

/** What `WebhookSender.layerMemory` sent, the first message first. */
export class WebhooksSent extends Context.Service<
  WebhooksSent,
  { readonly all: Effect.Effect<ReadonlyArray<OutgoingWebhook>> }
>()("saldo/notifications/WebhooksSent") {}

const makeMemory = Effect.gen(function* () {
  const table = yield* MemoryTable.make<number, OutgoingWebhook>()
  const sender = WebhookSender.of({
    send: (message) =>
      Effect.as(
        table.modify((rows) => rows.set(rows.size, message)),
        { _tag: "Answered", status: 204, retryAfter: null, answer: "" }
      )
  })
  return Context.make(WebhooksSent, WebhooksSent.of({ all: table.values })).pipe(Context.add(WebhookSender, sender))
})
