import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { jsonText } from "../core/JsonText.ts"
import { AuditRecord, AuditRecordId, Disclosure, RecordedChange, type RecordedValue } from "./AuditRecord.ts"

const StoredValue = Schema.Union([
  Schema.TaggedStruct("Absent", {}),
  Schema.TaggedStruct("Plain", { value: Schema.Json }),
  Schema.TaggedStruct("Personal", { digest: Schema.String }),
  Schema.TaggedStruct("Secret", {}),
  Schema.TaggedStruct("Masked", {})
])

const StoredChanges = Schema.Array(Schema.Struct({ ...RecordedChange.fields, before: StoredValue, after: StoredValue }))

/** The personal values of a record, each with the number of its change, counted from zero, and its side. */
const Disclosures = Schema.Array(
  Schema.Struct({ change: Schema.Int, side: Schema.Literals(["before", "after"]), ...Disclosure.fields })
)

/** A record as a row: what is hashed in columns of its own, and its personal values in one column that can be blanked. */
const AuditRow = Schema.Struct({
  record_id: AuditRecordId,
  tenant: Schema.String,
  recorded_at: Schema.BigInt,
  kind: Schema.String,
  actor_kind: Schema.String,
  actor_id: Schema.String,
  on_behalf_of_tenant: Schema.NullOr(Schema.String),
  on_behalf_of_id: Schema.NullOr(Schema.String),
  action: Schema.String,
  subject_type: Schema.String,
  subject_id: Schema.String,
  outcome: Schema.String,
  reason: Schema.NullOr(Schema.String),
  changes: jsonText(StoredChanges),
  personal: Schema.NullOr(jsonText(Disclosures)),
  request_id: Schema.NullOr(Schema.String),
  causation_id: Schema.NullOr(Schema.String),
  correlation_id: Schema.NullOr(Schema.String),
  salt: Schema.String
})
type AuditRow = typeof AuditRow.Type

const decodeRow = Schema.decodeUnknownOption(AuditRow)
const decodeRecord = Schema.decodeUnknownOption(AuditRecord)

const withDisclosures = ({ changes, personal }: AuditRow) => {
  const disclosed = (change: number, side: "before" | "after") => {
    const found = personal?.find((each) => each.change === change && each.side === side)
    return found === undefined ? null : { salt: found.salt, value: found.value }
  }
  return changes.map((change, index) => {
    const whole = (side: "before" | "after") =>
      change[side]._tag === "Personal" ? { ...change[side], disclosure: disclosed(index, side) } : change[side]
    return { ...change, before: whole("before"), after: whole("after") }
  })
}

/** The record of a row; `None` when the row holds no record, which only somebody who went past the store can bring about. */
export const recordOfRow = (found: unknown): Option.Option<AuditRecord> =>
  Option.flatMap(decodeRow(found), (row) =>
    decodeRecord({
      id: row.record_id,
      tenant: row.tenant,
      recordedAt: Number(row.recorded_at),
      kind: row.kind,
      actor: { kind: row.actor_kind, id: row.actor_id },
      onBehalfOf:
        row.on_behalf_of_tenant === null && row.on_behalf_of_id === null
          ? null
          : { tenant: row.on_behalf_of_tenant, id: row.on_behalf_of_id },
      action: row.action,
      subject: { type: row.subject_type, id: row.subject_id },
      outcome: row.outcome,
      reason: row.reason,
      changes: withDisclosures(row),
      requestId: row.request_id,
      causationId: row.causation_id,
      correlationId: row.correlation_id,
      salt: row.salt
    })
  )

const stored = (value: RecordedValue): typeof StoredValue.Type =>
  value._tag === "Personal" ? { _tag: value._tag, digest: value.digest } : value

const personalOf = ({ changes }: AuditRecord): typeof Disclosures.Type =>
  changes.flatMap((each, change) =>
    (["before", "after"] as const).flatMap((side) => {
      const value = each[side]
      return value._tag === "Personal" && value.disclosure !== null ? [{ change, side, ...value.disclosure }] : []
    })
  )

/** The row of a record. */
export const rowOfRecord = (record: AuditRecord) => {
  const personal = personalOf(record)
  return {
    record_id: record.id,
    tenant: record.tenant,
    recorded_at: BigInt(record.recordedAt.epochMilliseconds),
    kind: record.kind,
    actor_kind: record.actor.kind,
    actor_id: record.actor.id,
    on_behalf_of_tenant: record.onBehalfOf?.tenant ?? null,
    on_behalf_of_id: record.onBehalfOf?.id ?? null,
    action: record.action,
    subject_type: record.subject.type,
    subject_id: record.subject.id,
    outcome: record.outcome,
    reason: record.reason,
    changes: JSON.stringify(
      record.changes.map((change) => ({ ...change, before: stored(change.before), after: stored(change.after) }))
    ),
    personal: personal.length === 0 ? null : JSON.stringify(personal),
    request_id: record.requestId,
    causation_id: record.causationId,
    correlation_id: record.correlationId,
    salt: record.salt
  }
}
