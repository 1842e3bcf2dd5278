import * as Schema from "effect/Schema"
import { type AuditRecord, AuditRecordId } from "./AuditRecord.ts"

/** How far a tenant's chain goes: the sequence number and the hash of its last seal. */
export const AuditHead = Schema.Struct({ sequence: Schema.Int, hash: Schema.String })

/** How far a tenant's chain goes. */
export type AuditHead = typeof AuditHead.Type

/** The head of a chain of which nothing is sealed: sequence 0, and 64 zeros for a hash. */
export const genesis: AuditHead = { sequence: 0, hash: "0".repeat(64) }

/**
 * A link of a tenant's chain: `hash` is the SHA-256 of `previous` and `contentDigest` written one after the other, and
 * `contentDigest` that of the record's canonical content with its sequence number.
 */
export interface AuditSeal {
  readonly tenant: string
  /** 1, 2, 3, … without a gap. */
  readonly sequence: number
  readonly recordId: AuditRecordId
  readonly contentDigest: string
  /** The hash of the link before, or that of `genesis`. */
  readonly previous: string
  readonly hash: string
}

/** A link with its record, which is null when the store no longer has it. */
export interface SealedRecord extends AuditSeal {
  readonly record: AuditRecord | null
}

/** How many records of a tenant wait for their seal, and the time of recording of the oldest, in epoch milliseconds. */
export interface AuditBacklog {
  readonly tenant: string
  readonly waiting: number
  readonly oldestAt: number
}

/** Records that do not hang together with the chain: neither sealed nor waiting, or waiting and gone. */
export interface AuditStrays {
  readonly unlinked: AuditRecordId | null
  readonly vanished: AuditRecordId | null
}

/**
 * What is wrong with a record of the trail.
 *
 * `missing`: it was there and is not, and no audited purge says why. `altered`: it or its link is not what was sealed.
 * `reordered`: it is genuine and stands elsewhere. `inserted`: it was never sealed at this place.
 */
export const AuditProblem = Schema.Literals(["missing", "altered", "reordered", "inserted"])

/** What is wrong with a record of the trail. */
export type AuditProblem = typeof AuditProblem.Type

/**
 * What a verification found.
 *
 * An intact trail gives the head to keep in another place: with it, later, a trail cut off behind is found out too.
 * `purged` and `erased` count records whose content or personal values are gone, each with an audited act that says so. A
 * broken trail names the first record that is wrong; `sequence` is null for one that no link names.
 */
export const AuditVerdict = Schema.Union([
  Schema.TaggedStruct("Intact", {
    tenant: Schema.String,
    head: AuditHead,
    records: Schema.Int,
    purged: Schema.Int,
    erased: Schema.Int,
    waiting: Schema.Int
  }),
  Schema.TaggedStruct("Broken", {
    tenant: Schema.String,
    sequence: Schema.NullOr(Schema.Int),
    recordId: Schema.NullOr(AuditRecordId),
    problem: AuditProblem,
    detail: Schema.String
  })
])

/** What a verification found. */
export type AuditVerdict = typeof AuditVerdict.Type
