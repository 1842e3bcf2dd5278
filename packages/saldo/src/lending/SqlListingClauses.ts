/**
 * Conditions, orders and positions of listings as SQL of both dialects.
 */
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { SortColumn, SortValue } from "./listingOrder.ts"
import type { Term } from "./listingTerms.ts"
import { columnOf } from "./LoanListingRow.ts"

/** Clauses for one client. */
export interface ListingClauses {
  /** All conditions together; true when there are none. */
  readonly where: (terms: ReadonlyArray<Term>) => Fragment
  /** `ORDER BY` items over a table alias, with nulls last both ways. */
  readonly orderBy: (columns: ReadonlyArray<SortColumn>, alias: string) => Fragment
  /** What comes after a position in an order. */
  readonly after: (columns: ReadonlyArray<SortColumn>, position: ReadonlyArray<SortValue>) => Fragment
}

/** Makes the clauses of a client's dialect. */
export const makeListingClauses = (sql: SqlClient.SqlClient): ListingClauses => {
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

  const equal = (column: string, value: SortValue): Fragment =>
    value === null ? sql`${sql(column)} IS NULL` : sql`${sql(column)} = ${value}`

  const beyond = ({ column, direction }: SortColumn, value: SortValue): Fragment => {
    const name = sql(columnOf[column])
    if (value === null) return sql`1 = 0`
    return direction === "ascending"
      ? sql`(${name} > ${value} OR ${name} IS NULL)`
      : sql`(${name} < ${value} OR ${name} IS NULL)`
  }

  return {
    where: (terms) => sql.and(terms.map(condition)),
    orderBy: (columns, alias) =>
      sql.csv(
        columns.map(({ column, direction }) => {
          const name = sql(`${alias}.${columnOf[column]}`)
          return direction === "ascending" ? sql`${name} ASC NULLS LAST` : sql`${name} DESC NULLS LAST`
        })
      ),
    after: (columns, position) =>
      sql.or(
        columns.map((column, index) =>
          sql.and([
            ...columns.slice(0, index).map((before, at) => equal(columnOf[before.column], position[at] ?? null)),
            beyond(column, position[index] ?? null)
          ])
        )
      )
  }
}
