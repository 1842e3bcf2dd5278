import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import type { Client } from "saldo/identity/clientText"

/** How many proxies of the host's own stand before it; none unless it says so. */
export const TrustedProxies: Context.Reference<number> = Context.Reference<number>(
  "@saldo/http/server/TrustedProxies",
  { defaultValue: () => 0 }
)

/**
 * The address that the outermost of so many trusted proxies saw, given the peer of the connection and `X-Forwarded-For`.
 * Each proxy adds the address that it saw at the end; what stands before those of the trusted ones, anybody may have written.
 */
export const addressBehind = (trusted: number, peer: string | null, forwarded: string | undefined): string | null => {
  if (trusted <= 0 || forwarded === undefined) return peer
  const seen = forwarded.split(",").map((address) => address.trim())
  // Where fewer are named than are trusted, the request came around one of them, and its word counts for nothing.
  const address = seen.at(-trusted)
  return address === undefined || address === "" ? peer : address
}

/** Where the request comes from, as far as it can be believed. */
export const client: Effect.Effect<Client, never, HttpServerRequest.HttpServerRequest> = Effect.gen(function* () {
  const { headers, remoteAddress } = yield* HttpServerRequest.HttpServerRequest
  const trusted = yield* TrustedProxies
  const address = addressBehind(trusted, Option.getOrNull(remoteAddress), headers["x-forwarded-for"])
  return { address, agent: headers["user-agent"] ?? null }
})
