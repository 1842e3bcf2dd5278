/**
 * The audit trail of an open Saldo.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Hold from "../../audit/AuditHold.ts"
import * as Record from "../../audit/AuditRecord.ts"
import { AuditRetention } from "../../audit/AuditRetention.ts"
import * as Seal from "../../audit/AuditSeal.ts"
import { AuditTrail } from "../../audit/AuditTrail.ts"
import { Actor, Subject } from "../../core/Actor.ts"
import type { Audit, AuditEntry } from "./audit.ts"
import type { Calls } from "./calls.ts"
import { inWhole, pageOf, reader } from "./reading.ts"

const tenant = Effect.map(Actor, (actor) => actor.tenant)

const readEntry = reader(
  Schema.Struct({
    action: Record.AuditAction,
    subject: Record.AuditSubject,
    changes: Schema.optionalKey(
      Schema.Array(
        Schema.Struct({
          path: Schema.String,
          redaction: Record.Redaction,
          before: Schema.optionalKey(Schema.Json),
          after: Schema.optionalKey(Schema.Json)
        })
      )
    ),
    outcome: Schema.optionalKey(Record.AuditOutcome),
    reason: Schema.optionalKey(Schema.String),
    onBehalfOf: Schema.optionalKey(Schema.Struct({ tenant: Schema.String, id: Schema.String }))
  })
)

const entryOf = (given: AuditEntry) =>
  Effect.map(readEntry(given), ({ onBehalfOf, ...entry }) => ({
    ...entry,
    // A checked action has a dot in it.
    action: entry.action as AuditEntry["action"],
    ...(onBehalfOf === undefined ? {} : { onBehalfOf: new Subject(onBehalfOf) })
  }))

const filterOf = reader(
  Schema.Struct({
    kind: Schema.optionalKey(Record.AuditKind),
    action: Schema.optionalKey(Schema.String),
    actorId: Schema.optionalKey(Schema.String),
    owner: Schema.optionalKey(Schema.String),
    subject: Schema.optionalKey(Schema.Struct({ type: Schema.String, id: Schema.optionalKey(Schema.String) })),
    outcome: Schema.optionalKey(Record.AuditOutcome),
    from: Schema.optionalKey(Schema.DateTimeUtc),
    until: Schema.optionalKey(Schema.DateTimeUtc),
    requestId: Schema.optionalKey(Schema.String),
    correlationId: Schema.optionalKey(Schema.String)
  })
)

const readOrder = reader(Schema.UndefinedOr(Schema.Literals(["newest-first", "oldest-first"])))
const readReason = reader(Schema.NonEmptyString)
const readScope = reader(Hold.AuditScope)
const readRules = reader(Schema.Array(Hold.RetentionRule))
const readHead = reader(Seal.AuditHead)
const readHoldId = reader(Hold.AuditHoldId)

/** The trail of an open Saldo. */
export const makeAudit = (calls: Calls): Audit => {
  const trail = <A, E, R>(use: (trail: AuditTrail["Service"]) => Effect.Effect<A, E, R>) => AuditTrail.use(use)
  const retention = <A, E, R>(use: (retention: AuditRetention["Service"]) => Effect.Effect<A, E, R>) =>
    AuditRetention.use(use)
  return {
    record: (entry, options) =>
      calls.run(
        Effect.flatMap(entryOf(entry), (known) => trail((one) => one.record(known))),
        options
      ),
    recordSecurity: (entry, options) =>
      calls.run(
        Effect.flatMap(entryOf(entry), (known) => trail((one) => one.recordSecurity(known))),
        options
      ),
    query: (filter, { order, ...options } = {}) =>
      calls.run(
        Effect.gen(function* () {
          const known = yield* readOrder(order).pipe(inWhole("/order"))
          const request = {
            ...(filter === undefined ? {} : { filter: yield* filterOf(filter) }),
            ...(known === undefined ? {} : { order: known }),
            ...(yield* pageOf(options))
          }
          return yield* trail((one) => one.query(request))
        }),
        options
      ),
    seal: (options) =>
      calls.run(
        Effect.flatMap(tenant, (own) => trail((one) => one.seal(own))),
        options
      ),
    head: (options) =>
      calls.run(
        Effect.flatMap(tenant, (own) => trail((one) => one.head(own))),
        options
      ),
    verify: (kept, options) =>
      calls.run(
        Effect.gen(function* () {
          const head = kept === undefined ? undefined : yield* readHead(kept)
          const own = yield* tenant
          return yield* trail((one) => one.verify(own, head))
        }),
        options
      ),
    exportLines: (options) =>
      calls.iterate(
        Stream.unwrap(Effect.flatMap(tenant, (own) => Effect.map(AuditTrail, (one) => one.exportLines(own)))),
        options
      ),
    purge: (rules, options) =>
      calls.run(
        Effect.gen(function* () {
          const known = yield* readRules(rules)
          const own = yield* tenant
          return yield* retention((one) => one.purge(own, known))
        }),
        options
      ),
    hold: (scope, reason, options) =>
      calls.run(
        Effect.flatMap(Effect.all([readScope(scope), readReason(reason)]), ([known, why]) =>
          retention((one) => one.hold({ scope: known, reason: why }))
        ),
        options
      ),
    release: (holdId, options) =>
      calls.run(
        Effect.flatMap(readHoldId(holdId), (known) => retention((one) => one.release(known))),
        options
      ),
    holds: (options) =>
      calls.run(
        retention((one) => one.holds),
        options
      ),
    erase: (scope, options) =>
      calls.run(
        Effect.flatMap(readScope(scope), (known) => retention((one) => one.erase(known))),
        options
      )
  }
}
