/**
 * One pass of a collector over a platform: how far it came, what it counted, how it ended.
 */
import * as Schema from "effect/Schema"
import { PlatformId } from "./LoanListing.ts"
import { CollectionRunId } from "./StoredListing.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What a run counted. `seen` is the sum of inserted, changed and unchanged: every loan once per run. */
export const CollectionCounts = Schema.Struct({
  pages: Count,
  seen: Count,
  inserted: Count,
  changed: Count,
  unchanged: Count,
  /** Listings that came again, in the same page or a later one; the later one was stored. */
  duplicates: Count,
  rejected: Count,
  /** Differences from the known schema, each occurrence counted. */
  drift: Count
})

/** What a run counted. */
export type CollectionCounts = typeof CollectionCounts.Type

/** Nothing counted yet. */
export const noCounts: CollectionCounts = {
  pages: 0,
  seen: 0,
  inserted: 0,
  changed: 0,
  unchanged: 0,
  duplicates: 0,
  rejected: 0,
  drift: 0
}

/**
 * How a run stands: `running`, or left behind by a process that died; `complete`, when the platform had no more;
 * `partial`, when a page limit ended it; `failed`, when the source did.
 */
export const CollectionState = Schema.Literals(["running", "complete", "partial", "failed"])

/** One of the four states of a run. */
export type CollectionState = typeof CollectionState.Type

/** The record of a run. */
export const CollectionRun = Schema.Struct({
  id: CollectionRunId,
  platform: PlatformId,
  state: CollectionState,
  /** Grows by one whenever a collector takes the run over; only the holder of the latest may write. */
  fence: Count,
  /** The page to read next. */
  nextPage: Schema.Int,
  /** How many listings the platform said there are, when it did. */
  total: Schema.NullOr(Schema.Int),
  counts: CollectionCounts,
  startedAt: Schema.DateTimeUtc,
  /** When its last page was stored, or it ended. */
  updatedAt: Schema.DateTimeUtc,
  /** Why it is partial or failed, in one sentence; null otherwise. */
  reason: Schema.NullOr(Schema.String)
})

/** The record of a run. */
export type CollectionRun = typeof CollectionRun.Type

/** A platform's run was taken over by another collector: this one stopped, and the other goes on from its last page. */
export class CollectionTakenOver extends Schema.TaggedError<CollectionTakenOver>()(
  "CollectionTakenOver",
  { runId: CollectionRunId, platform: PlatformId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `Another collector of ${this.platform} took over the run ${this.runId}; this one stopped, nothing is lost`
  }
}
