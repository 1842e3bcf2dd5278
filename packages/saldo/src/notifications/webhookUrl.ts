/**
 * Which addresses may be told of events, as far as their text says.
 */
import * as Result from "effect/Result"
import type { UrlProblem } from "./WebhookEndpoint.ts"

/** An address in its canonical form, or why it will not do. `allowHttp` lets `http:` pass, for tests and closed networks. */
export const webhookUrl = (text: string, allowHttp: boolean): Result.Result<URL, UrlProblem> => {
  const url = URL.parse(text)
  if (url === null) return Result.fail("unreadable")
  if (url.protocol !== "https:" && !(allowHttp && url.protocol === "http:")) return Result.fail("scheme")
  if (url.username !== "" || url.password !== "") return Result.fail("credentials")
  // A bare # leaves no hash in the parts, and still stands in the text.
  if (url.hash !== "" || url.href.endsWith("#")) return Result.fail("fragment")
  return Result.succeed(url)
}

/** The host of an address without the brackets that an IPv6 address has in a URL. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/u, "$1")
