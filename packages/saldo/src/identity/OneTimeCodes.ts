import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/** What an authenticator shows beside its codes. */
export interface CodeLabel {
  /** Who asks for the codes, such as the name of the bank. */
  readonly issuer: string
  /** Whose codes they are, such as an e-mail address. */
  readonly account: string
}

/**
 * Port: one-time codes by the clock (TOTP, RFC 6238) as every authenticator makes them: SHA-1, six digits, 30 seconds.
 *
 * Contract:
 * - `generateSecret` gives 160 random bits or more as base32 (RFC 4648) without padding.
 * - `uri` gives the `otpauth://totp/…` address that authenticators read from a picture; it holds the secret.
 * - `verify` gives the step, which is the number of 30-second periods since 1970 began, for which a code is the right one:
 *   that of `at`, or the one before or behind it, as clocks differ. Anything else, also what is no code or no secret, is
 *   `None`. A step is good once: whoever calls keeps the last one and takes only later ones.
 */
export class OneTimeCodes extends Context.Service<
  OneTimeCodes,
  {
    readonly generateSecret: Effect.Effect<Redacted.Redacted>
    readonly uri: (secret: Redacted.Redacted, label: CodeLabel) => Effect.Effect<Redacted.Redacted>
    readonly verify: (
      secret: Redacted.Redacted,
      code: Redacted.Redacted,
      at: DateTime.Utc
    ) => Effect.Effect<Option.Option<number>>
  }
>()("saldo/identity/OneTimeCodes") {}
