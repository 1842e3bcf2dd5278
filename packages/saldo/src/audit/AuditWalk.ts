import type { AuditHead, AuditProblem, SealedRecord } from "./AuditSeal.ts"
import type { SequenceRange } from "./sequenceRanges.ts"

/** What is wrong, and with which record. */
export interface Finding {
  readonly sequence: number
  readonly recordId: SealedRecord["recordId"] | null
  readonly problem: AuditProblem
  readonly detail: string
}

/** A link that is wrong, as long as the links behind it may still say what happened to it. */
export interface Suspect {
  readonly link: SealedRecord
  /** The hash that the link in this place has before it. */
  readonly previous: string
}

/** Records whose personal values are gone, all of the same scopes. */
export interface Erased {
  readonly first: number
  readonly scopes: ReadonlyArray<string>
}

/** How far a verification has come. One owner folds it over the links; it grows with what is wrong or gone, not with the chain. */
export interface Walk {
  readonly tenant: string
  readonly kept: AuditHead
  readonly head: AuditHead
  /** The link at the head. */
  readonly last: SealedRecord | undefined
  readonly purged: number
  readonly erasures: number
  /** Sequence numbers whose record is gone, without an act that says why. */
  readonly gone: ReadonlyArray<SequenceRange>
  readonly erased: ReadonlyMap<string, Erased>
  readonly finding: Finding | undefined
  readonly suspect: Suspect | undefined
}
