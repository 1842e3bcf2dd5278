import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

/** The client: Effect's `SqlClient`, with `listen`, `notify` and `json` of `@effect/sql-pg`. */
export type PostgresClient = PgClient.PgClient

/** How a server is reached. Only `url` is required. */
export interface PostgresClientConfig {
  /** `postgres://user:password@host:port/database`. */
  readonly url: Redacted.Redacted | string
  /** Connections at most. Default 10. */
  readonly poolSize?: number | undefined
  /** The server gives up on a statement after this long. Default 30,000 ms; 0 lets it run for ever. */
  readonly statementTimeoutMs?: number | undefined
  /** How long connecting may take. Default 5,000 ms. */
  readonly connectTimeoutMs?: number | undefined
  /** Shown by the server for each connection. Default `saldo`. */
  readonly applicationName?: string | undefined
  /** Lets statements of several fibers share a connection. Default `false`. */
  readonly multiplex?: boolean | undefined
}

/** Connects for the life of the layer. */
export const layer = (config: PostgresClientConfig): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, SqlError> =>
  PgClient.layerFrom(
    Effect.tap(
      PgClient.make({
        url: typeof config.url === "string" ? Redacted.make(config.url) : config.url,
        maxConnections: config.poolSize ?? 10,
        connectTimeout: config.connectTimeoutMs ?? 5000,
        applicationName: config.applicationName ?? "saldo",
        multiplex: config.multiplex ?? false,
        startupParameters: { statement_timeout: String(config.statementTimeoutMs ?? 30_000) }
      }),
      (sql) => sql`SELECT 1`
    )
  )
