import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { KeyColumn } from "../core/keyset.ts"
import type { SortColumn } from "./listingOrder.ts"
import type { Term } from "./listingTerms.ts"
import { columnOf } from "./LoanListingRow.ts"

/** The conditions of a filter as SQL of a client's dialect; true when there are none. */
export const makeConditions = (sql: SqlClient.SqlClient): ((terms: ReadonlyArray<Term>) => Fragment) => {
  // A plain substring search: LIKE would make wildcards of % and _, and refuses long patterns.
  const contains = sql.onDialectOrElse({
    pg: () => (column: string, value: string) => sql`strpos(${sql(column)}, ${value}) > 0`,
    orElse: () => (column: string, value: string) => sql`instr(${sql(column)}, ${value}) > 0`
  })

  const condition = (term: Term): Fragment => {
    const column = columnOf[term.column]
    switch (term.operator) {
      case "in":
        return term.values.length === 0 ? sql`1 = 0` : sql.in(column, term.values)
      case "contains":
        return contains(column, term.value)
      case ">=":
        return sql`${sql(column)} >= ${term.value}`
      case "<=":
        return sql`${sql(column)} <= ${term.value}`
      case "<":
        return sql`${sql(column)} < ${term.value}`
    }
  }

  return (terms) => sql.and(terms.map(condition))
}

/** An order as columns of the index table. */
export const keyColumns = (order: ReadonlyArray<SortColumn>): ReadonlyArray<KeyColumn> =>
  order.map(({ column, direction }) => ({ column: columnOf[column], direction }))

const nullable: ReadonlySet<string> = new Set([
  columnOf.fundedBps,
  columnOf.ratePpm,
  columnOf.durationMonths,
  columnOf.riskGrade,
  columnOf.country,
  columnOf.listedAt,
  columnOf.opensAt,
  columnOf.closesAt
])

/**
 * The items of an `ORDER BY` clause over an alias of the index table, nulls last both ways. Columns that hold no
 * nulls are named without a word about them: with one, SQLite would sort although an index has the order.
 */
export const orderBy = (sql: SqlClient.SqlClient, order: ReadonlyArray<SortColumn>, alias: string): Fragment =>
  sql.csv(
    keyColumns(order).map(({ column, direction }) => {
      const name = sql(`${alias}.${column}`)
      const way = direction === "ascending" ? "ASC" : "DESC"
      return sql`${name} ${sql.literal(nullable.has(column) ? `${way} NULLS LAST` : way)}`
    })
  )
