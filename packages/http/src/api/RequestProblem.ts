/**
 * What a request may do wrong before any use case sees it, and what it is told when something is wrong with us.
 */
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Schema from "effect/Schema"
import { problems } from "./Problem.ts"

/** One value of a request that is not what the contract says. */
export const InvalidField = Schema.Struct({
  /** Where: the path, the query, the headers or the body. */
  in: Schema.Literals(["path", "query", "headers", "body"]),
  /** The names and indexes that lead to the value; empty for the whole. */
  path: Schema.Array(Schema.Union([Schema.String, Schema.Int])),
  message: Schema.String
})

/** One value of a request that is not what the contract says. */
export type InvalidField = typeof InvalidField.Type

/** The request is not what the contract says; every value at fault is named. */
export class RequestInvalid extends Schema.TaggedError<RequestInvalid>()(
  "RequestInvalid",
  { errors: Schema.Array(InvalidField) },
  { httpApiStatus: 400 }
) {
  override get message(): string {
    const [first] = this.errors
    if (first === undefined) return "The request does not fit the contract"
    const where = [first.in, ...first.path].join(".")
    return `The request does not fit the contract: ${where}: ${first.message}`
  }
}

/** Nothing has this address. */
export class RouteNotFound extends Schema.TaggedError<RouteNotFound>()("RouteNotFound", {}, { httpApiStatus: 404 }) {
  override get message(): string {
    return "Nothing has this address; /openapi.json lists what there is"
  }
}

/** The address is right and the method is not. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()(
  "MethodNotAllowed",
  { allowed: Schema.Array(Schema.String) },
  { httpApiStatus: 405 }
) {
  override get message(): string {
    return `This address takes ${this.allowed.join(", ")}`
  }
}

/** The body is longer than the server reads. */
export class BodyTooLarge extends Schema.TaggedError<BodyTooLarge>()(
  "BodyTooLarge",
  { limitBytes: Schema.Int },
  { httpApiStatus: 413 }
) {
  override get message(): string {
    return `The body may have ${this.limitBytes} bytes at most`
  }
}

/** The body is in a media type or an encoding that the endpoint does not read. */
export class MediaTypeUnsupported extends Schema.TaggedError<MediaTypeUnsupported>()(
  "MediaTypeUnsupported",
  {},
  { httpApiStatus: 415 }
) {
  override get message(): string {
    return "The body must be JSON, sent as application/json without Content-Encoding"
  }
}

/** Somebody calls too often; the policy says what is counted. */
export class TooManyRequests extends Schema.TaggedError<TooManyRequests>()(
  "TooManyRequests",
  { policy: Schema.Literals(["address", "credential", "entrance"]), retryAfterSeconds: Schema.Int },
  { httpApiStatus: 429 }
) {
  override get message(): string {
    return `There were too many requests; send the next one in ${this.retryAfterSeconds} seconds`
  }
}

/** Something went wrong with us; the log has it under the request's id. */
export class InternalFailure extends Schema.TaggedError<InternalFailure>()(
  "InternalFailure",
  {},
  { httpApiStatus: 500 }
) {
  override get message(): string {
    return "Something went wrong on our side; it is in our log under the X-Request-Id of this answer"
  }
}

/** The storage is too busy; nothing was done. */
export class Overloaded extends Schema.TaggedError<Overloaded>()("Overloaded", {}, { httpApiStatus: 503 }) {
  override get message(): string {
    return "The storage was too busy and nothing was done; send the same request again, with the same key"
  }
}

/** Declares on every endpoint what a request may do wrong, and says which of its values are not what the contract asks for. */
export class RequestChecks extends HttpApiMiddleware.Service<RequestChecks>()("@saldo/http/api/RequestChecks", {
  error: problems(RequestInvalid, BodyTooLarge, MediaTypeUnsupported, TooManyRequests, InternalFailure, Overloaded)
}) {}
