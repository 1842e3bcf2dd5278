import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as SchemaIssue from "effect/SchemaIssue"
import { withoutSecrets } from "saldo/core/withoutSecrets"
import { type InvalidField, RequestChecks, RequestInvalid } from "../api/RequestProblem.ts"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const places = { Params: "path", Query: "query", Headers: "headers", Payload: "body" } as const

/** What fields are called. Other names may be anything that went into the wrong place, and are not repeated. */
const name = /^[A-Za-z_][\w-]{0,39}$/u

const segment = (part: PropertyKey | { readonly key: PropertyKey }): string | number => {
  const key = typeof part === "object" ? part.key : part
  if (typeof key === "number") return key
  const text = String(key)
  return name.test(text) && withoutSecrets(text) === text ? text : "<not repeated>"
}

/** Names every value of a request that does not fit the contract; an answer of ours that does not fit is our own failure. */
export const layer: Layer.Layer<RequestChecks> = HttpApiMiddleware.layerSchemaErrorTransform(RequestChecks, (error) => {
  if (error.kind === "Body" || error.kind === "ResponseHeaders") return Effect.die(error.cause)
  const place = places[error.kind]
  const errors = format(error.cause.issue).issues.map((issue): InvalidField => ({
    in: place,
    path: (issue.path ?? []).map(segment),
    message: issue.message
  }))
  return Effect.fail(new RequestInvalid({ errors }))
})
