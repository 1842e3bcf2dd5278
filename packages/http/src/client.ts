/**
 * The typed client of the interface: one function for each endpoint, answers and errors as the domains' own values.
 */
import type * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as Redacted from "effect/Redacted"
import { Api } from "./api/Api.ts"
import { IdempotencyKey } from "./api/Write.ts"

/** Whom to call, and as whom. */
export interface ClientOptions {
  /** Where the interface is, such as `https://bank.example`. */
  readonly baseUrl: string | URL
  /** An access token or an API key; nothing for what anybody may call. */
  readonly credential?:
    | { readonly scheme: "bearer"; readonly token: Redacted.Redacted }
    | { readonly scheme: "apiKey"; readonly key: Redacted.Redacted }
}

/** The client: `client.<group>.<endpoint>(request)`. */
export type Client = HttpApiClient.ForApi<typeof Api>

const signedBy = (credential: ClientOptions["credential"]) => (request: HttpClientRequest.HttpClientRequest) => {
  if (credential === undefined) return request
  return credential.scheme === "bearer"
    ? HttpClientRequest.bearerToken(request, credential.token)
    : HttpClientRequest.setHeader(request, "x-api-key", Redacted.value(credential.key))
}

/**
 * Makes a client on the `HttpClient` in scope. What an endpoint refuses is a failure of the domain's own class, such as
 * `InsufficientFunds`.
 *
 * @example
 * ```ts
 * import { make, named } from "@saldo/http/client"
 * import * as Effect from "effect/Effect"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Redacted from "effect/Redacted"
 * import * as Money from "saldo/money/Money"
 * import type { DepositAccountId } from "saldo/banking/DepositAccount"
 *
 * const transfer = (from: DepositAccountId, to: DepositAccountId) =>
 *   Effect.gen(function* () {
 *     const token = Redacted.make("an access token")
 *     const client = yield* make({ baseUrl: "https://bank.example", credential: { scheme: "bearer", token } })
 *     return yield* client.transactions.transfer({
 *       headers: named("rent of May"),
 *       payload: { from, to, amount: Money.of("100.00", "SEK") }
 *     })
 *   }).pipe(Effect.provide(FetchHttpClient.layer))
 * ```
 */
export const make = ({ baseUrl, credential }: ClientOptions): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  HttpApiClient.make(Api, { baseUrl, transformClient: HttpClient.mapRequest(signedBy(credential)) })

/** The headers of a write under a name of the caller's; blanks become hyphens. Throws when nothing visible is left. */
export const named = (name: string) => ({
  "idempotency-key": IdempotencyKey.make(name.trim().replaceAll(/\s+/gu, "-"))
})
