/**
 * Sums of accounts as of a value date and as known at a booking time.
 *
 * Each line has what its account came to by it, so the sum up to a place in the journal is in the last line before it. Value
 * dates mostly follow the journal: up to the line before the first one with a later value date, all lines count but those
 * that were booked ahead, and after it only those that were booked back or ahead. Both are in small indexes of their own.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { toMicros } from "./BookingTime.ts"
import type { AsOf } from "./LedgerFilter.ts"
import type { LedgerStore } from "./LedgerStore.ts"
import { type AccountRow, accountOfRow, type CounterColumns, countersOf } from "./SqlLedgerRows.ts"

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

  /** The number of the last line up to which all that is not ahead of its day counts. */
  const snapshot = (valueOn: string | undefined, known: bigint): Fragment => {
    const later = sql`
      SELECT later.sequence FROM saldo_ledger_postings AS later
      WHERE ${own("later")} AND later.value_order IN ('first', 'ahead') AND later.value_order = 'first'
        AND later.value_on > ${valueOn}
      ORDER BY later.value_on LIMIT 1`
    const before = valueOn === undefined ? sql`` : sql`AND line.sequence < COALESCE((${later}), ${end})`
    return sql`
      SELECT line.sequence FROM saldo_ledger_postings AS line
      WHERE ${own("line")} AND line.sequence <= ${known} ${before} ORDER BY line.sequence DESC LIMIT 1`
  }

  /** Lines of each asked account, looked up one account after another: neither planner may begin with the lines of all. */
  const linesOfAsked = (condition: Fragment): Fragment => {
    const where = sql`line.tenant = asked.tenant AND line.account_id = asked.account_id AND ${condition}`
    return sql.onDialectOrElse({
      pg: () => sql`LATERAL (SELECT line.* FROM saldo_ledger_postings AS line WHERE ${where} OFFSET 0) AS line`,
      orElse: () => sql`saldo_ledger_postings AS line WHERE ${where}`
    })
  }

  /** Lines out of order: those after the snapshot that count, and those before it that do not. */
  const outOfOrder = (valueOn: string | undefined, known: bigint): Fragment => {
    const lines = (sign: number, condition: Fragment) => sql`
      SELECT asked.account_id, line.side, ${sql.literal(String(sign))} * line.posted AS posted,
        ${sql.literal(String(sign))} * line.pending AS pending
      FROM asked CROSS JOIN ${linesOfAsked(condition)}`
    if (valueOn === undefined) return lines(1, sql`1 = 0`)
    const back = sql`line.value_order = 'back' AND line.sequence > asked.snapshot AND line.sequence <= ${known}`
    // The sums with zero keep the planner from the index of all lines by number, of which these are few.
    const ahead = sql`line.value_order IN ('first', 'ahead') AND line.value_order = 'ahead'`
    const later = sql`line.sequence + 0 > asked.snapshot AND line.sequence + 0 <= ${known}`
    return sql`
      ${lines(1, sql`${back} AND line.value_on <= ${valueOn}`)}
      UNION ALL ${lines(1, sql`${ahead} AND line.value_on <= ${valueOn} AND ${later}`)}
      UNION ALL ${lines(-1, sql`${ahead} AND line.value_on > ${valueOn} AND line.sequence + 0 <= asked.snapshot`)}`
  }

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
    ), moved AS (${outOfOrder(valueOn, known)})
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
      const rows = yield* sql<AccountRow>`
        SELECT * FROM saldo_ledger_accounts WHERE tenant = ${tenant} ORDER BY code`
      const accounts = rows.map(accountOfRow)
      if (sums === undefined) return accounts.map((account) => ({ account, counters: account.counters }))
      const byId = new Map(sums.map((row) => [row.account_id, countersOf(bigints(row))]))
      return accounts.flatMap((account) => {
        const counters = byId.get(account.id)
        return counters === undefined ? [] : [{ account, counters }]
      })
    }, Effect.orDie)
  }
}
