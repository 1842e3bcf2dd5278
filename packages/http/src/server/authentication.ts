import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AccessRefusals } from "saldo/audit/AccessRefusals"
import type { AuditTrail } from "saldo/audit/AuditTrail"
import { Actor, NotPermitted } from "saldo/core/Actor"
import type { Atomic } from "saldo/core/Atomic"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { Authentication } from "../api/Authentication.ts"
import { ServedActor } from "./measures.ts"
import { Authenticator, type CredentialScheme } from "./Authenticator.ts"
import { type CallerStanding, Standing } from "./Standing.ts"

const isNotPermitted = Schema.is(NotPermitted)

/** The refusal of whoever lacks a permission, which comes from a handler in a wrapper. */
const refusalIn = (failure: unknown): NotPermitted | undefined => {
  const inside = Predicate.hasProperty(failure, "error") ? failure.error : failure
  return isNotPermitted(inside) ? inside : undefined
}

/** Asks the `Authenticator` whom the credential of a request stands for, and lets that one act; what it may not do is recorded. */
export const layer: Layer.Layer<Authentication, never, Atomic | AuditTrail | Authenticator> = Layer.effect(
  Authentication,
  Effect.gen(function* () {
    const authenticator = yield* Authenticator
    const refusals = yield* AccessRefusals
    const standingOf = (scheme: CredentialScheme, credential: Redacted.Redacted): CallerStanding => ({
      again: Effect.suspend(() => authenticator.authenticate(scheme, credential)),
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
                  Effect.tapError((failure) => {
                    const refusal = refusalIn(failure)
                    return refusal === undefined ? Effect.void : refusals.record(refusal)
                  }),
                  Effect.provideService(Actor, identity),
                  Effect.provideService(Standing, standingOf(scheme, credential))
                )
              })
            )
    return Authentication.of({ bearer: by("bearer"), apiKey: by("apiKey") })
  })
).pipe(Layer.provide(AccessRefusals.layer))
