/**
 * Accounts, entries, lines and holds, found and listed.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as Page from "../core/Page.ts"
import { toMicros } from "./BookingTime.ts"
import type { EntryId, JournalBlock } from "./JournalEntry.ts"
import type { AccountFilter, EntryFilter, HoldFilter, LineFilter } from "./LedgerFilter.ts"
import type { LedgerStore } from "./LedgerStore.ts"
import {
  type AccountRow,
  accountOfRow,
  type ActivityRow,
  activityOfRow,
  type EntryRow,
  holdOfRow,
  type HoldRow,
  type LineRow,
  tagOf
} from "./SqlLedgerRows.ts"
import { joinLines, makeEntriesBy } from "./SqlLedgerState.ts"
import { headOfRow } from "./SqlLedgerWrite.ts"

/** Entries read at a time by `blocks`. */
const chunkSize = 500

type Conditions = ReadonlyArray<Fragment>

const makeConditions = (sql: SqlClient.SqlClient) => {
  const metadata = (given: Readonly<Record<string, string>> | undefined, has: (tag: string) => Fragment): Conditions =>
    Object.entries(given ?? {}).map(([name, value]) => has(tagOf(name, value)))

  const dates = (filter: LineFilter): Conditions => [
    ...(filter.valueFrom === undefined ? [] : [sql`entry.value_on >= ${filter.valueFrom}`]),
    ...(filter.valueTo === undefined ? [] : [sql`entry.value_on <= ${filter.valueTo}`]),
    ...(filter.bookedFrom === undefined ? [] : [sql`entry.booked_at >= ${BigInt(toMicros(filter.bookedFrom))}`]),
    ...(filter.bookedTo === undefined ? [] : [sql`entry.booked_at <= ${BigInt(toMicros(filter.bookedTo))}`])
  ]

  return {
    account: (filter: AccountFilter): Conditions => [
      ...(filter.type === undefined ? [] : [sql`account.type = ${filter.type}`]),
      ...(filter.currency === undefined ? [] : [sql`account.currency = ${filter.currency}`]),
      ...(filter.parent === undefined ? [] : [sql`account.parent = ${filter.parent}`]),
      ...(filter.closed === undefined ? [] : [sql`account.closed = ${Number(filter.closed)}`]),
      ...(filter.codePrefix === undefined
        ? []
        : [
            sql`account.code >= ${filter.codePrefix}`,
            sql`substr(account.code, 1, length(${filter.codePrefix})) = ${filter.codePrefix}`
          ]),
      ...metadata(
        filter.metadata,
        (tag) => sql`EXISTS (
          SELECT 1 FROM saldo_ledger_account_tags AS tagged
          WHERE tagged.tenant = account.tenant AND tagged.tag = ${tag} AND tagged.account_id = account.account_id
        )`
      )
    ],
    /**
     * Times and numbers grow together, so that what was booked from a time on has no smaller number than its first. A
     * planner that does not know this reads the whole journal of an account for its newest entries.
     */
    since: (tenant: string, column: string, { bookedFrom }: LineFilter): Conditions =>
      bookedFrom === undefined
        ? []
        : [
            sql`${sql.literal(column)} >= (
              SELECT since.sequence FROM saldo_ledger_entries AS since
              WHERE since.tenant = ${tenant} AND since.booked_at >= ${BigInt(toMicros(bookedFrom))}
              ORDER BY since.booked_at LIMIT 1
            )`
          ],
    line: (filter: LineFilter): Conditions => [
      ...dates(filter),
      ...(filter.postedOnly === true ? [sql`posting.posted <> 0`] : [])
    ],
    entry: (filter: EntryFilter): Conditions => [
      ...dates(filter),
      ...(filter.kind === undefined ? [] : [sql`entry.kind = ${filter.kind}`]),
      ...(filter.code === undefined ? [] : [sql`entry.code = ${filter.code}`]),
      ...(filter.holdId === undefined ? [] : [sql`entry.hold_id = ${filter.holdId}`])
    ],
    /**
     * Where entries are looked for, by a column in the order of the journal: among those with a tag, else among the lines of
     * an account, else among all. So no more entries are read than are given, unless filters are combined.
     */
    entriesFrom: (tenant: string, { accountId, metadata: given = {} }: EntryFilter) => {
      const join = (table: string, alias: string) =>
        sql.literal(`${table} AS ${alias} JOIN saldo_ledger_entries AS entry
          ON entry.tenant = ${alias}.tenant AND entry.sequence = ${alias}.sequence`)
      const [first, ...others] = Object.entries(given).map(([name, value]) => tagOf(name, value))
      if (first !== undefined) {
        const has = (tag: string) => sql`EXISTS (
          SELECT 1 FROM saldo_ledger_entry_tags AS other
          WHERE other.tenant = entry.tenant AND other.tag = ${tag} AND other.sequence = entry.sequence
        )`
        const touches = sql`EXISTS (
          SELECT 1 FROM saldo_ledger_postings AS posting
          WHERE posting.tenant = entry.tenant AND posting.account_id = ${accountId} AND posting.sequence = entry.sequence
        )`
        return {
          from: join("saldo_ledger_entry_tags", "tagged"),
          order: "tagged.sequence",
          conditions: [
            sql`tagged.tenant = ${tenant}`,
            sql`tagged.tag = ${first}`,
            ...others.map(has),
            ...(accountId === undefined ? [] : [touches])
          ]
        }
      }
      return accountId === undefined
        ? {
            from: sql`saldo_ledger_entries AS entry`,
            order: "entry.sequence",
            conditions: [sql`entry.tenant = ${tenant}`]
          }
        : {
            from: join("saldo_ledger_postings", "posting"),
            order: "posting.sequence",
            conditions: [sql`posting.tenant = ${tenant}`, sql`posting.account_id = ${accountId}`]
          }
    },
    hold: (tenant: string, filter: HoldFilter): Conditions => [
      ...(filter.accountId === undefined
        ? []
        : [
            sql`hold_id IN (
              SELECT hold_id FROM saldo_ledger_holds WHERE tenant = ${tenant} AND debit = ${filter.accountId}
              UNION ALL SELECT hold_id FROM saldo_ledger_holds WHERE tenant = ${tenant} AND credit = ${filter.accountId}
            )`
          ]),
      ...(filter.state === undefined ? [] : [sql`state = ${filter.state}`])
    ]
  }
}

/** The condition for what comes after the last item of the page before, whose order is one unique column. */
const behind = (sql: SqlClient.SqlClient, column: string, start: Page.Position | undefined): Conditions => {
  const last = start?.[0]
  return last === undefined || last === null ? [] : [sql`${sql.literal(column)} > ${last}`]
}

const makeLists = (
  sql: SqlClient.SqlClient
): Pick<LedgerStore["Service"], "listAccounts" | "listEntries" | "listHolds" | "listLines"> => {
  const conditions = makeConditions(sql)
  const { linesOf } = makeEntriesBy(sql)

  return {
    listAccounts: Effect.fn("SqlLedgerStore.listAccounts")(function* (tenant, filter, page) {
      const query = { tenant, filter }
      const start = yield* Page.startOf(query, page)
      const all = [
        sql`account.tenant = ${tenant}`,
        ...conditions.account(filter),
        ...behind(sql, "account.code", start)
      ]
      const rows = yield* Effect.orDie(sql<AccountRow>`
        SELECT account.* FROM saldo_ledger_accounts AS account WHERE ${sql.and(all)}
        ORDER BY account.code LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, rows.map(accountOfRow), ({ code }) => [code])
    }),

    listLines: Effect.fn("SqlLedgerStore.listLines")(function* (tenant, id, filter, page) {
      const query = { tenant, id, filter }
      const start = yield* Page.startOf(query, page)
      const all = [
        sql`posting.tenant = ${tenant}`,
        sql`posting.account_id = ${id}`,
        ...conditions.line(filter),
        ...conditions.since(tenant, "posting.sequence", filter),
        ...behind(sql, "posting.sequence", start)
      ]
      const rows = yield* Effect.orDie(sql<ActivityRow>`
        SELECT posting.*, entry.entry_id, entry.kind, entry.booked_at, entry.code, entry.description
        FROM saldo_ledger_postings AS posting
        JOIN saldo_ledger_entries AS entry ON entry.tenant = posting.tenant AND entry.sequence = posting.sequence
        WHERE ${sql.and(all)} ORDER BY posting.sequence LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, rows.map(activityOfRow), ({ sequence }) => [sequence])
    }),

    listEntries: Effect.fn("SqlLedgerStore.listEntries")(function* (tenant, filter, page) {
      const query = { tenant, filter }
      const start = yield* Page.startOf(query, page)
      const { conditions: own, from, order } = conditions.entriesFrom(tenant, filter)
      const since = conditions.since(tenant, order, filter)
      const all = [...own, ...conditions.entry(filter), ...since, ...behind(sql, order, start)]
      const rows = yield* Effect.orDie(sql<EntryRow>`
        SELECT entry.* FROM ${from} WHERE ${sql.and(all)}
        ORDER BY ${sql.literal(order)} LIMIT ${Page.limitOf(page) + 1}`)
      const entries = rows.length === 0 ? [] : yield* Effect.orDie(linesOf(tenant, rows))
      return Page.pageOf(query, page, entries, ({ sequence }) => [sequence])
    }),

    listHolds: Effect.fn("SqlLedgerStore.listHolds")(function* (tenant, filter, page) {
      const query = { tenant, filter }
      const start = yield* Page.startOf(query, page)
      const all = [sql`tenant = ${tenant}`, ...conditions.hold(tenant, filter), ...behind(sql, "hold_id", start)]
      const rows = yield* Effect.orDie(sql<HoldRow>`
        SELECT * FROM saldo_ledger_holds WHERE ${sql.and(all)} ORDER BY hold_id LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, rows.map(holdOfRow), ({ id }) => [id])
    })
  }
}

const makeBlocks = (sql: SqlClient.SqlClient): LedgerStore["Service"]["blocks"] => {
  interface Reading {
    readonly after: bigint
    /** What has been read of a block whose end has not. */
    readonly rows: ReadonlyArray<EntryRow>
    readonly lines: ReadonlyArray<LineRow>
  }
  const next = Effect.fnUntraced(function* (tenant: string, { after, lines, rows }: Reading) {
    const found = yield* sql<EntryRow>`
      SELECT * FROM saldo_ledger_entries WHERE tenant = ${tenant} AND sequence > ${after}
      ORDER BY sequence LIMIT ${chunkSize}`
    const last = found.at(-1)
    if (last === undefined) {
      // Entries without the end of their block are given as they are: a verification must get as far as naming them.
      const rest = rows.length === 0 ? [] : [{ entries: joinLines(rows, lines), hash: "" }]
      return [rest, Option.none<Reading>()] as const
    }
    const foundLines = yield* sql<LineRow>`
      SELECT * FROM saldo_ledger_postings
      WHERE tenant = ${tenant} AND sequence > ${after} AND sequence <= ${last.sequence} ORDER BY sequence, line`
    const blocks: Array<JournalBlock> = []
    let open: Array<EntryRow> = [...rows]
    const allLines = [...lines, ...foundLines]
    let closed = 0n
    for (const row of found) {
      open.push(row)
      if (row.block_hash === null) continue
      blocks.push({ entries: joinLines(open, allLines), hash: row.block_hash })
      open = []
      closed = row.sequence
    }
    const left = allLines.filter(({ sequence }) => sequence > closed)
    return [blocks, Option.some<Reading>({ after: last.sequence, rows: open, lines: left })] as const
  })
  return (tenant) =>
    Stream.paginate<Reading, JournalBlock>({ after: 0n, rows: [], lines: [] }, (reading) =>
      Effect.orDie(next(tenant, reading))
    )
}

const makeFinds = (sql: SqlClient.SqlClient) => {
  const { entriesBy } = makeEntriesBy(sql)
  const first = <Row, A>(rows: ReadonlyArray<Row>, of: (row: Row) => A): Option.Option<A> =>
    Option.map(Option.fromUndefinedOr(rows[0]), of)

  const finds: Pick<
    LedgerStore["Service"],
    "dueHolds" | "findAccount" | "findAccountByCode" | "findEntry" | "findHold" | "findReversal" | "head"
  > = {
    findAccount: Effect.fn("SqlLedgerStore.findAccount")(function* (tenant, id) {
      const rows = yield* sql<AccountRow>`
        SELECT * FROM saldo_ledger_accounts WHERE tenant = ${tenant} AND account_id = ${id}`
      return first(rows, accountOfRow)
    }, Effect.orDie),
    findAccountByCode: Effect.fn("SqlLedgerStore.findAccountByCode")(function* (tenant, code) {
      const rows = yield* sql<AccountRow>`
        SELECT * FROM saldo_ledger_accounts WHERE tenant = ${tenant} AND code = ${code}`
      return first(rows, accountOfRow)
    }, Effect.orDie),
    findEntry: Effect.fn("SqlLedgerStore.findEntry")(function* (tenant, id) {
      return Option.fromUndefinedOr((yield* entriesBy("entry_id", tenant, [id]))[0])
    }, Effect.orDie),
    findReversal: Effect.fn("SqlLedgerStore.findReversal")(function* (tenant, of) {
      const rows = yield* sql<{ readonly entry_id: string }>`
        SELECT entry_id FROM saldo_ledger_entries WHERE tenant = ${tenant} AND reverses = ${of}`
      return first(rows, ({ entry_id }) => entry_id as EntryId)
    }, Effect.orDie),
    findHold: Effect.fn("SqlLedgerStore.findHold")(function* (tenant, id) {
      const rows = yield* sql<HoldRow>`
        SELECT * FROM saldo_ledger_holds WHERE tenant = ${tenant} AND hold_id = ${id}`
      return first(rows, holdOfRow)
    }, Effect.orDie),
    dueHolds: Effect.fn("SqlLedgerStore.dueHolds")(function* (now, limit) {
      const rows = yield* sql<HoldRow>`
        SELECT * FROM saldo_ledger_holds
        WHERE state = 'held' AND expires_at IS NOT NULL AND expires_at <= ${BigInt(now.epochMilliseconds)}
        ORDER BY expires_at, hold_id LIMIT ${limit}`
      return rows.map(holdOfRow)
    }, Effect.orDie),
    head: Effect.fn("SqlLedgerStore.head")(function* (tenant) {
      const [row] = yield* sql<{ readonly sequence: bigint; readonly booked_at: bigint; readonly hash: string }>`
        SELECT sequence, booked_at, hash FROM saldo_ledger_heads WHERE tenant = ${tenant}`
      return headOfRow(tenant, row)
    }, Effect.orDie)
  }
  return finds
}

/** Everything that is read by id or in pages. */
export const makeReads = (sql: SqlClient.SqlClient) => ({
  ...makeFinds(sql),
  ...makeLists(sql),
  blocks: makeBlocks(sql)
})
