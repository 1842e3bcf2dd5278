import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, type NotPermitted, Permission } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Id from "../core/Id.ts"
import { type CollectionCounts, type CollectionRun, CollectionTakenOver } from "./CollectionRun.ts"
import { CollectionRuns } from "./CollectionRuns.ts"
import type { LoanListing, PlatformId } from "./LoanListing.ts"
import { LoanListingStore } from "./LoanListingStore.ts"
import { type LoanListingPage, LoanSource, LoanSourceError, RejectedListing, type SchemaDrift } from "./LoanSource.ts"
import { storageProblem } from "./storability.ts"
import type { CollectionRunId, UpsertResult } from "./StoredListing.ts"

/** To collect a platform's listings. */
export const collectPermission = Permission.make("lending:collect")

/** How to collect. */
export interface CollectionOptions {
  /**
   * Stop after so many pages in this call, at least one; the run is partial unless it met all. No limit when left
   * out.
   */
  readonly maxPages?: number
  /**
   * Take up an unfinished run of the last six hours at the page where it stopped: true when left out. False begins a
   * new run at the first page.
   */
  readonly resume?: boolean
  /** Told after every page that is stored. Its failure is not the collection's, so it has none. */
  readonly onProgress?: (progress: CollectionProgress) => Effect.Effect<void>
}

/** How far a collection has come. */
export interface CollectionProgress {
  readonly runId: CollectionRunId
  readonly platform: PlatformId
  /** The page that was just stored. */
  readonly page: number
  /** How many listings there are in all, when the platform says so. */
  readonly total: number | null
  /** What the run counted so far, over all the calls that it took. */
  readonly counts: CollectionCounts
}

/** Whether a collection met everything that the platform has. */
export type Completeness = { readonly _tag: "Complete" } | { readonly _tag: "Partial"; readonly reason: string }

/** What a collection did. Counts are of the whole run, over all the calls that it took. */
export interface CollectionReport extends CollectionCounts {
  readonly runId: CollectionRunId
  readonly platform: PlatformId
  readonly completeness: Completeness
  /** Whether this call took up a run that an earlier one left unfinished. */
  readonly resumed: boolean
  readonly total: number | null
  /** The first 100 records that this call rejected. `CollectionRuns.rejected` has all of the run. */
  readonly rejections: ReadonlyArray<RejectedListing>
  /** The different deviations from the known schema that this call met, 100 at most, with how often. */
  readonly drifts: ReadonlyArray<{ readonly drift: SchemaDrift; readonly times: number }>
}

/**
 * The source failed before it came to the end. What was stored stays, and the next collection goes on from the page
 * that failed. The report says how far it came: `pages` is 0 when nothing was read.
 */
export class CollectionFailed extends Schema.TaggedError<CollectionFailed>()(
  "CollectionFailed",
  { cause: LoanSourceError, report: Schema.declare((value): value is CollectionReport => typeof value === "object") },
  { httpApiStatus: 502 }
) {
  override get message(): string {
    return this.cause.message
  }
}

/**
 * Use case: reads a platform's listings to the end and stores them.
 *
 * Each page is stored in one transaction together with the place to go on from, so that a crash loses no stored row
 * and the next collection resumes at the page that was not stored. A failure of the source is a failure
 * (`CollectionFailed`), never the end of the listing. Two collectors of one platform do not harm each other: the
 * later one takes the run over where it stands and the earlier one stops with `CollectionTakenOver`.
 *
 * While one page is stored, the next is already read, and no more than two are ahead. What is read ahead and not stored
 * is read again by the next collection.
 *
 * A listing that the store cannot keep exactly is counted and kept as rejected, and the rest of its page is stored.
 *
 * The trail has a record of every call's beginning and of its end with the counts, in the transactions that begin and end
 * the run; pages have none of their own.
 */
export class LoanCollection extends Context.Service<
  LoanCollection,
  {
    readonly run: (
      options?: CollectionOptions
    ) => Effect.Effect<CollectionReport, CollectionFailed | CollectionTakenOver | NotPermitted, Actor>
  }
>()("saldo/lending/LoanCollection") {
  /** Collects from the source in scope into the store in scope. */
  static readonly layer: Layer.Layer<
    LoanCollection,
    never,
    LoanSource | LoanListingStore | CollectionRuns | Atomic | AuditTrail
  > = Layer.effect(
    this,
    Effect.suspend(() => make)
  )
}

/** An unfinished run older than this is begun anew: on the platform, pages have moved on. */
const resumable = Duration.hours(6)
const reportedRejections = 100
const reportedDrifts = 100

/** What one call remembers beside the record of its run. Memory stays flat however long the listing is. */
interface Call {
  run: CollectionRun
  pages: number
  readonly rejections: Array<RejectedListing>
  readonly drifts: Map<string, { readonly drift: SchemaDrift; times: number }>
}

/** Parts a page into what can be stored and what cannot. */
const triage = (page: LoanListingPage) => {
  const listings: Array<LoanListing> = []
  const rejected = [...page.rejected]
  for (const listing of page.listings) {
    const problem = storageProblem(listing)
    if (problem === undefined) listings.push(listing)
    else {
      rejected.push(
        new RejectedListing({
          loanId: listing.loanId,
          field: problem.field,
          problem: problem.message,
          raw: listing.raw
        })
      )
    }
  }
  return { listings, rejected }
}

const countPage = (
  counts: CollectionCounts,
  page: LoanListingPage,
  stored: { readonly listings: number; readonly rejected: number; readonly results: ReadonlyArray<UpsertResult> }
): CollectionCounts => {
  const fresh = stored.results.filter(({ repeated }) => !repeated)
  const of = (outcome: UpsertResult["outcome"]): number => fresh.filter((result) => result.outcome === outcome).length
  return {
    pages: counts.pages + 1,
    seen: counts.seen + fresh.length,
    inserted: counts.inserted + of("inserted"),
    changed: counts.changed + of("changed"),
    unchanged: counts.unchanged + of("unchanged"),
    duplicates: counts.duplicates + stored.listings - fresh.length,
    rejected: counts.rejected + stored.rejected,
    drift: counts.drift + page.drift.length
  }
}

const remember = (call: Call, page: LoanListingPage, rejected: ReadonlyArray<RejectedListing>): void => {
  call.rejections.push(...rejected.slice(0, reportedRejections - call.rejections.length))
  for (const drift of page.drift) {
    const key = JSON.stringify([drift.path, drift.kind, drift.found])
    const known = call.drifts.get(key)
    if (known !== undefined) known.times += 1
    else if (call.drifts.size < reportedDrifts) call.drifts.set(key, { drift, times: 1 })
  }
}

const reportOf = (call: Call, resumed: boolean, completeness: Completeness): CollectionReport => ({
  ...call.run.counts,
  runId: call.run.id,
  platform: call.run.platform,
  completeness,
  resumed,
  total: call.run.total,
  rejections: call.rejections,
  drifts: [...call.drifts.values()]
})

const make = Effect.gen(function* () {
  const source = yield* LoanSource
  const store = yield* LoanListingStore
  const runs = yield* CollectionRuns
  const atomic = yield* Atomic
  const audit = yield* AuditTrail

  const takenOver = (run: CollectionRun) => new CollectionTakenOver({ runId: run.id, platform: run.platform })

  /** Stores a page and the place after it, together; gives the run as it stands then. */
  const storePage = (run: CollectionRun, page: LoanListingPage, { listings, rejected }: ReturnType<typeof triage>) =>
    atomic.run(
      Effect.gen(function* () {
        const at = yield* DateTime.now
        const results = yield* Effect.orDie(store.upsert(listings, { seenAt: at, runId: run.id }))
        if (rejected.length > 0) yield* runs.reject(run.id, page.page, rejected)
        const counts = countPage(run.counts, page, { listings: listings.length, rejected: rejected.length, results })
        const progress = { nextPage: page.page + 1, total: page.total ?? run.total, counts, at }
        const held = yield* runs.checkpoint(run, progress)
        if (!held) return yield* takenOver(run)
        return { ...run, nextPage: progress.nextPage, total: progress.total, counts, updatedAt: at }
      })
    )

  const takePage = Effect.fnUntraced(function* (call: Call, page: LoanListingPage, options: CollectionOptions) {
    const parts = triage(page)
    call.run = yield* storePage(call.run, page, parts)
    call.pages += 1
    remember(call, page, parts.rejected)
    const { counts, id, platform, total } = call.run
    yield* options.onProgress?.({ runId: id, platform, page: page.page, total, counts }) ?? Effect.void
  })

  const end = Effect.fnUntraced(function* (
    call: Call,
    state: "complete" | "partial" | "failed",
    reason: string | null
  ) {
    yield* atomic.run(
      Effect.gen(function* () {
        const at = yield* DateTime.now
        const held = yield* runs.end(call.run, { state, reason, at })
        if (!held) return yield* takenOver(call.run)
        yield* audit.record({
          action: "lending.end-collection",
          subject: { type: "collection", id: call.run.id },
          changes: changes({ state: "running" }, { state, reason, ...call.run.counts })
        })
      })
    )
  })

  const begin = (options: CollectionOptions) =>
    atomic.run(
      Effect.gen(function* () {
        const id = yield* Id.make("collection")
        const at = yield* DateTime.now
        const resumeWithin = options.resume === false ? Duration.zero : resumable
        const run = yield* runs.begin({ id, platform: source.platform, at, resumeWithin })
        const resumed = run.id !== id
        yield* audit.record({
          action: resumed ? "lending.resume-collection" : "lending.begin-collection",
          subject: { type: "collection", id: run.id },
          changes: changes(null, { platform: run.platform, fence: run.fence, nextPage: run.nextPage })
        })
        return { run, resumed }
      })
    )

  const run = Effect.fn("LoanCollection.run")(function* (options: CollectionOptions = {}) {
    yield* Actor.require(collectPermission)
    const { resumed, run: begun } = yield* begin(options)
    const call: Call = { run: begun, pages: 0, rejections: [], drifts: new Map() }
    const limit = Math.max(1, options.maxPages ?? Infinity)
    const outcome = yield* source.pages({ fromPage: begun.nextPage }).pipe(
      Stream.take(limit),
      // The platform prepares the next page while this one is stored. A database in this process keeps the thread, so the
      // request for it leaves first.
      Stream.buffer({ capacity: 1 }),
      Stream.tap(() => Effect.yieldNow),
      Stream.mapEffect((page) => takePage(call, page, options)),
      Stream.runDrain,
      Effect.result
    )
    if (Result.isFailure(outcome)) {
      const cause = outcome.failure
      if (cause._tag === "CollectionTakenOver") return yield* cause
      yield* end(call, "failed", cause.message)
      const report = reportOf(call, resumed, { _tag: "Partial", reason: cause.message })
      return yield* new CollectionFailed({ cause, report })
    }
    // A platform that tells its total makes it known that the last page allowed was also the last there is.
    const metAll = call.run.total !== null && call.run.counts.seen >= call.run.total
    const reason = call.pages >= limit && !metAll ? `Stopped after ${call.pages} pages, as asked` : null
    yield* end(call, reason === null ? "complete" : "partial", reason)
    return reportOf(call, resumed, reason === null ? { _tag: "Complete" } : { _tag: "Partial", reason })
  })

  return LoanCollection.of({ run })
})
