/**
 * How a decision is written: on SQLite here, in a statement per table; on Postgres beside this.
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { type Column, names, type PackedRow } from "../sql/internal/packedRows.ts"
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
import {
  accountColumns,
  commandColumns,
  entryColumns,
  holdColumns,
  postingColumns,
  tagColumns
} from "./SqlLedgerColumns.ts"
import { makePostgresWriteBlocks } from "./SqlLedgerPostgres.ts"

/** Rows per statement, within SQLite's limit of parameters. */
const chunkSize = 100

/**
 * Statements on SQLite fail where they are and leave undoing to the transaction, which every commit is. To be able to undo
 * itself, a statement of several rows would copy each page before it writes to it, which takes longer than writing.
 */
const makeSqlite = (sql: SqlClient.SqlClient): WriteBlocks => {
  /**
   * Makes what runs a statement of rows, for some at a time. Its text for a number of rows is made once, and so the same
   * object, by which the prepared statement is found faster; `first` are a row's values before those of the columns.
   */
  const rowsInto = (makeText: (values: string) => string, width: number, columns: ReadonlyArray<Column>) => {
    const texts: Array<string> = []
    const columnNames = columns.map(([name]) => name)
    const mark = `(?${", ?".repeat(width + columns.length - 1)})`
    const textOf = (count: number) => (texts[count] ??= makeText(`${mark}${`, ${mark}`.repeat(count - 1)}`))
    return <Row extends PackedRow>(
      rows: ReadonlyArray<Row>,
      first: (row: Row) => ReadonlyArray<unknown>,
      last: ReadonlyArray<unknown> = []
    ) =>
      Effect.forEach(
        Arr.chunksOf(rows, chunkSize),
        (chunk) => {
          const parameters: Array<unknown> = []
          for (const row of chunk) {
            parameters.push(...first(row))
            for (const name of columnNames) parameters.push(row[name])
          }
          parameters.push(...last)
          return sql.unsafe(textOf(chunk.length), parameters)
        },
        { discard: true }
      )
  }
  const inserting = (table: string, first: ReadonlyArray<string>, columns: ReadonlyArray<Column>) =>
    rowsInto(
      (values) => `INSERT OR FAIL INTO ${table} (${[...first, names(columns)].join(", ")}) VALUES ${values}`,
      first.length,
      columns
    )
  const insertCommands = inserting("saldo_ledger_commands", ["tenant"], commandColumns)
  const insertEntries = inserting(
    "saldo_ledger_entries",
    ["tenant", "sequence", "booked_at", "block_hash"],
    entryColumns
  )
  const insertPostings = inserting("saldo_ledger_postings", ["tenant", "sequence"], postingColumns)
  const insertTags = inserting("saldo_ledger_entry_tags", ["tenant", "sequence"], tagColumns)
  const insertHolds = inserting("saldo_ledger_holds", ["tenant"], holdColumns)
  const updateAccounts = rowsInto(
    (values) => `
      WITH given (account_id, ${names(accountColumns)}) AS MATERIALIZED (VALUES ${values})
      UPDATE OR FAIL saldo_ledger_accounts AS account SET
        ${accountColumns.map(([name]) => `${name} = given.${name}`).join(", ")}
      FROM given WHERE account.tenant = ? AND account.account_id = given.account_id`,
    1,
    accountColumns
  )

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
    yield* insertEntries(entryRows, ({ n }) => [
      tenant,
      at(n),
      BigInt(micros + n - 1),
      n === entryRows.length ? hash : null
    ])
    yield* insertPostings(postingRows, ({ n }) => [tenant, at(n)])
    yield* insertTags(tagRows, ({ n }) => [tenant, at(n)])
  })

  const writeStanding = Effect.fnUntraced(function* (
    tenant: string,
    { accountRows, changedHolds, newHolds }: StandingRows
  ) {
    yield* updateAccounts(accountRows, ({ account_id }) => [account_id], [tenant])
    yield* insertHolds(newHolds, () => [tenant])
    for (const { captured, hold_id, remaining, state } of changedHolds) {
      yield* sql`
        UPDATE saldo_ledger_holds SET captured = ${captured}, remaining = ${remaining}, state = ${state}
        WHERE tenant = ${tenant} AND hold_id = ${hold_id}`
    }
  })

  return Effect.fnUntraced(function* (writing, blocks, nowMicros) {
    const { tenant } = writing
    yield* insertCommands(commandRows(writing), () => [tenant])
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
