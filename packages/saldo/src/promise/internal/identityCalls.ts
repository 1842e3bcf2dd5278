/**
 * What the calls of identity need.
 */
import * as Effect from "effect/Effect"
import { Actor, type NotPermitted } from "../../core/Actor.ts"
import type { Idempotency } from "../../core/Idempotency.ts"
import type { Outbox } from "../../core/Outbox.ts"
import type { ApiKeys } from "../../identity/ApiKeys.ts"
import type { Authentication } from "../../identity/Authentication.ts"
import type { IdentityMail } from "../../identity/IdentityMail.ts"
import { managePermission } from "../../identity/Roles.ts"
import type { Sessions } from "../../identity/Sessions.ts"
import type { SigningKeys } from "../../identity/SigningKeys.ts"
import type { Users } from "../../identity/Users.ts"
import type { Calls, Services } from "./calls.ts"

/** What a Saldo with identity has beside what every Saldo has. */
export type IdentityServices =
  | Services
  | ApiKeys
  | Authentication
  | Idempotency
  | IdentityMail
  | Outbox
  | Sessions
  | SigningKeys
  | Users

/** The calls of one actor on a Saldo with identity. */
export type IdentityCalls = Calls<IdentityServices>

/** What the clock does for all tenants, and a person may do who manages users. */
export const managing = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | NotPermitted, R | Actor> =>
  Effect.andThen(Actor.require(managePermission), effect)

/** What somebody asks who has not signed in, in the tenant whose books the call is about. */
export const inTenant = <A, E, R>(ask: (tenant: string) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Actor> =>
  Effect.flatMap(Actor, ({ tenant }) => ask(tenant))
