/**
 * The page on which the interface can be read and tried out.
 */
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { Api } from "../api/Api.ts"

/** Where the page is. */
export const docsPath = "/docs"

/** The page is one document with its script and styles inside; it may call this server and nobody else. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const withPolicy = HttpRouter.middleware((page) =>
  Effect.map(page, HttpServerResponse.setHeader("content-security-policy", policy))
)

/** The try-out page. Its script is loaded when the layer is built, and comes from no other server. */
export const layer = HttpApiScalar.layer(Api, { path: docsPath, scalar: { withDefaultFonts: false } }).pipe(
  Layer.provide(withPolicy.layer)
)
