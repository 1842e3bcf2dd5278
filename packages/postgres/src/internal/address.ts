import {
  AuthenticationError,
  AuthorizationError,
  ConnectionError,
  SqlError,
  type SqlErrorReason,
  UnknownError
} from "effect/sql/SqlError"

/** What may be told about a database's URL: everything but the password. */
export interface Address {
  readonly host: string
  readonly port: string
  readonly database: string
  readonly user: string
  /** Whether the URL itself asks for encryption. */
  readonly encrypted: boolean
}

const PLAIN_MODES: ReadonlySet<string | null> = new Set([null, "disable", "prefer", "allow"])

/** Reads a URL, or answers `undefined` when it is none of Postgres. */
export const addressOf = (text: string): Address | undefined => {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== "postgres:" && url.protocol !== "postgresql:")) return undefined
  const { searchParams } = url
  const user = decoded(url.username)
  const database = decoded(url.pathname.slice(1))
  if (user === undefined || database === undefined) return undefined
  return {
    host: searchParams.get("host") ?? (url.hostname === "" ? "localhost" : url.hostname.replace(/^\[|\]$/gu, "")),
    port: searchParams.get("port") ?? (url.port === "" ? "5432" : url.port),
    database: searchParams.get("dbname") ?? (database === "" ? user : database),
    user: searchParams.get("user") ?? user,
    encrypted: !PLAIN_MODES.has(searchParams.get("sslmode"))
  }
}

const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** Says where a connection failed to come about, and why, in one sentence. */
export const unreachable = (address: Address, error: SqlError): SqlError => {
  const where = `database "${address.database}" at ${address.host}:${address.port} as user "${address.user}"`
  const message = `Cannot connect to PostgreSQL ${where}: ${innermost(error.reason)}`
  return new SqlError({ reason: restated(error.reason, message) })
}

const restated = (reason: SqlErrorReason, message: string): SqlErrorReason => {
  const props = { cause: reason.cause, message, operation: "connect" }
  switch (reason._tag) {
    case "AuthenticationError":
      return new AuthenticationError(props)
    case "AuthorizationError":
      return new AuthorizationError(props)
    default:
      return reason.isRetryable ? new ConnectionError(props) : new UnknownError(props)
  }
}

/** The driver's own sentence says that something failed; what it was is said by its cause. */
const innermost = (reason: SqlErrorReason): string => {
  const { cause } = reason
  if (cause instanceof AggregateError) return cause.errors.map(String).join(", ")
  return cause instanceof Error && cause.message !== "" ? cause.message : (reason.message ?? reason._tag)
}
