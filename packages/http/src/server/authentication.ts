import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Actor } from "saldo/core/Actor"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { Authentication } from "../api/Authentication.ts"
import { ServedActor } from "./measures.ts"
import { Authenticator, type CredentialScheme } from "./Authenticator.ts"
import { type CallerStanding, Standing } from "./Standing.ts"

/** Asks the `Authenticator` whom the credential of a request stands for, and lets that one act. */
export const layer: Layer.Layer<Authentication, never, Authenticator> = Layer.effect(
  Authentication,
  Effect.gen(function* () {
    const authenticator = yield* Authenticator
    const standingOf = (scheme: CredentialScheme, credential: Redacted.Redacted): CallerStanding => ({
      again: authenticator.authenticate(scheme, credential),
      expiresAt: authenticator.expiresAt?.(scheme, credential) ?? Effect.succeedNone
    })
    const by =
      (scheme: CredentialScheme) =>
      <A, E, R>(
        httpEffect: Effect.Effect<A, E, R>,
        { credential }: { readonly credential: Redacted.Redacted }
      ): Effect.Effect<A, E | CredentialsInvalid, Exclude<R, Actor>> =>
        Redacted.value(credential) === ""
          ? Effect.fail(new CredentialsInvalid())
          : Effect.flatMap(authenticator.authenticate(scheme, credential), (identity) =>
              Effect.flatMap(ServedActor, (served) => {
                if (served !== undefined) served.found = identity
                return httpEffect.pipe(
                  Effect.provideService(Actor, identity),
                  Effect.provideService(Standing, standingOf(scheme, credential))
                )
              })
            )
    return Authentication.of({ bearer: by("bearer"), apiKey: by("apiKey") })
  })
)
