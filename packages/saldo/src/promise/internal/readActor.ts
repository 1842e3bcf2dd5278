/**
 * Who acts, as the use cases take it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Actor from "../../core/Actor.ts"
import type { ActorOptions } from "./actors.ts"
import { reader } from "./reading.ts"

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
