/**
 * Saldo over HTTP for hosts that do not use Effect: a function from a web-standard `Request` to a `Response`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { ActorOptions, BankSaldo, IdentityBankSaldo } from "saldo/promise"
import { identityOf, knowsUsers, openedOf } from "saldo/promise/opened"
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

/** How a host mounts the interface whose Saldo knows its users. */
export interface IdentityHandlerOptions extends http.HttpOptions {
  /** In place of the access tokens and API keys of the Saldo. */
  readonly authenticate?: HandlerOptions["authenticate"]
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

const neededBy = async (saldo: BankSaldo, authenticate: HandlerOptions["authenticate"] | undefined) => {
  if (authenticate !== undefined) {
    return Layer.merge(Layer.succeedContext(await openedOf(saldo).context()), authenticatorOf(authenticate))
  }
  if (!knowsUsers(saldo)) throw new TypeError("expected authenticate, as this Saldo has no users of its own")
  const services = Layer.succeedContext(await openedOf(saldo).context())
  return Layer.provideMerge(Authenticator.layerIdentity, services)
}

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
export function createHandler(saldo: BankSaldo, options: HandlerOptions): Promise<Handler>
/** For a Saldo with users, who sign in here and then act by their access tokens and API keys. */
export function createHandler(saldo: IdentityBankSaldo, options?: IdentityHandlerOptions): Promise<Handler>
export async function createHandler(saldo: BankSaldo, given: IdentityHandlerOptions = {}): Promise<Handler> {
  const { authenticate, ...options } = given
  const { during } = openedOf(saldo)
  const needed = await neededBy(saldo, authenticate)
  const { dispose, handler } = http.toWebHandler(needed, options)
  return {
    handle: (request) => during(() => handler(request, Context.empty())),
    close: dispose,
    [Symbol.asyncDispose]: dispose
  }
}
