import type * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

type Client = Layer.Layer<SqlClient.SqlClient, SqlError>

/**
 * Where a host keeps its data: what `sqlite({ filename })` of `@saldo/sqlite` and `postgres({ url })` of `@saldo/postgres`
 * give, and what `saldo/promise` takes. It hides its layer, so that a host need not know Effect to hold one.
 */
export class Storage {
  /** The database system, such as `sqlite`, for messages and health reports. */
  readonly name: string
  readonly #client: Client

  constructor(name: string, client: Client) {
    this.name = name
    this.#client = client
  }

  /** The database client for the life of the layer; every SQL adapter of Saldo runs on it. */
  static client(storage: Storage): Client {
    return storage.#client
  }
}
