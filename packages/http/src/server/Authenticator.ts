import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Identity } from "saldo/core/Actor"
import type { CredentialsInvalid } from "../api/Authentication.ts"

/** How a credential came: as `Authorization: Bearer …`, or as `X-API-Key: …`. */
export type CredentialScheme = "bearer" | "apiKey"

/**
 * Port: says whom a credential stands for.
 *
 * A host with a sign-in of its own supplies this and needs nothing of Saldo's. An implementation MUST fail in the same way
 * and in about the same time whatever is wrong with a credential, and MUST NOT let it reach a log. An empty credential
 * never reaches it.
 */
export class Authenticator extends Context.Service<
  Authenticator,
  {
    readonly authenticate: (
      scheme: CredentialScheme,
      credential: Redacted.Redacted
    ) => Effect.Effect<Identity, CredentialsInvalid>
  }
>()("@saldo/http/server/Authenticator") {}
