import * as PgClient from "@effect/sql-pg/PgClient"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { Reactivity } from "effect/reactivity/Reactivity"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import { ConnectionError, SqlError } from "effect/sql/SqlError"
import { type Address, addressOf, unreachable } from "./internal/address.ts"

/** The client: Effect's `SqlClient`, with `listen`, `notify` and `json` of `@effect/sql-pg`. */
export type PostgresClient = PgClient.PgClient

/**
 * How a connection is encrypted.
 *
 * - `disable`: never.
 * - `prefer`: when the server can; its certificate is verified.
 * - `verify-full`: always, and the certificate must be valid for the host. Unlike in libpq, `sslmode=require` of a URL
 *   means this too.
 * - `no-verify`: always, with any certificate: safe from listeners, not from impostors.
 */
export type TlsMode = "disable" | "prefer" | "verify-full" | "no-verify"

/** How a server is reached. Only `url` is required. */
export interface PostgresClientConfig {
  /** `postgres://user:password@host:port/database`; the parameters `sslmode`, `options` and so on are understood. */
  readonly url: Redacted.Redacted | string
  /** Connections at most. Default 10. */
  readonly poolSize?: number | undefined
  /** The server gives up on a statement after this long. Default 30,000 ms; 0 leaves it to the server's own settings. */
  readonly statementTimeoutMs?: number | undefined
  /** How long connecting may take. Default 5,000 ms. */
  readonly connectTimeoutMs?: number | undefined
  /** Default: what `sslmode` in the URL says, else `disable`. */
  readonly tls?: TlsMode | undefined
  /**
   * The certificate authority that signed the server's certificate, in PEM, when the system does not know it. For
   * `verify-full`; `prefer` trusts only those of the system.
   */
  readonly tlsCa?: string | undefined
  /** Shown by the server for each connection. Default `saldo`. */
  readonly applicationName?: string | undefined
  /**
   * Lets statements of several fibers share a connection, about twice as fast under load. A statement that shares cannot
   * be cancelled on the server when its fiber is interrupted, so the default is `false`.
   */
  readonly multiplex?: boolean | undefined
}

const DEFAULT_POOL_SIZE = 10
const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000
const DEFAULT_CONNECT_TIMEOUT_MS = 5000

/**
 * Connects to a server for as long as the scope lives, and makes one round trip at once, so that an unreachable server,
 * a wrong password or a missing database is known here. The error names host, port, database and user, never the
 * password.
 */
export const make = (config: PostgresClientConfig): Effect.Effect<PostgresClient, SqlError, Scope.Scope | Reactivity> =>
  Effect.gen(function* () {
    const url = typeof config.url === "string" ? Redacted.make(config.url) : config.url
    const address = addressOf(Redacted.value(url))
    if (address === undefined) return yield* malformed
    const timeout = config.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS
    const client = yield* PgClient.make({
      url: config.tls === "prefer" ? preferring(url) : url,
      ssl: sslOf(config, address),
      maxConnections: config.poolSize ?? DEFAULT_POOL_SIZE,
      connectTimeout: config.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
      applicationName: config.applicationName ?? "saldo",
      multiplex: config.multiplex ?? false,
      startupParameters: timeout > 0 ? { statement_timeout: String(timeout) } : {}
    })
    yield* Effect.mapError(client`SELECT 1`, (error) => unreachable(address, error))
    return client
  })

/** What `new URL` throws holds the whole text, and with it the password; so it is not passed on. */
const malformed = new SqlError({
  reason: new ConnectionError({
    cause: "malformed URL",
    message: "The URL of the database is malformed; it should look like postgres://user:password@host:5432/database",
    operation: "connect"
  })
})

const preferring = (url: Redacted.Redacted): Redacted.Redacted => {
  const parsed = new URL(Redacted.value(url))
  parsed.searchParams.set("sslmode", "prefer")
  return Redacted.make(parsed.href)
}

const sslOf = ({ tls, tlsCa }: PostgresClientConfig, address: Address) => {
  const verified = tlsCa === undefined ? true : { ca: tlsCa }
  switch (tls) {
    case "disable":
      return false
    case "verify-full":
      return verified
    case "no-verify":
      return { rejectUnauthorized: false }
    case "prefer":
      return undefined
    case undefined:
      return address.encrypted ? verified : undefined
  }
}

/**
 * Connects for the life of the layer, and provides the client both as Effect's `SqlClient` and as `PgClient` of
 * `@effect/sql-pg`.
 */
export const layer = (config: PostgresClientConfig): Layer.Layer<PostgresClient | SqlClient.SqlClient, SqlError> =>
  PgClient.layerFrom(make(config))

/** Like `layer`, with each value read from the configuration of the host. */
export const layerConfig = (
  config: Config.Wrap<PostgresClientConfig>
): Layer.Layer<PostgresClient | SqlClient.SqlClient, Config.ConfigError | SqlError> =>
  PgClient.layerFrom(Effect.flatMap(Config.unwrap(config), make))

/** How a server is, as one round trip tells. */
export interface PostgresHealth {
  /** From asking to knowing, in milliseconds, waiting for a connection included. */
  readonly roundTripMs: number
  /** Such as `18.4`. */
  readonly serverVersion: string
  /** Whether the server is a standby, which cannot be written to. */
  readonly inRecovery: boolean
}

/** Asks the server how it is. */
export const health: Effect.Effect<PostgresHealth, SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const before = yield* Clock.currentTimeNanos
  const [row] = yield* sql<{ readonly version: string; readonly recovering: boolean }>`
    SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS recovering`.withoutTransform
  const after = yield* Clock.currentTimeNanos
  return {
    roundTripMs: Number(after - before) / 1e6,
    serverVersion: row?.version ?? "unknown",
    inRecovery: row?.recovering ?? false
  }
}).pipe(Effect.withSpan("PostgresClient.health"))
