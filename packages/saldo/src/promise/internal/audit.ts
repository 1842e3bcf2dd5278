/**
 * The audit trail, without Effect.
 */
import type * as Hold from "../../audit/AuditHold.ts"
import type * as Record from "../../audit/AuditRecord.ts"
import type * as Seal from "../../audit/AuditSeal.ts"
import type { CallOptions } from "./callOptions.ts"
import type { Plain } from "./plain.ts"

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
