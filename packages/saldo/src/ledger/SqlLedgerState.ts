/**
 * What commands decide on, read so that nobody else can change it before they are written.
 */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { commandReferences } from "./commandReferences.ts"
import type { Hold, HoldId } from "./Hold.ts"
import type { EntryId, JournalEntry } from "./JournalEntry.ts"
import type { AccountId, LedgerAccount } from "./LedgerAccount.ts"
import type { LedgerCommand } from "./LedgerCommand.ts"
import type { LedgerLookup } from "./ledgerDraft.ts"
import {
  type AccountRow,
  accountColumnNames,
  accountOfRow,
  accountOfValues,
  valueHighOfValues,
  type EntryRow,
  entryOfRows,
  holdOfRow,
  type HoldRow,
  type LineRow
} from "./SqlLedgerRows.ts"

/** What a batch of commands decides on. */
export interface LedgerState extends LedgerLookup {
  /** Which holds there are already. */
  readonly holds: ReadonlyMap<HoldId, Hold>
  /** The latest value date of each account's lines; see `AccountRow`. */
  readonly valueHighs: ReadonlyMap<AccountId, string>
  /** Where Postgres has the accounts' rows, as long as they are locked or have the same version. */
  readonly places: ReadonlyMap<AccountId, string>
}

/** The row of an account on Postgres, which says where it is. */
interface PlacedRow extends AccountRow {
  readonly place: string
}

/** An account as it was read, with what its row says beside it. */
interface ReadAccount {
  readonly account: LedgerAccount
  readonly valueHigh: string
  readonly place: string | undefined
}

const placedAccount = (row: PlacedRow): ReadAccount => ({
  account: accountOfRow(row),
  valueHigh: row.value_high,
  place: row.place
})

/** What the rows of accounts say, by account. */
const accountMaps = (read: ReadonlyArray<ReadAccount>) => {
  const accounts = new Map<AccountId, LedgerAccount>()
  const valueHighs = new Map<AccountId, string>()
  const places = new Map<AccountId, string>()
  for (const { account, place, valueHigh } of read) {
    accounts.set(account.id, account)
    valueHighs.set(account.id, valueHigh)
    if (place !== undefined) places.set(account.id, place)
  }
  return { accounts, valueHighs, places }
}

/** The rows of a tenant that have one of some values in a column. */
export type RowsBy = (
  table: string,
  column: string,
  tenant: string,
  values: ReadonlyArray<string> | ReadonlyArray<number>,
  how?: "locked" | "placed"
) => Fragment

/**
 * Makes what finds rows by a column that is unique in its tenant, or begins an index with it, as something to select from.
 *
 * On Postgres each row is looked up, and locked, by itself in the order of the values: a planner that knows little of a
 * table would rather read all rows of the tenant. The values come packed, for it would make a new plan for each number.
 */
export const makeRowsBy = (sql: SqlClient.SqlClient): RowsBy =>
  sql.onDialectOrElse({
    pg: (): RowsBy => (table, column, tenant, values, how) => {
      const type = sql.literal(typeof values[0] === "number" ? "bigint[]" : "text[]")
      const packed = values.map((value) => (typeof value === "number" ? BigInt(value) : value))
      return sql`(SELECT ${packed}::${type} AS list OFFSET 0) AS packed, unnest(packed.list) AS wanted (value), LATERAL (
        SELECT ${sql.literal(how === undefined ? "*" : "*, ctid::text AS place")}
        FROM ${sql.literal(table)} WHERE tenant = ${tenant} AND ${sql.literal(column)} = wanted.value
        ${sql.literal(how === "locked" ? "FOR UPDATE" : "OFFSET 0")}
      ) AS found`
    },
    orElse: (): RowsBy => (table, column, tenant, values) =>
      sql`${sql.literal(table)} AS found WHERE found.tenant = ${tenant}
        AND ${sql.literal(`found.${column}`)} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`
  })

/** The entries of rows in their order, with the lines that belong to them. */
export const joinLines = (
  rows: ReadonlyArray<EntryRow>,
  lines: ReadonlyArray<LineRow>
): ReadonlyArray<JournalEntry> => {
  const bySequence = new Map<bigint, Array<LineRow>>()
  for (const line of lines) {
    const known = bySequence.get(line.sequence)
    if (known === undefined) bySequence.set(line.sequence, [line])
    else known.push(line)
  }
  const inOrder = (of: ReadonlyArray<LineRow>) => of.toSorted((a, b) => Number(a.line) - Number(b.line))
  return rows.map((row) => entryOfRows(row, inOrder(bySequence.get(row.sequence) ?? [])))
}

/** Makes what finds entries by a column that is unique in its tenant, in the order of the journal. */
export const makeEntriesBy = (sql: SqlClient.SqlClient) => {
  const rowsBy = makeRowsBy(sql)
  const linesOf = (tenant: string, rows: ReadonlyArray<EntryRow>) =>
    Effect.map(
      sql<LineRow>`SELECT found.* FROM ${rowsBy(
        "saldo_ledger_postings",
        "sequence",
        tenant,
        rows.map(({ sequence }) => Number(sequence))
      )}`,
      (lines) => joinLines(rows, lines)
    )
  return {
    linesOf,
    entriesBy: Effect.fnUntraced(function* (
      column: "entry_id" | "sequence",
      tenant: string,
      values: ReadonlyArray<string> | ReadonlyArray<number>
    ) {
      if (values.length === 0) return []
      const rows = yield* sql<EntryRow>`SELECT found.* FROM ${rowsBy("saldo_ledger_entries", column, tenant, values)}`
      const ordered = rows.toSorted((a, b) => Number(a.sequence - b.sequence))
      return ordered.length === 0 ? [] : yield* linesOf(tenant, ordered)
    })
  }
}

/** Ids that must be free, or the command that names them is refused. */
const claimedIds = (commands: ReadonlyArray<LedgerCommand>): ReadonlySet<string> => {
  const claimed = new Set<string>()
  for (const { operations } of commands) {
    for (const operation of operations) {
      if (operation._tag === "PlaceHold") claimed.add(operation.holdId)
      if (operation._tag === "Post" && operation.entryId !== undefined) claimed.add(operation.entryId)
    }
  }
  return claimed
}

/**
 * Makes what reads and locks for a batch of commands.
 *
 * On Postgres locks are taken in one order: ids that are claimed, holds, accounts, each by id; then the keys of commands and
 * the head of the journal, in the statement that writes. What is guarded by an account's lock (its counters, the reversals
 * of its entries) is read with or after it.
 */
export const makeState = (sql: SqlClient.SqlClient) => {
  const rowsBy = makeRowsBy(sql)
  const { entriesBy } = makeEntriesBy(sql)

  /** An id that is not there yet cannot be locked as a row; whoever else claims it waits here. */
  const claim = sql.onDialectOrElse({
    pg: () => (tenant: string, ids: ReadonlySet<string>) =>
      sql`
        SELECT count(
          pg_advisory_xact_lock(
            hashtextextended(current_schema() || ${JSON.stringify(["saldo.ledger", tenant])} || id, 0)
          )
        ) AS locked
        FROM (SELECT id FROM unnest(${[...ids]}) AS id ORDER BY id) AS claimed`.pipe(Effect.asVoid),
    orElse: () => () => Effect.void
  })

  const lockHolds = (tenant: string, ids: Iterable<string>) =>
    sql<HoldRow>`SELECT found.* FROM ${rowsBy("saldo_ledger_holds", "hold_id", tenant, [...ids].sort(), "locked")}`

  const lockedRows = (tenant: string, ids: Iterable<string>) =>
    rowsBy("saldo_ledger_accounts", "account_id", tenant, [...ids].sort(), "locked")

  const lockAccounts: (tenant: string, ids: Iterable<string>) => Effect.Effect<ReadonlyArray<ReadAccount>, SqlError> =
    sql.onDialectOrElse({
      pg: () => (tenant: string, ids: Iterable<string>) =>
        Effect.map(sql<PlacedRow>`SELECT found.* FROM ${lockedRows(tenant, ids)}`, (rows) => rows.map(placedAccount)),
      orElse: () => {
        const columns = sql.literal(accountColumnNames.replaceAll(/\w+/gu, "found.$&"))
        return (tenant: string, ids: Iterable<string>) =>
          Effect.map(sql`SELECT ${columns} FROM ${lockedRows(tenant, ids)}`.values, (rows) =>
            rows.map((values) => ({
              account: accountOfValues(values),
              valueHigh: valueHighOfValues(values),
              place: undefined
            }))
          )
      }
    })

  const findReversals = (tenant: string, ids: Iterable<string>) =>
    sql<{ readonly reverses: string; readonly entry_id: string }>`
      SELECT found.reverses, found.entry_id FROM ${rowsBy("saldo_ledger_entries", "reverses", tenant, [...ids])}`

  /** Whether any of the ids has come to be, since they were looked for and before the accounts were locked. */
  const appeared = Effect.fnUntraced(function* (
    tenant: string,
    holds: ReadonlyArray<string>,
    entries: ReadonlyArray<string>
  ) {
    if (holds.length > 0 && (yield* lockHolds(tenant, holds)).length > 0) return true
    if (entries.length === 0) return false
    const rows = yield* sql`SELECT found.sequence FROM ${rowsBy("saldo_ledger_entries", "entry_id", tenant, entries)}`
    return rows.length > 0
  })

  const read: (tenant: string, commands: ReadonlyArray<LedgerCommand>) => Effect.Effect<LedgerState, SqlError> =
    Effect.fnUntraced(function* (tenant, commands) {
      const references = commandReferences(commands)
      const claimed = claimedIds(commands)
      if (claimed.size > 0) yield* claim(tenant, claimed)
      const holds = new Map<HoldId, Hold>()
      const entries = new Map<EntryId, JournalEntry>()
      const wanted = new Set<string>(references.accounts)
      if (references.holds.size > 0) {
        for (const hold of (yield* lockHolds(tenant, references.holds)).map(holdOfRow)) {
          holds.set(hold.id, hold)
          wanted.add(hold.debit).add(hold.credit)
        }
      }
      if (references.entries.size > 0) {
        for (const entry of yield* entriesBy("entry_id", tenant, [...references.entries])) {
          entries.set(entry.id, entry)
          for (const { accountId } of entry.lines) wanted.add(accountId)
        }
      }
      const { accounts, places, valueHighs } = accountMaps(yield* lockAccounts(tenant, wanted))
      const missingHolds = [...references.holds].filter((id) => !holds.has(id) && !claimed.has(id))
      const missingEntries = [...references.entries].filter((id) => !entries.has(id) && !claimed.has(id))
      if (missingHolds.length + missingEntries.length > 0) {
        // Somebody made one while this waited for the accounts; what else he did is seen, so this must be too.
        if (yield* appeared(tenant, missingHolds, missingEntries)) return yield* read(tenant, commands)
      }
      const reversals = new Map<string, EntryId>()
      if (entries.size > 0) {
        for (const row of yield* findReversals(tenant, entries.keys())) {
          reversals.set(row.reverses, row.entry_id as EntryId)
        }
      }
      return {
        holds,
        valueHighs,
        places,
        account: (id) => accounts.get(id),
        hold: (id) => holds.get(id),
        entry: (id) => entries.get(id),
        reversal: (id) => reversals.get(id)
      }
    })

  return { read }
}

/** Accounts as they were at some moment, which others may have changed since. */
export interface SeenState extends LedgerState {
  /** By id. */
  readonly accounts: ReadonlyMap<AccountId, LedgerAccount>
}

/**
 * Makes what reads the accounts that commands name on Postgres, in one statement and without locks, for commands that name
 * nothing else.
 */
export const makeSee = (sql: SqlClient.SqlClient) => {
  const rowsBy = makeRowsBy(sql)
  return (tenant: string, commands: ReadonlyArray<LedgerCommand>): Effect.Effect<SeenState, SqlError> => {
    const ids = [...commandReferences(commands).accounts].sort()
    const rows = sql<PlacedRow>`
      SELECT found.* FROM ${rowsBy("saldo_ledger_accounts", "account_id", tenant, ids, "placed")}`
    return Effect.map(rows, (read) => {
      const { accounts, places, valueHighs } = accountMaps(read.map(placedAccount))
      return {
        accounts,
        places,
        valueHighs,
        holds: new Map(),
        account: (id) => accounts.get(id),
        hold: () => undefined,
        entry: () => undefined,
        reversal: () => undefined
      }
    })
  }
}
