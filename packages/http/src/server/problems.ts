/**
 * Makes a problem of every answer that no handler gave: unknown addresses, wrong methods, defects, bodies that cannot be
 * read. Nothing that a defect says reaches the caller.
 */
import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FindMyWay from "effect/http/FindMyWay"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpMethod from "effect/http/HttpMethod"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import type * as Types from "effect/Types"
import { StorageContention } from "saldo/core/StorageContention"
import { problems, problemType } from "../api/Problem.ts"
import {
  BodyTooLarge,
  InternalFailure,
  MediaTypeUnsupported,
  MethodNotAllowed,
  Overloaded,
  RequestInvalid,
  RouteNotFound,
  TooManyRequests
} from "../api/RequestProblem.ts"
import { unfitUrl, withFitText } from "./wellFormed.ts"

/** What the answers are told apart by: which addresses there are, and with which methods. */
export interface Routes {
  /** The path with the names of its parameters, as the contract has it; undefined when nothing has the address. */
  readonly routeOf: (method: string, url: string) => string | undefined
  /** The methods that an address takes; none when nothing has it. */
  readonly methodsOf: (url: string) => ReadonlyArray<string>
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const

/** The routes of a list of endpoints, as the router will find them. */
export const routesOf = (
  endpoints: ReadonlyArray<{ readonly method: string; readonly path: HttpRouter.PathInput }>
): Routes => {
  const router = FindMyWay.make<string>({})
  for (const { method, path } of endpoints) router.on(method, path, path)
  const find = (method: string, url: string) => router.find(method, url)?.handler
  return {
    routeOf: (method, url) => find(method === "HEAD" ? "GET" : method, url),
    methodsOf: (url) => methods.filter((method) => find(method, url) !== undefined)
  }
}

type Failure =
  | BodyTooLarge
  | InternalFailure
  | MediaTypeUnsupported
  | MethodNotAllowed
  | Overloaded
  | RequestInvalid
  | RouteNotFound
  | TooManyRequests

const toBody = Schema.encodeSync(
  Schema.Union(
    problems(
      BodyTooLarge,
      InternalFailure,
      MediaTypeUnsupported,
      MethodNotAllowed,
      Overloaded,
      RequestInvalid,
      RouteNotFound,
      TooManyRequests
    )
  )
)

/** A failure of the interface itself as an answer. */
export const answer = (failure: Failure, headers: Readonly<Record<string, string>> = {}) => {
  const body = toBody(failure)
  return HttpServerResponse.jsonUnsafe(body, { status: body.status, contentType: problemType, headers })
}

/** The encodings of a body that is as it is. */
const identity = new Set(["", "identity"])

/** What kept a request from being served, among all that a cause holds. */
const reasonsOf = (cause: Cause.Cause<unknown>): ReadonlyArray<unknown> =>
  cause.reasons.flatMap((reason) =>
    Cause.isFailReason(reason) ? [reason.error] : Cause.isDieReason(reason) ? [reason.defect] : []
  )

const unreadable = new RequestInvalid({
  errors: [{ in: "body", path: [], message: "Expected a body that can be read to its end" }]
})

const answerTo = (error: unknown, { methodsOf }: Routes, url: string, limitBytes: number) => {
  if (error instanceof RequestInvalid) return answer(error)
  if (error instanceof StorageContention) return answer(new Overloaded(), { "retry-after": "1" })
  if (!(error instanceof HttpServerError.HttpServerError)) return undefined
  const { reason } = error
  if (reason._tag === "RouteNotFound") {
    const allowed = methodsOf(url)
    return allowed.length === 0
      ? answer(new RouteNotFound())
      : answer(new MethodNotAllowed({ allowed }), { allow: allowed.join(", ") })
  }
  if (reason._tag !== "RequestParseError") return undefined
  return reason.reason === "BodyTooLarge" ? tooLarge(limitBytes) : answer(unreadable)
}

/** The rest of the body is not read, so nothing else can come over the connection. */
const tooLarge = (limitBytes: number) => answer(new BodyTooLarge({ limitBytes }), { connection: "close" })

type Served<R> = Effect.Effect<HttpServerResponse.HttpServerResponse, Types.unhandled, R>

/** Answers in problems alone, and reads bodies of so many bytes at most. */
export const withProblems =
  (routes: Routes, limitBytes: number) =>
  <R>(request: HttpServerRequest.HttpServerRequest, served: Served<R>): Served<R> => {
    if (Number(request.headers["content-length"]) > limitBytes) return Effect.succeed(tooLarge(limitBytes))
    if (!identity.has(request.headers["content-encoding"] ?? ""))
      return Effect.succeed(answer(new MediaTypeUnsupported()))
    const unfit = unfitUrl(request.url)
    if (unfit !== undefined) return Effect.succeed(answer(unfit))
    const bounded = HttpMethod.hasBody(request.method)
      ? served.pipe(
          Effect.provideService(HttpServerRequest.HttpServerRequest, withFitText(request)),
          Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(limitBytes))
        )
      : served
    return bounded.pipe(
      Effect.map((response) => {
        if (response.status === 415 && response.headers["content-type"] !== problemType) {
          return answer(new MediaTypeUnsupported())
        }
        return response.status === 503 ? HttpServerResponse.setHeader(response, "retry-after", "1") : response
      }),
      Effect.catchCause((cause): Served<never> => {
        if (Cause.hasInterrupts(cause)) return Effect.failCause(cause)
        for (const reason of reasonsOf(cause)) {
          const known = answerTo(reason, routes, request.url, limitBytes)
          if (known !== undefined) return Effect.succeed(known)
        }
        return Effect.as(Effect.logError("A request met a defect", cause), answer(new InternalFailure()))
      })
    )
  }
