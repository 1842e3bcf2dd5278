import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { Actor, type Identity } from "saldo/core/Actor"
import type { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"

/** Whether the caller of a request is still who it was when the request came. */
export interface CallerStanding {
  /** As whom the credential acts by now. */
  readonly again: Effect.Effect<Identity, CredentialsInvalid, Actor>
  /** When the credential ends by itself, if that is known. */
  readonly expiresAt: Effect.Effect<Option.Option<DateTime.Utc>>
}

/** The standing of the running request's caller, for answers that take long; a caller who showed nothing has no end. */
export const Standing: Context.Reference<CallerStanding> = Context.Reference<CallerStanding>(
  "@saldo/http/server/Standing",
  { defaultValue: () => ({ again: Actor, expiresAt: Effect.succeedNone }) }
)
