import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite"

/** A row as `node:sqlite` gives it: an object without a prototype. */
export type NativeRow = Record<string, SQLOutputValue>

/** How a statement's integers are read. */
interface IntegerPlan {
  /** Columns whose integers become numbers again where that is exact; the rest were declared to be bigint. */
  readonly narrowed: ReadonlyArray<string>
  /** The same by position, for rows as arrays. */
  readonly narrowedPositions: ReadonlyArray<number>
  /** A plain read cannot change anything, so it may be read twice: first as numbers, and as bigint if that fails. */
  readonly optimistic: boolean
  readonly columnCount: number
  /** The different names of the columns: the keys of a row. */
  readonly names: ReadonlyArray<string>
}

const COMMENT = String.raw`--[^\n]*(?:\n|$)|/\*[\s\S]*?(?:\*/|$)`
const LEADING = String.raw`^(?:\s|${COMMENT})*`
const PLAIN_READ = new RegExp(`${LEADING}(?:select|values)\\b`, "iu")
const CHANGES_SCHEMA = new RegExp(`${LEADING}(?:create|alter|drop|attach|detach|vacuum|pragma)\\b`, "iu")
const ROLLS_BACK = new RegExp(`${LEADING}rollback\\b`, "iu")
const NO_STATEMENT = new RegExp(String.raw`^(?:\s|;|${COMMENT})*$`, "u")

/** Columns of these affinities (https://sqlite.org/datatype3.html §3.1) never hold an integer. */
const HOLDS_NO_INTEGER = /char|clob|text|real|floa|doub/iu
const HOLDS_INTEGER = /int/iu

/** A prepared statement that remembers how its integers are to be read. */
export class PreparedStatement {
  readonly native: StatementSync
  readonly changesSchema: boolean
  readonly rollsBack: boolean
  readonly #bigintTypes: ReadonlySet<string>
  readonly #plainRead: boolean
  /** Whether a change of the schema can change how many columns there are. */
  readonly #allColumns: boolean
  #plan: IntegerPlan | undefined
  #bigints = false
  #arrays = false

  constructor(database: DatabaseSync, sql: string, bigintTypes: ReadonlySet<string>) {
    if (NO_STATEMENT.test(sql)) throw new NoStatement()
    this.native = database.prepare(sql)
    this.#bigintTypes = bigintTypes
    this.#plainRead = PLAIN_READ.test(sql)
    this.#allColumns = sql.includes("*")
    this.changesSchema = CHANGES_SCHEMA.test(sql)
    this.rollsBack = ROLLS_BACK.test(sql)
    const rest = sql.slice(this.native.sourceSQL.length)
    if (!NO_STATEMENT.test(rest)) throw new SeveralStatements()
  }

  /** Reads all rows. With `safeIntegers` every integer is a bigint, whatever its column was declared. */
  rows(params: ReadonlyArray<SQLInputValue>, safeIntegers: boolean): ReadonlyArray<NativeRow> {
    this.#readArrays(false)
    if (safeIntegers) {
      this.#readBigInts(true)
      return this.#all(params)
    }
    const plan = this.#columns()
    const optimistic = plan.optimistic ? this.#numberRows(params, plan.narrowed) : undefined
    const rows = optimistic ?? this.#exactRows(params)
    const first = rows[0]
    if (first === undefined) return rows
    // Another process has changed the table: SQLite prepared the statement anew while running it.
    if (this.#allColumns && !hasKeys(first, plan.names)) {
      this.#plan = undefined
      if (this.#plainRead) return this.#rowsAnew(params)
    }
    return optimistic === undefined ? narrowAll(rows, this.#columns().narrowed) : rows
  }

  #rowsAnew(params: ReadonlyArray<SQLInputValue>): ReadonlyArray<NativeRow> {
    return narrowAll(this.#exactRows(params), this.#columns().narrowed)
  }

  /** Reads integers as numbers; gives `undefined` when one of them is too large for that. */
  #numberRows(
    params: ReadonlyArray<SQLInputValue>,
    columns: ReadonlyArray<string>
  ): ReadonlyArray<NativeRow> | undefined {
    this.#readBigInts(false)
    try {
      const rows = this.#all(params)
      return columns.length > 0 && rows.some((row) => holdsLeast(row, columns)) ? undefined : rows
    } catch (cause) {
      if (isOutOfRange(cause)) return undefined
      throw cause
    }
  }

  #exactRows(params: ReadonlyArray<SQLInputValue>): ReadonlyArray<NativeRow> {
    this.#readBigInts(true)
    return this.#all(params)
  }

  #all(params: ReadonlyArray<SQLInputValue>): ReadonlyArray<NativeRow> {
    return this.#allColumns && countsColumnsTooEarly() ? iterated(this.native, params) : this.native.all(...params)
  }

  /** Reads all rows as arrays of values in column order. */
  values(params: ReadonlyArray<SQLInputValue>, safeIntegers: boolean): Array<Array<SQLOutputValue>> {
    this.#readArrays(true)
    this.#readBigInts(true)
    const rows: ReadonlyArray<unknown> = this.#all(params)
    // An array does not name its columns, so they are looked at again after each read of whatever columns there are.
    if (this.#allColumns) this.#plan = undefined
    const plan = this.#columns()
    const arrays: Array<Array<SQLOutputValue>> = []
    for (const row of rows) {
      if (!Array.isArray(row)) continue
      if (!safeIntegers) for (const position of plan.narrowedPositions) row[position] = narrowed(row[position])
      arrays.push(row)
    }
    return arrays
  }

  /**
   * Opens a cursor. It cannot be read twice, so integers are read as bigint and narrowed row by row. Whoever reads it stops
   * at the end: on Node 22.19 to 22.23 and 24.6 to 24.16, asking once more would run the statement again.
   */
  cursor(params: ReadonlyArray<SQLInputValue>, safeIntegers: boolean): NodeJS.Iterator<NativeRow> {
    const columns = safeIntegers ? [] : this.#columns().narrowed
    this.#readBigInts(true)
    const rows = this.native.iterate(...params)
    return columns.length === 0 ? rows : narrowing(rows, columns)
  }

  /** Runs for its effect, and says how many rows changed. */
  run(params: ReadonlyArray<SQLInputValue>): { readonly changes: bigint; readonly lastInsertRowid: bigint } {
    // Node 26 throws after the write has happened when the last rowid exceeds 2^53 and bigint is off; Node 24 rounds it.
    this.#readBigInts(true)
    const result = this.native.run(...params)
    return { changes: BigInt(result.changes), lastInsertRowid: BigInt(result.lastInsertRowid) }
  }

  /** Says whether the statement gives rows at all. */
  givesRows(): boolean {
    return this.#columns().columnCount > 0
  }

  #columns(): IntegerPlan {
    this.#plan ??= integerPlan(this.native, this.#plainRead, this.#bigintTypes)
    return this.#plan
  }

  #readBigInts(on: boolean): void {
    if (this.#bigints !== on) {
      this.native.setReadBigInts(on)
      this.#bigints = on
    }
  }

  #readArrays(on: boolean): void {
    if (this.#arrays !== on) {
      this.native.setReturnArrays(on)
      this.#arrays = on
    }
  }
}

/** `node:sqlite` would run the first statement of a text and quietly drop the others. */
export class SeveralStatements extends SyntaxError {
  readonly errcode = 1

  constructor() {
    super("One call runs one statement: the text holds more than one")
  }
}

/** Neither does an empty text run, nor one of comments only; Node 22 would prepare it all the same. */
export class NoStatement extends TypeError {
  readonly code = "ERR_INVALID_ARG_VALUE"

  constructor() {
    super("The text holds no statement")
  }
}

let tooEarly: boolean | undefined

/**
 * Tells whether this Node's `all()` counts the columns before SQLite notices that another connection has changed the
 * table, as 22.19 to 22.23 and 24.6 to 24.16 do: a new column would be missing once, and a dropped one would make `RETURNING *`
 * throw after it has written. Their `iterate()` counts them row by row.
 */
const countsColumnsTooEarly = (): boolean => {
  if (tooEarly !== undefined) return tooEarly
  const database = new DatabaseSync(":memory:")
  try {
    database.exec("CREATE TABLE probe (a); INSERT INTO probe VALUES (1)")
    const all = database.prepare("SELECT * FROM probe")
    all.all()
    database.exec("ALTER TABLE probe ADD COLUMN b")
    tooEarly = Object.keys(all.all()[0] ?? {}).length === 1
    return tooEarly
  } finally {
    database.close()
  }
}

/** All rows by `iterate()`, which does not reset a failed statement: the next run of it would fail with the same error. */
const iterated = (native: StatementSync, params: ReadonlyArray<SQLInputValue>): ReadonlyArray<NativeRow> => {
  const rows = native.iterate(...params)
  try {
    return [...rows]
  } catch (cause) {
    rows.return?.()
    throw cause
  }
}

const integerPlan = (native: StatementSync, plainRead: boolean, bigintTypes: ReadonlySet<string>): IntegerPlan => {
  const columns = native.columns()
  const exact = columns.map((column) => column.type !== null && bigintTypes.has(column.type.toUpperCase()))
  const holdsNone = columns.map(({ type }) => type !== null && !HOLDS_INTEGER.test(type) && HOLDS_NO_INTEGER.test(type))
  // Of two columns with one name only the last reaches the row, so the last decides.
  const byName = new Map(columns.map((column, i) => [column.name, exact[i] === false && holdsNone[i] === false]))
  return {
    narrowed: [...byName].filter(([, narrows]) => narrows).map(([name]) => name),
    narrowedPositions: columns.flatMap((_, i) => (exact[i] === false && holdsNone[i] === false ? [i] : [])),
    optimistic: (plainRead && !exact.includes(true)) || columns.length === 0 || holdsNone.every(Boolean),
    columnCount: columns.length,
    names: [...byName.keys()]
  }
}

const hasKeys = (row: NativeRow, names: ReadonlyArray<string>): boolean => {
  const keys = Object.keys(row)
  // Names such as `1` come first among the keys, wherever their column stands.
  return keys.length === names.length && names.every((name, at) => name === keys[at] || name in row)
}

const narrowed = <A>(value: A): A | number => {
  if (typeof value !== "bigint") return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

const narrow = (row: NativeRow, columns: ReadonlyArray<string>): NativeRow => {
  for (const column of columns) {
    const value = row[column]
    if (typeof value === "bigint") row[column] = narrowed(value)
  }
  return row
}

function* narrowing(rows: NodeJS.Iterator<NativeRow>, columns: ReadonlyArray<string>): NodeJS.Iterator<NativeRow> {
  for (const row of rows) yield narrow(row, columns)
}

/** `node:sqlite` refuses to round any large integer but the least one, -2^63, whose absolute value overflows. */
const holdsLeast = (row: NativeRow, columns: ReadonlyArray<string>): boolean => {
  for (const column of columns) if (row[column] === LEAST) return true
  return false
}

const LEAST = -(2 ** 63)

const narrowAll = (rows: ReadonlyArray<NativeRow>, columns: ReadonlyArray<string>): ReadonlyArray<NativeRow> => {
  if (columns.length > 0) for (const row of rows) narrow(row, columns)
  return rows
}

const isOutOfRange = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && cause.code === "ERR_OUT_OF_RANGE"

/** Keeps the most recently used prepared statements of one connection. */
export class StatementCache {
  readonly #database: DatabaseSync
  readonly #capacity: number
  readonly #bigintTypes: ReadonlySet<string>
  readonly #statements = new Map<string, PreparedStatement>()

  constructor(database: DatabaseSync, capacity: number, bigintTypes: ReadonlySet<string>) {
    this.#database = database
    this.#capacity = capacity
    this.#bigintTypes = bigintTypes
  }

  /** Forgets all: a kept statement would go on describing the columns it was prepared with. */
  clear(): void {
    this.#statements.clear()
  }

  /** Prepares without keeping. */
  prepare(sql: string): PreparedStatement {
    return new PreparedStatement(this.#database, sql, this.#bigintTypes)
  }

  /** Gives the kept statement for a text, or prepares and keeps it in place of the one unused longest. */
  get(sql: string): PreparedStatement {
    const kept = this.#statements.get(sql)
    if (kept !== undefined) {
      this.#statements.delete(sql)
      this.#statements.set(sql, kept)
      return kept
    }
    const fresh = this.prepare(sql)
    if (this.#capacity <= 0) return fresh
    if (this.#statements.size >= this.#capacity) {
      const [oldest] = this.#statements.keys()
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    this.#statements.set(sql, fresh)
    return fresh
  }
}
