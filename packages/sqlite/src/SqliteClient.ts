import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import { makeCompiler } from "./internal/compiler.ts"
import { backupTo } from "./internal/backup.ts"
import { isMemory, open } from "./internal/open.ts"
import { type Run, runBetweenLeases, runExclusively, SqliteConnection } from "./internal/SqliteConnection.ts"

/** How a database is opened. Only `filename` is required; the names are those of Effect's own SQLite drivers. */
export interface SqliteClientConfig {
  /** Path of the file, made when it does not exist (its folder must), or `:memory:`. */
  readonly filename: string
  /** Opens without the right to write; the file must exist. Default `false`. */
  readonly readonly?: boolean | undefined
  /** How many prepared statements are kept. Default 200; 0 keeps none. */
  readonly prepareCacheSize?: number | undefined
  /** How long to wait for a lock that another process holds, with the event loop running on. Default 5 seconds. */
  readonly busyTimeout?: Duration.Input | undefined
  /** Leaves the journal mode of the file as it is instead of turning on write-ahead logging. Default `false`. */
  readonly disableWAL?: boolean | undefined
  /**
   * When a commit is on the disk. Default `full`: a commit that was reported has survived a power cut. With `normal` the
   * last commits before a power cut may vanish (never half of one), which money does not forgive, though a cache may.
   */
  readonly synchronous?: "off" | "normal" | "full" | "extra" | undefined
  /**
   * Declared column types whose integers are read as bigint, as Postgres reads `int8`. Default `["BIGINT"]`. All other
   * integers are numbers while that is exact, and bigint beyond 2^53; they are never rounded.
   */
  readonly bigintTypes?: ReadonlyArray<string> | undefined
  readonly spanAttributes?: Readonly<Record<string, unknown>> | undefined
  readonly transformResultNames?: ((name: string) => string) | undefined
  readonly transformQueryNames?: ((name: string) => string) | undefined
}

/** A `SqlClient` on one SQLite database, with what only SQLite has. */
export interface SqliteClient extends SqlClient.SqlClient {
  readonly config: SqliteClientConfig
  /**
   * Copies the whole database, as of one moment, to a new file while others go on writing. The destination appears only
   * when the copy is complete, and replaces a file of that name. Gives the number of pages copied.
   */
  readonly backup: (destination: string) => Effect.Effect<number, SqlError>
}

/** The service key of the SQLite client. */
export const SqliteClient: Context.Service<SqliteClient, SqliteClient> =
  Context.Service<SqliteClient>("@saldo/sqlite/SqliteClient")

/**
 * Opens a database for as long as the scope lives.
 *
 * One connection serves all statements and transactions, one at a time; a transaction begins `IMMEDIATE`, so that it
 * never fails half-way for want of the write lock, and a nested one is a savepoint. A stream outside a transaction reads
 * a file through a connection of its own, so statements can run between its rows; on `:memory:`, which has only one
 * connection, it reads all rows at once. Never await anything but the database inside a transaction: it holds the
 * connection of everybody. Closing writes the log back into the file and leaves no `-wal` behind.
 */
export const make = (
  config: SqliteClientConfig
): Effect.Effect<SqliteClient, SqlError, Scope.Scope | Reactivity.Reactivity> =>
  Effect.gen(function* () {
    const busyTimeout = Duration.fromInputUnsafe(config.busyTimeout ?? "5 seconds")
    const exclusively = runExclusively(busyTimeout)
    const native = yield* open(config, busyTimeout)
    const memory = isMemory(config.filename)

    const owner = new SqliteConnection(native, exclusively, "cursor")
    const leases = SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(owner),
      semaphore: yield* Semaphore.make(1),
      isTransaction: (connection) => connection.native.database.isTransaction
    })

    // A statement is one synchronous step, so it is in nobody's way unless a transaction is open on the connection.
    const isFree = () => !native.database.isTransaction
    const leased: Run = (operation, work) => leases.borrower(() => exclusively(operation, work))
    const shared = new SqliteConnection(native, runBetweenLeases(isFree, leased), "buffered")
    const reader = Effect.map(
      open({ ...config, readonly: true }, busyTimeout),
      (connection) => new SqliteConnection(connection, exclusively, "cursor")
    )

    const client = yield* SqlClient.make({
      acquirer: memory ? Effect.succeed(shared) : reader,
      borrower: (use) => use(shared),
      transactionAcquirer: leases.transactionAcquirer,
      onCommitFailure: leases.onCommitFailure,
      isTransaction: leases.isTransaction,
      driver: "sqlite-node",
      compiler: makeCompiler(config.transformQueryNames),
      transformRows:
        config.transformResultNames === undefined
          ? undefined
          : Statement.defaultTransforms(config.transformResultNames).array,
      beginTransaction: "BEGIN IMMEDIATE",
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
      prepareTransactionControls: true,
      spanAttributes: [...Object.entries(config.spanAttributes ?? {}), ["db.system.name", "sqlite"]]
    })
    const source = memory
      ? Effect.as(leases.transactionAcquirer, native)
      : open({ ...config, readonly: true }, busyTimeout)
    return Object.assign(client, {
      config,
      backup: (destination: string) =>
        Effect.scoped(Effect.flatMap(source, ({ database }) => backupTo(database, destination)))
    })
  })

const layerFrom = <E>(
  client: Effect.Effect<SqliteClient, E, Scope.Scope | Reactivity.Reactivity>
): Layer.Layer<SqliteClient | SqlClient.SqlClient, E> =>
  Layer.effectContext(
    Effect.map(client, (sql) => Context.add(Context.make(SqliteClient, sql), SqlClient.SqlClient, sql))
  ).pipe(Layer.provide(Reactivity.layer))

/**
 * Opens a database for the life of the layer, and provides it both as Effect's `SqlClient` and as `SqliteClient`.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as SqlClient from "effect/sql/SqlClient"
 * import * as SqliteClient from "@saldo/sqlite/SqliteClient"
 *
 * const program = Effect.gen(function*() {
 *   const sql = yield* SqlClient.SqlClient
 *   const rows = yield* sql<{ readonly sum: number }>`SELECT ${1} + ${2} AS sum`
 *   return rows[0]?.sum
 * })
 *
 * const sum = await Effect.runPromise(Effect.provide(program, SqliteClient.layer({ filename: ":memory:" })))
 * sum // => 3
 * ```
 */
export const layer = (config: SqliteClientConfig): Layer.Layer<SqliteClient | SqlClient.SqlClient, SqlError> =>
  layerFrom(make(config))

/** Like `layer`, with each value read from the configuration of the host. */
export const layerConfig = (
  config: Config.Wrap<SqliteClientConfig>
): Layer.Layer<SqliteClient | SqlClient.SqlClient, Config.ConfigError | SqlError> =>
  layerFrom(Effect.flatMap(Config.unwrap(config), make))
