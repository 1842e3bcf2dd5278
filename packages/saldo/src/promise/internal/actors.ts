/**
 * Who acts, as hosts without Effect say it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Actor from "../../core/Actor.ts"
import { reader } from "./reading.ts"

/** Who acts, as a host's own sign-in knows it. */
export interface ActorOptions {
  readonly tenant: string
  readonly id: string
  /** `user` when left out. */
  readonly kind?: "user" | "service" | "system"
  readonly roles?: ReadonlyArray<string>
  /** Such as `ledger:post`, `ledger:*` or `*`; none when left out. */
  readonly permissions?: ReadonlyArray<string>
  /** For whom, when that is somebody else; of the same tenant. */
  readonly onBehalfOf?: string
}

const readActor = reader(
  Schema.Struct({
    kind: Schema.optionalKey(Actor.Identity.fields.kind),
    tenant: Actor.Identity.fields.tenant,
    id: Actor.Identity.fields.id,
    roles: Schema.optionalKey(Actor.Identity.fields.roles),
    permissions: Schema.optionalKey(Actor.Identity.fields.permissions),
    onBehalfOf: Schema.optionalKey(Actor.Identity.fields.id)
  })
)

/** The actor that a host names. Throws `InputInvalid` for one that cannot be. */
export const identityOf = (given: ActorOptions): Actor.Identity => {
  const known = Effect.runSync(Effect.result(readActor(given)))
  if (Result.isFailure(known)) throw known.failure
  const { kind = "user", onBehalfOf, permissions = [], roles = [], tenant, ...actor } = known.success
  const owner = onBehalfOf === undefined ? {} : { onBehalfOf: new Actor.Subject({ tenant, id: onBehalfOf }) }
  return new Actor.Identity({ ...actor, kind, permissions, roles, tenant, ...owner })
}
