import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Authentication } from "saldo/identity/Authentication"
import { TooManyAttempts } from "saldo/identity/IdentityRefusal"
import type { SessionId } from "saldo/identity/Session"
import { IdentityNotOffered } from "../api/IdentityNotOffered.ts"

/** Uses one of the use cases of identity, which a host with a sign-in of its own leaves out. */
export const offered = <I, Service>(key: Context.Key<I, Service>) =>
  Effect.map(
    Effect.serviceOption(key),
    (found) =>
      <A, E, R>(call: (service: Service) => Effect.Effect<A, E, R>) =>
        Effect.tapError(
          Effect.suspend((): Effect.Effect<A, E | IdentityNotOffered, R> =>
            Option.isNone(found) ? Effect.fail(new IdentityNotOffered()) : call(found.value)
          ),
          (error) => (error instanceof TooManyAttempts ? retryAfter(error) : Effect.void)
        )
  )

/** Says in seconds when to try again (RFC 9110). */
const retryAfter = ({ retryAt }: TooManyAttempts) =>
  Effect.flatMap(DateTime.now, (now) => {
    const seconds = Math.max(1, Math.ceil((retryAt.epochMilliseconds - now.epochMilliseconds) / 1000))
    return HttpEffect.appendPreResponseHandler((_, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "retry-after", String(seconds)))
    )
  })

/** The session by whose access token the request comes; none for a key, or a token of the host's own. */
export const currentSession: Effect.Effect<
  Option.Option<SessionId>,
  never,
  HttpServerRequest.HttpServerRequest
> = Effect.gen(function* () {
  const { headers } = yield* HttpServerRequest.HttpServerRequest
  const [, token] = /^Bearer +(\S+)$/iu.exec(headers["authorization"] ?? "") ?? []
  const authentication = yield* Effect.serviceOption(Authentication)
  if (token === undefined || Option.isNone(authentication)) return Option.none()
  const session = yield* Effect.option(authentication.value.session(Redacted.make(token, { label: "access token" })))
  return Option.map(session, ({ sessionId }) => sessionId)
})
