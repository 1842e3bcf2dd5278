import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Actor, asSystem, type NotPermitted, Permission } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Id from "../core/Id.ts"
import { workerTurn } from "../core/WorkerTurn.ts"
import {
  type AuditHold,
  type AuditHoldId,
  type AuditScope,
  HeldByLaw,
  HoldNotActive,
  type RetentionRule,
  scopeText,
  trailActions
} from "./AuditHold.ts"
import type { AuditEntry, Change } from "./AuditRecord.ts"
import { AuditStore } from "./AuditStore.ts"
import { AuditTrail } from "./AuditTrail.ts"
import { rangesOf, rangesText } from "./sequenceRanges.ts"

/** To place and release legal holds. */
export const holdPermission = Permission.make("audit:hold")

/** To erase personal values from the trail. */
export const erasePermission = Permission.make("audit:erase")

/** A legal hold to be placed. */
export type HoldRequest = Pick<AuditHold, "reason" | "scope">

/**
 * How long the trail is kept, what must be kept longer, and what must go sooner.
 *
 * Everything here is itself recorded in the trail, as a security record of the tenant and in the same transaction; these
 * records no rule purges. They are what tells `AuditTrail.verify` that a content is gone by right.
 */
export class AuditRetention extends Context.Service<
  AuditRetention,
  {
    /**
     * Removes what is older than the rules allow, and says of how many records. The links of the chain stay, so that it
     * verifies as before; what is under a legal hold, or waits for its seal, stays whole.
     */
    readonly purge: (tenant: string, rules: ReadonlyArray<RetentionRule>) => Effect.Effect<number>
    /** Places a legal hold in the actor's tenant; needs `audit:hold`. */
    readonly hold: (request: HoldRequest) => Effect.Effect<AuditHold, NotPermitted, Actor>
    /** Releases a legal hold of the actor's tenant; needs `audit:hold`. */
    readonly release: (id: AuditHoldId) => Effect.Effect<void, HoldNotActive | NotPermitted, Actor>
    /** The holds of the actor's tenant, released ones included; needs `audit:hold`. */
    readonly holds: Effect.Effect<ReadonlyArray<AuditHold>, NotPermitted, Actor>
    /**
     * Blanks the personal values of all records in a scope of the actor's tenant, and says of how many; needs
     * `audit:erase`. All or nothing: fails with `HeldByLaw` when a legal hold keeps one of the records.
     */
    readonly erase: (scope: AuditScope) => Effect.Effect<number, HeldByLaw | NotPermitted, Actor>
  }
>()("saldo/audit/AuditRetention") {
  /** Retention over the trail and its store. */
  static readonly layer: Layer.Layer<AuditRetention, never, AuditStore | AuditTrail | Atomic> = Layer.effect(
    this,
    Effect.gen(function* () {
      return make(yield* AuditStore, yield* AuditTrail, yield* Atomic)
    })
  )

  /** Purges the given tenants once a day as long as the layer lives; enough in one process of many. */
  static readonly layerPurging = (
    tenants: Effect.Effect<ReadonlyArray<string>>,
    rules: ReadonlyArray<RetentionRule>
  ): Layer.Layer<never, never, AuditRetention> =>
    Layer.effectDiscard(
      Effect.flatMap(this, (retention) =>
        tenants.pipe(
          Effect.flatMap((all) => Effect.forEach(all, (tenant) => retention.purge(tenant, rules), { discard: true })),
          workerTurn("audit-retention"),
          Effect.catchCause((cause) =>
            Effect.logWarning("Old audit records were not purged and will be next time", cause)
          ),
          Effect.repeat(Schedule.spaced("1 day")),
          Effect.forkScoped
        )
      )
    )
}

/** How many records one transaction purges, and one security record lists. */
const purgeBatch = 1000

const dayMs = 86_400_000

/** The acts of retention themselves. */
const ownRecords = { action: "audit.*" }

const fact = (path: string, after: string): Change => ({ path, redaction: "public", after })

const scopeEntry = (action: AuditEntry["action"], scope: AuditScope, facts: ReadonlyArray<Change>): AuditEntry => ({
  action,
  subject: { type: "audit-scope", id: scopeText(scope) },
  changes: facts
})

const makePurge = (store: AuditStore["Service"], trail: AuditTrail["Service"], atomic: Atomic["Service"]) =>
  Effect.fn("AuditRetention.purge")(function* (tenant: string, rules: ReadonlyArray<RetentionRule>) {
    const now = (yield* DateTime.now).epochMilliseconds
    let total = 0
    for (const [index, rule] of rules.entries()) {
      const { keepDays, ...matching } = rule
      const before = now - keepDays * dayMs
      const batch = Effect.gen(function* () {
        const except = [ownRecords, ...rules.slice(0, index)]
        const purged = yield* store.purge({ tenant, matching, except, before, limit: purgeBatch })
        if (purged.length === 0) return 0
        const facts = [
          fact("/sequences", rangesText(rangesOf(purged))),
          fact("/rule/action", rule.action),
          ...(rule.kind === undefined ? [] : [fact("/rule/kind", rule.kind)]),
          fact("/rule/keepDays", String(keepDays))
        ]
        yield* trail.recordSecurity(scopeEntry(trailActions.purge, { _tag: "Tenant" }, facts)).pipe(asSystem(tenant))
        return purged.length
      })
      let purged = purgeBatch
      while (purged === purgeBatch) {
        // Each statement of the purge sees the holds that are placed when it decides.
        purged = yield* atomic.runLocking(batch)
        total += purged
      }
    }
    return total
  })

const makeErase = (store: AuditStore["Service"], trail: AuditTrail["Service"], atomic: Atomic["Service"]) =>
  Effect.fn("AuditRetention.erase")(function* (scope: AuditScope) {
    yield* Actor.require(erasePermission)
    const { tenant } = yield* Actor
    return yield* atomic.runLocking(
      Effect.gen(function* () {
        const { erased, held } = yield* store.erase(tenant, scope)
        if (held > 0) return yield* new HeldByLaw({ tenant, scope, records: held })
        yield* trail.recordSecurity(scopeEntry(trailActions.erase, scope, [fact("/records", String(erased))]))
        return erased
      })
    )
  })

const make = (
  store: AuditStore["Service"],
  trail: AuditTrail["Service"],
  atomic: Atomic["Service"]
): AuditRetention["Service"] =>
  AuditRetention.of({
    purge: makePurge(store, trail, atomic),
    erase: makeErase(store, trail, atomic),
    hold: Effect.fn("AuditRetention.hold")(function* ({ reason, scope }) {
      yield* Actor.require(holdPermission)
      const { tenant } = yield* Actor
      const hold = {
        id: yield* Id.make("audithold"),
        tenant,
        scope,
        reason,
        placedAt: yield* DateTime.now,
        releasedAt: null
      }
      const facts = [fact("/hold", hold.id), fact("/reason", reason)]
      yield* atomic.run(Effect.andThen(store.hold(hold), trail.recordSecurity(scopeEntry("audit.hold", scope, facts))))
      return hold
    }),
    release: Effect.fn("AuditRetention.release")(function* (holdId) {
      yield* Actor.require(holdPermission)
      const { tenant } = yield* Actor
      yield* atomic.run(
        Effect.gen(function* () {
          const released = yield* store.release(tenant, holdId, yield* DateTime.now)
          if (!released) return yield* new HoldNotActive({ tenant, holdId })
          return yield* trail.recordSecurity({ action: "audit.release", subject: { type: "audit-hold", id: holdId } })
        })
      )
    }),
    holds: Effect.gen(function* () {
      yield* Actor.require(holdPermission)
      return yield* store.holds((yield* Actor).tenant)
    })
  })
