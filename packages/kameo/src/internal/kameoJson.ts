/**
 * From an answer to JSON: a page where data was asked for is told apart before anything is parsed.
 */
import * as Headers from "effect/http/Headers"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { SchemaDrift } from "saldo/lending/LoanSource"
import { type KameoError, kameoError } from "../KameoError.ts"
import type { KameoAnswer } from "./KameoExchange.ts"
import { parseExactJson } from "../kameoNumbers.ts"
import { pageKind } from "./kameoPages.ts"
import { isRecord } from "./listingKeys.ts"

/** The paths that a request without a full login ends at. */
export const loginPaths: ReadonlySet<string> = new Set(["/user/login", "/auth/2fa", "/auth/e-sign"])

/** The text of an answer that is data; a page or an error status is an error that says which. */
export const jsonText = (answer: KameoAnswer): Result.Result<string, KameoError> => {
  const { status, url } = answer
  const path = url.pathname
  const body = Redacted.value(answer.body)
  if (loginPaths.has(path) || status === 401) return Result.fail(kameoError({ _tag: "SessionExpired", path }))
  const type = Option.getOrElse(Headers.get(answer.headers, "content-type"), () => "")
  const start = body.trimStart().charAt(0)
  if (/html/iu.test(type) || start === "<") {
    return Result.fail(
      pageKind(body, url) === "other"
        ? kameoError({ _tag: "HtmlInsteadOfJson", path, status })
        : kameoError({ _tag: "SessionExpired", path })
    )
  }
  if (status >= 300) return Result.fail(kameoError({ _tag: "HttpStatus", path, status }))
  if (start !== "{" && start !== "[") {
    const found = start === "" ? "an empty answer" : "text that is not JSON"
    return Result.fail(notKnown(path, [new SchemaDrift({ path: "$", kind: "typeChanged", found })]))
  }
  return Result.succeed(body)
}

/** An answer that is JSON, parsed without loss; a non-empty `error_text` is taken for the end of the session. */
export const readJson = (answer: KameoAnswer): Result.Result<unknown, KameoError> =>
  Result.flatMap(jsonText(answer), (text) => {
    const path = answer.url.pathname
    const json = Result.mapError(parseExactJson(text), (found) =>
      notKnown(path, [new SchemaDrift({ path: "$", kind: "typeChanged", found })])
    )
    return Result.flatMap(json, (value) => {
      const text = isRecord(value) ? value["error_text"] : undefined
      return typeof text === "string" && text !== ""
        ? Result.fail(kameoError({ _tag: "SessionExpired", path }))
        : Result.succeed(value)
    })
  })

/** The error for an answer in an unknown form. */
export const notKnown = (path: string, differences: ReadonlyArray<SchemaDrift>): KameoError =>
  kameoError({ _tag: "SchemaDrift", path, differences })
