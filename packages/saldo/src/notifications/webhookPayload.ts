/**
 * What a record of the trail becomes as an event: its public part, in the form of Standard Webhooks.
 */
import type { AuditRecord, RecordedValue } from "../audit/AuditRecord.ts"
import { matchesAction } from "../audit/AuditHold.ts"
import { ownerOf } from "../audit/AuditRecord.ts"

/** The longest body of an event, in bytes of UTF-8. */
export const payloadLimitBytes = 20_000

/** Whether an endpoint with these patterns is told of a record. What concerns the safety of the system stays in the trail. */
export const isEventFor = (patterns: ReadonlyArray<string>, record: Pick<AuditRecord, "action" | "kind">): boolean =>
  record.kind === "action" && patterns.some((pattern) => matchesAction(pattern, record.action))

const shown = (value: RecordedValue): object => (value._tag === "Plain" ? { value: value.value } : {})

const sideOf = (name: "before" | "after", value: RecordedValue): object => {
  const side = shown(value)
  return "value" in side ? { [name]: side.value } : {}
}

const sizeOf = (text: string): number => new TextEncoder().encode(text).length

/**
 * The body of the event that a record is, as JSON text: `type` is the action, `timestamp` when it was recorded in ISO 8601, and
 * `data` says what the act was about, with what outcome, whose data it was, and what it changed as far as that is public.
 *
 * `changesOmitted` counts changes that are public and did not fit in `payloadLimitBytes`; what is not public counts for nothing.
 */
export const payloadOf = (record: AuditRecord, recordedAt: string): string => {
  const owner = ownerOf(record)
  const open = record.changes
    .filter(({ redaction }) => redaction === "public")
    .map(({ after, before, path }) => ({ path, ...sideOf("before", before), ...sideOf("after", after) }))
  const textWith = (kept: number): string =>
    JSON.stringify({
      type: record.action,
      timestamp: recordedAt,
      data: {
        tenant: record.tenant,
        subject: { type: record.subject.type, id: record.subject.id },
        outcome: record.outcome,
        reason: record.reason,
        owner: { tenant: owner.tenant, id: owner.id },
        changes: open.slice(0, kept),
        changesOmitted: open.length - kept
      }
    })
  const whole = textWith(open.length)
  if (sizeOf(whole) <= payloadLimitBytes) return whole
  let [fits, tooMany] = [0, open.length]
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2)
    if (sizeOf(textWith(middle)) <= payloadLimitBytes) fits = middle
    else tooMany = middle
  }
  return textWith(fits)
}
