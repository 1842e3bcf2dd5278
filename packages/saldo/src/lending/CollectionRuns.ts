import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import { type CollectionCounts, type CollectionRun, type CollectionState, noCounts } from "./CollectionRun.ts"
import type { PlatformId } from "./LoanListing.ts"
import type { RejectedListing } from "./LoanSource.ts"
import type { CollectionRunId } from "./StoredListing.ts"

/** A request to collect a platform. */
export interface BeginRun {
  /** The id of the run, if a new one is begun. */
  readonly id: CollectionRunId
  readonly platform: PlatformId
  readonly at: DateTime.Utc
  /** Take up an unfinished run that was last written to within this time; `zero` always begins anew. */
  readonly resumeWithin: Duration.Duration
}

/** How far a run has come. */
export interface RunProgress {
  readonly nextPage: number
  readonly total: number | null
  readonly counts: CollectionCounts
  readonly at: DateTime.Utc
}

/** Who writes to a run: the run and the fence that `begin` gave. */
export type RunHolder = Pick<CollectionRun, "fence" | "id">

/** A rejected record of a run, with its page. */
export interface RejectedRecord {
  readonly page: number
  readonly record: RejectedListing
}

/**
 * Port: the records of collection runs, by which a collector resumes and two collectors do not harm each other.
 *
 * Contract:
 * - `begin` takes up the latest run of the platform when it is `running` or `failed` and young enough, and otherwise
 *   begins a new one at page 1. Either way the caller becomes the only holder: the fence of a resumed run grows by
 *   one, and a run that is left `running` by the new one is marked `failed`.
 * - `checkpoint` and `end` write only while the caller holds the run and it is running; they say whether they did.
 *   Called in the same `Atomic.run` as the writes of a page, `false` must make the caller roll it back.
 * - A rejected record is kept once per run and position: keeping the same page again changes nothing.
 * - A clock that was set back makes a run look young, never old: an unfinished run is rather resumed.
 *
 * Concurrency: of concurrent holders of one run the last to `begin` wins, and no checkpoint of an earlier one is
 * written after that.
 */
export class CollectionRuns extends Context.Service<
  CollectionRuns,
  {
    readonly begin: (request: BeginRun) => Effect.Effect<CollectionRun>
    readonly checkpoint: (holder: RunHolder, progress: RunProgress) => Effect.Effect<boolean>
    readonly end: (
      holder: RunHolder,
      end: {
        readonly state: Exclude<CollectionState, "running">
        readonly reason: string | null
        readonly at: DateTime.Utc
      }
    ) => Effect.Effect<boolean>
    readonly reject: (
      runId: CollectionRunId,
      page: number,
      records: ReadonlyArray<RejectedListing>
    ) => Effect.Effect<void>
    readonly find: (runId: CollectionRunId) => Effect.Effect<Option.Option<CollectionRun>>
    /** The run of a platform that began last. */
    readonly latest: (platform: PlatformId) => Effect.Effect<Option.Option<CollectionRun>>
    /** What a run rejected, by page and position. */
    readonly rejected: (runId: CollectionRunId) => Effect.Effect<ReadonlyArray<RejectedRecord>>
  }
>()("saldo/lending/CollectionRuns") {
  /** Run records in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<CollectionRuns> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

/** Whether a run may be taken up by a request. */
export const isResumable = (run: CollectionRun, request: BeginRun): boolean =>
  (run.state === "running" || run.state === "failed") &&
  Duration.isGreaterThan(request.resumeWithin, Duration.zero) &&
  Duration.isLessThanOrEqualTo(DateTime.distance(run.updatedAt, request.at), request.resumeWithin)

/** A new run of a request. */
export const newRun = ({ at, id, platform }: BeginRun): CollectionRun => ({
  id,
  platform,
  state: "running",
  fence: 1,
  nextPage: 1,
  total: null,
  counts: noCounts,
  startedAt: at,
  updatedAt: at,
  reason: null
})

/** A run as its new holder takes it up. */
export const resumedRun = (run: CollectionRun): CollectionRun => ({
  ...run,
  state: "running",
  fence: run.fence + 1,
  reason: null
})

/** What a run is told that is left behind by a newer one. */
export const leftBehind = "A newer run of the platform was begun before this one ended"

type RunRows = MemoryTable.Rows<string, CollectionRun>

const latestIn = (rows: Pick<RunRows, "values">, platform: PlatformId): CollectionRun | undefined => {
  // Rows come in the order in which runs began. Ids would not do: another machine's clock may have been ahead.
  let latest: CollectionRun | undefined
  for (const run of rows.values()) if (run.platform === platform) latest = run
  return latest
}

const beginIn = (rows: RunRows, request: BeginRun): CollectionRun => {
  const latest = latestIn(rows, request.platform)
  const resumes = latest !== undefined && isResumable(latest, request)
  const run = resumes ? resumedRun(latest) : newRun(request)
  if (!resumes && latest?.state === "running") {
    rows.set(latest.id, { ...latest, state: "failed", reason: leftBehind, fence: latest.fence + 1 })
  }
  rows.set(run.id, run)
  return run
}

const makeMemory: Effect.Effect<CollectionRuns["Service"]> = Effect.gen(function* () {
  const runs = yield* MemoryTable.make<string, CollectionRun>()
  const rejections = yield* MemoryTable.make<
    string,
    RejectedRecord & { readonly runId: string; readonly position: number }
  >()

  const writeHeld = (holder: RunHolder, change: (run: CollectionRun) => CollectionRun) =>
    runs.modify((rows) => {
      const run = rows.get(holder.id)
      if (run === undefined || run.fence !== holder.fence || run.state !== "running") return false
      rows.set(run.id, change(run))
      return true
    })

  return CollectionRuns.of({
    begin: (request) => runs.modify((rows) => beginIn(rows, request)),
    checkpoint: (holder, { at, ...progress }) => writeHeld(holder, (run) => ({ ...run, ...progress, updatedAt: at })),
    end: (holder, { at, reason, state }) => writeHeld(holder, (run) => ({ ...run, state, reason, updatedAt: at })),
    reject: (runId, page, records) =>
      rejections.modify((rows) => {
        for (const [position, record] of records.entries()) {
          const key = `${runId}/${page}/${position}`
          if (!rows.has(key)) rows.set(key, { runId, page, position, record })
        }
      }),
    find: (runId) => runs.get(runId),
    latest: (platform) =>
      Effect.map(
        runs.read((rows) => latestIn(rows, platform)),
        Option.fromNullishOr
      ),
    rejected: (runId) =>
      rejections.read((rows) =>
        [...rows.values()]
          .filter((row) => row.runId === runId)
          .sort((left, right) => left.page - right.page || left.position - right.position)
          .map(({ page, record }) => ({ page, record }))
      )
  })
})
