import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import type { Atomic } from "saldo/core/Atomic"
import type * as Page from "saldo/core/Page"
import type { LoanListing, PlatformId } from "saldo/lending/LoanListing"
import type { LoanListingFilter, LoanListingSort } from "saldo/lending/LoanListingQuery"
import type { LoanListingStore } from "saldo/lending/LoanListingStore"
import { searchQuery, searchText } from "saldo/lending/searchText"
import * as Money from "saldo/money/Money"
import type { Check } from "../Check.ts"
import * as LoanListingArbitrary from "../LoanListingArbitrary.ts"
import { check, freshPlatform, type Subject } from "./loanListingCheck.ts"

/** The oracle: every version in an array, the newest last. */
interface Version {
  readonly listing: LoanListing
  readonly recordedAt: number
}

interface Loan {
  readonly versions: Array<Version>
  lastSeenAt: number
}

type Step =
  | { readonly _tag: "Upsert"; readonly listings: ReadonlyArray<LoanListing>; readonly seenAt: number }
  | {
      readonly _tag: "List"
      readonly filter: LoanListingFilter
      readonly sort: LoanListingSort
      readonly limit: number
    }

const day = 86_400_000
const start = Date.UTC(2026, 2, 1)

const filter: fc.Arbitrary<LoanListingFilter> = fc.oneof(
  fc.constant({}),
  fc.record({ text: fc.oneof(LoanListingArbitrary.title, fc.constantFrom("o", "Ö", "%", "_", "loan 1")) }),
  fc.record({ statuses: fc.subarray(["open", "closed", "funded", "unknown"] as const) }),
  fc.record({ riskGrades: fc.subarray(["A", "å", "nul\u0000"]) }),
  fc.record({
    amount: fc.record({
      minimum: fc.bigInt({ min: 1n, max: 20n }).map((steps) => Money.fromMinor(steps * 1_000_000n, "SEK"))
    })
  }),
  fc.record({
    listed: fc.record({
      before: fc.integer({ min: 0, max: 700 }).map((days) => DateTime.makeUnsafe(start - days * day))
    })
  }),
  fc.record({ fundedBps: fc.record({ maximum: fc.integer({ min: 0, max: 15_000 }) }) })
)

const sort: fc.Arbitrary<LoanListingSort> = fc.record({
  by: fc.constantFrom("listedAt", "rate", "durationMonths", "fundedBps", "status", "lastSeenAt", "loanId"),
  direction: fc.constantFrom("ascending", "descending")
})

/** Upserts draw from few listings, so that the same content comes again and a loan changes back and forth. */
const steps = (platform: PlatformId): fc.Arbitrary<ReadonlyArray<Step>> =>
  fc.array(LoanListingArbitrary.listing(platform, 6), { minLength: 1, maxLength: 12 }).chain(stepsFrom)

const stepsFrom = (pool: ReadonlyArray<LoanListing>): fc.Arbitrary<ReadonlyArray<Step>> =>
  fc.array(
    fc.oneof(
      fc.record({
        _tag: fc.constant("Upsert" as const),
        listings: fc.array(fc.constantFrom(...pool), { maxLength: 8 }),
        // Also backwards: clocks are set back.
        seenAt: fc.integer({ min: 0, max: 20 }).map((days) => start + days * day)
      }),
      fc.record({ _tag: fc.constant("List" as const), filter, sort, limit: fc.integer({ min: 1, max: 7 }) })
    ),
    { minLength: 1, maxLength: 8 }
  )

const contentOf = (listing: LoanListing): string =>
  JSON.stringify(listing, (key, value: unknown) => (key === "raw" ? undefined : value))

const upsertInto = (loans: Map<string, Loan>, listings: ReadonlyArray<LoanListing>, seenAt: number) => {
  const last = new Map(listings.map((listing) => [String(listing.loanId), listing]))
  const outcomes = new Map<string, string>()
  for (const [id, listing] of last) {
    const loan = loans.get(id)
    const current = loan?.versions.at(-1)
    if (loan === undefined || current === undefined) {
      loans.set(id, { versions: [{ listing, recordedAt: seenAt }], lastSeenAt: seenAt })
      outcomes.set(id, "inserted")
      continue
    }
    const same = contentOf(current.listing) === contentOf(listing)
    if (!same) loan.versions.push({ listing, recordedAt: Math.max(current.recordedAt, seenAt) })
    loan.lastSeenAt = Math.max(loan.lastSeenAt, seenAt)
    outcomes.set(id, same ? "unchanged" : "changed")
  }
  return outcomes
}

const passes = (
  { amount, fundedBps, listed, riskGrades, statuses, text }: LoanListingFilter,
  it: LoanListing
): boolean =>
  (statuses === undefined || statuses.includes(it.status)) &&
  (riskGrades === undefined || (it.riskGrade !== null && riskGrades.includes(it.riskGrade))) &&
  (amount?.minimum === undefined ||
    (it.amount.currency === amount.minimum.currency && it.amount.amount >= amount.minimum.amount)) &&
  (listed?.before === undefined ||
    (it.listedAt !== null && it.listedAt.epochMilliseconds < listed.before.epochMilliseconds)) &&
  (fundedBps?.maximum === undefined || (it.fundedBps !== null && it.fundedBps <= fundedBps.maximum)) &&
  (text === undefined || searchText([it.title, it.description, it.loanId]).includes(searchQuery(text)))

const sortValue = (loan: Loan, it: LoanListing, key: LoanListingSort["by"]): number | string | null => {
  switch (key) {
    case "listedAt":
      return it.listedAt?.epochMilliseconds ?? null
    case "rate":
      return it.annualRate === null ? null : Number(it.annualRate.coefficient) / 10 ** it.annualRate.scale
    case "durationMonths":
      return it.durationMonths
    case "fundedBps":
      return it.fundedBps
    case "status":
      return it.status
    case "lastSeenAt":
      return loan.lastSeenAt
    default:
      return it.loanId
  }
}

const listFrom = (loans: Map<string, Loan>, { filter, sort }: Extract<Step, { readonly _tag: "List" }>) =>
  [...loans.values()]
    .flatMap((loan) => loan.versions.slice(-1).map(({ listing }) => ({ loan, listing })))
    .filter(({ listing }) => passes(filter, listing))
    .sort((left, right) => {
      const [a, b] = [left, right].map(({ listing, loan }) => sortValue(loan, listing, sort.by))
      const ties = left.listing.loanId < right.listing.loanId ? -1 : 1
      if (a === b || a === undefined || b === undefined) return ties
      if (a === null || b === null) return a === null ? 1 : -1
      return a < b === (sort.direction === "ascending") ? -1 : 1
    })
    .map(({ listing }) => String(listing.loanId))

const runStep = ({ platform, store }: Subject, loans: Map<string, Loan>, step: Step) =>
  Effect.gen(function* () {
    if (step._tag === "Upsert") {
      const results = yield* store.upsert(step.listings, { seenAt: DateTime.makeUnsafe(step.seenAt) })
      const expected = upsertInto(loans, step.listings, step.seenAt)
      expect(results.map(({ loanId, outcome }) => [String(loanId), outcome])).toEqual([...expected])
      return
    }
    const ids: Array<string> = []
    let cursor: Page.Cursor | null = null
    do {
      const request = { filter: { ...step.filter, platform }, sort: [step.sort], limit: step.limit }
      const page: {
        readonly items: ReadonlyArray<{ readonly listing: LoanListing }>
        readonly next: Page.Cursor | null
      } = yield* store.list(cursor === null ? request : { ...request, cursor })
      ids.push(...page.items.map(({ listing }) => String(listing.loanId)))
      cursor = page.next
    } while (cursor !== null)
    expect(ids).toEqual(listFrom(loans, step))
  })

const compareAll = ({ platform, store }: Subject, loans: Map<string, Loan>) =>
  Effect.gen(function* () {
    const all = yield* Stream.runCollect(store.all({ platform }))
    const expected = [...loans.keys()].sort().flatMap((id) => loans.get(id) ?? [])
    expect(
      all.map(({ lastSeenAt, listing, version }) => ({ listing, version, at: lastSeenAt.epochMilliseconds }))
    ).toEqual(
      expected.map(({ lastSeenAt, versions }) => ({
        listing: versions.at(-1)?.listing,
        version: versions.length,
        at: lastSeenAt
      }))
    )
    for (const { versions } of expected) {
      const loanId = versions[0]?.listing.loanId
      if (loanId === undefined) continue
      const history = yield* store.history(platform, loanId)
      expect(history.map(({ listing, recordedAt }) => ({ listing, recordedAt: recordedAt.epochMilliseconds }))).toEqual(
        versions
      )
    }
  })

/** The listing store against an array that does the same the obvious way. */
export const modelChecks: ReadonlyArray<Check<LoanListingStore | Atomic>> = [
  check("model", "does what an array would, over random programs of upserts and searches", ({ atomic, store }) =>
    Effect.gen(function* () {
      const context = yield* Effect.context()
      const run = Effect.runPromiseWith(context)
      const platform = yield* freshPlatform
      let programs = 0
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(steps(platform), async (program) => {
            // A platform of its own for every program, as nothing is ever deleted.
            const own = `${platform.slice(0, 20)}-${programs++}` as PlatformId
            const subject = { atomic, store, platform: own }
            const loans = new Map<string, Loan>()
            const moved = program.map((step) =>
              step._tag === "List"
                ? step
                : { ...step, listings: step.listings.map((listing) => LoanListingArbitrary.moveTo(own, listing)) }
            )
            await run(
              Effect.andThen(
                Effect.forEach(moved, (step) => runStep(subject, loans, step)),
                compareAll(subject, loans)
              )
            )
          }),
          { numRuns: 40 }
        )
      )
    })
  )
]
