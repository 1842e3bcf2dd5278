import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { KeyColumn } from "./keyset.ts"
import type { KeyValue, Position } from "./Page.ts"

/**
 * The items of an `ORDER BY` clause, with nulls last in both directions on both databases.
 *
 * The last column must be unique, or pages may repeat or skip rows.
 */
export const orderBy = (sql: SqlClient.SqlClient, columns: ReadonlyArray<KeyColumn>): Fragment =>
  sql.csv(
    columns.map(({ column, direction }) =>
      direction === "ascending" ? sql`${sql(column)} ASC NULLS LAST` : sql`${sql(column)} DESC NULLS LAST`
    )
  )

const equal = (sql: SqlClient.SqlClient, { column }: KeyColumn, value: KeyValue): Fragment =>
  value === null ? sql`${sql(column)} IS NULL` : sql`${sql(column)} = ${value}`

const beyond = (sql: SqlClient.SqlClient, { column, direction }: KeyColumn, value: KeyValue): Fragment => {
  // Nothing comes after a null, and every null comes after a value.
  if (value === null) return sql`1 = 0`
  const comparison = direction === "ascending" ? sql`${sql(column)} > ${value}` : sql`${sql(column)} < ${value}`
  return sql`(${comparison} OR ${sql(column)} IS NULL)`
}

/**
 * The condition for what comes after a position in an order: keyset pagination, which reads no row of earlier pages and
 * neither repeats nor skips a row when others are inserted in between.
 */
export const after = (sql: SqlClient.SqlClient, columns: ReadonlyArray<KeyColumn>, position: Position): Fragment =>
  sql.or(
    columns.map((column, index) =>
      sql.and([
        ...columns.slice(0, index).map((earlier, at) => equal(sql, earlier, position[at] ?? null)),
        beyond(sql, column, position[index] ?? null)
      ])
    )
  )
