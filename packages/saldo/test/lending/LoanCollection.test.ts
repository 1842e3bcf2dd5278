import { describe, expect, it } from "@effect/vitest"
import * as LoanListingArbitrary from "@saldo/testing/LoanListingArbitrary"
import * as MemoryLoanSource from "@saldo/testing/MemoryLoanSource"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { CollectionRuns } from "saldo/lending/CollectionRuns"
import { type CollectionProgress, LoanCollection } from "saldo/lending/LoanCollection"
import { LoanId, PlatformId } from "saldo/lending/LoanListing"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import { type LoanSourceError, RejectedListing, SchemaDrift } from "saldo/lending/LoanSource"
import * as SqlCollectionRuns from "saldo/lending/SqlCollectionRuns"
import * as SqlLoanListingStore from "saldo/lending/SqlLoanListingStore"
import * as Money from "saldo/money/Money"
import * as Migrations from "saldo/sql/Migrations"

const sqlStores = Layer.mergeAll(SqlLoanListingStore.layer, SqlCollectionRuns.layer, SqlAuditStore.layer).pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)

const storages = {
  memory: Layer.mergeAll(
    LoanListingStore.layerMemory,
    CollectionRuns.layerMemory,
    AuditStore.layerMemory,
    Atomic.layerMemory
  ),
  sqlite: sqlStores.pipe(Layer.provide(TestSqlite.layer)),
  postgres: sqlStores.pipe(Layer.provide(TestPostgres.layer))
}

const loans = (platform: PlatformId, from: number, to: number, fields: { readonly riskGrade?: string } = {}) =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    LoanListingArbitrary.example({ platform, loanId: `${from + index}`, ...fields })
  )

const platformOf = Effect.map(Id.make("c"), (id) => PlatformId.make(id.replace("_", "-")))

/** Collects from a source into the storage in scope. */
const collect = (
  source: MemoryLoanSource.MemoryLoanSourceOptions,
  options: Parameters<LoanCollection["Service"]["run"]>[0] = {}
) =>
  Effect.flatMap(LoanCollection, (collection) => collection.run(options)).pipe(
    Actor.as(Actor.system("market")),
    Effect.provide(LoanCollection.layer.pipe(Layer.provide([MemoryLoanSource.layer(source), AuditTrail.layer])))
  )

/** Tells when a page is stored: the next one is asked for before that. */
const whenStored = (page: number, stored: Deferred.Deferred<void>) => ({
  onProgress: (progress: CollectionProgress) =>
    progress.page === page ? Effect.asVoid(Deferred.succeed(stored, undefined)) : Effect.void
})

const idsIn = (platform: PlatformId) =>
  Effect.gen(function* () {
    const store = yield* LoanListingStore
    const page = yield* store.list({
      filter: { platform },
      sort: [{ by: "loanId", direction: "ascending" }],
      limit: 500
    })
    return page.items.map(({ listing }) => Number(listing.loanId)).sort((a, b) => a - b)
  })

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

type Services = LoanListingStore | CollectionRuns | AuditStore | Atomic

const programs: Array<
  readonly [name: string, program: (platform: PlatformId) => Effect.Effect<void, unknown, Services>]
> = []

const onEveryStorage = (name: string, program: (platform: PlatformId) => Effect.Effect<void, unknown, Services>) =>
  programs.push([name, program])

/** Runs an effect as if it were another time. Waiting stays real, because databases know no test clock. */
const asOf =
  (instant: DateTime.DateTime) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.clockWith((clock) =>
      Effect.provideService(
        effect,
        Clock.Clock,
        Object.assign(Object.create(clock), {
          currentTimeMillisUnsafe: () => instant.epochMilliseconds,
          currentTimeMillis: Effect.succeed(instant.epochMilliseconds)
        })
      )
    )

onEveryStorage("collects to the end, and tells what is new, changed and the same", (platform) =>
  Effect.gen(function* () {
    const steps: Array<CollectionProgress> = []
    let listings = loans(platform, 1, 7)
    const source = { platform, pages: () => MemoryLoanSource.inPages(listings, 3) }
    const first = yield* collect(source, { onProgress: (step) => Effect.sync(() => void steps.push(step)) })
    expect(first).toMatchObject({
      platform,
      pages: 3,
      seen: 7,
      inserted: 7,
      changed: 0,
      unchanged: 0,
      duplicates: 0,
      rejected: 0,
      total: 7,
      resumed: false,
      completeness: { _tag: "Complete" }
    })
    expect(steps.map(({ counts, page, total }) => [page, counts.seen, total])).toEqual([
      [1, 3, 7],
      [2, 6, 7],
      [3, 7, 7]
    ])
    listings = [...loans(platform, 1, 2, { riskGrade: "D" }), ...loans(platform, 3, 9)]
    const second = yield* collect(source)
    expect(second).toMatchObject({ seen: 9, inserted: 2, changed: 2, unchanged: 5 })
    expect(second.runId).not.toBe(first.runId)
    expect(yield* idsIn(platform)).toEqual(range(1, 9))
  })
)

onEveryStorage("counts a loan once that comes again, and stores its last listing", (platform) =>
  Effect.gen(function* () {
    const again = loans(platform, 2, 2, { riskGrade: "Z" })
    const pages = [
      [...loans(platform, 1, 2), ...loans(platform, 1, 1)],
      [...again, ...loans(platform, 3, 3)]
    ]
    const report = yield* collect({ platform, pages: () => pages.map((listings) => ({ listings })) })
    expect(report).toMatchObject({ seen: 3, inserted: 3, changed: 0, duplicates: 2 })
    const store = yield* LoanListingStore
    const stored = Option.getOrThrow(yield* store.find(platform, LoanId.make("2")))
    expect(stored.listing.riskGrade).toBe("Z")
  })
)

onEveryStorage("never takes a failure for the end, and resumes at the page that failed", (platform) =>
  Effect.gen(function* () {
    const read: Array<number> = []
    let failure: { readonly page: number; readonly reason: LoanSourceError["reason"] } | undefined = {
      page: 3,
      reason: "SessionExpired"
    }
    const source = {
      platform,
      pages: () => MemoryLoanSource.inPages(loans(platform, 1, 9), 2),
      failure: () => failure,
      beforePage: (page: number) => Effect.sync(() => void read.push(page))
    }
    const failed = yield* Effect.flip(collect(source))
    expect(failed).toMatchObject({
      _tag: "CollectionFailed",
      cause: { _tag: "LoanSourceError", reason: "SessionExpired", page: 3 },
      report: { pages: 2, seen: 4, completeness: { _tag: "Partial" } }
    })
    expect(yield* idsIn(platform)).toEqual(range(1, 4))
    const runs = yield* CollectionRuns
    expect(Option.getOrThrow(yield* runs.latest(platform))).toMatchObject({ state: "failed", nextPage: 3 })
    failure = undefined
    read.length = 0
    const report = yield* collect(source)
    expect(report).toMatchObject({ resumed: true, pages: 5, seen: 9, inserted: 9, completeness: { _tag: "Complete" } })
    expect(read).toEqual([3, 4, 5])
    expect(yield* idsIn(platform)).toEqual(range(1, 9))
    failure = { page: 1, reason: "LoginRejected" }
    expect(yield* Effect.flip(collect(source))).toMatchObject({
      report: { pages: 0 },
      cause: { reason: "LoginRejected" }
    })
  })
)

onEveryStorage("begins anew when told to, or when the unfinished run is old", (platform) =>
  Effect.gen(function* () {
    let failing = true
    const read: Array<number> = []
    const source = {
      platform,
      pages: () => MemoryLoanSource.inPages(loans(platform, 1, 4), 2),
      failure: () => (failing ? { page: 2, reason: "Network" as const } : undefined),
      beforePage: (page: number) => Effect.sync(() => void read.push(page))
    }
    yield* Effect.flip(collect(source))
    expect(yield* Effect.flip(collect(source, { resume: false }))).toMatchObject({
      report: { resumed: false, pages: 1 }
    })
    failing = false
    read.length = 0
    const tomorrow = DateTime.add(yield* DateTime.now, { hours: 7 })
    const report = yield* asOf(tomorrow)(collect(source))
    expect(report).toMatchObject({ resumed: false, unchanged: 2, inserted: 2 })
    expect(read).toEqual([1, 2])
  })
)

onEveryStorage("stops at a page limit and says that it is partial, unless that was all", (platform) =>
  Effect.gen(function* () {
    const source = { platform, pages: () => MemoryLoanSource.inPages(loans(platform, 1, 6), 2) }
    const report = yield* collect(source, { maxPages: 2 })
    expect(report).toMatchObject({
      pages: 2,
      seen: 4,
      completeness: { _tag: "Partial", reason: expect.stringContaining("2 pages") }
    })
    const runs = yield* CollectionRuns
    expect(Option.getOrThrow(yield* runs.find(report.runId))).toMatchObject({ state: "partial" })
    // A partial run is not taken up again: its limit was wanted.
    expect(yield* collect(source, { maxPages: 3 })).toMatchObject({
      resumed: false,
      pages: 3,
      completeness: { _tag: "Complete" }
    })
    const silent = yield* collect({ ...source, total: null }, { maxPages: 3 })
    expect(silent).toMatchObject({ total: null, completeness: { _tag: "Partial" } })
    expect(yield* collect({ ...source, total: null }, { maxPages: 4 })).toMatchObject({
      completeness: { _tag: "Complete" }
    })
  })
)

const rejectedRecord = new RejectedListing({
  loanId: "5122",
  field: "application_amount",
  problem: "The amount is 0 and must be above zero",
  raw: `{"loan_application_id":5122}`
})
const drift = new SchemaDrift({ path: "data.investment_options[].ltv", kind: "unknownKey", found: "number" })

onEveryStorage("keeps what is rejected with its reason, and reports drift once", (platform) =>
  Effect.gen(function* () {
    const tooWide = LoanListingArbitrary.example({ platform, loanId: "99", amount: Money.fromMinor(2n ** 64n, "SEK") })
    const source = {
      platform,
      pages: () => [
        { listings: [...loans(platform, 1, 2), tooWide], rejected: [rejectedRecord], drift: [drift, drift] },
        { listings: loans(platform, 3, 3), drift: [drift] }
      ]
    }
    const report = yield* collect(source)
    expect(report).toMatchObject({ seen: 3, rejected: 2, drift: 3, drifts: [{ drift, times: 3 }] })
    expect(report.rejections.map(({ field, loanId }) => [loanId, field])).toEqual([
      ["5122", "application_amount"],
      ["99", "amount"]
    ])
    const runs = yield* CollectionRuns
    const kept = yield* runs.rejected(report.runId)
    expect(kept.map(({ page, record }) => [page, record.loanId])).toEqual([
      [1, "5122"],
      [1, "99"]
    ])
    expect(kept[0]?.record).toEqual(rejectedRecord)
    expect(yield* idsIn(platform)).toEqual([1, 2, 3])
  })
)

onEveryStorage("lets a second collector take over, and stops the first without loss", (platform) =>
  Effect.gen(function* () {
    const page1 = yield* Deferred.make<void>()
    const goOn = yield* Deferred.make<void>()
    const source = { platform, pages: () => MemoryLoanSource.inPages(loans(platform, 1, 6), 2) }
    const beforePage = (page: number) => (page === 2 ? Deferred.await(goOn) : Effect.void)
    // What the first collector read before it was overtaken is older than what the second has stored.
    const stale = { platform, pages: () => MemoryLoanSource.inPages(loans(platform, 1, 6, { riskGrade: "old" }), 2) }
    const first = yield* Effect.forkChild(Effect.flip(collect({ ...stale, beforePage }, whenStored(1, page1))))
    yield* Deferred.await(page1)
    const report = yield* collect(source)
    expect(report).toMatchObject({
      resumed: true,
      pages: 3,
      seen: 6,
      duplicates: 0,
      completeness: { _tag: "Complete" }
    })
    yield* Deferred.succeed(goOn, undefined)
    expect(yield* Fiber.join(first)).toMatchObject({ _tag: "CollectionTakenOver", runId: report.runId, platform })
    const runs = yield* CollectionRuns
    expect(Option.getOrThrow(yield* runs.find(report.runId))).toMatchObject({ state: "complete", counts: { seen: 6 } })
    expect(yield* idsIn(platform)).toEqual(range(1, 6))
    const store = yield* LoanListingStore
    expect(yield* store.count({ platform, riskGrades: ["old"] })).toBe(2)
    expect((yield* store.history(platform, LoanId.make("3"))).length).toBe(1)
  })
)

onEveryStorage("resumes after an interruption in the middle of a page", (platform) =>
  Effect.gen(function* () {
    const page2 = yield* Deferred.make<void>()
    const source = { platform, pages: () => MemoryLoanSource.inPages(loans(platform, 1, 8), 2) }
    const beforePage = (page: number) => (page === 3 ? Effect.never : Effect.void)
    const fiber = yield* Effect.forkChild(collect({ ...source, beforePage }, whenStored(2, page2)))
    yield* Deferred.await(page2)
    yield* Fiber.interrupt(fiber)
    expect(yield* idsIn(platform)).toEqual(range(1, 4))
    expect(yield* collect(source)).toMatchObject({ resumed: true, pages: 4, seen: 8, inserted: 8 })
  })
)

onEveryStorage("records in the trail who began a run, who took it up and how it ended", (platform) =>
  Effect.gen(function* () {
    const pages = () => [{ listings: loans(platform, 1, 2) }, { listings: loans(platform, 3, 4) }]
    const failure = () => ({ page: 2, reason: "Unavailable" }) as const
    yield* Effect.flip(collect({ platform, pages, failure }))
    const { runId } = yield* collect({ platform, pages })
    const audit = yield* AuditStore
    const filter = { subject: { type: "collection", id: runId } }
    const { items } = yield* audit.list({ tenant: "market", filter, order: "oldest-first" })
    expect(items.map(({ action, actor }) => [action, actor.id])).toEqual([
      ["lending.begin-collection", "system"],
      ["lending.end-collection", "system"],
      ["lending.resume-collection", "system"],
      ["lending.end-collection", "system"]
    ])
  })
)

onEveryStorage("is for those who may collect, and touches nothing for others", (platform) =>
  Effect.gen(function* () {
    const visitor = new Actor.Identity({ kind: "user", tenant: "market", id: "eve", roles: [], permissions: [] })
    const source = MemoryLoanSource.layer({ platform, pages: () => [{ listings: loans(platform, 1, 2) }] })
    const refused = yield* Effect.flatMap(LoanCollection, (collection) => collection.run()).pipe(
      Actor.as(visitor),
      Effect.provide(LoanCollection.layer.pipe(Layer.provide([source, AuditTrail.layer]))),
      Effect.flip
    )
    expect(refused).toMatchObject({ _tag: "NotPermitted", permission: "lending:collect" })
    expect(Option.isNone(yield* (yield* CollectionRuns).latest(platform))).toBe(true)
    expect(yield* idsIn(platform)).toEqual([])
  })
)

onEveryStorage("keeps history in order when the clock is set back between collections", (platform) =>
  Effect.gen(function* () {
    let grade = "A"
    const source = { platform, pages: () => [{ listings: loans(platform, 1, 1, { riskGrade: grade }) }] }
    yield* asOf(DateTime.makeUnsafe("2026-03-10T00:00:00Z"))(collect(source))
    grade = "B"
    const report = yield* asOf(DateTime.makeUnsafe("2026-03-09T00:00:00Z"))(collect(source))
    expect(report).toMatchObject({ changed: 1, duplicates: 0 })
    const store = yield* LoanListingStore
    const history = yield* store.history(platform, LoanId.make("1"))
    expect(history.map(({ listing, recordedAt }) => [listing.riskGrade, DateTime.formatIso(recordedAt)])).toEqual([
      ["A", "2026-03-10T00:00:00.000Z"],
      ["B", "2026-03-10T00:00:00.000Z"]
    ])
  })
)

for (const [storage, layer] of Object.entries(storages)) {
  describe(`LoanCollection (${storage})`, () => {
    it.layer(layer, { excludeTestServices: true })((it) => {
      for (const [name, program] of programs) it.effect(name, () => Effect.flatMap(platformOf, program))
    })
  })
}
