/**
 * How a decision is written: on SQLite here, in a statement per table; on Postgres beside this.
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { fromMicros } from "./BookingTime.ts"
import type { JournalHead } from "./JournalEntry.ts"
import { blockHash, noHash } from "./journalBlocks.ts"
import {
  blockRows,
  type BlockRows,
  commandRows,
  type Place,
  standingRows,
  type StandingRows,
  type WriteBlocks
} from "./SqlLedgerBlock.ts"
import { makePostgresWriteBlocks } from "./SqlLedgerPostgres.ts"

/** Rows per statement, within SQLite's limit of parameters. */
const chunkSize = 100

/**
 * Statements on SQLite fail where they are and leave undoing to the transaction, which every commit is. To be able to undo
 * itself, a statement of several rows would copy each page before it writes to it, which takes longer than writing.
 */
const makeSqlite = (sql: SqlClient.SqlClient): WriteBlocks => {
  const insertAll = (table: string, rows: ReadonlyArray<Record<string, unknown>>) =>
    Arr.isReadonlyArrayNonEmpty(rows)
      ? Effect.forEach(
          Arr.chunksOf(rows, chunkSize),
          (chunk) => sql`INSERT OR FAIL INTO ${sql.literal(table)} ${sql.insert(chunk)}`,
          { discard: true }
        )
      : Effect.void

  const readHead = Effect.fnUntraced(function* (tenant: string) {
    const [row] = yield* sql<{ readonly sequence: bigint; readonly booked_at: bigint; readonly hash: string }>`
      SELECT sequence, booked_at, hash FROM saldo_ledger_heads WHERE tenant = ${tenant}`
    return { sequence: Number(row?.sequence ?? 0), micros: Number(row?.booked_at ?? -1), hash: row?.hash ?? noHash }
  })

  const writeRows = Effect.fnUntraced(function* (
    tenant: string,
    { entryRows, postingRows, tagRows }: BlockRows,
    { micros, sequence }: Place,
    hash: string
  ) {
    const at = (n: number) => BigInt(sequence + n - 1)
    yield* insertAll(
      "saldo_ledger_entries",
      entryRows.map(({ n, ...row }) => ({
        tenant,
        sequence: at(n),
        ...row,
        booked_at: BigInt(micros + n - 1),
        block_hash: n === entryRows.length ? hash : null
      }))
    )
    yield* insertAll(
      "saldo_ledger_postings",
      postingRows.map(({ n, ...row }) => ({ tenant, sequence: at(n), ...row }))
    )
    yield* insertAll(
      "saldo_ledger_entry_tags",
      tagRows.map(({ n, tag }) => ({ tenant, tag, sequence: at(n) }))
    )
  })

  const writeStanding = Effect.fnUntraced(function* (
    tenant: string,
    { accountRows, changedHolds, newHolds }: StandingRows
  ) {
    // One statement for all accounts, with amounts as text, as JSON has no integers of 64 bits. Materialised, or else each
    // of the tenant's accounts would be looked for in the JSON.
    const given = accountRows.map((row) => [
      row.account_id,
      String(row.debits_posted),
      String(row.credits_posted),
      String(row.debits_pending),
      String(row.credits_pending),
      row.value_high,
      Number(row.version)
    ])
    yield* sql`
      WITH given AS MATERIALIZED (
        SELECT value ->> 0 AS account_id, CAST(value ->> 1 AS INTEGER) AS debits_posted,
          CAST(value ->> 2 AS INTEGER) AS credits_posted, CAST(value ->> 3 AS INTEGER) AS debits_pending,
          CAST(value ->> 4 AS INTEGER) AS credits_pending, value ->> 5 AS value_high, value ->> 6 AS version
        FROM json_each(${JSON.stringify(given)})
      )
      UPDATE OR FAIL saldo_ledger_accounts AS account SET
        debits_posted = given.debits_posted, credits_posted = given.credits_posted,
        debits_pending = given.debits_pending, credits_pending = given.credits_pending,
        value_high = given.value_high, version = given.version
      FROM given WHERE account.tenant = ${tenant} AND account.account_id = given.account_id`
    yield* insertAll(
      "saldo_ledger_holds",
      newHolds.map((row) => ({ ...row }))
    )
    for (const { captured, hold_id, remaining, state } of changedHolds) {
      yield* sql`
        UPDATE saldo_ledger_holds SET captured = ${captured}, remaining = ${remaining}, state = ${state}
        WHERE tenant = ${tenant} AND hold_id = ${hold_id}`
    }
  })

  return Effect.fnUntraced(function* (writing, blocks, nowMicros) {
    const { tenant } = writing
    yield* insertAll(
      "saldo_ledger_commands",
      commandRows(writing).map((row) => ({ tenant, ...row }))
    )
    if (blocks.length === 0) return []
    let head = yield* readHead(tenant)
    const places: Array<Place> = []
    for (const block of blocks) {
      const place = {
        sequence: head.sequence + 1,
        micros: block.importedMicros ?? Math.max(nowMicros, head.micros + 1)
      }
      const hashes = block.entries.map(({ contentHash }) => contentHash)
      const hash = blockHash(head.hash, place, hashes)
      yield* writeRows(tenant, blockRows(writing, block), place, hash)
      places.push(place)
      head = { sequence: head.sequence + hashes.length, micros: place.micros + hashes.length - 1, hash }
    }
    yield* sql`
      UPDATE saldo_ledger_heads SET sequence = ${BigInt(head.sequence)}, booked_at = ${BigInt(head.micros)},
        hash = ${head.hash}
      WHERE tenant = ${tenant}`
    yield* writeStanding(tenant, standingRows(writing))
    return places
  })
}

/** Makes what writes blocks, for the client's dialect. */
export const makeWriteBlocks = (sql: SqlClient.SqlClient): WriteBlocks =>
  sql.onDialectOrElse({ pg: () => makePostgresWriteBlocks(sql), orElse: () => makeSqlite(sql) })

/** The end of a journal, of its row. */
export const headOfRow = (
  tenant: string,
  row: { readonly sequence: bigint; readonly booked_at: bigint; readonly hash: string } | undefined
): JournalHead =>
  row === undefined || row.sequence === 0n
    ? { tenant, sequence: 0, bookedAt: null, hash: noHash }
    : { tenant, sequence: Number(row.sequence), bookedAt: fromMicros(Number(row.booked_at)), hash: row.hash }
