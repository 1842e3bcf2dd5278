import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** An id that somebody gave to a request or to what caused it: 1 to 255 characters, none of them a control character. */
export const ContextId = Schema.String.check(
  Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,255}$/u, { expected: "an id of 1 to 255 characters without control characters" })
).pipe(Schema.brand("ContextId"))
export type ContextId = typeof ContextId.Type

/**
 * Where the running work comes from.
 *
 * `requestId` names the one request that a transport received; `correlationId` everything that follows from the first
 * request of a story, across services; `causationId` the event or command that led to this very work.
 */
export const RequestIds = Schema.Struct({
  requestId: Schema.optionalKey(ContextId),
  correlationId: Schema.optionalKey(ContextId),
  causationId: Schema.optionalKey(ContextId)
})
export type RequestIds = typeof RequestIds.Type

/**
 * The ids of the request that the running effect serves; all absent unless a transport or an event handler set them.
 *
 * What is written down about an act, such as an audit entry, reads them, so no use case has to pass them on.
 */
export const RequestContext: Context.Reference<RequestIds> = Context.Reference<RequestIds>(
  "saldo/core/RequestContext",
  {
    defaultValue: () => ({})
  }
)

/**
 * Runs an effect in a request context, in place of the one around it: ids that are absent here are absent inside.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as RequestContext from "saldo/core/RequestContext"
 *
 * const ids = { requestId: RequestContext.ContextId.make("req-1") }
 * const seen = RequestContext.within(ids)(RequestContext.RequestContext)
 * await Effect.runPromise(seen) // => { requestId: "req-1" }
 * await Effect.runPromise(RequestContext.RequestContext) // => {}
 * ```
 */
export const within =
  (context: RequestIds) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, RequestContext, context)
