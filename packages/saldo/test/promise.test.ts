import { postgres } from "@saldo/postgres/postgres"
import { sqlite } from "@saldo/sqlite/sqlite"
import * as MemoryLoanSource from "@saldo/testing/MemoryLoanSource"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LoanId, LoanListing, PlatformId } from "saldo/lending/LoanListing"
import { LoanPlatform } from "saldo/lending/LoanPlatform"
import { LoanSource } from "saldo/lending/LoanSource"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import { createSaldo, type Saldo, SaldoClosed } from "saldo/promise"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const platform = PlatformId.make("facade")

const listing = (number: number): LoanListing =>
  new LoanListing({
    platform,
    loanId: LoanId.make(String(number)),
    title: `Lån ${number} i Örebro`,
    status: number % 2 === 0 ? "open" : "closed",
    amount: Money.of("1000000", "SEK"),
    fundedAmount: Money.of("400000", "SEK"),
    fundedBps: 4000,
    annualRate: Rate.annualPercent("9.5"),
    durationMonths: 12,
    riskGrade: "B",
    country: "SE",
    minimumAmount: null,
    ownBidAmount: null,
    listedAt: DateTime.makeUnsafe("2026-03-01T09:00:00Z"),
    opensAt: DateTime.makeUnsafe("2026-03-02T13:00:00Z"),
    closesAt: null,
    url: null,
    imageUrl: null,
    description: null,
    borrowerType: null,
    loanType: null,
    stateId: null,
    stateText: null,
    fullyFundedState: null,
    raw: `{"id":${number}}`
  })

const market = (options: Partial<MemoryLoanSource.MemoryLoanSourceOptions> = {}): LoanPlatform =>
  new LoanPlatform(
    "facade",
    Layer.succeed(
      LoanSource,
      MemoryLoanSource.make({
        platform,
        pages: () =>
          MemoryLoanSource.inPages(
            Array.from({ length: 25 }, (_, index) => listing(index + 1)),
            10
          ),
        ...options
      })
    )
  )

const folder = await mkdtemp(join(tmpdir(), "saldo-promise-"))
afterAll(() => rm(folder, { recursive: true }))

describe("createSaldo", () => {
  let saldo: Saldo
  beforeAll(async () => {
    saldo = await createSaldo({ storage: sqlite({ filename: join(folder, "main.sqlite") }) })
    await saldo.loans.collect(market())
  })
  afterAll(() => saldo.close())

  it("collects, tells its progress, and reports in plain data", async () => {
    const pages: Array<number> = []
    const report = await saldo.loans.collect(market(), { resume: false, onProgress: ({ page }) => pages.push(page) })
    expect(report).toMatchObject({ seen: 25, unchanged: 25, platform: "facade", completeness: { _tag: "Complete" } })
    expect(pages).toEqual([1, 2, 3])
  })

  it("gives listings with dates, money and plain strings", async () => {
    const found = await saldo.loans.find("facade", "7")
    expect(found?.listing.opensAt).toEqual(new Date("2026-03-02T13:00:00Z"))
    expect(found?.listing.amount).toEqual(Money.of("1000000", "SEK"))
    expect(Object.getPrototypeOf(found?.listing)).toBe(Object.prototype)
    expect(await saldo.loans.find("facade", "no such loan")).toBeUndefined()
    expect(await saldo.loans.find("NOT A PLATFORM", "7")).toBeUndefined()
    const [first] = await saldo.loans.history("facade", "7")
    expect(first).toMatchObject({ version: 1, changes: [] })
    expect(first?.recordedAt).toBeInstanceOf(Date)
  })

  it("pages with a cursor, filters with dates and counts", async () => {
    const first = await saldo.loans.list(
      { statuses: ["open"] },
      { limit: 7, sort: [{ by: "loanId", direction: "ascending" }] }
    )
    const rest = await saldo.loans.list(
      { statuses: ["open"] },
      { limit: 7, sort: [{ by: "loanId", direction: "ascending" }], cursor: first.next ?? "" }
    )
    const ids = [...first.items, ...rest.items].map(({ listing }) => listing.loanId)
    expect(new Set(ids).size).toBe(12)
    expect(rest.next).toBeNull()
    expect(await saldo.loans.count({ opens: { from: new Date("2026-03-03T00:00:00Z") } })).toBe(0)
    expect(await saldo.loans.count({ text: "orebro" })).toBe(25)
  })

  it("streams and can be left in the middle", async () => {
    const seen: Array<string> = []
    for await (const { listing } of saldo.loans.all()) {
      seen.push(listing.loanId)
      if (seen.length === 3) break
    }
    expect(seen).toHaveLength(3)
    expect(await saldo.loans.count()).toBe(25)
  })

  it("measures as of a date", async () => {
    const { currencies } = await saldo.loans.statistics({}, { asOf: new Date("2026-03-12T13:00:00Z") })
    expect(currencies[0]?.sought.total).toEqual(Money.of("25000000", "SEK"))
    expect(currencies[0]?.velocity?.perDay).toEqual(Money.of("40000", "SEK"))
  })

  it("rejects with the tagged errors themselves", async () => {
    const bounds = { minimum: Money.of("2", "SEK"), maximum: Money.of("1", "SEK") }
    await expect(saldo.loans.list({ amount: bounds })).rejects.toMatchObject({ _tag: "FilterInvalid", field: "amount" })
    await expect(saldo.loans.count({ platform: "NO" })).rejects.toMatchObject({ _tag: "FilterInvalid" })
    await expect(saldo.loans.count({ opens: { from: new Date(Number.NaN) } })).rejects.toMatchObject({
      _tag: "FilterInvalid"
    })
    await expect(saldo.loans.list({}, { cursor: "nonsense" })).rejects.toMatchObject({ _tag: "InvalidCursor" })
    const failing = market({ failure: () => ({ page: 2, reason: "Network" }) })
    await expect(saldo.loans.collect(failing, { resume: false })).rejects.toMatchObject({
      _tag: "CollectionFailed",
      report: { pages: 1 }
    })
  })

  it("ends a call on abort with the signal's reason, before and during the work", async () => {
    await expect(saldo.loans.count({}, { signal: AbortSignal.abort(new Error("gone")) })).rejects.toThrow("gone")
    const controller = new AbortController()
    const stuck = market({
      beforePage: (page) =>
        page === 2
          ? Effect.andThen(
              Effect.sync(() => controller.abort()),
              Effect.never
            )
          : Effect.void
    })
    await expect(saldo.loans.collect(stuck, { resume: false, signal: controller.signal })).rejects.toMatchObject({
      name: "AbortError"
    })
    const second = new AbortController()
    const iterator = saldo.loans.all({}, { signal: second.signal })[Symbol.asyncIterator]()
    await iterator.next()
    second.abort()
    await expect(iterator.next()).rejects.toMatchObject({ name: "AbortError" })
  })
})

describe("close", () => {
  it("waits for what runs, then refuses; the file is whole", async () => {
    const filename = join(folder, "drained.sqlite")
    const saldo = await createSaldo({ storage: sqlite({ filename }) })
    const slow = market({ beforePage: () => Effect.sleep("30 millis") })
    const collecting = saldo.loans.collect(slow)
    const open = saldo.loans.all()[Symbol.asyncIterator]()
    await saldo.close()
    expect((await collecting).completeness).toEqual({ _tag: "Complete" })
    await expect(saldo.loans.count()).rejects.toBeInstanceOf(SaldoClosed)
    await expect(open.next()).rejects.toBeInstanceOf(SaldoClosed)
    await saldo.close()
    await using again = await createSaldo({ storage: sqlite({ filename }) })
    expect(await again.loans.count()).toBe(25)
  })

  it("rejects with the driver's error when the database cannot be opened", async () => {
    await expect(
      createSaldo({ storage: sqlite({ filename: join(folder, "missing", "x.sqlite") }) })
    ).rejects.toMatchObject({
      _tag: "SqlError"
    })
    await expect(
      createSaldo({ storage: postgres({ url: "postgres://user:hush-hush@127.0.0.1:1/none" }) })
    ).rejects.not.toThrow("hush-hush")
  })
})
