import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { type Identity, Subject } from "../core/Actor.ts"
import { canonicalJson } from "../core/canonicalJson.ts"
import type { RequestIds } from "../core/RequestContext.ts"
import { disclosureDigest } from "./auditContent.ts"
import type {
  AuditDraft,
  AuditEntry,
  AuditKind,
  AuditRecord,
  AuditRecordId,
  Change,
  RecordedChange,
  RecordedValue
} from "./AuditRecord.ts"
import { jsonOf } from "./changes.ts"

/** Text that every database keeps: whole characters, without the one that Postgres refuses. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\uFFFD")

const storableSubject = (subject: Subject | undefined): Subject | null =>
  subject === undefined ? null : new Subject({ tenant: storable(subject.tenant), id: storable(subject.id) })

const storableOrNull = (text: string | undefined): string | null => (text === undefined ? null : storable(text))

/** The draft of an entry: what it says, who acts and in which request. */
export const draftOf = (kind: AuditKind, entry: AuditEntry, actor: Identity, request: RequestIds): AuditDraft => ({
  kind,
  tenant: storable(actor.tenant),
  actor: { kind: actor.kind, id: storable(actor.id) },
  onBehalfOf: storableSubject(entry.onBehalfOf ?? actor.onBehalfOf),
  action: entry.action,
  subject: { type: storable(entry.subject.type), id: storable(entry.subject.id) },
  outcome: entry.outcome ?? "succeeded",
  reason: storableOrNull(entry.reason),
  changes: entry.changes ?? [],
  requestId: storableOrNull(request.requestId),
  causationId: storableOrNull(request.causationId),
  correlationId: storableOrNull(request.correlationId)
})

/** A value that the hashed text can hold at its place; one that is too deep is a mistake in a program. */
const hashable = (value: Schema.Json): Schema.Json => {
  if (value !== null && typeof value === "object") Result.getOrThrow(canonicalJson([[[[[value]]]]]))
  return value
}

const recordedValue = (
  redaction: Change["redaction"],
  given: Schema.Json | undefined,
  salt: () => string
): RecordedValue => {
  const value = jsonOf(given)
  if (value === undefined) return { _tag: "Absent" }
  // Whatever a caller hands over under this class, it goes no further.
  if (redaction === "secret") return { _tag: "Secret" }
  if (redaction !== "personal") return { _tag: "Plain", value: hashable(value) }
  const disclosure = { salt: salt(), value: hashable(value) }
  return { _tag: "Personal", digest: disclosureDigest(disclosure), disclosure }
}

const recordedChange = ({ after, before, path, redaction }: Change, salt: () => string): RecordedChange => ({
  path: path.toWellFormed(),
  redaction,
  before: recordedValue(redaction, before, salt),
  after: recordedValue(redaction, after, salt)
})

/** The record of a draft. `salt` gives 32 random hexadecimal digits, others on each call. */
export const recordOf = (
  draft: AuditDraft,
  id: AuditRecordId,
  recordedAt: DateTime.Utc,
  salt: () => string
): AuditRecord => ({
  ...draft,
  id,
  recordedAt,
  changes: draft.changes.map((change) => recordedChange(change, salt)),
  salt: salt()
})

/** Which values of a record a reader sees; the others are masked. */
export interface Sight {
  readonly internal: boolean
  readonly personal: boolean
}

const seen = (value: RecordedValue, visible: boolean): RecordedValue =>
  visible || value._tag === "Absent" || value._tag === "Secret" ? value : { _tag: "Masked" }

/** A record as a reader with that sight gets it. */
export const masked = (record: AuditRecord, sight: Sight): AuditRecord => ({
  ...record,
  changes: record.changes.map((change) => {
    const visible =
      change.redaction === "public" ||
      (change.redaction === "internal" && sight.internal) ||
      (change.redaction === "personal" && sight.personal)
    return { ...change, before: seen(change.before, visible), after: seen(change.after, visible) }
  })
})
