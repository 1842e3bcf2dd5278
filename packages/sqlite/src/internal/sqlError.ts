import {
  AuthenticationError,
  AuthorizationError,
  ConnectionError,
  ConstraintError,
  LockTimeoutError,
  SerializationError,
  SqlError,
  type SqlErrorReason,
  SqlSyntaxError,
  UniqueViolation,
  UnknownError
} from "effect/sql/SqlError"
import { failureOf, sqliteResultCode } from "../sqliteFailure.ts"

/** A primary key, a unique index and a rowid clash are three codes for one thing. */
const UNIQUE_CODES: ReadonlySet<number> = new Set([1555, 2067, 2579])

const AUTH = 23

/** Says whether waiting may help: another process holds the lock. A stale snapshot never gets better by waiting. */
export const isBusy = (cause: unknown): boolean => {
  const code = sqliteResultCode(cause)
  return code !== undefined && failureOf(code) === "Busy"
}

/** Turns what `node:sqlite` threw into the typed error of Effect's SQL modules, with SQLite's own words as message. */
export const sqlErrorOf = (cause: unknown, operation: string, context?: string): SqlError => {
  const said = cause instanceof Error ? cause.message : String(cause)
  const message = context === undefined ? said : `${context}: ${said}`
  return new SqlError({ reason: reasonOf(cause, said, { cause, message, operation }) })
}

const reasonOf = (
  cause: unknown,
  said: string,
  props: { readonly cause: unknown; readonly message: string; readonly operation: string }
): SqlErrorReason => {
  const code = sqliteResultCode(cause)
  if (code === undefined) return new UnknownError(props)
  if (UNIQUE_CODES.has(code)) return new UniqueViolation({ ...props, constraint: constraintOf(said) })
  switch (failureOf(code)) {
    case "Busy":
    case "Locked":
      return new LockTimeoutError(props)
    case "StaleSnapshot":
      return new SerializationError(props)
    case "CannotOpen":
      return new ConnectionError(props)
    case "ReadOnly":
      return new AuthorizationError(props)
    case "Constraint":
      return new ConstraintError(props)
    case "Statement":
      return new SqlSyntaxError(props)
    case "Corrupt":
    case "DiskFull":
    case "InputOutput":
    case "NotADatabase":
    case "Other":
    case "Parameter":
      return (code & 0xff) === AUTH ? new AuthenticationError(props) : new UnknownError(props)
  }
}

/** `UNIQUE constraint failed: loans.id` names columns; for an index on an expression it names the index. */
const constraintOf = (message: string): string => {
  const listed = /constraint failed: (?:index '(?<index>.+)'|(?<columns>.+))$/u.exec(message)?.groups
  return listed?.["index"] ?? listed?.["columns"] ?? "unknown"
}
