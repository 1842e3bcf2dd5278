import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Identity } from "saldo/core/Actor"
import { Authentication } from "saldo/identity/Authentication"
import type { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"

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
    /** When a valid credential ends by itself. Left out, long answers go by `authenticate` alone, asked again and again. */
    readonly expiresAt?: (
      scheme: CredentialScheme,
      credential: Redacted.Redacted
    ) => Effect.Effect<Option.Option<DateTime.Utc>>
  }
>()("@saldo/http/server/Authenticator") {
  /** Access tokens and API keys of Saldo's own identity. */
  static readonly layerIdentity: Layer.Layer<Authenticator, never, Authentication> = Layer.effect(
    this,
    Effect.map(Authentication, ({ apiKey, bearer, session }) =>
      this.of({
        authenticate: (scheme, credential) => (scheme === "bearer" ? bearer(credential) : apiKey(credential)),
        expiresAt: (scheme, credential) =>
          scheme === "bearer"
            ? Effect.option(Effect.map(session(credential), ({ expiresAt }) => expiresAt))
            : Effect.succeedNone
      })
    )
  )
}
