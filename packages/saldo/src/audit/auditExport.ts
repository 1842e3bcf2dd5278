import * as Result from "effect/Result"
import { canonicalJson } from "../core/canonicalJson.ts"
import { auditContent } from "./auditContent.ts"
import type { AuditHead, SealedRecord } from "./AuditSeal.ts"

const lineOf = (value: unknown): string => Result.getOrThrow(canonicalJson(value))

const disclosuresOf = ({ record }: SealedRecord) =>
  (record?.changes ?? []).flatMap(({ after, before, path }) =>
    ([before, after] as const).flatMap((value, side) =>
      value._tag === "Personal" && value.disclosure !== null
        ? [{ path, side: side === 0 ? "before" : "after", digest: value.digest, ...value.disclosure }]
        : []
    )
  )

/**
 * A sealed record as a line of JSON without a line end, its members in canonical order.
 *
 * `content` is the very text that was hashed, as a JSON string, and null when the record was purged: its SHA-256 is
 * `contentDigest`, and `hash` is that of `previous` followed by `contentDigest`. `personal` lists the personal values that
 * have not been erased: the SHA-256 of the canonical JSON of `[salt, value]` is `digest`, which stands in the content.
 */
export const exportLine = (link: SealedRecord): string =>
  lineOf({
    type: "audit-record",
    tenant: link.tenant,
    sequence: link.sequence,
    id: link.recordId,
    previous: link.previous,
    contentDigest: link.contentDigest,
    hash: link.hash,
    content: link.record === null ? null : auditContent(link.record, link.sequence),
    personal: disclosuresOf(link)
  })

/** The last line of an export: how far the chain goes. */
export const exportHead = (tenant: string, head: AuditHead): string =>
  lineOf({ type: "audit-head", format: "saldo-audit-1", tenant, sequence: head.sequence, hash: head.hash })
