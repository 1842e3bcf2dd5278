/**
 * Text that no storage keeps as it is: with NUL, or with halves of characters. It has no place in a request.
 */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import { fitTextExpected, unfitTexts } from "saldo/core/fitText"
import { type InvalidField, RequestInvalid } from "../api/RequestProblem.ts"

const message = `Expected ${fitTextExpected}`

/** Where in a body such text is; it comes from JSON, so it is a tree. */
const unfitIn = (value: unknown): ReadonlyArray<InvalidField> =>
  unfitTexts(value).map((path) => ({ in: "body", path, message }))

/** Only escapes can bring such text: bytes that are no UTF-8 are replaced when they are read, and JSON allows no bare NUL. */
const suspicious = /\\u(?:0000|[dD][89a-fA-F])/u

const fieldsOf = (text: string): ReadonlyArray<InvalidField> => {
  if (!suspicious.test(text)) return []
  try {
    return unfitIn(JSON.parse(text))
  } catch {
    // What cannot be parsed, or is nested too deeply, is told of where the body is read.
    return []
  }
}

/** What is wrong with an address, if its path or query says NUL. */
export const unfitUrl = (url: string): RequestInvalid | undefined => {
  const at = url.indexOf("%00")
  if (at === -1) return undefined
  const query = url.indexOf("?")
  return new RequestInvalid({ errors: [{ in: query !== -1 && query < at ? "query" : "path", path: [], message }] })
}

/** The request, whose body dies with `RequestInvalid` when it is read and holds such text. */
export const withFitText = (request: HttpServerRequest.HttpServerRequest): HttpServerRequest.HttpServerRequest =>
  Object.create(request, {
    text: {
      get: () =>
        Effect.tap(request.text, (text) => {
          const errors = fieldsOf(text)
          return errors.length === 0 ? Effect.void : Effect.die(new RequestInvalid({ errors }))
        })
    }
  }) as HttpServerRequest.HttpServerRequest
