import type * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

/**
 * Where a host keeps its data: what `sqlite({ filename })` of `@saldo/sqlite` and `postgres({ url })` of
 * `@saldo/postgres` give, and what `saldo/promise` takes.
 */
export interface Storage {
  /** The database system, such as `sqlite`, for messages and health reports. */
  readonly name: string
  /** Opens the database for the life of the layer; every SQL adapter of Saldo runs on the client it provides. */
  readonly layer: Layer.Layer<SqlClient.SqlClient, SqlError>
}
