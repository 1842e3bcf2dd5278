import { Storage } from "saldo/core/Storage"
import { layer, type PostgresClientConfig } from "./PostgresClient.ts"

/** Saldo's storage on a PostgreSQL server: for production, with any number of processes. */
export const postgres = (options: PostgresClientConfig): Storage => new Storage("postgres", layer(options))
