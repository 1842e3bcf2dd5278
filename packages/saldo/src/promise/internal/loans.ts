/**
 * Loans that others offer, without Effect.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { cursorFrom } from "../../core/Page.ts"
import * as Collection from "../../lending/LoanCollection.ts"
import { LoanId, PlatformId } from "../../lending/LoanListing.ts"
import * as Query from "../../lending/LoanListingQuery.ts"
import { LoanListingStore } from "../../lending/LoanListingStore.ts"
import { LoanPlatform } from "../../lending/LoanPlatform.ts"
import { makePortfolioStatistics, type PortfolioStatistics } from "../../lending/portfolioStatistics.ts"
import type * as Stored from "../../lending/StoredListing.ts"
import type { CallOptions } from "./callOptions.ts"
import type { Calls } from "./calls.ts"
import { fromPlain, type Plain, toPlain } from "./plain.ts"

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

const decodeFilter = Schema.decodeUnknownEffect(Schema.toType(Query.LoanListingFilter))

const filterOf = (filter: LoanListingFilter | undefined): Effect.Effect<Query.LoanListingFilter, Query.FilterInvalid> =>
  Effect.try({ try: () => fromPlain(filter ?? {}), catch: (error) => String(error) }).pipe(
    Effect.flatMap((given) => Effect.mapError(decodeFilter(given), (error) => error.message)),
    Effect.mapError((message) => new Query.FilterInvalid({ field: "filter", message }))
  )

const keyOf = (platform: string, loanId: string) =>
  Option.all([PlatformId.makeOption(platform), LoanId.makeOption(loanId)])

const listPage = Effect.fnUntraced(function* (filter: LoanListingFilter | undefined, options: ListOptions) {
  const store = yield* LoanListingStore
  const { cursor, limit, sort } = options
  const page = yield* store.list({
    filter: yield* filterOf(filter),
    ...(sort !== undefined && { sort }),
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor: yield* cursorFrom(cursor) })
  })
  return { items: page.items, next: page.next }
})

const collect = (platform: LoanPlatform, { maxPages, onProgress, resume }: CollectOptions) =>
  Effect.flatMap(Collection.LoanCollection, (collection) =>
    collection.run({
      ...(maxPages !== undefined && { maxPages }),
      ...(resume !== undefined && { resume }),
      ...(onProgress !== undefined && {
        onProgress: (progress: Collection.CollectionProgress) => Effect.sync(() => onProgress(toPlain(progress)))
      })
    })
  ).pipe(Effect.provide(Collection.LoanCollection.layer.pipe(Layer.provide(LoanPlatform.source(platform)))))

const statistics = Effect.fnUntraced(function* (filter: LoanListingFilter | undefined, asOf: Date | undefined) {
  const store = yield* LoanListingStore
  const now = yield* DateTime.now
  const fold = makePortfolioStatistics({ epochMilliseconds: asOf?.getTime() ?? now.epochMilliseconds })
  const chosen = yield* filterOf(filter)
  yield* Stream.runForEach(store.all(chosen), ({ listing }) => Effect.sync(() => fold.add(listing)))
  return fold.result()
})

/** The loans of an open Saldo. */
export const makeLoans = (calls: Calls): Loans => ({
  collect: (platform, options = {}) => calls.run(collect(platform, options), options),
  find: (platform, loanId, options) =>
    calls.run(
      Effect.gen(function* () {
        const store = yield* LoanListingStore
        const key = keyOf(platform, loanId)
        const found = Option.isNone(key) ? Option.none() : yield* store.find(...key.value)
        return Option.getOrUndefined(found)
      }),
      options
    ),
  history: (platform, loanId, options) =>
    calls.run(
      Effect.gen(function* () {
        const store = yield* LoanListingStore
        const key = keyOf(platform, loanId)
        return Option.isNone(key) ? [] : yield* store.history(...key.value)
      }),
      options
    ),
  list: (filter, options = {}) => calls.run(listPage(filter, options), options),
  count: (filter, options) =>
    calls.run(
      Effect.flatMap(LoanListingStore, (store) => Effect.flatMap(filterOf(filter), store.count)),
      options
    ),
  all: (filter, options) =>
    calls.iterate(
      Stream.unwrap(
        Effect.gen(function* () {
          const store = yield* LoanListingStore
          return store.all(yield* filterOf(filter))
        })
      ),
      options
    ),
  statistics: (filter, options) => calls.run(statistics(filter, options?.asOf), options)
})
