/**
 * The use cases of identity as one layer, on the stores of `SqlStores`, `layerMemory` or a host's own. A host may compose
 * single layers instead, or sign people in by means of its own and provide `Actor`.
 */
import * as Layer from "effect/Layer"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { Idempotency } from "../core/Idempotency.ts"
import type { AccessTokens } from "./AccessTokens.ts"
import { ApiKeys } from "./ApiKeys.ts"
import { Authentication } from "./Authentication.ts"
import type { IdentityPolicy } from "./IdentityPolicy.ts"
import { Presence, type PresenceOptions } from "./Presence.ts"
import { Sessions } from "./Sessions.ts"
import { type SigningKeyOptions, SigningKeys } from "./SigningKeys.ts"
import { Users } from "./Users.ts"

/** What a host decides. */
export interface IdentityOptions {
  /** How access tokens are signed and verified, such as `JoseAccessTokens.layer` of `@saldo/identity`. */
  readonly accessTokens: Layer.Layer<AccessTokens, never, SigningKeys>
  /** What it decides about its users; what is left out is as in `standardIdentityPolicy`. */
  readonly policy?: Partial<IdentityPolicy>
  readonly presence?: PresenceOptions
  readonly signingKeys?: SigningKeyOptions
}

/**
 * Users, sessions, keys, and who sends a request. Beside the stores it needs an `Outbox`, `IdentityKeys`, a `PasswordHasher`,
 * `OneTimeCodes` and a `BreachedPasswordSource`.
 */
export const layer = ({ accessTokens, policy = {}, presence = {}, signingKeys = {} }: IdentityOptions) =>
  Authentication.layer.pipe(
    Layer.provideMerge(Layer.merge(Sessions.layer, ApiKeys.layer)),
    Layer.provideMerge(Layer.merge(Users.layerWith(policy), accessTokens)),
    Layer.provideMerge(
      Layer.mergeAll(SigningKeys.layerWith(signingKeys), Presence.layerWith(presence), Idempotency.layer)
    ),
    Layer.provideMerge(AuditTrail.layer)
  )
