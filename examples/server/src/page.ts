import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** The page. */
export const layer = HttpRouter.add("GET", "/", HttpServerResponse.text("Saldo"))
