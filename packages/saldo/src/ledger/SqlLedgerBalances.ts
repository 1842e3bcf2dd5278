/**
 * Sums of accounts as of a value date and as known at a booking time.
 *
 * Each line has what its account came to by it, so the sum up to a place in the journal is in the last line before it. Value
 * dates mostly follow the journal: up to the line before the first one with a later value date, all lines count but those
 * that were booked ahead, and after it only those that were booked back. Of both, an index has the value dates on which they
 * are astray, so that only those of the asked date are read, wherever it is in the past.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { LocalDate } from "../time/LocalDate.ts"
import { toMicros } from "./BookingTime.ts"
import type { AsOf } from "./LedgerFilter.ts"
import type { LedgerStore } from "./LedgerStore.ts"
import {
  accountColumnNames,
  accountOfValues,
  type AccountRow,
  type CounterColumns,
  countersOf
} from "./SqlLedgerRows.ts"
import { reachesOn } from "./valueOrder.ts"

/** After every line. */
const end = 2n ** 63n - 1n

/** Sums of an expression leave the type of their columns behind. */
type Sums = { readonly [Name in keyof CounterColumns]: bigint | number }

const bigints = (sums: Sums): CounterColumns => ({
  debits_posted: BigInt(sums.debits_posted),
  credits_posted: BigInt(sums.credits_posted),
  debits_pending: BigInt(sums.debits_pending),
  credits_pending: BigInt(sums.credits_pending)
})

const columns = [
  ["debits_posted", "debit", "posted"],
  ["credits_posted", "credit", "posted"],
  ["debits_pending", "debit", "pending"],
  ["credits_pending", "credit", "pending"]
] as const

/** Makes the query of the sums, as of a time, of every account that a condition on `account` lets through. */
export const makeSumsAsOf = (sql: SqlClient.SqlClient) => {
  const own = (alias: string) =>
    sql.literal(`${alias}.tenant = account.tenant AND ${alias}.account_id = account.account_id`)

  const least = sql.literal(sql.onDialectOrElse({ pg: () => "LEAST", orElse: () => "MIN" }))

  /** The number of the last line up to which all that is not ahead of its day counts. */
  const snapshot = (valueOn: string | undefined, known: bigint): Fragment => {
    const later = sql`
      SELECT later.sequence - 1 FROM saldo_ledger_postings AS later
      WHERE ${own("later")} AND later.value_order = 'first' AND later.value_on > ${valueOn}
      ORDER BY later.value_on LIMIT 1`
    // One limit, where a search of the index can begin: of two, SQLite would take one and try the other on every line.
    const limit = valueOn === undefined ? sql`${known}` : sql`${least}(${known}, COALESCE((${later}), ${known}))`
    return sql`
      SELECT line.sequence FROM saldo_ledger_postings AS line
      WHERE ${own("line")} AND line.sequence <= ${limit} ORDER BY line.sequence DESC LIMIT 1`
  }

  /** Lines out of order: those that the snapshot lacks, and with the opposite sign those that it has too early. */
  const outOfOrder = (valueOn: LocalDate | undefined, known: bigint): Fragment => {
    const astray = sql`line.tenant = asked.tenant AND line.account_id = asked.account_id
      AND line.reach = reaches.reach AND line.since >= reaches.earliest AND line.since <= ${valueOn ?? ""}
      AND line.until > ${valueOn ?? ""} AND line.sequence <= ${known}`
    // Looked up one account and reach after another: neither planner may begin with the lines of all.
    const lines = sql.onDialectOrElse({
      pg: () => sql`LATERAL (SELECT line.* FROM saldo_ledger_postings AS line WHERE ${astray} OFFSET 0) AS line`,
      orElse: () => sql`saldo_ledger_postings AS line WHERE ${astray}`
    })
    const signed = (column: string) =>
      sql.literal(`CASE line.value_order WHEN 'ahead' THEN -line.${column} ELSE line.${column} END AS ${column}`)
    return sql`
      SELECT asked.account_id, line.side, ${signed("posted")}, ${signed("pending")}
      FROM asked CROSS JOIN reaches CROSS JOIN ${lines}`
  }

  /** No reach when all value dates count. */
  const reachRows = (valueOn: LocalDate | undefined): Fragment =>
    valueOn === undefined
      ? sql`SELECT 0, '' WHERE 1 = 0`
      : sql`VALUES ${sql.csv(reachesOn(valueOn).map(({ earliest, reach }) => sql`(${sql.literal(String(reach))}, ${earliest})`))}`

  const sums = sql.csv(
    columns.map(([name, side, amount]) =>
      sql.literal(
        `CAST(COALESCE(MAX(taken.${name}), 0)
          + COALESCE(SUM(CASE WHEN moved.side = '${side}' THEN moved.${amount} END), 0) AS BIGINT) AS ${name}`
      )
    )
  )

  return (condition: Fragment, { valueOn }: AsOf, known: bigint) => sql<Sums & { readonly account_id: string }>`
    WITH asked AS MATERIALIZED (
      SELECT account.tenant, account.account_id, COALESCE((${snapshot(valueOn, known)}), 0) AS snapshot
      FROM saldo_ledger_accounts AS account WHERE ${condition}
    ), reaches (reach, earliest) AS (${reachRows(valueOn)}), moved AS (${outOfOrder(valueOn, known)})
    SELECT asked.account_id, ${sums}
    FROM asked
    LEFT JOIN saldo_ledger_postings AS taken
      ON taken.tenant = asked.tenant AND taken.account_id = asked.account_id AND taken.sequence = asked.snapshot
    LEFT JOIN moved ON moved.account_id = asked.account_id
    GROUP BY asked.account_id`
}

/** Makes the balances of accounts. */
export const makeBalances = (sql: SqlClient.SqlClient): Pick<LedgerStore["Service"], "counters" | "trialBalance"> => {
  const sumsAsOf = makeSumsAsOf(sql)

  /** The number of the last entry that was known at a booking time. */
  const knownAt = Effect.fnUntraced(function* (tenant: string, asOf: AsOf) {
    if (asOf.knownAt === undefined) return end
    const [row] = yield* sql<{ readonly sequence: bigint }>`
      SELECT sequence FROM saldo_ledger_entries
      WHERE tenant = ${tenant} AND booked_at <= ${BigInt(toMicros(asOf.knownAt))} ORDER BY booked_at DESC LIMIT 1`
    return row?.sequence ?? 0n
  })

  const isNow = ({ knownAt: known, valueOn }: AsOf): boolean => known === undefined && valueOn === undefined

  return {
    counters: Effect.fn("SqlLedgerStore.counters")(function* (tenant, id, asOf) {
      const condition = sql`account.tenant = ${tenant} AND account.account_id = ${id}`
      const [row] = isNow(asOf)
        ? yield* sql<AccountRow>`SELECT account.* FROM saldo_ledger_accounts AS account WHERE ${condition}`
        : yield* sumsAsOf(condition, asOf, yield* knownAt(tenant, asOf))
      return row === undefined ? Option.none() : Option.some(countersOf(bigints(row)))
    }, Effect.orDie),

    trialBalance: Effect.fn("SqlLedgerStore.trialBalance")(function* (tenant, asOf) {
      // The sums first, all of one moment: an account that is opened after them has nothing in them.
      const sums = isNow(asOf)
        ? undefined
        : yield* sumsAsOf(sql`account.tenant = ${tenant}`, asOf, yield* knownAt(tenant, asOf))
      const rows = yield* sql`
        SELECT ${sql.literal(accountColumnNames)} FROM saldo_ledger_accounts WHERE tenant = ${tenant} ORDER BY code`
        .values
      const accounts = rows.map(accountOfValues)
      if (sums === undefined) return accounts.map((account) => ({ account, counters: account.counters }))
      const byId = new Map(sums.map((row) => [row.account_id, countersOf(bigints(row))]))
      return accounts.flatMap((account) => {
        const counters = byId.get(account.id)
        return counters === undefined ? [] : [{ account, counters }]
      })
    }, Effect.orDie)
  }
}
