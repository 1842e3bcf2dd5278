import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { Atomic } from "../core/Atomic.ts"
import * as Page from "../core/Page.ts"
import * as SqlKeyset from "../core/SqlKeyset.ts"
import * as Dialect from "../sql/Dialect.ts"
import { lastOfEachLoan, loanKey } from "./listingBatch.ts"
import { listingChanges } from "./listingContent.ts"
import type { SortColumn } from "./listingOrder.ts"
import type { LoanId, LoanListing, PlatformId } from "./LoanListing.ts"
import type { Term } from "./listingTerms.ts"
import { type ListingPlan, planPage, termsOf } from "./LoanListingQuery.ts"
import {
  columnOf,
  indexColumns,
  indexValues,
  instantOf,
  listingOfRow,
  type ListingRow,
  storedOfRow,
  type VersionRow,
  versionValues
} from "./LoanListingRow.ts"
import { LoanListingStore } from "./LoanListingStore.ts"
import { keyColumns, makeConditions, orderBy } from "./SqlListingConditions.ts"
import {
  findUnstorable,
  type LoanListingVersion,
  type Sighting,
  type StoredListing,
  type UpsertResult
} from "./StoredListing.ts"

const listingsTable = "saldo_lending_loan_listings"
const versionsTable = "saldo_lending_loan_listing_versions"
const revisionsTable = "saldo_lending_loan_listing_revisions"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0001_create_loan_listings": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(listingsTable)} (
        platform ${text} NOT NULL,
        loan_id ${text} NOT NULL,
        version BIGINT NOT NULL,
        first_seen_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        last_seen_at BIGINT NOT NULL,
        last_run_id ${text},
        status ${text} NOT NULL,
        currency ${text} NOT NULL,
        amount BIGINT NOT NULL,
        funded_amount BIGINT,
        funded_bps BIGINT,
        rate_ppm BIGINT,
        duration_months BIGINT,
        risk_grade ${text},
        country ${text},
        listed_at BIGINT,
        opens_at BIGINT,
        closes_at BIGINT,
        title_key ${text} NOT NULL,
        search_text ${text} NOT NULL,
        PRIMARY KEY (platform, loan_id)
      )`
    yield* sql`
      CREATE TABLE ${sql(versionsTable)} (
        platform ${text} NOT NULL,
        loan_id ${text} NOT NULL,
        version BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL,
        content ${text} NOT NULL,
        raw ${text} NOT NULL,
        PRIMARY KEY (platform, loan_id, version)
      )`
    // The default order, newest first; SQLite puts nulls last in a descending index without being told, and cannot be.
    const descending = sql.literal(sql.onDialectOrElse({ pg: () => "DESC NULLS LAST", orElse: () => "DESC" }))
    yield* sql`
      CREATE INDEX saldo_lending_loan_listings_newest_first
      ON ${sql(listingsTable)} (listed_at ${descending}, platform, loan_id)`
  }),
  // A platform without a row has not been written to since there is this table, which names its contents as well.
  "0003_create_loan_listing_revisions": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE ${sql(revisionsTable)} (
        platform ${Dialect.textType(sql)} PRIMARY KEY,
        revision BIGINT NOT NULL
      )`
  })
}

/** What a batch needs to know of a loan that is already there. */
interface ExistingRow {
  readonly loan_id: string
  readonly version: bigint
  readonly updated_at: bigint
  readonly last_seen_at: bigint
  readonly last_run_id: string | null
  readonly content: string
}

/** A listing whose content is to be written, with the version and times that it gets. */
interface Write {
  readonly listing: LoanListing
  readonly values: readonly [content: string, raw: string]
  readonly version: bigint
  readonly updatedAt: bigint
  readonly lastSeenAt: bigint
}

const columns = [
  "platform",
  "loan_id",
  "version",
  "first_seen_at",
  "updated_at",
  "last_seen_at",
  "last_run_id",
  ...Object.keys(indexColumns)
]
const versionColumns = ["platform", "loan_id", "version", "recorded_at", "content", "raw"]

/** All but the key and `first_seen_at`, which a change leaves alone. */
const replaced = columns
  .filter((column) => !["platform", "loan_id", "first_seen_at"].includes(column))
  .map((column) => `${column} = excluded.${column}`)
  .join(", ")

/** Rows per statement, within SQLite's 32,766 and Postgres' 65,535 parameters. */
const chunkSize = 500

const greater = (left: bigint, right: bigint): bigint => (left > right ? left : right)

/** What to do with one listing, given what is there. */
const decide = (
  listing: LoanListing,
  existing: ExistingRow | undefined,
  sighting: Sighting,
  seenAt: bigint
): { readonly result: UpsertResult; readonly write: Write | undefined } => {
  const { loanId, platform } = listing
  const values = versionValues(listing)
  if (existing === undefined) {
    return {
      result: { platform, loanId, outcome: "inserted", repeated: false },
      write: { listing, values, version: 1n, updatedAt: seenAt, lastSeenAt: seenAt }
    }
  }
  const repeated = sighting.runId !== undefined && existing.last_run_id === sighting.runId
  if (existing.content === values[0]) {
    return { result: { platform, loanId, outcome: "unchanged", repeated }, write: undefined }
  }
  return {
    result: { platform, loanId, outcome: "changed", repeated },
    write: {
      listing,
      values,
      version: existing.version + 1n,
      updatedAt: greater(existing.updated_at, seenAt),
      lastSeenAt: greater(existing.last_seen_at, seenAt)
    }
  }
}

/** The statements of an upsert: one to read what is there, and at most three to write, per 500 loans of a platform. */
const makeUpsert = (sql: SqlClient.SqlClient) => {
  const placeholder = sql.onDialectOrElse({ pg: () => (n: number) => `$${n}`, orElse: () => () => "?" })
  const texts = new Map<string, string>()

  // Built once per number of rows: composing a statement of thousands of parameters costs more than running it. The
  // values of all rows follow each other in one list.
  const insert = (table: string, names: ReadonlyArray<string>, values: ReadonlyArray<unknown>, suffix = "") => {
    const key = `${table} ${values.length}`
    let text = texts.get(key)
    if (text === undefined) {
      const tuple = (_: unknown, row: number) =>
        `(${names.map((_, column) => placeholder(row * names.length + column + 1)).join(",")})`
      const tuples = Array.from({ length: values.length / names.length }, tuple)
      text = `INSERT INTO ${table} (${names.join(",")}) VALUES ${tuples.join(",")}${suffix}`
      texts.set(key, text)
    }
    return sql.unsafe(text, values)
  }

  const findExisting = (platform: PlatformId, loanIds: ReadonlyArray<string>) =>
    sql<ExistingRow>`
      SELECT l.loan_id, l.version, l.updated_at, l.last_seen_at, l.last_run_id, v.content
      FROM ${sql(listingsTable)} l
      JOIN ${sql(versionsTable)} v ON v.platform = l.platform AND v.loan_id = l.loan_id AND v.version = l.version
      WHERE l.platform = ${platform} AND ${sql.in("l.loan_id", loanIds)}`

  const writeAll = (writes: ReadonlyArray<Write>, sighting: Sighting, seenAt: bigint) => {
    const rows: Array<unknown> = []
    const versions: Array<unknown> = []
    for (const { lastSeenAt, listing, updatedAt, values, version } of writes) {
      const { loanId, platform } = listing
      rows.push(
        platform,
        loanId,
        version,
        seenAt,
        updatedAt,
        lastSeenAt,
        sighting.runId ?? null,
        ...indexValues(listing)
      )
      versions.push(platform, loanId, version, updatedAt, ...values)
    }
    const upsert = ` ON CONFLICT (platform, loan_id) DO UPDATE SET ${replaced}`
    return Effect.andThen(insert(listingsTable, columns, rows, upsert), insert(versionsTable, versionColumns, versions))
  }

  const touch = (platform: PlatformId, loanIds: ReadonlyArray<string>, sighting: Sighting, seenAt: bigint) =>
    sql`
      UPDATE ${sql(listingsTable)}
      SET last_run_id = ${sighting.runId ?? null},
          last_seen_at = CASE WHEN last_seen_at < ${seenAt} THEN ${seenAt} ELSE last_seen_at END
      WHERE platform = ${platform} AND ${sql.in("loan_id", loanIds)}`

  // In the same transaction, and of a row of its own, so that the names come in the order in which the contents do.
  const revise = (platform: PlatformId) =>
    sql`
      INSERT INTO ${sql(revisionsTable)} ${sql.insert({ platform, revision: 1n })}
      ON CONFLICT (platform) DO UPDATE SET revision = ${sql(revisionsTable)}.revision + 1`

  return Effect.fnUntraced(function* (platform: PlatformId, listings: ReadonlyArray<LoanListing>, sighting: Sighting) {
    const seenAt = BigInt(Math.trunc(sighting.seenAt.epochMilliseconds))
    const rows = yield* findExisting(
      platform,
      listings.map(({ loanId }) => loanId)
    )
    const existing = new Map(rows.map((row) => [row.loan_id, row]))
    const decisions = listings.map((listing) => decide(listing, existing.get(listing.loanId), sighting, seenAt))
    const writes = decisions.flatMap(({ write }) => (write === undefined ? [] : [write]))
    const unchanged = decisions.flatMap(({ result, write }) => (write === undefined ? [result.loanId] : []))
    if (writes.length > 0) yield* Effect.andThen(writeAll(writes, sighting, seenAt), revise(platform))
    if (unchanged.length > 0) yield* touch(platform, unchanged, sighting, seenAt)
    return decisions.map(({ result }) => result)
  })
}

const makeQueries = (sql: SqlClient.SqlClient) => {
  const where = makeConditions(sql)
  const names = Object.values(columnOf).filter((column) => column !== columnOf.searchText)
  const pageColumns = sql.literal(["version", ...names].join(", "))

  type Order = (alias: string) => Fragment

  /** The order of the primary key. Without a word about nulls, which it has none of, SQLite walks along it unsorted. */
  const byKey: Order = (alias) => sql`${sql(`${alias}.platform`)}, ${sql(`${alias}.loan_id`)}`

  /**
   * The chosen index rows joined with their current versions, in order. Choosing first keeps contents out of the
   * sort.
   */
  const read = (condition: Fragment, order: Order, limit: number) =>
    sql<ListingRow>`
      WITH page AS (
        SELECT ${pageColumns} FROM ${sql(listingsTable)} l WHERE ${condition}
        ORDER BY ${order("l")} LIMIT ${limit}
      )
      SELECT page.*, v.content, v.raw FROM page
      JOIN ${sql(versionsTable)} v
        ON v.platform = page.platform AND v.loan_id = page.loan_id AND v.version = page.version
      ORDER BY ${order("page")}`

  return {
    find: (platform: PlatformId, loanId: LoanId) => read(sql`platform = ${platform} AND loan_id = ${loanId}`, byKey, 1),
    history: (platform: PlatformId, loanId: LoanId) =>
      sql<VersionRow & { readonly recorded_at: bigint }>`
        SELECT platform, loan_id, version, recorded_at, content, raw FROM ${sql(versionsTable)}
        WHERE platform = ${platform} AND loan_id = ${loanId} ORDER BY version`,
    page: ({ columns: order, terms }: ListingPlan, start: Page.Position | undefined, limit: number) => {
      const condition = where(terms)
      const rest = start === undefined ? undefined : SqlKeyset.after(sql, keyColumns(order), start)
      const inOrder: Order = (alias) => orderBy(sql, order, alias)
      return read(rest === undefined ? condition : sql.and([condition, rest]), inOrder, limit)
    },
    count: (terms: ReadonlyArray<Term>) =>
      sql<{ readonly count: number | bigint }>`
        SELECT count(*) AS count FROM ${sql(listingsTable)} WHERE ${where(terms)}`,
    revisions: (platform: PlatformId | undefined) =>
      sql<{ readonly name: string }>`
        SELECT platform || ' ' || revision AS name FROM ${sql(revisionsTable)}
        ${platform === undefined ? sql`` : sql`WHERE platform = ${platform}`} ORDER BY platform`,
    next: (terms: ReadonlyArray<Term>, after: ListingRow | undefined) => {
      const condition = where(terms)
      return read(
        after === undefined
          ? condition
          : sql`(platform, loan_id) > (${after.platform}, ${after.loan_id}) AND ${condition}`,
        byKey,
        chunkSize
      )
    }
  }
}

const historyOf = (rows: ReadonlyArray<VersionRow & { readonly recorded_at: bigint }>) => {
  const versions: Array<LoanListingVersion> = []
  for (const row of rows) {
    const listing = listingOfRow(row)
    const previous = versions.at(-1)
    versions.push({
      version: Number(row.version),
      recordedAt: instantOf(row.recorded_at),
      listing,
      changes: previous === undefined ? [] : listingChanges(previous.listing, listing)
    })
  }
  return versions
}

const positionOfRow = (order: ReadonlyArray<SortColumn>, row: ListingRow): Page.Position =>
  order.map(({ column }) => row[columnOf[column]])

/**
 * The store in any SQL database of which Effect has a client: index rows with what is filtered and sorted by, and one
 * row per version with its content as JSON. Run `Migrations` first.
 */
export const layer: Layer.Layer<LoanListingStore, never, SqlClient.SqlClient | Atomic> = Layer.effect(
  LoanListingStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const atomic = yield* Atomic
    const queries = makeQueries(sql)
    const upsertChunk = makeUpsert(sql)

    const upsertAll = (listings: ReadonlyArray<LoanListing>, sighting: Sighting) =>
      Effect.map(
        Effect.forEach(
          Map.groupBy(listings, ({ platform }) => platform),
          ([platform, loans]) =>
            Effect.forEach(Arr.chunksOf(loans, chunkSize), (chunk) => upsertChunk(platform, chunk, sighting))
        ),
        (results) => new Map(results.flat(2).map((result) => [loanKey(result), result]))
      )

    return LoanListingStore.of({
      upsert: Effect.fn("SqlLoanListingStore.upsert")(function* (listings, sighting) {
        const unstorable = findUnstorable(listings)
        if (unstorable !== undefined) return yield* unstorable
        const loans = lastOfEachLoan(listings)
        const results = yield* Effect.orDie(atomic.run(upsertAll(loans, sighting)))
        return loans.flatMap((loan) => results.get(loanKey(loan)) ?? [])
      }),
      find: Effect.fn("SqlLoanListingStore.find")(
        (platform, loanId) =>
          Effect.map(queries.find(platform, loanId), ([row]) => Option.map(Option.fromNullishOr(row), storedOfRow)),
        Effect.orDie
      ),
      history: Effect.fn("SqlLoanListingStore.history")(
        (platform, loanId) => Effect.map(queries.history(platform, loanId), historyOf),
        Effect.orDie
      ),
      list: Effect.fn("SqlLoanListingStore.list")(function* (request = {}) {
        const plan = yield* Effect.fromResult(planPage(request))
        const start = yield* Page.startOf(plan, request)
        const rows = yield* Effect.orDie(queries.page(plan, start, Page.limitOf(request) + 1))
        const { items, next } = Page.pageOf(plan, request, rows, (row) => positionOfRow(plan.columns, row))
        return { items: items.map(storedOfRow), next }
      }),
      count: Effect.fn("SqlLoanListingStore.count")(function* (filter) {
        const terms = yield* Effect.fromResult(termsOf(filter))
        const [row] = yield* Effect.orDie(queries.count(terms))
        return Number(row?.count ?? 0)
      }),
      revision: Effect.fn("SqlLoanListingStore.revision")(
        (platform) => Effect.map(queries.revisions(platform), (rows) => rows.map(({ name }) => name).join(" ")),
        Effect.orDie
      ),
      all: (filter) =>
        Stream.unwrap(
          Effect.map(Effect.fromResult(termsOf(filter)), (terms) =>
            Stream.paginate<ListingRow | undefined, StoredListing>(undefined, (after) =>
              Effect.map(
                Effect.orDie(queries.next(terms, after)),
                (rows) =>
                  [
                    rows.map(storedOfRow),
                    rows.length < chunkSize ? Option.none() : Option.fromNullishOr(rows.at(-1))
                  ] as const
              )
            )
          )
        )
    })
  })
)
