/**
 * Rows as parameters of one statement on Postgres: an array for each column, however many rows there are. Such a statement
 * is prepared once, where one with a parameter for each value has to be for each number of rows; and arrays are read several
 * times faster than JSON.
 */

/**
 * A column of rows. The arrays come without nulls, as the driver takes the type of an array from its values: a text that may
 * be null has a mark before it when it is not, and a zero stands for a number that is null.
 */
export type Column = readonly [name: string, type: "text" | "bigint" | "int", nullable?: "nullable"]

/** A row of such columns. */
export type PackedRow = Readonly<Record<string, string | number | bigint | null>>

const mark = "="

/** Parameters of a statement that is put together: each part takes the next ones. */
export class Parameters {
  private count = 0

  /** The next parameter, as a single value. */
  one(type: string): string {
    this.count += 1
    return `$${this.count}::${type}`
  }

  /**
   * The next parameters, as rows to be selected from. Postgres must not see how long the arrays are when it plans: it would
   * make a new plan for each length, which takes longer than carrying it out. They are unnested where they are selected, for
   * functions that are selected from write their rows down first, each in a store of its own.
   */
  rows(alias: string, columns: ReadonlyArray<Column>): string {
    const packed = columns.map(([name, type]) => `${this.one(`${type}[]`)} AS ${name}`)
    const each = columns.map(([name]) => `unnest(packed.${name}) AS ${name}`)
    return `(SELECT ${each.join(", ")} FROM (SELECT ${packed.join(", ")} OFFSET 0) AS packed) AS ${alias}`
  }
}

/** The names of columns, separated by commas. */
export const names = (columns: ReadonlyArray<Column>): string => columns.map(([name]) => name).join(", ")

/** The values of columns in rows of `Parameters.rows`, separated by commas. */
export const values = (alias: string, columns: ReadonlyArray<Column>): string =>
  columns
    .map(([name, type, nullable]) => {
      const value = `${alias}.${name}`
      if (nullable === undefined) return value
      return type === "text" ? `CASE WHEN ${value} <> '' THEN substr(${value}, 2) END` : `NULLIF(${value}, 0)`
    })
    .join(", ")

/** What to give for the parameters of `Parameters.rows`, in their order. */
export const arraysOf = (rows: ReadonlyArray<PackedRow>, columns: ReadonlyArray<Column>): ReadonlyArray<unknown> =>
  columns.map(([name, type, nullable]) => {
    if (type !== "text") {
      const none = type === "int" ? 0 : 0n
      return rows.map((row) => row[name] ?? none)
    }
    if (nullable === undefined) return rows.map((row) => row[name] ?? "")
    return rows.map((row) => (row[name] === null || row[name] === undefined ? "" : `${mark}${row[name]}`))
  })
