import { Storage } from "saldo/core/Storage"
import { layer, type TlsMode } from "./PostgresClient.ts"

/** Where the server is and how it is used, in plain values; `PostgresClientConfig` explains each. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** Connections at most. Default 10. */
  readonly poolSize?: number
  /** The server gives up on a statement after this long. Default 30,000 ms. */
  readonly statementTimeoutMs?: number
  /** How long connecting may take. Default 5,000 ms. */
  readonly connectTimeoutMs?: number
  /** Default: what `sslmode` in the URL says, else `disable`. */
  readonly tls?: TlsMode
  /** The certificate authority that signed the server's certificate, in PEM, when the system does not know it. */
  readonly tlsCa?: string
  /** Shown by the server for each connection. Default `saldo`. */
  readonly applicationName?: string
  /** Lets statements that run at the same time share a connection. Default `false`. */
  readonly multiplex?: boolean
}

/**
 * Saldo's storage on a PostgreSQL server: for production, with any number of processes.
 *
 * @example
 * ```ts
 * import { postgres } from "@saldo/postgres/postgres"
 *
 * const storage = postgres({ url: "postgres://saldo:secret@localhost:5432/saldo", tls: "prefer" })
 * storage.name // => "postgres"
 * ```
 */
export const postgres = (options: PostgresOptions): Storage => new Storage("postgres", layer(options))
