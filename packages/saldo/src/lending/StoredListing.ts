/**
 * Listings as a store keeps them: the latest version with its times, and the versions before it.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import type { FieldChange } from "./listingContent.ts"
import type { LoanId, LoanListing, PlatformId } from "./LoanListing.ts"
import { storageProblem } from "./storability.ts"

/** Names one run of a collector. */
export const CollectionRunId = Id.schema("collection")

/** The id of one run of a collector. */
export type CollectionRunId = typeof CollectionRunId.Type

/** A listing and when it was met. */
export interface StoredListing {
  readonly listing: LoanListing
  /** Counts from 1; one more with every change. */
  readonly version: number
  readonly firstSeenAt: DateTime.Utc
  /** When its content last changed. */
  readonly updatedAt: DateTime.Utc
  /** When it was last met on its platform, changed or not. */
  readonly lastSeenAt: DateTime.Utc
}

/** One version of a listing: what it said, since when, and what that changed. */
export interface LoanListingVersion {
  readonly version: number
  /** Never before the version before it, even when the clock was set back in between. */
  readonly recordedAt: DateTime.Utc
  /** With the raw record as it came when this version was first met. */
  readonly listing: LoanListing
  /** Empty for the first version. */
  readonly changes: ReadonlyArray<FieldChange>
}

/** When and by whom a batch of listings was met. */
export interface Sighting {
  readonly seenAt: DateTime.Utc
  /** The run that met them, when it was one. */
  readonly runId?: CollectionRunId
}

/** What an upsert did with one loan. */
export interface UpsertResult {
  readonly platform: PlatformId
  readonly loanId: LoanId
  readonly outcome: "inserted" | "changed" | "unchanged"
  /** Whether the same run had met the loan before, in another batch. Always false without a run. */
  readonly repeated: boolean
}

/**
 * A listing that the store cannot keep without changing it: an amount beyond 64-bit minor units, or in a currency
 * that is neither of ISO 4217 nor registered. Nothing of its batch was written.
 */
export class ListingUnstorable extends Schema.TaggedError<ListingUnstorable>()(
  "ListingUnstorable",
  {
    platform: Schema.String,
    loanId: Schema.String,
    /** The field at fault, such as `amount`. */
    field: Schema.String,
    message: Schema.String
  },
  { httpApiStatus: 422 }
) {}

/** The first listing of a batch that cannot be kept exactly, as the failure to give. */
export const findUnstorable = (listings: ReadonlyArray<LoanListing>): ListingUnstorable | undefined => {
  for (const listing of listings) {
    const problem = storageProblem(listing)
    if (problem !== undefined) {
      return new ListingUnstorable({ platform: listing.platform, loanId: listing.loanId, ...problem })
    }
  }
  return undefined
}
