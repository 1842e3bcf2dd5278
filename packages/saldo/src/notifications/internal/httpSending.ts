/** Webhooks over HTTP. */
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { OutgoingWebhook, SendOutcome } from "../WebhookSender.ts"
import { AddressRefused, guardedHttpClient } from "./guardedHttp.ts"
import { permittedAddresses } from "./publicAddresses.ts"

/** How messages leave. */
export interface HttpSending {
  /** Ranges that may be called although they are not public, such as `10.2.0.0/16`; none when left out. */
  readonly allowedRanges?: ReadonlyArray<string>
  /** How long a message and its answer may take; 15 seconds when left out. */
  readonly timeout?: Duration.Input
  /** Who says what addresses a name has; the system when left out. */
  readonly resolve?: (name: string) => Promise<ReadonlyArray<string>>
}

/** How much of an answer is read, in bytes. */
const answerLimit = 1024

/** A slow end of an answer whose status is there already is not waited for any longer. */
const answerTimeout: Duration.Input = "2 seconds"

/** How an answer begins. What cannot be read of it in time, or at all, is left out: the status has said what matters. */
const beginning = (response: HttpClientResponse): Effect.Effect<string> =>
  Effect.gen(function* () {
    const read = yield* Ref.make<Uint8Array>(new Uint8Array())
    yield* response.stream.pipe(
      Stream.takeUntilEffect((chunk) =>
        Ref.modify(read, (before) => {
          const bytes = Buffer.concat([before, chunk]).subarray(0, answerLimit)
          return [bytes.length === answerLimit, bytes]
        })
      ),
      Stream.runDrain,
      Effect.ignore,
      Effect.timeoutOption(answerTimeout)
    )
    // Databases keep no NUL, and a character that the limit cut in half is none.
    return new TextDecoder().decode(yield* Ref.get(read)).replaceAll("\u0000", "\uFFFD")
  })

const unreached = (error: HttpClientError): SendOutcome => {
  const { reason } = error
  const cause: unknown = "cause" in reason ? reason.cause : undefined
  if (cause instanceof AddressRefused) return { _tag: "Unreached", reason: cause.reason }
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  return {
    _tag: "Unreached",
    reason: code.startsWith("HPE_") || cause instanceof RangeError ? "garbled" : "unconnected"
  }
}

/** Makes the way out; connections that are kept open are closed with the scope. */
export const makeHttp = ({
  allowedRanges = [],
  resolve,
  timeout = "15 seconds"
}: HttpSending): Effect.Effect<(message: OutgoingWebhook) => Effect.Effect<SendOutcome>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const plain = yield* guardedHttpClient({ isPermitted: permittedAddresses(allowedRanges), resolve })
    const client = HttpClient.withScope(plain)
    return ({ body, headers, url }) => {
      const request = HttpClientRequest.post(url).pipe(
        HttpClientRequest.bodyText(body, "application/json"),
        HttpClientRequest.setHeaders({ ...headers, "user-agent": "saldo-webhooks/1", accept: "*/*" })
      )
      return client.execute(request).pipe(
        Effect.timeoutOption(timeout),
        Effect.flatMap(
          Option.match({
            onNone: () => Effect.succeed<SendOutcome>({ _tag: "Unreached", reason: "timeout" }),
            onSome: (response) =>
              Effect.map(beginning(response), (answer): SendOutcome => ({
                _tag: "Answered",
                status: response.status,
                retryAfter: Option.getOrNull(Headers.get(response.headers, "retry-after")),
                answer
              }))
          })
        ),
        Effect.catchCause((cause) => {
          if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
          const error = Cause.findErrorOption(cause)
          return Option.isSome(error)
            ? Effect.succeed(unreached(error.value))
            : Effect.as(Effect.logWarning("A webhook could not be sent", cause), {
                _tag: "Unreached",
                reason: "garbled"
              } as const)
        }),
        Effect.scoped,
        // Ids of our traces are nobody else's business.
        Effect.provideService(HttpClient.TracerPropagationEnabled, false)
      )
    }
  })
