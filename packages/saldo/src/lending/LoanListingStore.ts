import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as Page from "../core/Page.ts"
import { lastOfEachLoan, loanKey } from "./listingBatch.ts"
import { listingChanges, listingContent } from "./listingContent.ts"
import { type IndexedListing, listingIndex } from "./listingIndex.ts"
import { comparePositions, compareText, positionOf } from "./listingOrder.ts"
import { matchesTerms } from "./listingTerms.ts"
import type { LoanId, LoanListing, PlatformId } from "./LoanListing.ts"
import {
  type FilterInvalid,
  type ListingPage,
  type ListingPageRequest,
  type LoanListingFilter,
  planPage,
  termsOf
} from "./LoanListingQuery.ts"
import {
  type CollectionRunId,
  findUnstorable,
  type ListingUnstorable,
  type LoanListingVersion,
  type Sighting,
  type StoredListing,
  type UpsertResult
} from "./StoredListing.ts"

/**
 * Port: keeps what platforms told about their loans, with the full history of changes.
 *
 * Contract:
 * - A loan is its platform and its id there. `upsert` keeps one version per *content*: it inserts a loan that is new,
 *   appends a version when any content field differs (`contentFields`), and otherwise leaves the version and
 *   `updatedAt` alone and only moves `lastSeenAt`. The raw record is kept with every version.
 * - When a loan comes more than once in a batch, the last one counts, and there is one result per loan, in the order of
 *   first appearance.
 * - A batch happens as a whole or not at all, and joins a running `Atomic.run`. A listing that cannot be kept exactly
 *   fails the batch with `ListingUnstorable`; nothing is written then.
 * - Times never run backwards: a sighting before the latest one moves neither `lastSeenAt` nor the order of history,
 *   so a clock that was set back cannot reorder versions.
 * - `list` gives every listing that passes the filter exactly once over its pages, as long as none of them changes
 *   its place in between. Text is found as `searchText` says, the same on every storage.
 * - `all` streams in the order of platform and id with flat memory. It sees each listing at most once and each
 *   listing that is there from start to end exactly once; it is not a snapshot, so a version written meanwhile may be
 *   the one it gives.
 * - `revision` names the contents of a platform, or of all of them: once an upsert that inserted or changed a loan has
 *   succeeded, everybody is told another name, and never again an earlier one. So what was made of listings read after
 *   a name was told is up to date as long as that name is told.
 *
 * Concurrency: batches are serialisable. Of concurrent upserts of one loan exactly one is told `inserted`; versions
 * count 1, 2, 3 … without gaps, and the last to commit is the current one.
 */
export class LoanListingStore extends Context.Service<
  LoanListingStore,
  {
    readonly upsert: (
      listings: ReadonlyArray<LoanListing>,
      sighting: Sighting
    ) => Effect.Effect<ReadonlyArray<UpsertResult>, ListingUnstorable>
    readonly find: (platform: PlatformId, loanId: LoanId) => Effect.Effect<Option.Option<StoredListing>>
    /** All versions from the first to the current one; empty when the loan is unknown. */
    readonly history: (platform: PlatformId, loanId: LoanId) => Effect.Effect<ReadonlyArray<LoanListingVersion>>
    readonly list: (
      request?: ListingPageRequest
    ) => Effect.Effect<ListingPage, FilterInvalid | Page.InvalidCursor | Page.CursorMismatch>
    readonly count: (filter?: LoanListingFilter) => Effect.Effect<number, FilterInvalid>
    readonly all: (filter?: LoanListingFilter) => Stream.Stream<StoredListing, FilterInvalid>
    readonly revision: (platform?: PlatformId) => Effect.Effect<string>
  }
>()("saldo/lending/LoanListingStore") {
  /** A store in memory that takes part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<LoanListingStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

interface MemoryRow {
  readonly index: IndexedListing
  readonly content: string
  readonly current: StoredListing
  readonly versions: ReadonlyArray<Pick<LoanListingVersion, "listing" | "recordedAt" | "version">>
  readonly runId: CollectionRunId | undefined
}

const later = (left: DateTime.Utc, right: DateTime.Utc): DateTime.Utc =>
  DateTime.isLessThan(left, right) ? right : left

const indexed = ({ firstSeenAt, lastSeenAt, listing, updatedAt }: StoredListing): IndexedListing => ({
  ...listingIndex(listing),
  platform: listing.platform,
  loanId: listing.loanId,
  firstSeenAt: BigInt(firstSeenAt.epochMilliseconds),
  updatedAt: BigInt(updatedAt.epochMilliseconds),
  lastSeenAt: BigInt(lastSeenAt.epochMilliseconds)
})

const inserted = (listing: LoanListing, { runId, seenAt }: Sighting): MemoryRow => {
  const current = { listing, version: 1, firstSeenAt: seenAt, updatedAt: seenAt, lastSeenAt: seenAt }
  return {
    current,
    index: indexed(current),
    content: listingContent(listing),
    versions: [{ version: 1, recordedAt: seenAt, listing }],
    runId
  }
}

const seenAgain = (row: MemoryRow, { runId, seenAt }: Sighting): MemoryRow => {
  const lastSeenAt = later(row.current.lastSeenAt, seenAt)
  return {
    ...row,
    current: { ...row.current, lastSeenAt },
    index: { ...row.index, lastSeenAt: BigInt(lastSeenAt.epochMilliseconds) },
    runId
  }
}

const changed = (row: MemoryRow, listing: LoanListing, sighting: Sighting): MemoryRow => {
  const seen = seenAgain(row, sighting)
  const current = {
    ...seen.current,
    listing,
    version: row.current.version + 1,
    updatedAt: later(row.current.updatedAt, sighting.seenAt)
  }
  const version = { version: current.version, recordedAt: current.updatedAt, listing }
  return {
    current,
    index: indexed(current),
    content: listingContent(listing),
    versions: [...row.versions, version],
    runId: sighting.runId
  }
}

const upsertOne = (
  rows: MemoryTable.Rows<string, MemoryRow>,
  listing: LoanListing,
  sighting: Sighting
): UpsertResult => {
  const { loanId, platform } = listing
  const key = loanKey(listing)
  const row = rows.get(key)
  if (row === undefined) {
    rows.set(key, inserted(listing, sighting))
    return { platform, loanId, outcome: "inserted", repeated: false }
  }
  const repeated = sighting.runId !== undefined && row.runId === sighting.runId
  const same = row.content === listingContent(listing)
  rows.set(key, same ? seenAgain(row, sighting) : changed(row, listing, sighting))
  return { platform, loanId, outcome: same ? "unchanged" : "changed", repeated }
}

const withChanges = (versions: MemoryRow["versions"]): ReadonlyArray<LoanListingVersion> =>
  versions.map((version, position) => {
    const previous = versions[position - 1]
    return { ...version, changes: previous === undefined ? [] : listingChanges(previous.listing, version.listing) }
  })

const makeMemory: Effect.Effect<LoanListingStore["Service"]> = Effect.gen(function* () {
  const table = yield* MemoryTable.make<string, MemoryRow>()

  const matching = (filter: LoanListingFilter | undefined) =>
    Effect.flatMap(Effect.fromResult(termsOf(filter)), (terms) =>
      table.read((rows) => [...rows.values()].filter(({ index }) => matchesTerms(terms, index)))
    )

  return LoanListingStore.of({
    upsert: (listings, sighting) =>
      Effect.suspend(() => {
        const unstorable = findUnstorable(listings)
        return unstorable === undefined
          ? table.modify((rows) => lastOfEachLoan(listings).map((listing) => upsertOne(rows, listing, sighting)))
          : Effect.fail(unstorable)
      }),
    find: (platform, loanId) =>
      Effect.map(
        table.get(loanKey({ platform, loanId })),
        Option.map(({ current }) => current)
      ),
    history: (platform, loanId) =>
      Effect.map(table.get(loanKey({ platform, loanId })), (row) =>
        Option.isNone(row) ? [] : withChanges(row.value.versions)
      ),
    list: Effect.fnUntraced(function* (request = {}) {
      const plan = yield* Effect.fromResult(planPage(request))
      const start = yield* Page.startOf(plan, request)
      const rows = yield* table.read((rows) => [...rows.values()])
      const found = rows
        .filter(({ index }) => matchesTerms(plan.terms, index))
        .map(({ current, index }) => ({ item: current, position: positionOf(plan.columns, index) }))
        .filter(({ position }) => start === undefined || comparePositions(plan.columns, position, start) > 0)
        .sort((left, right) => comparePositions(plan.columns, left.position, right.position))
      const { items, next } = Page.pageOf(plan, request, found, ({ position }) => position)
      return { items: items.map(({ item }) => item), next }
    }),
    count: (filter) => Effect.map(matching(filter), (rows) => rows.length),
    all: (filter) =>
      Stream.unwrap(
        Effect.map(matching(filter), (rows) =>
          Stream.fromIterable(
            rows
              .sort(
                (left, right) =>
                  compareText(left.index.platform, right.index.platform) ||
                  compareText(left.index.loanId, right.index.loanId)
              )
              .map(({ current }) => current)
          )
        )
      ),
    // Versions only ever grow, so their sum names the contents.
    revision: (platform) =>
      table.read((rows) => {
        let sum = 0
        for (const { current } of rows.values()) {
          if (platform === undefined || current.listing.platform === platform) sum += current.version
        }
        return String(sum)
      })
  })
})
