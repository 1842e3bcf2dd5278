import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { LoanId, type LoanListing, PlatformId } from "saldo/lending/LoanListing"
import type { LoanListingStore } from "saldo/lending/LoanListingStore"
import { CollectionRunId } from "saldo/lending/StoredListing"
import * as Currency from "saldo/money/Currency"
import * as Money from "saldo/money/Money"
import { type Check, register, type SuiteOptions } from "./Check.ts"
import { check, stored } from "./internal/loanListingCheck.ts"
import { modelChecks } from "./internal/loanListingModel.ts"
import { queryChecks } from "./internal/loanListingQueries.ts"
import { example } from "./LoanListingArbitrary.ts"

const at = (text: string) => DateTime.makeUnsafe(text)
const monday = at("2026-03-09T08:00:00.123Z")
const tuesday = at("2026-03-10T08:00:00Z")
const wednesday = at("2026-03-11T08:00:00Z")

const outcomes = (results: ReadonlyArray<{ readonly loanId: string; readonly outcome: string }>) =>
  results.map(({ loanId, outcome }) => `${loanId} ${outcome}`)

const upserts: ReadonlyArray<Check<LoanListingStore | Atomic>> = [
  check("insert", "inserts a new loan, and gives back exactly what was stored", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const listing = example({
        platform,
        loanId: "4840",
        description: "Mark vid sjön",
        minimumAmount: Money.of("500", "SEK")
      })
      expect(yield* store.upsert([listing], { seenAt: monday })).toEqual([
        { platform, loanId: "4840", outcome: "inserted", repeated: false }
      ])
      const it = yield* stored(subject, "4840")
      expect(it).toEqual({ listing, version: 1, firstSeenAt: monday, updatedAt: monday, lastSeenAt: monday })
      expect(yield* store.find(platform, LoanId.make("4841"))).toEqual(Option.none())
    })
  ),
  check("all-null", "keeps a listing of which only the required fields are known", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const listing = example({
        platform,
        loanId: "1",
        status: "unknown",
        fundedAmount: null,
        fundedBps: null,
        annualRate: null,
        durationMonths: null,
        riskGrade: null,
        country: null,
        listedAt: null,
        opensAt: null,
        closesAt: null,
        stateId: null,
        stateText: null,
        fullyFundedState: null
      })
      yield* store.upsert([listing], { seenAt: monday })
      expect((yield* stored(subject, "1")).listing).toEqual(listing)
      expect((yield* store.list({ filter: { platform } })).items.length).toBe(1)
    })
  ),
  check("unchanged", "leaves an unchanged loan's version and updatedAt alone, and moves lastSeenAt", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const listing = example({ platform, loanId: "1" })
      yield* store.upsert([listing], { seenAt: monday })
      // The same facts in another spelling: not a change, and the raw record stays that of the version.
      const again = example({ platform, loanId: "1", raw: `{"ticks": 7}` })
      expect(outcomes(yield* store.upsert([again], { seenAt: tuesday }))).toEqual(["1 unchanged"])
      const it = yield* stored(subject, "1")
      expect(it).toEqual({ listing, version: 1, firstSeenAt: monday, updatedAt: monday, lastSeenAt: tuesday })
      expect((yield* store.history(platform, listing.loanId)).length).toBe(1)
    })
  ),
  check("changed", "appends a version when a field changes, with the raw record as it came", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const first = example({ platform, loanId: "1", raw: `{"v":1}` })
      const second = example({ platform, loanId: "1", status: "funded", riskGrade: null, raw: `{"v":2}` })
      yield* store.upsert([first], { seenAt: monday })
      expect(outcomes(yield* store.upsert([second], { seenAt: tuesday }))).toEqual(["1 changed"])
      expect(yield* stored(subject, "1")).toEqual({
        listing: second,
        version: 2,
        firstSeenAt: monday,
        updatedAt: tuesday,
        lastSeenAt: tuesday
      })
      expect(yield* store.history(platform, first.loanId)).toEqual([
        { version: 1, recordedAt: monday, listing: first, changes: [] },
        {
          version: 2,
          recordedAt: tuesday,
          listing: second,
          changes: [
            { field: "status", from: "open", to: "funded" },
            { field: "riskGrade", from: "B", to: null }
          ]
        }
      ])
    })
  ),
  check("back-and-forth", "counts a change back to an earlier content as a new version", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const versions = ["A", "B", "A"].map((riskGrade) => example({ platform, loanId: "1", riskGrade }))
      for (const listing of versions) yield* store.upsert([listing], { seenAt: monday })
      const history = yield* store.history(platform, LoanId.make("1"))
      expect(history.map(({ listing, version }) => [version, listing.riskGrade])).toEqual([
        [1, "A"],
        [2, "B"],
        [3, "A"]
      ])
    })
  ),
  check("batch-duplicates", "lets the last of a loan's listings in a batch count, with one result", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const [a1, b, a2] = [
        ["a", "A"],
        ["b", "B"],
        ["a", "C"]
      ].map(([loanId = "", riskGrade = null]) => example({ platform, loanId, riskGrade }))
      const batch = [a1, b, a2].flatMap((listing) => listing ?? [])
      expect(outcomes(yield* store.upsert(batch, { seenAt: monday }))).toEqual(["a inserted", "b inserted"])
      expect((yield* stored(subject, "a")).listing.riskGrade).toBe("C")
      expect((yield* store.history(platform, LoanId.make("a"))).length).toBe(1)
      expect(yield* store.upsert([], { seenAt: monday })).toEqual([])
    })
  ),
  check("platforms", "keeps loans of different platforms apart, also in one batch", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const other = PlatformId.make(`${platform}x`)
      const batch = [platform, other].map((each) => example({ platform: each, loanId: "1", riskGrade: each }))
      expect(outcomes(yield* store.upsert(batch, { seenAt: monday }))).toEqual(["1 inserted", "1 inserted"])
      expect((yield* stored(subject, "1")).listing.riskGrade).toBe(platform)
      expect(yield* store.count({ platform: other })).toBe(1)
    })
  ),
  check("revision", "names contents anew when they change, and only then has the old name gone", (subject) =>
    Effect.gen(function* () {
      const { atomic, platform, store } = subject
      const other = PlatformId.make(`${platform}x`)
      const listing = (riskGrade: string) => example({ platform, loanId: "1", riskGrade })
      const told: Array<string> = [yield* store.revision(platform)]
      const all: Array<string> = [yield* store.revision()]
      const tell = Effect.gen(function* () {
        told.push(yield* store.revision(platform))
        all.push(yield* store.revision())
      })
      for (const grade of ["A", "B", "A"])
        yield* Effect.andThen(store.upsert([listing(grade)], { seenAt: monday }), tell)
      expect(new Set(told).size).toBe(4)
      expect(new Set(all).size).toBe(4)
      expect(yield* store.revision(platform)).toBe(told.at(-1))
      // What is taken back was never there.
      const undone = Effect.andThen(store.upsert([listing("C")], { seenAt: monday }), Effect.fail("no"))
      yield* Effect.flip(atomic.run(undone))
      expect(yield* store.revision(platform)).toBe(told.at(-1))
      yield* store.upsert([example({ platform: other, loanId: "1" })], { seenAt: monday })
      expect(yield* store.revision(platform)).toBe(told.at(-1))
      expect(all).not.toContain(yield* store.revision())
    })
  ),
  check("revisions-together", "gives each of concurrent changes a name of its own", ({ platform, store }) =>
    Effect.gen(function* () {
      const changes = Array.from({ length: 8 }, (_, loan) =>
        Effect.andThen(
          store.upsert([example({ platform, loanId: String(loan) })], { seenAt: monday }),
          store.revision(platform)
        )
      )
      const told = yield* Effect.all(changes, { concurrency: "unbounded" })
      const before = yield* store.revision(platform)
      // Whoever comes last is told what everybody is told afterwards.
      expect(told).toContain(before)
      yield* store.upsert([example({ platform, loanId: "another" })], { seenAt: monday })
      expect(told).not.toContain(yield* store.revision(platform))
    })
  ),
  check("clock-set-back", "keeps history in order when the clock was set back", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const seen = [tuesday, monday, monday, wednesday]
      const grades = ["A", "B", "B", "C"]
      for (const [index, seenAt] of seen.entries()) {
        yield* store.upsert([example({ platform, loanId: "1", riskGrade: grades[index] ?? null })], { seenAt })
      }
      const history = yield* store.history(platform, LoanId.make("1"))
      expect(history.map(({ listing, recordedAt }) => [listing.riskGrade, recordedAt])).toEqual([
        ["A", tuesday],
        ["B", tuesday],
        ["C", wednesday]
      ])
      expect((yield* stored(subject, "1")).lastSeenAt).toEqual(wednesday)
    })
  ),
  check("repeated", "tells a loan that the same run met before", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const [first, second] = [yield* Id.make("collection"), yield* Id.make("collection")].map((id) =>
        CollectionRunId.make(id)
      )
      const upsert = (runId: CollectionRunId | undefined, riskGrade: string) =>
        store
          .upsert(
            [example({ platform, loanId: "1", riskGrade })],
            runId === undefined ? { seenAt: monday } : { seenAt: monday, runId }
          )
          .pipe(Effect.map((results) => results.map(({ outcome, repeated }) => `${outcome} ${repeated}`)))
      expect(yield* upsert(first, "A")).toEqual(["inserted false"])
      expect(yield* upsert(first, "A")).toEqual(["unchanged true"])
      expect(yield* upsert(first, "B")).toEqual(["changed true"])
      expect(yield* upsert(second, "B")).toEqual(["unchanged false"])
      expect(yield* upsert(second, "B")).toEqual(["unchanged true"])
      expect(yield* upsert(undefined, "B")).toEqual(["unchanged false"])
      expect(yield* upsert(undefined, "B")).toEqual(["unchanged false"])
    })
  )
]

const transactions: ReadonlyArray<Check<LoanListingStore | Atomic>> = [
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, platform, store } = subject
      yield* store.upsert([example({ platform, loanId: "1", riskGrade: "A" })], { seenAt: monday })
      const batch = ["1", "2"].map((loanId) => example({ platform, loanId, riskGrade: "B" }))
      const exit = yield* store.upsert(batch, { seenAt: tuesday }).pipe(
        Effect.tap((results) => Effect.sync(() => expect(outcomes(results)).toEqual(["1 changed", "2 inserted"]))),
        Effect.andThen(Effect.fail("refused")),
        atomic.run,
        Effect.flip
      )
      expect(exit).toBe("refused")
      expect((yield* stored(subject, "1")).listing.riskGrade).toBe("A")
      expect((yield* stored(subject, "1")).lastSeenAt).toEqual(monday)
      expect((yield* store.history(platform, LoanId.make("1"))).length).toBe(1)
      expect(yield* store.count({ platform })).toBe(1)
    })
  ),
  check("one-inserts", "tells exactly one of concurrent upserts of a new loan that it inserted", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const listing = example({ platform, loanId: "1" })
      const results = yield* Effect.forEach(
        Array.from({ length: 10 }),
        () => store.upsert([listing], { seenAt: monday }),
        { concurrency: "unbounded" }
      )
      expect(results.flat().filter(({ outcome }) => outcome === "inserted").length).toBe(1)
      expect(results.flat().filter(({ outcome }) => outcome === "unchanged").length).toBe(9)
      expect((yield* store.history(platform, listing.loanId)).length).toBe(1)
    })
  ),
  check("no-lost-version", "loses no version of concurrent upserts, and counts without gaps", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const batches = Array.from({ length: 8 }, (_, index) =>
        // Batches in opposite orders, which would deadlock writers that lock row by row.
        (index % 2 === 0 ? ["1", "2", "3"] : ["3", "2", "1"]).map((loanId) =>
          example({ platform, loanId, durationMonths: index + 1 })
        )
      )
      yield* Effect.forEach(batches, (batch) => store.upsert(batch, { seenAt: monday }), { concurrency: "unbounded" })
      for (const loanId of ["1", "2", "3"]) {
        const history = yield* store.history(platform, LoanId.make(loanId))
        expect(history.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        expect(new Set(history.map(({ listing }) => listing.durationMonths)).size).toBe(8)
        expect((yield* stored(subject, loanId)).listing).toEqual(history.at(-1)?.listing)
      }
    })
  )
]

/**
 * Money that no constructor makes: in a currency that this process does not know, as a careless cast could bring in.
 */
const inUnknownCurrency = (): Money.Money =>
  Object.assign(Object.create(Money.Money.prototype), { amount: 100n, currency: "QQQ" })

const megabyte = "Bostäder 🏗 ".repeat(90_000)

const hostile: ReadonlyArray<Check<LoanListingStore | Atomic>> = [
  check(
    "hostile-text",
    "gives back any text as it was: a megabyte, emoji, HTML, quotes, control characters",
    (subject) =>
      Effect.gen(function* () {
        const { platform, store } = subject
        const titles = [
          megabyte,
          "<script>alert('x')</script> & \"Söner\"",
          "'); DROP TABLE saldo_lending_loan_listings; --",
          "100% _under_ \\ 🏗 𝔘 \u202E",
          "nul \u0000 tab \t line \n half \uD800 end"
        ]
        const listings = titles.map((title, index) =>
          example({
            platform,
            loanId: `n°${index}`,
            title,
            description: title,
            riskGrade: title.slice(0, 40),
            raw: JSON.stringify({ title })
          })
        )
        yield* store.upsert(listings, { seenAt: monday })
        for (const listing of listings) expect((yield* stored(subject, listing.loanId)).listing).toEqual(listing)
        expect(
          outcomes(yield* store.upsert(listings, { seenAt: tuesday })).every((text) => text.endsWith("unchanged"))
        ).toBe(true)
        const page = yield* store.list({
          filter: { platform },
          sort: [{ by: "title", direction: "ascending" }],
          limit: 2
        })
        expect(page.items.length).toBe(2)
        expect(yield* store.count({ platform, text: "bostäder 🏗 BOSTÄDER" })).toBe(1)
      })
  ),
  check("wide-amounts", "keeps amounts to the limits of 64 bits, in any registered currency", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      Currency.register({ code: "XSALDO", numeric: null, exponent: 8, name: "Saldo test token" })
      const largest = 2n ** 63n - 1n
      const listings = [
        example({ platform, loanId: "32", amount: Money.fromMinor(2n ** 31n, "SEK") }),
        example({ platform, loanId: "64", amount: Money.fromMinor(largest, "JPY") }),
        example({ platform, loanId: "token", amount: Money.of("1.00000001", "XSALDO") })
      ]
      yield* store.upsert(listings, { seenAt: monday })
      for (const listing of listings) expect((yield* stored(subject, listing.loanId)).listing).toEqual(listing)
      const page = yield* store.list({ filter: { platform, amount: { minimum: Money.fromMinor(largest, "JPY") } } })
      expect(page.items.map(({ listing }) => listing.loanId)).toEqual(["64"])
    })
  ),
  check("unstorable", "refuses the whole batch with a typed error when one listing cannot be kept exactly", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const good = example({ platform, loanId: "1" })
      const tooWide = example({ platform, loanId: "2", amount: Money.fromMinor(2n ** 63n, "SEK") })
      const unknown = example({ platform, loanId: "3", minimumAmount: inUnknownCurrency() })
      const cases: ReadonlyArray<readonly [LoanListing, string]> = [
        [tooWide, "amount"],
        [unknown, "minimumAmount"]
      ]
      for (const [bad, field] of cases) {
        const failure = yield* Effect.flip(store.upsert([good, bad], { seenAt: monday }))
        expect(failure).toMatchObject({ _tag: "ListingUnstorable", platform, loanId: bad.loanId, field })
        expect(yield* store.count({ platform })).toBe(0)
      }
    })
  ),
  check("stream", "streams every listing once, in the order of ids, past any page size", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      const listings = Array.from({ length: 1203 }, (_, index) =>
        example({ platform, loanId: `${index}`, country: index % 3 === 0 ? "NO" : "SE" })
      )
      yield* store.upsert(listings, { seenAt: monday })
      const ids = (filter: { readonly countries?: ReadonlyArray<string> }) =>
        store.all({ platform, ...filter }).pipe(
          Stream.map(({ listing }) => listing.loanId),
          Stream.runCollect
        )
      expect(yield* ids({})).toEqual(listings.map(({ loanId }) => loanId).sort())
      expect((yield* ids({ countries: ["NO"] })).length).toBe(401)
      expect(yield* ids({ countries: ["DK"] })).toEqual([])
      expect(yield* store.count({ platform, countries: ["SE"] })).toBe(802)
      expect((yield* store.all({ platform }).pipe(Stream.take(3), Stream.runCollect)).length).toBe(3)
    })
  )
]

/** What every `LoanListingStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<LoanListingStore | Atomic>> = [
  ...upserts,
  ...transactions,
  ...hostile,
  ...queryChecks,
  ...modelChecks
]

/** Tests a `LoanListingStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<LoanListingStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("LoanListingStore", checks, name, layer, options)
