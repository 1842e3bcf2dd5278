/**
 * The page on which the interface can be read and tried out.
 */
import * as HttpApiSwagger from "effect/http-api/HttpApiSwagger"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { sha256 } from "saldo/core/sha256"
import { Api } from "../api/Api.ts"

/** Where the page is. */
export const docsPath = "/docs"

/** A hash as a policy names it (Content Security Policy Level 3, section 2.3.1). */
const sourceOf = (text: string): string => `'sha256-${Buffer.from(sha256(text), "hex").toString("base64")}'`

const sourcesOf = (html: string, inside: RegExp): string =>
  [...html.matchAll(inside)].map(([, text = ""]) => sourceOf(text)).join(" ")

/** The page's own script and style run, which it has inside, and no others; it may call this server and nobody else. */
const policyOf = (html: string): string =>
  [
    "default-src 'none'",
    `script-src ${sourcesOf(html, /<script>([\s\S]*?)<\/script>/gu)}`,
    `style-src ${sourcesOf(html, /<style>([\s\S]*?)<\/style>/gu)}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; ")

const textOf = ({ body }: HttpServerResponse.HttpServerResponse): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

const withPolicy = HttpRouter.middleware(
  Effect.sync(() => {
    // The page is the same for everybody, so that its policy is made once.
    let policy: string | undefined
    return (page) =>
      Effect.map(page, (response) => {
        policy ??= policyOf(textOf(response))
        return HttpServerResponse.setHeader(response, "content-security-policy", policy)
      })
  })
)

/** The try-out page. Its script is loaded when the layer is built, and comes from no other server. */
export const layer = HttpApiSwagger.layer(Api, { path: docsPath }).pipe(Layer.provide(withPolicy.layer))
