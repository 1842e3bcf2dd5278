/**
 * Saldo over HTTP for hosts that do not use Effect: a function from a web-standard `Request` to a `Response`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { ActorOptions, BankSaldo } from "saldo/promise"
import { identityOf, openedOf } from "saldo/promise/opened"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import * as http from "./http.ts"
import { Authenticator, type CredentialScheme } from "./server/Authenticator.ts"

/** What a caller shows: an access token (`bearer`) or an API key (`apiKey`). Keep its text out of logs. */
export interface Credential {
  readonly scheme: CredentialScheme
  readonly text: string
}

/** How a host mounts the interface. */
export interface HandlerOptions extends http.HttpOptions {
  /**
   * Whom a credential stands for, by the host's own sign-in; `undefined` when it is not valid. A rejection is answered with
   * 500.
   */
  readonly authenticate: (
    credential: Credential,
    options: { readonly signal: AbortSignal }
  ) => Promise<ActorOptions | undefined>
}

/** The interface of an open Saldo. */
export interface Handler extends AsyncDisposable {
  /** Answers a request. Never rejects but with `SaldoClosed`, once the Saldo closes. */
  readonly handle: (request: Request) => Promise<Response>
  /** Lets go of what the interface holds; the Saldo stays open. */
  readonly close: () => Promise<void>
}

const authenticatorOf = (authenticate: HandlerOptions["authenticate"]) =>
  Layer.succeed(
    Authenticator,
    Authenticator.of({
      authenticate: (scheme, credential) =>
        Effect.promise((signal) => authenticate({ scheme, text: Redacted.value(credential) }, { signal })).pipe(
          Effect.flatMap((actor) =>
            actor === undefined ? Effect.fail(new CredentialsInvalid()) : Effect.sync(() => identityOf(actor))
          )
        )
    })
  )

/**
 * Makes the interface of an open Saldo. Closing the Saldo waits for the requests that are being answered.
 *
 * @example
 * ```ts
 * import { createHandler } from "@saldo/http/promise"
 * import { sqlite } from "@saldo/sqlite/sqlite"
 * import { createSaldo } from "saldo/promise"
 *
 * const keys = { current: { id: "2026", key: "a".repeat(64) }, index: "b".repeat(64) }
 * await using saldo = await createSaldo({
 *   storage: sqlite({ filename: ":memory:" }),
 *   bank: { keys, products: [], kyc: "reference" }
 * })
 * const { handle } = await createHandler(saldo, {
 *   authenticate: async ({ text }) =>
 *     text === "the auditor's token" ? { tenant: "main", id: "auditor", permissions: ["ledger:read"] } : undefined
 * })
 * const request = new Request("http://localhost/api/v1/ledger/accounts", {
 *   headers: { authorization: "Bearer the auditor's token" }
 * })
 * const response = await handle(request)
 * response.status // => 200
 * ```
 */
export const createHandler = async (
  saldo: BankSaldo,
  { authenticate, ...options }: HandlerOptions
): Promise<Handler> => {
  const { context, during } = openedOf(saldo)
  const services = Layer.succeedContext(await context())
  const { dispose, handler } = http.toWebHandler(Layer.merge(services, authenticatorOf(authenticate)), options)
  return {
    handle: (request) => during(() => handler(request, Context.empty())),
    close: dispose,
    [Symbol.asyncDispose]: dispose
  }
}
