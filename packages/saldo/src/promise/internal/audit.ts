/**
 * The audit trail, without Effect.
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
import { cursorFrom } from "../../core/Page.ts"
import type { CallOptions } from "./callOptions.ts"
import type { Calls } from "./calls.ts"
import type { Plain } from "./plain.ts"
import { reader } from "./reading.ts"

/** One act: who did what, for whom, to what, with what outcome, and what it changed. */
export type AuditRecord = Plain<Record.AuditRecord>

/** What a use case of the host's own has done. */
export type AuditEntry = Plain<Record.AuditEntry>

/** Which records a query is about. */
export type AuditFilter = Plain<Record.AuditFilter>

/** Whether a trail is whole, or where it is broken. */
export type AuditVerdict = Plain<Seal.AuditVerdict>

/** How far a trail's chain goes. */
export type AuditHead = Plain<Seal.AuditHead>

/** A legal hold. */
export type AuditHold = Plain<Hold.AuditHold>

/** What a hold or an erasure covers. */
export type AuditScope = Plain<Hold.AuditScope>

/** How long records of a pattern are kept. */
export type RetentionRule = Plain<Hold.RetentionRule>

/** Which page of the trail to give. */
export interface AuditQueryOptions extends CallOptions {
  readonly order?: "newest-first" | "oldest-first"
  readonly limit?: number
  readonly cursor?: string
}

/** A page of the trail; `next` is the cursor of the following one, null on the last. */
export interface AuditPage {
  readonly items: ReadonlyArray<AuditRecord>
  readonly next: string | null
}

/** The trail of what was done in the actor's tenant, and how long it is kept. */
export interface Audit {
  /** Records an act of the host's own. */
  readonly record: (entry: AuditEntry, options?: CallOptions) => Promise<void>
  /** Records an event that concerns the safety of the system. */
  readonly recordSecurity: (entry: AuditEntry, options?: CallOptions) => Promise<void>
  /** The records that the actor may see. Rejects with `NotPermitted`, `InvalidCursor` or `CursorMismatch`. */
  readonly query: (filter?: AuditFilter, options?: AuditQueryOptions) => Promise<AuditPage>
  /** Seals what waits, and says how many records; it also happens by itself every second. */
  readonly seal: (options?: CallOptions) => Promise<number>
  readonly head: (options?: CallOptions) => Promise<AuditHead>
  /** Recomputes the whole chain, which must contain a head that was kept elsewhere. */
  readonly verify: (kept?: AuditHead, options?: CallOptions) => Promise<AuditVerdict>
  /** The chain as JSON lines without line ends. */
  readonly exportLines: (options?: CallOptions) => AsyncIterable<string>
  /** Removes what is older than the rules allow, and says of how many records. */
  readonly purge: (rules: ReadonlyArray<RetentionRule>, options?: CallOptions) => Promise<number>
  /** Places a legal hold. */
  readonly hold: (scope: AuditScope, reason: string, options?: CallOptions) => Promise<AuditHold>
  /** Releases a legal hold. Rejects with `HoldNotActive`. */
  readonly release: (holdId: string, options?: CallOptions) => Promise<void>
  readonly holds: (options?: CallOptions) => Promise<ReadonlyArray<AuditHold>>
  /** Blanks personal values, and says of how many records. Rejects with `HeldByLaw`. */
  readonly erase: (scope: AuditScope, options?: CallOptions) => Promise<number>
}

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
    query: (filter, { cursor, limit, order, ...options } = {}) =>
      calls.run(
        Effect.gen(function* () {
          const page = cursor === undefined ? {} : { cursor: yield* cursorFrom(cursor) }
          const request = {
            ...(filter === undefined ? {} : { filter: yield* filterOf(filter) }),
            ...(order === undefined ? {} : { order }),
            ...(limit === undefined ? {} : { limit }),
            ...page
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
        Effect.flatMap(readScope(scope), (known) => retention((one) => one.hold({ scope: known, reason }))),
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
