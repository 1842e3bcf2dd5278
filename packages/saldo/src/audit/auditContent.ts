import * as Result from "effect/Result"
import { canonicalJson } from "../core/canonicalJson.ts"
import { sha256 } from "../core/sha256.ts"
import type { AuditRecord, Disclosure, RecordedValue } from "./AuditRecord.ts"
import type { AuditHead, AuditSeal } from "./AuditSeal.ts"

/** Everything in a record passed a schema or `changes`, so JSON can hold it; anything else is a bug. */
const textOf = (value: unknown): string => Result.getOrThrow(canonicalJson(value))

/** The digest that stands in the chain for a personal value: SHA-256 of the canonical JSON of `[salt, value]`. */
export const disclosureDigest = ({ salt, value }: Disclosure): string => sha256(textOf([salt, value]))

const hashedValue = (value: RecordedValue): unknown =>
  value._tag === "Personal" ? { _tag: value._tag, digest: value.digest } : value

/**
 * The text of a record that is hashed: its canonical JSON with its sequence number, and with the digests of personal values
 * in place of the values.
 */
export const auditContent = (record: AuditRecord, sequence: number): string =>
  textOf({
    v: 1,
    sequence,
    id: record.id,
    tenant: record.tenant,
    recordedAt: record.recordedAt.epochMilliseconds,
    kind: record.kind,
    actor: { kind: record.actor.kind, id: record.actor.id },
    onBehalfOf: record.onBehalfOf === null ? null : { tenant: record.onBehalfOf.tenant, id: record.onBehalfOf.id },
    action: record.action,
    subject: { type: record.subject.type, id: record.subject.id },
    outcome: record.outcome,
    reason: record.reason,
    changes: record.changes.map(({ after, before, path, redaction }) => ({
      path,
      redaction,
      before: hashedValue(before),
      after: hashedValue(after)
    })),
    requestId: record.requestId,
    causationId: record.causationId,
    correlationId: record.correlationId,
    salt: record.salt
  })

/** The SHA-256 of a record's content at a place in the chain. */
export const contentDigestOf = (record: AuditRecord, sequence: number): string => sha256(auditContent(record, sequence))

/** The hash of a link: SHA-256 of the hash before it and its content digest, both as hexadecimal digits, joined. */
export const linkHash = (previous: string, contentDigest: string): string => sha256(previous + contentDigest)

/** The links that put records behind a head, in their order. */
export const sealsAfter = (head: AuditHead, records: ReadonlyArray<AuditRecord>): ReadonlyArray<AuditSeal> => {
  let { hash, sequence } = head
  return records.map((record) => {
    const previous = hash
    sequence += 1
    const contentDigest = contentDigestOf(record, sequence)
    hash = linkHash(previous, contentDigest)
    return { tenant: record.tenant, sequence, recordId: record.id, contentDigest, previous, hash }
  })
}

/** The JSON pointer of the first personal value of a record whose digest is not that of the value beside it. */
export const falseDisclosure = (record: AuditRecord): string | undefined =>
  record.changes.find((change) =>
    [change.before, change.after].some(
      (value) =>
        value._tag === "Personal" && value.disclosure !== null && disclosureDigest(value.disclosure) !== value.digest
    )
  )?.path

/** Whether personal values of a record are gone. */
export const isErased = (record: AuditRecord): boolean =>
  record.changes.some((change) =>
    [change.before, change.after].some((value) => value._tag === "Personal" && value.disclosure === null)
  )

/** A record without its personal values, of which the digests stay. */
export const erased = (record: AuditRecord): AuditRecord => {
  const without = (value: RecordedValue): RecordedValue =>
    value._tag === "Personal" ? { ...value, disclosure: null } : value
  return {
    ...record,
    changes: record.changes.map((change) => ({
      ...change,
      before: without(change.before),
      after: without(change.after)
    }))
  }
}
