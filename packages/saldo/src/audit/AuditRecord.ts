import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { Subject } from "../core/Actor.ts"
import * as Id from "../core/Id.ts"

/** The id of an audit record. */
export const AuditRecordId = Id.schema("audit")

/** The id of an audit record. */
export type AuditRecordId = typeof AuditRecordId.Type

/**
 * Who may see a value of the trail.
 *
 * `public` values are for whoever may see the record; `internal` ones for those who may read the trail; `personal` ones say
 * something about a person and can be erased; `secret` ones are never stored, only that they changed. From left to right
 * each is stricter.
 */
export const Redaction = Schema.Literals(["public", "internal", "personal", "secret"])

/** Who may see a value of the trail. */
export type Redaction = typeof Redaction.Type

/**
 * One difference between two states of a thing: at a JSON pointer (RFC 6901), the value before and the value after, each
 * a scalar or an empty container. A side that is left out was not there. Of a secret, the sides say only whether it was.
 */
export interface Change {
  readonly path: string
  readonly redaction: Redaction
  readonly before?: Schema.Json
  readonly after?: Schema.Json
}

const Digest = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u, { expected: "64 hexadecimal digits" }))
const Salt = Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/u, { expected: "32 hexadecimal digits" }))

/** What makes a digest of a personal value good: the value, and the salt without which nobody can guess it. */
export const Disclosure = Schema.Struct({ salt: Salt, value: Schema.Json })

/** What makes a digest of a personal value good. */
export type Disclosure = typeof Disclosure.Type

/**
 * One side of a change as the trail keeps it.
 *
 * A personal value is kept beside the SHA-256 of the canonical JSON of `[salt, value]`; erasure takes `disclosure` away and
 * leaves the digest, so that what was hashed stays as it was. `Masked` stands in what a reader gets, never in a store.
 */
export const RecordedValue = Schema.Union([
  Schema.TaggedStruct("Absent", {}),
  Schema.TaggedStruct("Plain", { value: Schema.Json }),
  Schema.TaggedStruct("Personal", { digest: Digest, disclosure: Schema.NullOr(Disclosure) }),
  Schema.TaggedStruct("Secret", {}),
  Schema.TaggedStruct("Masked", {})
])

/** One side of a change as the trail keeps it. */
export type RecordedValue = typeof RecordedValue.Type

/** A change as the trail keeps it. */
export const RecordedChange = Schema.Struct({
  path: Schema.String,
  redaction: Redaction,
  before: RecordedValue,
  after: RecordedValue
})

/** A change as the trail keeps it. */
export type RecordedChange = typeof RecordedChange.Type

/** What an act was about: a kind of thing, such as `account`, and which one. */
export const AuditSubject = Schema.Struct({ type: Schema.String, id: Schema.String })

/** What an act was about. */
export type AuditSubject = typeof AuditSubject.Type

/** Who acted, without roles and permissions, which change. */
export const AuditActor = Schema.Struct({ kind: Schema.Literals(["user", "service", "system"]), id: Schema.String })

/** Who acted. */
export type AuditActor = typeof AuditActor.Type

/** What was done, as `domain.verb`, such as `ledger.post`; more parts may follow. */
export const AuditAction = Schema.String.check(
  Schema.isPattern(/^[a-z][a-zA-Z0-9-]*(?:\.[a-z][a-zA-Z0-9-]*)+$/u, { expected: "an action such as ledger.post" }),
  Schema.isMaxLength(100)
)

/** Acts on data, and events that concern the safety of the system, such as a refused sign-in. */
export const AuditKind = Schema.Literals(["action", "security"])

/** Acts on data, and events that concern the safety of the system. */
export type AuditKind = typeof AuditKind.Type

/** Whether the act took place. */
export const AuditOutcome = Schema.Literals(["succeeded", "refused"])

/** Whether the act took place. */
export type AuditOutcome = typeof AuditOutcome.Type

/**
 * One act: who did what, for whom, to what, with what outcome, and what it changed.
 *
 * `reason` is the tag of the refusal, and null for what succeeded. `salt` is random, part of what is hashed, and goes with
 * the content when the record is purged, so that the digest that stays behind tells nothing.
 */
export const AuditRecord = Schema.Struct({
  id: AuditRecordId,
  tenant: Schema.String,
  recordedAt: Schema.DateTimeUtcFromMillis,
  kind: AuditKind,
  actor: AuditActor,
  onBehalfOf: Schema.NullOr(Subject),
  action: AuditAction,
  subject: AuditSubject,
  outcome: AuditOutcome,
  reason: Schema.NullOr(Schema.String),
  changes: Schema.Array(RecordedChange),
  requestId: Schema.NullOr(Schema.String),
  causationId: Schema.NullOr(Schema.String),
  correlationId: Schema.NullOr(Schema.String),
  salt: Salt
})

/** One act. */
export type AuditRecord = typeof AuditRecord.Type

/** Who is concerned by a record: for whom it was done, or else who did it. */
export const ownerOf = (record: Pick<AuditRecord, "actor" | "onBehalfOf" | "tenant">): Subject =>
  record.onBehalfOf ?? new Subject({ tenant: record.tenant, id: record.actor.id })

/**
 * What a use case says of its act; who acted and in which request is taken from around it.
 *
 * `outcome` is `succeeded` when left out; a refused act names the tag of its refusal as `reason`. `onBehalfOf` names whose
 * data it was when that is not the owner for whom the actor acts.
 */
export interface AuditEntry {
  readonly action: `${string}.${string}`
  readonly subject: AuditSubject
  readonly changes?: ReadonlyArray<Change>
  readonly outcome?: AuditOutcome
  readonly reason?: string
  readonly onBehalfOf?: Subject
}

/** An entry together with who acted and in which request, before it has an id and a time. */
export interface AuditDraft extends Omit<AuditRecord, "id" | "recordedAt" | "changes" | "salt"> {
  readonly changes: ReadonlyArray<Change>
}

/** Which records a query is about; what is left out does not matter. Texts must be equal, but see `action`. */
export interface AuditFilter {
  readonly kind?: AuditKind
  /** An action, or the actions of a domain as `ledger.*`. */
  readonly action?: string
  readonly actorId?: string
  /** Whose data the act concerned, whether or not the owner acted. */
  readonly owner?: string
  readonly subject?: { readonly type: string; readonly id?: string }
  readonly outcome?: AuditOutcome
  /** Not before this instant. */
  readonly from?: DateTime.Utc
  /** Before this instant. */
  readonly until?: DateTime.Utc
  readonly requestId?: string
  readonly correlationId?: string
}

/** In which direction a query goes: by the time of recording, and the id among records of one millisecond. */
export type AuditOrder = "newest-first" | "oldest-first"
