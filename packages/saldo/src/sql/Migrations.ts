import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import * as SqlAuditTables from "../audit/SqlAuditTables.ts"
import * as SqlApprovalStore from "../banking/SqlApprovalStore.ts"
import * as SqlCustomerStore from "../banking/SqlCustomerStore.ts"
import * as SqlDataKeyStore from "../banking/SqlDataKeyStore.ts"
import * as SqlDepositAccountStore from "../banking/SqlDepositAccountStore.ts"
import * as SqlPaymentOrderStore from "../banking/SqlPaymentOrderStore.ts"
import * as SqlPaymentPlanStore from "../banking/SqlPaymentPlanStore.ts"
import * as SqlReconciliationTables from "../banking/SqlReconciliationTables.ts"
import * as SqlDeadLetterStore from "../core/SqlDeadLetterStore.ts"
import * as SqlIdempotencyStore from "../core/SqlIdempotencyStore.ts"
import * as SqlRateLimitStore from "../core/SqlRateLimitStore.ts"
import * as SqlApiKeyStore from "../identity/SqlApiKeyStore.ts"
import * as SqlAttemptStore from "../identity/SqlAttemptStore.ts"
import * as SqlIdentityTokenStore from "../identity/SqlIdentityTokenStore.ts"
import * as SqlSessionStore from "../identity/SqlSessionStore.ts"
import * as SqlSigningKeyStore from "../identity/SqlSigningKeyStore.ts"
import * as SqlUserStore from "../identity/SqlUserStore.ts"
import * as SqlLedgerTables from "../ledger/SqlLedgerTables.ts"
import * as SqlCollectionRuns from "../lending/SqlCollectionRuns.ts"
import * as SqlLoanListingStore from "../lending/SqlLoanListingStore.ts"
import * as SqlWebhookStore from "../notifications/SqlWebhookStore.ts"
import * as Dialect from "./Dialect.ts"

/** The migrations of one domain, by names such as `0001_create_loans`, which are never renamed nor removed. */
export interface DomainMigrations {
  /** The folder name of the domain; its applied migrations are recorded in `saldo_<domain>_migrations`. */
  readonly domain: string
  readonly migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>>
}

/** A migration that a run has applied. */
export interface AppliedMigration {
  readonly domain: string
  readonly id: number
  readonly name: string
}

/** Every domain that keeps something in SQL, in the order in which domains may refer to each other. */
export const domains: ReadonlyArray<DomainMigrations> = [
  {
    domain: "core",
    migrations: {
      ...SqlIdempotencyStore.migrations,
      ...SqlDeadLetterStore.migrations,
      ...SqlRateLimitStore.migrations
    }
  },
  { domain: "audit", migrations: SqlAuditTables.migrations },
  {
    domain: "identity",
    migrations: {
      ...SqlUserStore.migrations,
      ...SqlIdentityTokenStore.migrations,
      ...SqlAttemptStore.migrations,
      ...SqlSessionStore.migrations,
      ...SqlSigningKeyStore.migrations,
      ...SqlApiKeyStore.migrations
    }
  },
  { domain: "notifications", migrations: SqlWebhookStore.migrations },
  { domain: "ledger", migrations: SqlLedgerTables.migrations },
  {
    domain: "banking",
    migrations: {
      ...SqlDataKeyStore.migrations,
      ...SqlCustomerStore.migrations,
      ...SqlDepositAccountStore.migrations,
      ...SqlApprovalStore.migrations,
      ...SqlPaymentOrderStore.migrations,
      ...SqlPaymentPlanStore.migrations,
      ...SqlReconciliationTables.migrations
    }
  },
  { domain: "lending", migrations: { ...SqlLoanListingStore.migrations, ...SqlCollectionRuns.migrations } }
]

/**
 * Brings the database up to the given domains, one transaction per domain, and gives what it applied. Any number of
 * processes may do so at once: one applies, the others wait for it. A database that is up to date is only read, so a
 * read-only file serves too.
 *
 * Fails with `MigrationError` when a migration fails (nothing of its domain is kept), or when the record of a database
 * does not fit the code: a migration renamed, or one added below those that have been applied.
 */
export const runAll = (
  all: ReadonlyArray<DomainMigrations>
): Effect.Effect<ReadonlyArray<AppliedMigration>, Migrator.MigrationError | SqlError, SqlClient.SqlClient> =>
  Effect.map(Effect.forEach(all, runDomain), (applied) => applied.flat())

/** Brings the database up to all domains of Saldo; see `runAll`. */
export const run: Effect.Effect<
  ReadonlyArray<AppliedMigration>,
  Migrator.MigrationError | SqlError,
  SqlClient.SqlClient
> = Effect.suspend(() => runAll(domains))

/** Brings the database up to all domains of Saldo when the layer is built. */
export const layer: Layer.Layer<never, Migrator.MigrationError | SqlError, SqlClient.SqlClient> =
  Layer.effectDiscard(run)

const runDomain = ({ domain, migrations }: DomainMigrations) =>
  Effect.gen(function* () {
    const table = `saldo_${domain}_migrations`
    const known = yield* Effect.forEach(Object.keys(migrations), (key) => numbered(domain, key))
    const recorded = yield* recordedMigrations(table)
    yield* checkRecord(domain, known, recorded)
    if (known.every(([id]) => recorded.has(id))) return []
    const applied = yield* Migrator.make({})({
      table,
      loader: Effect.andThen(withoutStatementTimeout, Migrator.fromRecord({ ...migrations }))
    }).pipe(Effect.retry({ schedule: waiting, while: isWaiting }))
    return applied.map(([id, name]): AppliedMigration => ({ domain, id, name }))
  }).pipe(Effect.withSpan("Migrations.run", { attributes: { domain } }))

const numbered = (domain: string, key: string): Effect.Effect<readonly [number, string], Migrator.MigrationError> => {
  const [, id, name] = /^(\d+)_(.+)$/u.exec(key) ?? []
  return id === undefined || name === undefined
    ? badState(`A migration of ${domain} is named "${key}"; a number must come first, as in 0001_${key}`)
    : Effect.succeed([Number(id), name])
}

const badState = (message: string) => Effect.fail(new Migrator.MigrationError({ kind: "BadState", message }))

const recordedMigrations = (table: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    if (!(yield* Dialect.tableExists(table))) return new Map<number, string>()
    const rows = yield* sql<{ readonly migration_id: number | bigint; readonly name: string }>`
      SELECT migration_id, name FROM ${sql(table)}`.withoutTransform
    return new Map(rows.map((row) => [Number(row.migration_id), row.name]))
  })

/** Effect's migrator runs what is numbered above the last one recorded, and would pass over the rest in silence. */
const checkRecord = (
  domain: string,
  known: ReadonlyArray<readonly [number, string]>,
  recorded: ReadonlyMap<number, string>
): Effect.Effect<void, Migrator.MigrationError> => {
  const last = Math.max(0, ...recorded.keys())
  for (const [id, name] of known) {
    const then = recorded.get(id)
    if (then === undefined ? id < last : then !== name) {
      const found = then === undefined ? `migration ${last} has run and ${id} has not` : `migration ${id} was "${then}"`
      return badState(
        `The database does not fit this version of saldo/${domain}: ${found}, and here ${id} is "${name}"`
      )
    }
  }
  return Effect.void
}

/** The loader runs inside the migration's transaction. A change of a large table may take its time. */
const withoutStatementTimeout = Effect.mapError(
  Dialect.withoutStatementTimeout,
  (cause) => new Migrator.MigrationError({ kind: "Failed", message: "Cannot begin to migrate", cause })
)

/** Another process is migrating, and takes longer than a lock or a statement may wait. */
const waiting = Schedule.upTo(Schedule.spaced("250 millis"), { duration: "5 minutes" })

const isWaiting = (error: Migrator.MigrationError | SqlError): boolean =>
  isSqlError(error) && (error.reason._tag === "LockTimeoutError" || error.reason._tag === "StatementTimeoutError")
