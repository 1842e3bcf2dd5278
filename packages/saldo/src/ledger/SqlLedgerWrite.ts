/**
 * How a decision is written: on Postgres in one statement, on SQLite in one per table.
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { fromMicros } from "./BookingTime.ts"
import type { JournalHead } from "./JournalEntry.ts"
import { blockHash, noHash, type UnplacedBlock } from "./journalBlocks.ts"
import {
  blockRows,
  type BlockRows,
  commandRows,
  standingRows,
  type StandingRows,
  type Writing
} from "./SqlLedgerBlock.ts"

/** Where a block came to stand. */
export interface Place {
  readonly sequence: number
  readonly micros: number
}

/** Bigints as text, which both databases read as integers. */
const json = (rows: ReadonlyArray<unknown>): string =>
  rows.length === 0
    ? "[]"
    : JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))

/**
 * The head's row is locked last, in the statement that writes everything: concurrent commits on different accounts wait for
 * each other only from there to their COMMIT. When a key is there already, nothing is written but the commands of the
 * other keys, which are given to be taken away again.
 */
const postgresBlock = `
WITH new_commands AS (
  INSERT INTO saldo_ledger_commands (tenant, command_key, request, first_entry_id, entry_count, refusal)
  SELECT $1, command_key, request, first_entry_id, entry_count, refusal
  FROM json_to_recordset($2::json) AS c (
    command_key text, request text, first_entry_id text, entry_count int, refusal text
  )
  ON CONFLICT DO NOTHING RETURNING command_key
), placed AS (
  UPDATE saldo_ledger_heads SET
    sequence = sequence + $4::bigint,
    booked_at = GREATEST(booked_at + 1, $5::bigint) + $4::bigint - 1,
    hash = encode(sha256(
      decode(hash, 'hex') || int8send(sequence + 1) || int8send($4::bigint)
        || int8send(GREATEST(booked_at + 1, $5::bigint)) || decode($6::text, 'hex')
    ), 'hex')
  WHERE tenant = $1 AND (SELECT count(*) FROM new_commands) = $3::bigint
  RETURNING sequence - $4::bigint AS base, booked_at - $4::bigint AS base_at, hash
), new_entries AS (
  INSERT INTO saldo_ledger_entries (
    tenant, sequence, entry_id, booked_at, command_key, kind, value_on, hold_id, reverses, exchange, code, description,
    metadata, block_hash
  )
  SELECT $1, base + n, entry_id, base_at + n, command_key, kind, value_on, hold_id, reverses, exchange, code,
    description, metadata, CASE WHEN n = $4::bigint THEN hash END
  FROM placed, json_to_recordset($7::json) AS e (
    n int, entry_id text, command_key text, kind text, value_on text, hold_id text, reverses text, exchange text,
    code text, description text, metadata text
  )
), new_postings AS (
  INSERT INTO saldo_ledger_postings (
    tenant, sequence, line, account_id, side, currency, posted, pending, value_on, value_order, debits_posted,
    credits_posted, debits_pending, credits_pending
  )
  SELECT $1, base + n, line, account_id, side, currency, posted, pending, value_on, value_order, debits_posted,
    credits_posted, debits_pending, credits_pending
  FROM placed, json_to_recordset($8::json) AS p (
    n int, line int, account_id text, side text, currency text, posted bigint, pending bigint, value_on text,
    value_order text, debits_posted bigint, credits_posted bigint, debits_pending bigint, credits_pending bigint
  )
), new_tags AS (
  INSERT INTO saldo_ledger_entry_tags (tenant, tag, sequence)
  SELECT $1, tag, base + n FROM placed, json_to_recordset($9::json) AS t (n int, tag text)
), changed_accounts AS (
  UPDATE saldo_ledger_accounts AS account SET
    debits_posted = a.debits_posted, credits_posted = a.credits_posted, debits_pending = a.debits_pending,
    credits_pending = a.credits_pending, value_high = a.value_high, version = a.version
  FROM placed, json_to_recordset($10::json) AS a (
    account_id text, debits_posted bigint, credits_posted bigint, debits_pending bigint, credits_pending bigint,
    value_high text, version bigint
  )
  WHERE account.tenant = $1 AND account.account_id = a.account_id
), new_holds AS (
  INSERT INTO saldo_ledger_holds (
    tenant, hold_id, debit, credit, currency, amount, captured, remaining, over_capture, state, expires_at
  )
  SELECT $1, hold_id, debit, credit, currency, amount, captured, remaining, over_capture, state, expires_at
  FROM placed, json_to_recordset($11::json) AS h (
    hold_id text, debit text, credit text, currency text, amount bigint, captured bigint, remaining bigint,
    over_capture bigint, state text, expires_at bigint
  )
), changed_holds AS (
  UPDATE saldo_ledger_holds AS hold SET captured = h.captured, remaining = h.remaining, state = h.state
  FROM placed, json_to_recordset($12::json) AS h (hold_id text, captured bigint, remaining bigint, state text)
  WHERE hold.tenant = $1 AND hold.hold_id = h.hold_id
)
SELECT (SELECT base FROM placed) AS base, (SELECT base_at FROM placed) AS base_at,
  CASE WHEN NOT EXISTS (SELECT 1 FROM placed) THEN ARRAY(SELECT command_key FROM new_commands) END AS strays`

const postgresRefusals = `
INSERT INTO saldo_ledger_commands (tenant, command_key, request, first_entry_id, entry_count, refusal)
SELECT $1, command_key, request, first_entry_id, entry_count, refusal
FROM json_to_recordset($2::json) AS c (
  command_key text, request text, first_entry_id text, entry_count int, refusal text
)
ON CONFLICT DO NOTHING RETURNING command_key`

/** Writes blocks one after another; `undefined` when a key was there already, and then nothing is written. */
export type WriteBlocks = (
  writing: Writing,
  blocks: ReadonlyArray<UnplacedBlock>,
  nowMicros: number
) => Effect.Effect<ReadonlyArray<Place> | undefined, SqlError>

const noStanding: StandingRows = { accountRows: [], newHolds: [], changedHolds: [] }

interface PlacedRow {
  readonly base: bigint | null
  readonly base_at: bigint | null
  readonly strays: ReadonlyArray<string> | null
}

const makePostgres = (sql: SqlClient.SqlClient): WriteBlocks => {
  const remove = (tenant: string, keys: ReadonlyArray<string>) =>
    keys.length === 0
      ? Effect.void
      : sql`DELETE FROM saldo_ledger_commands WHERE tenant = ${tenant} AND command_key = ANY(${keys})`

  return Effect.fnUntraced(function* (writing, blocks, nowMicros) {
    const { tenant } = writing
    const commands = commandRows(writing)
    if (blocks.length === 0) {
      const rows = yield* sql.unsafe<{ readonly command_key: string }>(postgresRefusals, [tenant, json(commands)])
      if (rows.length === commands.length) return []
      yield* remove(
        tenant,
        rows.map(({ command_key }) => command_key)
      )
      return undefined
    }
    const prepared = blocks.map((block) => ({ block, rows: blockRows(writing, block) }))
    const standing = standingRows(writing)
    const places: Array<Place> = []
    for (const [index, { block, rows }] of prepared.entries()) {
      // All commands, accounts and holds go with the first block.
      const written = index === 0 ? commands : []
      const { accountRows, changedHolds, newHolds } = index === 0 ? standing : noStanding
      const [place] = yield* sql.unsafe<PlacedRow>(postgresBlock, [
        tenant,
        json(written),
        BigInt(written.length),
        BigInt(block.entries.length),
        BigInt(block.importedMicros ?? nowMicros),
        block.entries.map(({ contentHash }) => contentHash).join(""),
        json(rows.entryRows),
        json(rows.postingRows),
        json(rows.tagRows),
        json(accountRows),
        json(newHolds),
        json(changedHolds)
      ])
      if (place === undefined || place.base === null || place.base_at === null) {
        yield* remove(tenant, place?.strays ?? [])
        return undefined
      }
      places.push({ sequence: Number(place.base) + 1, micros: Number(place.base_at) + 1 })
    }
    return places
  })
}

/** Rows per statement, within SQLite's limit of parameters. */
const chunkSize = 100

const makeSqlite = (sql: SqlClient.SqlClient): WriteBlocks => {
  const insertAll = (table: string, rows: ReadonlyArray<Record<string, unknown>>) =>
    Arr.isReadonlyArrayNonEmpty(rows)
      ? Effect.forEach(
          Arr.chunksOf(rows, chunkSize),
          (chunk) => sql`INSERT INTO ${sql.literal(table)} ${sql.insert(chunk)}`,
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
    for (const row of accountRows) {
      yield* sql`
        UPDATE saldo_ledger_accounts SET
          debits_posted = ${row.debits_posted}, credits_posted = ${row.credits_posted},
          debits_pending = ${row.debits_pending}, credits_pending = ${row.credits_pending},
          value_high = ${row.value_high}, version = ${row.version}
        WHERE tenant = ${tenant} AND account_id = ${row.account_id}`
    }
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
  sql.onDialectOrElse({ pg: () => makePostgres(sql), orElse: () => makeSqlite(sql) })

/** The end of a journal, of its row. */
export const headOfRow = (
  tenant: string,
  row: { readonly sequence: bigint; readonly booked_at: bigint; readonly hash: string } | undefined
): JournalHead =>
  row === undefined || row.sequence === 0n
    ? { tenant, sequence: 0, bookedAt: null, hash: noHash }
    : { tenant, sequence: Number(row.sequence), bookedAt: fromMicros(Number(row.booked_at)), hash: row.hash }
