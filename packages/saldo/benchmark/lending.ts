import type { Comparison, Prepared } from "@saldo/house/Comparison"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import { example } from "@saldo/testing/LoanListingArbitrary"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as SqlClient from "effect/sql/SqlClient"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync, type SQLInputValue } from "node:sqlite"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { listingContent } from "saldo/lending/listingContent"
import { type LoanListing, PlatformId } from "saldo/lending/LoanListing"
import { indexColumns, indexValues } from "saldo/lending/LoanListingRow"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import * as SqlLoanListingStore from "saldo/lending/SqlLoanListingStore"
import * as Migrations from "saldo/sql/Migrations"

const listingCount = 10_000
const pageSize = 100
const platform = PlatformId.make("kameo")
const seenAt = DateTime.makeUnsafe("2026-03-10T12:00:00Z")

/** Records of the size and with the letters of real ones; every tenth differs between two generations. */
const generation = (number: number): ReadonlyArray<LoanListing> =>
  Array.from({ length: listingCount }, (_, index) =>
    example({
      platform,
      loanId: String(5000 + index),
      title: `Byggbolag söker kapital till radhus nr ${index} i Östersund`,
      description: `#${index} | Påhittat exempelobjekt`,
      fundedBps: index % 10 === 0 ? number : 0,
      imageUrl: "https://img.kameo.invalid/510/5101/00c509763cbdd.jpg",
      raw: JSON.stringify({ loan_application_id: index, filler: "x".repeat(750) })
    })
  )

const pagesOf = (listings: ReadonlyArray<LoanListing>) =>
  Array.from({ length: listings.length / pageSize }, (_, page) =>
    listings.slice(page * pageSize, (page + 1) * pageSize)
  )

/** A new file with the store's own tables. */
const withDatabase = async (use: (filename: string) => Promise<Prepared>): Promise<Prepared> => {
  const folder = mkdtempSync(join(tmpdir(), "saldo-bench-"))
  const filename = join(folder, "bench.db")
  const migrating = ManagedRuntime.make(Migrations.layer.pipe(Layer.provide(SqliteClient.layer({ filename }))))
  await migrating.runPromise(Effect.void)
  await migrating.dispose()
  const { close, ...prepared } = await use(filename)
  return {
    ...prepared,
    close: async () => {
      await close?.()
      rmSync(folder, { recursive: true })
    }
  }
}

/** What a run upserts, told its number, and whether it begins with empty tables. */
interface Scenario {
  readonly listings: (run: number) => ReadonlyArray<LoanListing>
  readonly emptied: boolean
}

const tables = { listings: "saldo_lending_loan_listings", versions: "saldo_lending_loan_listing_versions" }

const saldo =
  ({ emptied, listings }: Scenario) =>
  () =>
    withDatabase(async (filename) => {
      const runtime = ManagedRuntime.make(
        SqlLoanListingStore.layer.pipe(
          Layer.provide(SqlAtomic.layer),
          Layer.provideMerge(SqliteClient.layer({ filename }))
        )
      )
      const store = await runtime.runPromise(LoanListingStore)
      const sql = await runtime.runPromise(SqlClient.SqlClient)
      const empty = emptied
        ? Effect.forEach(Object.values(tables), (table) => sql`DELETE FROM ${sql(table)}`, { discard: true })
        : Effect.void
      const upsert = (all: ReadonlyArray<LoanListing>) =>
        Effect.forEach(pagesOf(all), (page) => store.upsert(page, { seenAt }), { discard: true })
      let number = 0
      const run = () => runtime.runPromise(Effect.andThen(empty, upsert(listings(number++))))
      await run()
      return { run, operations: listingCount, close: () => runtime.dispose() }
    })

/** The same decisions and rows, with statements prepared once and run one by one, a transaction per page. */
const rawUpsert = (database: DatabaseSync) => {
  const names = ["platform", "loan_id", "version", "first_seen_at", "updated_at", "last_seen_at", "last_run_id"]
  const columns = [...names, ...Object.keys(indexColumns)]
  const replaced = columns.filter((name) => !["platform", "loan_id", "first_seen_at"].includes(name))
  const find = database.prepare(`
    SELECT l.version, l.updated_at, l.last_seen_at, l.last_run_id, v.content FROM ${tables.listings} l
    JOIN ${tables.versions} v ON v.platform = l.platform AND v.loan_id = l.loan_id AND v.version = l.version
    WHERE l.platform = ? AND l.loan_id = ?`)
  const write = database.prepare(`
    INSERT INTO ${tables.listings} (${columns.join(",")}) VALUES (${columns.map(() => "?").join(",")})
    ON CONFLICT (platform, loan_id) DO UPDATE SET ${replaced.map((name) => `${name} = excluded.${name}`).join(",")}`)
  const append = database.prepare(`INSERT INTO ${tables.versions} VALUES (?, ?, ?, ?, ?, ?)`)
  const touch = database.prepare(`
    UPDATE ${tables.listings} SET last_seen_at = max(last_seen_at, ?), last_run_id = NULL
    WHERE platform = ? AND loan_id = ?`)
  const at = seenAt.epochMilliseconds
  return (listings: ReadonlyArray<LoanListing>) => {
    for (const page of pagesOf(listings)) {
      database.exec("BEGIN IMMEDIATE")
      for (const listing of page) {
        const existing = find.get(listing.platform, listing.loanId)
        const content = listingContent(listing)
        if (existing?.["content"] === content) touch.run(at, listing.platform, listing.loanId)
        else {
          const version = existing === undefined ? 1 : Number(existing["version"]) + 1
          const derived = indexValues(listing) as ReadonlyArray<SQLInputValue>
          write.run(listing.platform, listing.loanId, version, at, at, at, null, ...derived)
          append.run(listing.platform, listing.loanId, version, at, content, listing.raw)
        }
      }
      database.exec("COMMIT")
    }
  }
}

const raw =
  ({ emptied, listings }: Scenario) =>
  () =>
    withDatabase((filename) => {
      const database = new DatabaseSync(filename)
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
      const upsert = rawUpsert(database)
      let number = 0
      const run = () => {
        if (emptied) for (const table of Object.values(tables)) database.exec(`DELETE FROM ${table}`)
        upsert(listings(number++))
      }
      run()
      return Promise.resolve({ run, operations: listingCount, close: () => database.close() })
    })

const first = generation(0)
const second = generation(1)

const comparison = (id: string, what: string, scenario: Scenario): Comparison => ({
  id,
  subject: { name: `10,000 ${what} listings in pages of 100`, prepare: saldo(scenario) },
  anchor: { name: "node:sqlite, the same rows", prepare: raw(scenario) },
  goal: 0.5
})

export default [
  comparison("lending.insert", "new", { listings: () => first, emptied: true }),
  // Back and forth, so that a tenth changes every time.
  comparison("lending.upsert", "known", { listings: (run) => (run % 2 === 0 ? first : second), emptied: false })
] satisfies ReadonlyArray<Comparison>
