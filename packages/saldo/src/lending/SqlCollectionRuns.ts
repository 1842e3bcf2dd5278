import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Atomic } from "../core/Atomic.ts"
import { CollectionCounts, type CollectionRun, CollectionState } from "./CollectionRun.ts"
import {
  type BeginRun,
  CollectionRuns,
  isResumable,
  leftBehind,
  newRun,
  type RejectedRecord,
  resumedRun,
  type RunHolder
} from "./CollectionRuns.ts"
import { storableText } from "./listingIndex.ts"
import { PlatformId } from "./LoanListing.ts"
import { RejectedListing } from "./LoanSource.ts"
import { instantOf } from "./LoanListingRow.ts"
import { CollectionRunId } from "./StoredListing.ts"

const runsTable = "saldo_lending_collection_runs"
const rejectionsTable = "saldo_lending_rejected_listings"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0002_create_collection_runs": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE ${sql(runsTable)} (
        run_id TEXT PRIMARY KEY,
        platform TEXT NOT NULL,
        sequence BIGINT NOT NULL,
        state TEXT NOT NULL,
        fence BIGINT NOT NULL,
        next_page BIGINT NOT NULL,
        total BIGINT,
        pages BIGINT NOT NULL,
        seen BIGINT NOT NULL,
        inserted BIGINT NOT NULL,
        changed BIGINT NOT NULL,
        unchanged BIGINT NOT NULL,
        duplicates BIGINT NOT NULL,
        rejected BIGINT NOT NULL,
        drift BIGINT NOT NULL,
        started_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        reason TEXT,
        UNIQUE (platform, sequence)
      )`
    yield* sql`
      CREATE TABLE ${sql(rejectionsTable)} (
        run_id TEXT NOT NULL,
        page BIGINT NOT NULL,
        position BIGINT NOT NULL,
        loan_id TEXT,
        field TEXT NOT NULL,
        problem TEXT NOT NULL,
        raw TEXT NOT NULL,
        PRIMARY KEY (run_id, page, position)
      )`
  })
}

/** Rows per statement, within every database's limit of parameters. */
const chunkSize = 500

const countColumns = [
  "pages",
  "seen",
  "inserted",
  "changed",
  "unchanged",
  "duplicates",
  "rejected",
  "drift"
] as const satisfies ReadonlyArray<keyof CollectionCounts>

interface RunRow extends Readonly<Record<(typeof countColumns)[number], bigint>> {
  readonly run_id: string
  readonly platform: string
  readonly sequence: bigint
  readonly state: string
  readonly fence: bigint
  readonly next_page: bigint
  readonly total: bigint | null
  readonly started_at: bigint
  readonly updated_at: bigint
  readonly reason: string | null
}

interface RejectionRow {
  readonly page: bigint
  readonly loan_id: string | null
  readonly field: string
  readonly problem: string
  readonly raw: string
}

const decodeCounts = Schema.decodeUnknownSync(CollectionCounts)
const decodeState = Schema.decodeUnknownSync(CollectionState)

const runOfRow = (row: RunRow): CollectionRun => ({
  id: CollectionRunId.make(row.run_id),
  platform: PlatformId.make(row.platform),
  state: decodeState(row.state),
  fence: Number(row.fence),
  nextPage: Number(row.next_page),
  total: row.total === null ? null : Number(row.total),
  counts: decodeCounts(Object.fromEntries(countColumns.map((column) => [column, Number(row[column])]))),
  startedAt: instantOf(row.started_at),
  updatedAt: instantOf(row.updated_at),
  reason: row.reason
})

const rowOfRun = (run: CollectionRun, sequence: bigint) => ({
  run_id: run.id,
  platform: run.platform,
  sequence,
  state: run.state,
  fence: run.fence,
  next_page: run.nextPage,
  total: run.total,
  ...run.counts,
  started_at: BigInt(run.startedAt.epochMilliseconds),
  updated_at: BigInt(run.updatedAt.epochMilliseconds),
  reason: run.reason
})

const recordOfRow = (row: RejectionRow): RejectedRecord => ({
  page: Number(row.page),
  record: new RejectedListing({ loanId: row.loan_id, field: row.field, problem: row.problem, raw: row.raw })
})

const makeBegin = (sql: SqlClient.SqlClient) => {
  const insert = (run: CollectionRun, sequence: bigint) =>
    sql`INSERT INTO ${sql(runsTable)} ${sql.insert(rowOfRun(run, sequence))}`

  const take = (run: CollectionRun) =>
    sql`
      UPDATE ${sql(runsTable)} SET state = ${run.state}, fence = ${run.fence}, reason = ${run.reason}
      WHERE run_id = ${run.id}`

  return Effect.fnUntraced(function* (request: BeginRun) {
    const [row] = yield* findLatest(sql, request.platform)
    const latest = row === undefined ? undefined : runOfRow(row)
    if (latest !== undefined && isResumable(latest, request)) {
      const run = resumedRun(latest)
      yield* take(run)
      return run
    }
    if (latest?.state === "running") {
      yield* take({ ...latest, state: "failed", reason: leftBehind, fence: latest.fence + 1 })
    }
    const run = newRun(request)
    yield* insert(run, (row?.sequence ?? 0n) + 1n)
    return run
  })
}

const findLatest = (sql: SqlClient.SqlClient, platform: PlatformId) =>
  sql<RunRow>`SELECT * FROM ${sql(runsTable)} WHERE platform = ${platform} ORDER BY sequence DESC LIMIT 1`

/** The run records in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<CollectionRuns, never, SqlClient.SqlClient | Atomic> = Layer.effect(
  CollectionRuns,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const atomic = yield* Atomic
    const begin = makeBegin(sql)
    // RETURNING counts what an UPDATE met the same way on both databases.
    const held = ({ fence, id }: RunHolder) =>
      sql`run_id = ${id} AND fence = ${fence} AND state = 'running' RETURNING run_id`

    return CollectionRuns.of({
      begin: Effect.fn("SqlCollectionRuns.begin")((request) => Effect.orDie(atomic.run(begin(request)))),
      checkpoint: Effect.fn("SqlCollectionRuns.checkpoint")(function* (holder, { at, counts, nextPage, total }) {
        const rows = yield* sql`
          UPDATE ${sql(runsTable)}
          SET ${sql.update({ next_page: nextPage, total, ...counts, updated_at: BigInt(at.epochMilliseconds) })}
          WHERE ${held(holder)}`
        return rows.length === 1
      }, Effect.orDie),
      end: Effect.fn("SqlCollectionRuns.end")(function* (holder, { at, reason, state }) {
        const text = reason === null ? null : storableText(reason)
        const rows = yield* sql`
          UPDATE ${sql(runsTable)}
          SET ${sql.update({ state, reason: text, updated_at: BigInt(at.epochMilliseconds) })}
          WHERE ${held(holder)}`
        return rows.length === 1
      }, Effect.orDie),
      reject: Effect.fn("SqlCollectionRuns.reject")(function* (runId, page, records) {
        const rows = records.map(({ field, loanId, problem, raw }, position) => ({
          run_id: runId,
          page,
          position,
          loan_id: loanId === null ? null : storableText(loanId),
          field: storableText(field),
          problem: storableText(problem),
          raw: storableText(raw)
        }))
        for (const chunk of Arr.chunksOf(rows, chunkSize)) {
          yield* sql`INSERT INTO ${sql(rejectionsTable)} ${sql.insert(chunk)} ON CONFLICT DO NOTHING`
        }
      }, Effect.orDie),
      find: Effect.fn("SqlCollectionRuns.find")(function* (runId) {
        const [row] = yield* sql<RunRow>`SELECT * FROM ${sql(runsTable)} WHERE run_id = ${runId}`
        return Option.map(Option.fromNullishOr(row), runOfRow)
      }, Effect.orDie),
      latest: Effect.fn("SqlCollectionRuns.latest")(function* (platform) {
        const [row] = yield* findLatest(sql, platform)
        return Option.map(Option.fromNullishOr(row), runOfRow)
      }, Effect.orDie),
      rejected: Effect.fn("SqlCollectionRuns.rejected")(function* (runId) {
        const rows = yield* sql<RejectionRow>`
          SELECT page, loan_id, field, problem, raw FROM ${sql(rejectionsTable)}
          WHERE run_id = ${runId} ORDER BY page, position`
        return rows.map(recordOfRow)
      }, Effect.orDie)
    })
  })
)
