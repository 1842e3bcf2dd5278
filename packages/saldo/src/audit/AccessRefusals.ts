import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Actor, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import { AuditTrail } from "./AuditTrail.ts"
import { makeRefusals } from "./internal/refusals.ts"

/**
 * Use case: the record of those who tried what their permissions do not cover.
 *
 * A use case that asks for a permission refuses before it does anything, so whoever carries the question to it, such as a
 * transport, has the refusal recorded. It is a security event `access.authorize` about the permission; of a flood by one
 * actor the first of each minute are recorded, with how many were left out.
 */
export class AccessRefusals extends Context.Service<
  AccessRefusals,
  {
    /** Records that whoever acts was refused. */
    readonly record: (refusal: NotPermitted) => Effect.Effect<void, never, Actor>
  }
>()("saldo/audit/AccessRefusals") {
  /** The record in the trail. */
  static readonly layer: Layer.Layer<AccessRefusals, never, Atomic | AuditTrail> = Layer.effect(
    this,
    Effect.gen(function* () {
      const refused = makeRefusals({ atomic: yield* Atomic, audit: yield* AuditTrail })
      return AccessRefusals.of({
        record: Effect.fn("AccessRefusals.record")(function* ({ _tag: reason, permission }) {
          const by = yield* Actor
          const subject = { type: "permission", id: permission }
          yield* refused({ tenant: by.tenant, action: "access.authorize", subject, reason, by })
        })
      })
    })
  )
}
