/**
 * Loans that others offer, without Effect.
 */
import type * as Collection from "../../lending/LoanCollection.ts"
import type * as Query from "../../lending/LoanListingQuery.ts"
import type { LoanPlatform } from "../../lending/LoanPlatform.ts"
import type { PortfolioStatistics } from "../../lending/portfolioStatistics.ts"
import type * as Stored from "../../lending/StoredListing.ts"
import type { CallOptions } from "./callOptions.ts"
import type { Plain } from "./plain.ts"

/** A listing and when it was met. */
export type StoredListing = Plain<Stored.StoredListing>

/** One version of a listing, with what it changed. */
export type LoanListingVersion = Plain<Stored.LoanListingVersion>

/** Which listings to give; every part is optional, and all parts must hold. */
export type LoanListingFilter = Plain<Query.LoanListingFilter>

/** What a collection did. */
export type CollectionReport = Plain<Collection.CollectionReport>

/** How far a collection has come. */
export type CollectionProgress = Plain<Collection.CollectionProgress>

/** A page of listings; `next` is the cursor of the following one, null on the last. */
export interface ListingPage {
  readonly items: ReadonlyArray<StoredListing>
  readonly next: string | null
}

/** How to collect. */
export interface CollectOptions extends CallOptions {
  /** Stop after so many pages, and report the collection as partial. */
  readonly maxPages?: number
  /** Go on where an unfinished collection stopped: true when left out. */
  readonly resume?: boolean
  /** Told after every page that is stored. */
  readonly onProgress?: (progress: CollectionProgress) => void
}

/** Which page of listings to give. */
export interface ListOptions extends CallOptions {
  readonly sort?: ReadonlyArray<Query.LoanListingSort>
  /** 1 to 500; 50 when left out. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
}

/** Loans that others offer and we watch. */
export interface Loans {
  /** Reads a platform's listings to the end and stores them. Rejects with `CollectionFailed` or `CollectionTakenOver`. */
  readonly collect: (platform: LoanPlatform, options?: CollectOptions) => Promise<CollectionReport>
  readonly find: (platform: string, loanId: string, options?: CallOptions) => Promise<StoredListing | undefined>
  /** All versions of one listing, the first one first; empty when it is unknown. */
  readonly history: (
    platform: string,
    loanId: string,
    options?: CallOptions
  ) => Promise<ReadonlyArray<LoanListingVersion>>
  /** One page, newest first unless sorted. Rejects with `FilterInvalid`, `InvalidCursor` or `CursorMismatch`. */
  readonly list: (filter?: LoanListingFilter, options?: ListOptions) => Promise<ListingPage>
  readonly count: (filter?: LoanListingFilter, options?: CallOptions) => Promise<number>
  /** Every listing that passes, with flat memory. */
  readonly all: (filter?: LoanListingFilter, options?: CallOptions) => AsyncIterable<StoredListing>
  /** Counts and measures; open loans have been open until `asOf`, now when left out. */
  readonly statistics: (
    filter?: LoanListingFilter,
    options?: CallOptions & { readonly asOf?: Date }
  ) => Promise<PortfolioStatistics>
}
