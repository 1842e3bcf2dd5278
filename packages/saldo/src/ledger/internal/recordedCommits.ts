/**
 * Commits whose records in the audit trail are written by the same statement, by stores that can: it saves the round trips of
 * a transaction, and nobody waits for them.
 */
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Result from "effect/Result"
import type { AuditDraft } from "../../audit/AuditRecord.ts"
import type { Recorder } from "../../audit/internal/recorders.ts"
import type { Atomic } from "../../core/Atomic.ts"
import type { IdempotencyMismatch } from "../../core/Command.ts"
import type { EntryId } from "../JournalEntry.ts"
import type { LedgerRefusal } from "../LedgerRefusal.ts"
import type { CommitOutcome, CommitRequest, LedgerStore } from "../LedgerStore.ts"

/** What the trail is told of a command that was carried out now: the ids of its entries, or why there are none. */
export type Decided = Result.Result<ReadonlyArray<EntryId>, LedgerRefusal | IdempotencyMismatch>

/** How a store commits together with records. */
export interface RecordedCommits {
  /** What else would span both; who uses another one expects more of it. */
  readonly atomic: Atomic["Service"]
  /** Whether the records of this recorder can be written along. */
  readonly takes: (recorder: Recorder) => boolean
  /**
   * Commits as the store's `commit` does, outside any transaction, and records what `draftsOf` says of the commands in their
   * order. `None` when only a transaction can tell what is to be done; then nothing was written.
   */
  readonly commit: (
    request: CommitRequest,
    recorder: Recorder,
    draftsOf: (decided: ReadonlyArray<Decided>) => Effect.Effect<ReadonlyArray<AuditDraft>>
  ) => Effect.Effect<Option.Option<ReadonlyArray<CommitOutcome>>>
}

const known = new WeakMap<LedgerStore["Service"], RecordedCommits>()

/** Says how a store commits together with records. */
export const commitsRecorded = (store: LedgerStore["Service"], commits: RecordedCommits): void => {
  known.set(store, commits)
}

/** How a store commits together with records; `undefined` for one that cannot, or that wraps one that can. */
export const recordedCommitsOf = (store: LedgerStore["Service"]): RecordedCommits | undefined => known.get(store)
