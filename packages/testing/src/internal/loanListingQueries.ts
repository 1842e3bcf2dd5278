import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Atomic } from "saldo/core/Atomic"
import * as Page from "saldo/core/Page"
import type { LoanListing, LoanListingStatus } from "saldo/lending/LoanListing"
import type { LoanListingFilter, LoanListingSort } from "saldo/lending/LoanListingQuery"
import type { LoanListingStore } from "saldo/lending/LoanListingStore"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import type { Check } from "../Check.ts"
import { example } from "../LoanListingArbitrary.ts"
import { check, type Subject } from "./loanListingCheck.ts"

const at = (text: string) => DateTime.makeUnsafe(text)
const seenAt = at("2026-03-10T11:00:00Z")

const insert = ({ store }: Subject, listings: ReadonlyArray<LoanListing>) => store.upsert(listings, { seenAt })

/** All ids that a request gives, over pages of two. */
const idsOf = (
  { platform, store }: Subject,
  filter: LoanListingFilter,
  sort: ReadonlyArray<LoanListingSort> = [{ by: "loanId", direction: "ascending" }]
) =>
  Effect.gen(function* () {
    const ids: Array<string> = []
    let cursor: Page.Cursor | null | undefined
    do {
      const page = yield* store.list({
        filter: { platform, ...filter },
        sort,
        limit: 2,
        ...(typeof cursor === "string" ? { cursor } : {})
      })
      expect(page.items.length).toBeLessThanOrEqual(2)
      ids.push(...page.items.map(({ listing }) => String(listing.loanId)))
      cursor = page.next
    } while (cursor !== null)
    expect(yield* store.count({ platform, ...filter })).toBe(ids.length)
    return ids.join(" ")
  })

const titles: Readonly<Record<string, string>> = {
  "1": "Lokal i Örebro",
  "2": "Lokal i Orebro",
  // The same word as 1 with the dots as characters of their own (NFD).
  "3": "LOKAL I O\u0308REBRO",
  "4": "Ærø rækkehuse",
  "5": "Köpcentrum København",
  "6": 'Café 100% _plus_ \\ O\'Brien "x"',
  "7": "Åre och Are"
}

const searches: ReadonlyArray<readonly [query: string, ids: string]> = [
  ["Örebro", "1 3"],
  ["ÖREBRO", "1 3"],
  ["o\u0308rebro", "1 3"],
  ["orebro", "1 2 3"],
  ["OREBRO", "1 2 3"],
  ["  lokal   i ", "1 2 3"],
  ["ærø", "4"],
  ["ÆRØ", "4"],
  ["äRÖ", "4"],
  ["aero", "4"],
  ["köp", "5"],
  ["kob", "5"],
  ["köb", "5"],
  ["cafe", "6"],
  ["CAFÉ", "6"],
  ["100%", "6"],
  ["%", "6"],
  ["_", "6"],
  ["_plus_", "6"],
  ["\\", "6"],
  ["o'brien", "6"],
  ['"x"', "6"],
  ["o%e", ""],
  ["l_kal", ""],
  ["åre", "7"],
  ["are", "7"],
  // Nothing spans two fields, and nothing but blanks is no search.
  ["örebro 1", ""],
  ["örebro\n1", ""],
  ["   ", "1 2 3 4 5 6 7"]
]

const search = check("search", "finds text whatever its case, dots, accents or wildcards", (subject) =>
  Effect.gen(function* () {
    const { platform } = subject
    yield* insert(
      subject,
      Object.entries(titles).map(([loanId, title]) => example({ platform, loanId, title }))
    )
    for (const [text, ids] of searches) expect(`${text}: ${yield* idsOf(subject, { text })}`).toBe(`${text}: ${ids}`)
    const described = example({ platform, loanId: "x-99", title: "Mark", description: "Vid Vättern, etapp två" })
    yield* insert(subject, [described])
    expect(yield* idsOf(subject, { text: "vättern, ETAPP" })).toBe("x-99")
    expect(yield* idsOf(subject, { text: "X-9" })).toBe("x-99")
  })
)

const sample = ({ platform }: Subject): ReadonlyArray<LoanListing> => [
  example({
    platform,
    loanId: "a",
    amount: Money.of("100.00", "SEK"),
    annualRate: Rate.annualPercent("5"),
    fundedBps: 0,
    status: "open",
    riskGrade: "A",
    country: "SE",
    durationMonths: 6,
    listedAt: at("2026-01-01T00:00:00Z"),
    opensAt: at("2026-01-05T00:00:00Z"),
    closesAt: at("2026-02-01T00:00:00Z")
  }),
  example({
    platform,
    loanId: "b",
    amount: Money.of("200.00", "SEK"),
    annualRate: Rate.annualPercent("7.25"),
    fundedBps: 5000,
    status: "funded",
    riskGrade: "B+",
    country: "NO",
    durationMonths: 12,
    listedAt: at("2026-01-02T00:00:00Z"),
    opensAt: at("2026-01-06T00:00:00Z"),
    closesAt: at("2026-02-02T00:00:00Z")
  }),
  example({
    platform,
    loanId: "c",
    amount: Money.of("150.00", "DKK"),
    annualRate: Rate.annualPercent("9.99995"),
    fundedBps: 14_501,
    status: "closed",
    riskGrade: "B",
    country: "DK",
    durationMonths: 18,
    listedAt: at("2026-01-03T00:00:00Z"),
    opensAt: at("2026-01-07T00:00:00Z"),
    closesAt: at("2026-02-03T00:00:00Z")
  }),
  example({
    platform,
    loanId: "d",
    amount: Money.of("150.00", "SEK"),
    annualRate: null,
    fundedBps: null,
    status: "unknown",
    riskGrade: null,
    country: null,
    durationMonths: null,
    listedAt: null,
    opensAt: null,
    closesAt: null
  })
]

const sek = (text: string) => Money.of(text, "SEK")
const statuses = (...list: ReadonlyArray<LoanListingStatus>) => ({ statuses: list })

const filters: ReadonlyArray<readonly [LoanListingFilter, string]> = [
  [{}, "a b c d"],
  [{ amount: { minimum: sek("150.00") } }, "b d"],
  [{ amount: { minimum: sek("150.01") } }, "b"],
  [{ amount: { maximum: sek("150.00") } }, "a d"],
  [{ amount: { minimum: sek("100.00"), maximum: sek("150.00") } }, "a d"],
  [{ amount: { minimum: Money.of("0.00", "DKK") } }, "c"],
  [{ amount: {} }, "a b c d"],
  [{ currency: "SEK" }, "a b d"],
  [{ currency: "EUR" }, ""],
  [{ rate: { minimum: Rate.annualPercent("7.25") } }, "b c"],
  [{ rate: { maximum: Rate.annualPercent("7.25") } }, "a b"],
  [{ rate: { minimum: Rate.annualPercent("9.9999"), maximum: Rate.annualPercent("10") } }, "c"],
  [{ fundedBps: { minimum: 5000 } }, "b c"],
  [{ fundedBps: { maximum: 10_000 } }, "a b"],
  [{ durationMonths: { minimum: 7, maximum: 12 } }, "b"],
  [statuses("open", "closed"), "a c"],
  [statuses(), ""],
  [{ riskGrades: ["B"] }, "c"],
  [{ riskGrades: ["B", "B+", "Z"] }, "b c"],
  [{ countries: ["SE", "NO"] }, "a b"],
  [{ listed: { from: at("2026-01-02T00:00:00Z") } }, "b c"],
  [{ listed: { before: at("2026-01-02T00:00:00Z") } }, "a"],
  [{ opens: { from: at("2026-01-06T00:00:00Z"), before: at("2026-01-06T00:00:00.001Z") } }, "b"],
  [{ closes: { from: at("2026-02-02T00:00:00Z"), before: at("2026-02-03T00:00:00Z") } }, "b"],
  [{ seen: { before: seenAt } }, ""],
  [{ seen: { from: seenAt } }, "a b c d"],
  [{ currency: "SEK", fundedBps: { maximum: 9999 }, countries: ["NO"], text: "örebro" }, "b"]
]

const invalid: ReadonlyArray<readonly [LoanListingFilter, string]> = [
  [{ amount: { minimum: sek("1.00"), maximum: Money.of("2.00", "DKK") } }, "amount"],
  [{ amount: { minimum: sek("2.00"), maximum: sek("1.00") } }, "amount"],
  [{ amount: { minimum: sek("2.00") }, currency: "DKK" }, "amount"],
  [{ amount: { minimum: Money.fromMinor(2n ** 63n, "SEK") } }, "amount"],
  [{ currency: "sek" }, "currency"],
  [{ rate: { minimum: Rate.annualPercent("9"), maximum: Rate.annualPercent("8") } }, "rate"],
  [{ fundedBps: { minimum: 1.5 } }, "fundedBps"],
  [{ durationMonths: { minimum: 2, maximum: 1 } }, "durationMonths"],
  [{ listed: { from: seenAt, before: seenAt } }, "listed"]
]

const filtering: ReadonlyArray<Check<LoanListingStore | Atomic>> = [
  check("filters", "filters by every field, and a null passes no filter on its field", (subject) =>
    Effect.gen(function* () {
      yield* insert(subject, sample(subject))
      for (const [filter, ids] of filters) {
        expect(`${JSON.stringify(filter)} ${yield* idsOf(subject, filter)}`).toBe(`${JSON.stringify(filter)} ${ids}`)
      }
    })
  ),
  check("filter-invalid", "refuses a filter that contradicts itself, and says which part", (subject) =>
    Effect.gen(function* () {
      const { store } = subject
      for (const [filter, field] of invalid) {
        expect(yield* Effect.flip(store.list({ filter }))).toMatchObject({ _tag: "FilterInvalid", field })
        expect(yield* Effect.flip(store.count(filter))).toMatchObject({ _tag: "FilterInvalid", field })
      }
      for (const limit of [0, -1, 1.5, 501, Number.NaN]) {
        expect(yield* Effect.flip(store.list({ limit }))).toMatchObject({ _tag: "FilterInvalid", field: "limit" })
      }
    })
  )
]

const by = (...keys: ReadonlyArray<string>): ReadonlyArray<LoanListingSort> =>
  keys.map((key) => ({
    by: key.replace("-", "") as LoanListingSort["by"],
    direction: key.startsWith("-") ? "descending" : "ascending"
  }))

const orders: ReadonlyArray<readonly [ReadonlyArray<LoanListingSort>, string]> = [
  [by("listedAt"), "a b c d"],
  [by("-listedAt"), "c b a d"],
  [by("opensAt"), "a b c d"],
  [by("-closesAt"), "c b a d"],
  [by("amount"), "c a d b"],
  [by("-amount"), "c b d a"],
  [by("rate"), "a b c d"],
  [by("-fundedBps"), "c b a d"],
  [by("-durationMonths"), "c b a d"],
  [by("riskGrade"), "a c b d"],
  [by("country"), "c b a d"],
  [by("-status"), "d a b c"],
  [by("-loanId"), "d c b a"],
  [by("firstSeenAt", "-loanId"), "d c b a"],
  [by("lastSeenAt", "updatedAt"), "a b c d"],
  [[], "a b c d"]
]

const ordering: ReadonlyArray<Check<LoanListingStore | Atomic>> = [
  check("orders", "sorts by every key both ways with nulls last, over all pages", (subject) =>
    Effect.gen(function* () {
      yield* insert(subject, sample(subject))
      for (const [sort, ids] of orders) {
        expect(`${JSON.stringify(sort)} ${yield* idsOf(subject, {}, sort)}`).toBe(`${JSON.stringify(sort)} ${ids}`)
      }
    })
  ),
  check("swedish-order", "sorts titles in the Swedish order", (subject) =>
    Effect.gen(function* () {
      const { platform } = subject
      const words = ["Örebro", "Ärla", "Åre", "Zinkgruvan", "orsa", "Élan", "Øster", "\uE000", "𝔘"]
      yield* insert(
        subject,
        words.map((title, index) => example({ platform, loanId: String(index), title }))
      )
      const ids = yield* idsOf(subject, {}, by("title"))
      const sorted = ids.split(" ").map((id) => words[Number(id)])
      expect(sorted).toEqual(["Élan", "orsa", "𝔘", "Zinkgruvan", "Åre", "Ärla", "Örebro", "Øster", "\uE000"])
    })
  ),
  check("newest-first", "gives the newest first when no order is asked for", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      yield* insert(subject, sample(subject))
      const page = yield* store.list({ filter: { platform } })
      expect(page.items.map(({ listing }) => String(listing.loanId))).toEqual(["c", "b", "a", "d"])
      expect(page.next).toBeNull()
    })
  ),
  check("cursor", "refuses a cursor of another filter or order, and one that is none", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      yield* insert(subject, sample(subject))
      const { next } = yield* store.list({ filter: { platform }, limit: 2 })
      expect(typeof next).toBe("string")
      const cursor = next ?? Page.Cursor.make("")
      const others = [
        { filter: { platform, currency: "SEK" }, cursor },
        { filter: { platform }, sort: by("loanId"), cursor },
        { filter: { platform }, cursor: Page.Cursor.make("nonsense") },
        { filter: { platform }, cursor: Page.Cursor.make("") },
        { filter: { platform }, cursor: Page.Cursor.make(cursor.slice(1)) }
      ]
      for (const request of others) {
        expect(yield* Effect.flip(store.list(request))).toMatchObject({
          _tag: expect.stringMatching(/^(?:InvalidCursor|CursorMismatch)$/u)
        })
      }
      expect((yield* store.list({ filter: { platform }, limit: 3, cursor })).items.length).toBe(2)
    })
  ),
  check("page-stability", "neither repeats nor skips a listing when others come and go between pages", (subject) =>
    Effect.gen(function* () {
      const { platform, store } = subject
      yield* insert(
        subject,
        ["b", "d", "f", "h"].map((loanId) => example({ platform, loanId }))
      )
      const sort = by("loanId")
      const first = yield* store.list({ filter: { platform }, sort, limit: 2 })
      yield* insert(
        subject,
        ["a", "c", "g"].map((loanId) => example({ platform, loanId }))
      )
      const rest = yield* store.list({
        filter: { platform },
        sort,
        limit: 10,
        cursor: first.next ?? Page.Cursor.make("")
      })
      expect(first.items.map(({ listing }) => String(listing.loanId))).toEqual(["b", "d"])
      expect(rest.items.map(({ listing }) => String(listing.loanId))).toEqual(["f", "g", "h"])
    })
  )
]

/** What the listing store promises about reading. */
export const queryChecks: ReadonlyArray<Check<LoanListingStore | Atomic>> = [search, ...filtering, ...ordering]
