/**
 * Turns whatever stopped a command into one sentence of what happened and one of what to do.
 */
import * as Config from "effect/Config"
import * as Migrator from "effect/sql/Migrator"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { EmulatorNotListening } from "@saldo/kameo/emulator/KameoEmulator"
import { KameoError } from "@saldo/kameo/KameoError"
import { sqliteFailure, type SqliteFailure } from "@saldo/sqlite/sqliteFailure"
import { CollectionTakenOver } from "saldo/lending/CollectionRun"
import { CollectionFailed } from "saldo/lending/LoanCollection"
import { FilterInvalid } from "saldo/lending/LoanListingQuery"
import * as Page from "saldo/core/Page"
import { CliFailure } from "./CliFailure.ts"
import { remedyFor } from "./remedies.ts"

type Sentences = readonly [happened: string, remedy: string]

const failure = ([happened, remedy]: Sentences, exitCode: CliFailure["exitCode"] = 1): CliFailure =>
  new CliFailure({ happened, remedy, exitCode })

const loginReasons: ReadonlySet<KameoError["reason"]["_tag"]> = new Set([
  "CredentialsMissing",
  "LoginRejected",
  "AccountLocked",
  "SecondFactorRequired",
  "SecondFactorNotTotp",
  "CodeRejected",
  "LoginUnproven",
  "SessionExpired"
])

const ofKameo = (error: KameoError): CliFailure =>
  failure([error.message, error.remedy], loginReasons.has(error.reason._tag) ? 3 : 1)

const ofCollection = (error: CollectionFailed): CliFailure => {
  const cause = error.cause.cause instanceof KameoError ? ofKameo(error.cause.cause) : undefined
  const happened = cause?.happened ?? error.message
  const remedy = cause?.remedy ?? "Run the command again."
  const { pages, seen } = error.report
  if (pages === 0) return cause ?? failure([happened, remedy])
  return failure(
    [
      happened,
      `${remedy.replace(/\.$/u, "")}; ${seen} loans of ${pages} ${pages === 1 ? "page" : "pages"} are stored, and the next fetch goes on from page ${error.cause.page}.`
    ],
    4
  )
}

const inSqlite: Readonly<Partial<Record<SqliteFailure, (database: string) => Sentences>>> = {
  Busy: (database) => [
    `Another program holds ${database} locked.`,
    "Wait until it is done, and run the command again."
  ],
  CannotOpen: (database) => [
    `${database} cannot be opened.`,
    "Check that its folder exists and that you may read and write there."
  ],
  NotADatabase: (database) => [`${database} is not a SQLite database.`, "Name another file with --db."],
  Corrupt: (database) => [
    `The database ${database} is damaged.`,
    "Keep the file, and restore a back-up or collect into a new one with --db."
  ],
  ReadOnly: (database) => [
    `${database} cannot be written to.`,
    "Allow writing to the file and its folder, or use another --db."
  ],
  DiskFull: (database) => [
    `The disk that holds ${database} is full.`,
    "Make room, and run the command again; what was stored is kept."
  ],
  InputOutput: (database) => [`${database} cannot be read or written.`, "Check the disk, and run the command again."]
}

const inPostgres: Readonly<Record<string, (database: string) => Sentences>> = {
  ConnectionError: (database) => [
    `The Postgres server at ${database} cannot be reached.`,
    "Check the address, and that the server is running."
  ],
  AuthenticationError: (database) => [
    `Postgres at ${database} refused the login.`,
    "Check the user and the password in --db or SALDO_DB."
  ],
  AuthorizationError: (database) => [
    `The user may not do this at ${database}.`,
    "Use a user who may make tables, or ask who runs the server."
  ],
  StatementTimeoutError: (database) => [
    `${database} took too long to answer.`,
    "Run the command again when the server has less to do."
  ]
}

const ofSql = (error: SqlError, database: string): CliFailure => {
  const name = sqliteFailure(error)
  const sentences = name === undefined ? inPostgres[error.reason._tag] : inSqlite[name]
  return failure(
    sentences?.(database) ?? [
      `The database ${database} failed (${name ?? error.reason._tag}).`,
      "Run `saldo loans health`, and report this if it stays so."
    ]
  )
}

const isTagged = (error: unknown): error is { readonly _tag: string } =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string"

const sqlErrorIn = (error: unknown, depth = 0): SqlError | undefined => {
  if (isSqlError(error)) return error
  if (depth > 4 || typeof error !== "object" || error === null || !("cause" in error)) return undefined
  return sqlErrorIn(error.cause, depth + 1)
}

/** The failure to show for an error; `database` is how the user's database is called. */
export const explain = (error: unknown, database: string): CliFailure => {
  if (error instanceof CliFailure) return error
  if (error instanceof KameoError) return ofKameo(error)
  if (error instanceof CollectionFailed) return ofCollection(error)
  if (error instanceof CollectionTakenOver) {
    return failure([error.message + ".", "Let the other one finish; nothing has to be done."])
  }
  if (error instanceof FilterInvalid)
    return failure([`${error.message}.`, `Correct the flags for the ${error.field}.`], 2)
  if (error instanceof Page.InvalidCursor || error instanceof Page.CursorMismatch) {
    return failure(
      [
        "--cursor cannot be used with this search.",
        "Take it from the page before as it is, with the same filter and order; or start without it."
      ],
      2
    )
  }
  const remedy = isTagged(error) ? remedyFor(error._tag) : undefined
  if (error instanceof Error && remedy !== undefined) return failure([`${error.message}.`, remedy], 1)
  if (error instanceof EmulatorNotListening) return failure([error.message, "Close the program that uses the port."])
  if (error instanceof Config.ConfigError) return failure([error.message, "Correct the environment or .env."])
  const sql = sqlErrorIn(error)
  if (sql !== undefined) return ofSql(sql, database)
  if (error instanceof Migrator.MigrationError) {
    return failure([
      `The tables of ${database} do not fit this version: ${error.message}.`,
      "Use the version of Saldo that wrote it, or another --db."
    ])
  }
  // A version that accounts are on and that is not among the products is the mistake of whoever wrote these.
  if (error instanceof RangeError && /^Version \d+ of the product \S+ is not among/u.test(error.message)) {
    return failure([`${error.message}.`, "Put it back into the file that SALDO_PRODUCTS names."])
  }
  const name = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return failure([
    `The command failed unexpectedly (${name}).`,
    "Run it again with --verbose, and report what it prints."
  ])
}
