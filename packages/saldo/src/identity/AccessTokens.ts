import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Session, SessionId } from "./Session.ts"

/** What an access token says: who signed in, in which session, and for how long it is good. Times are whole seconds. */
export interface AccessClaims {
  readonly tenant: string
  readonly userId: Session["userId"]
  readonly sessionId: SessionId
  /** Tells tokens apart that say the same. */
  readonly tokenId: string
  readonly issuedAt: DateTime.Utc
  readonly expiresAt: DateTime.Utc
}

/** Why an access token is not believed. For the trail and never for whoever sent it, who learns that it is not. */
export class AccessTokenInvalid extends Schema.TaggedError<AccessTokenInvalid>()("AccessTokenInvalid", {
  reason: Schema.Literals(["malformed", "algorithm-refused", "key-unknown", "signature-wrong", "expired", "not-for-us"])
}) {
  override get message(): string {
    return `The access token is not believed: ${this.reason}`
  }
}

/**
 * Port: access tokens, which say who somebody is and can be verified without a look into a database.
 *
 * Contract:
 * - `verify` gives back what `sign` was told, to the second, to whoever runs on the same signing keys, issuer and audience.
 * - One algorithm is accepted: that of the signing keys. A token that names another one, `none` among them, is refused
 *   before anything in it is believed.
 * - Refused as well: what is signed by an unknown or ended key or by none, altered in any character that counts, made for
 *   another issuer, audience or purpose, or over at `at`; a token is over at `expiresAt`, to the second.
 * - A token says nothing that is personal: an id of a user is all.
 */
export class AccessTokens extends Context.Service<
  AccessTokens,
  {
    readonly sign: (claims: AccessClaims) => Effect.Effect<Redacted.Redacted>
    readonly verify: (token: Redacted.Redacted, at: DateTime.Utc) => Effect.Effect<AccessClaims, AccessTokenInvalid>
  }
>()("saldo/identity/AccessTokens") {}
