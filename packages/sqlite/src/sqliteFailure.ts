import { isSqlError, isSqlErrorReason } from "effect/sql/SqlError"

/**
 * What went wrong in SQLite itself, finer than `SqlError.reason` can say: Effect has no reason for a corrupt file,
 * a read-only file or a full disk, yet each asks for another remedy.
 *
 * - `Busy`: another process holds the lock, and still held it when the busy timeout ended.
 * - `StaleSnapshot`: a read transaction tried to write after somebody else had written; begin again.
 * - `Locked`: a conflict inside this process, such as dropping a table that is being read.
 * - `CannotOpen`: the file or its folder does not exist or may not be opened.
 * - `NotADatabase`: the file is something else, or its header is destroyed.
 * - `Corrupt`: the file is a database with damaged pages.
 * - `ReadOnly`: a write to a file, folder or connection that only allows reading.
 * - `DiskFull`: no room left on the device, or `max_page_count` reached.
 * - `InputOutput`: the operating system failed to read or write.
 * - `Constraint`: unique, primary key, foreign key, check or not-null.
 * - `Parameter`: a bound value that SQLite cannot hold.
 * - `Statement`: the SQL text itself is wrong, or names what does not exist.
 * - `Other`: none of these.
 */
export type SqliteFailure =
  | "Busy"
  | "StaleSnapshot"
  | "Locked"
  | "CannotOpen"
  | "NotADatabase"
  | "Corrupt"
  | "ReadOnly"
  | "DiskFull"
  | "InputOutput"
  | "Constraint"
  | "Parameter"
  | "Statement"
  | "Other"

/** Primary result codes, from https://sqlite.org/rescode.html. */
const primary: ReadonlyMap<number, SqliteFailure> = new Map([
  [1, "Statement"],
  [3, "CannotOpen"],
  [5, "Busy"],
  [6, "Locked"],
  [8, "ReadOnly"],
  [10, "InputOutput"],
  [11, "Corrupt"],
  [13, "DiskFull"],
  [14, "CannotOpen"],
  [18, "Parameter"],
  [19, "Constraint"],
  [20, "Parameter"],
  [25, "Parameter"],
  [26, "NotADatabase"]
])

const BUSY_SNAPSHOT = 517

/**
 * Names the failure of SQLite behind an error: a `SqlError`, its reason, or what `node:sqlite` threw.
 * Answers `undefined` for an error that did not come from SQLite.
 */
export const sqliteFailure = (error: unknown): SqliteFailure | undefined => {
  const code = sqliteResultCode(error)
  if (code !== undefined) return failureOf(code)
  return nodeCode(error) === undefined ? undefined : "Parameter"
}

/** Names the failure that an (extended) SQLite result code stands for. */
export const failureOf = (resultCode: number): SqliteFailure =>
  resultCode === BUSY_SNAPSHOT ? "StaleSnapshot" : (primary.get(resultCode & 0xff) ?? "Other")

/**
 * Reads the extended SQLite result code behind an error, such as 2067 for a unique violation
 * (https://sqlite.org/rescode.html), or `undefined` when there is none.
 */
export const sqliteResultCode = (error: unknown): number | undefined => {
  const cause = nativeCause(error)
  return hasCode(cause, "errcode") && typeof cause.errcode === "number" ? cause.errcode : undefined
}

/**
 * Lists the columns that a unique violation is about, as `table.column`; empty for any other error and for an index on
 * an expression.
 */
export const violatedColumns = (error: unknown): ReadonlyArray<string> => {
  const cause = nativeCause(error)
  const message = hasCode(cause, "message") && typeof cause.message === "string" ? cause.message : ""
  const listed = /^UNIQUE constraint failed: (?<columns>[^']+)$/u.exec(message)?.groups?.["columns"]
  return listed === undefined ? [] : listed.split(", ")
}

const hasCode = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === "object" && value !== null && key in value

const nodeCode = (error: unknown): string | undefined => {
  const cause = nativeCause(error)
  const code = hasCode(cause, "code") ? cause.code : undefined
  return code === "ERR_INVALID_ARG_TYPE" || code === "ERR_INVALID_ARG_VALUE" ? code : undefined
}

/** A `SqlError` carries its reason, and the reason carries what the driver threw. */
const nativeCause = (error: unknown): unknown => {
  if (isSqlError(error)) return nativeCause(error.reason)
  return isSqlErrorReason(error) ? nativeCause(error.cause) : error
}
