import { layer as layerSqlite, type SqliteClient, type SqliteClientConfig } from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A database that is a test's own. */
type TestDatabase = Layer.Layer<SqliteClient | SqlClient.SqlClient, SqlError>

/** An empty database in memory, gone with the layer. */
export const layer: TestDatabase = layerSqlite({ filename: ":memory:" })

/** An empty folder for the life of the scope. */
const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-sqlite-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/**
 * An empty database in a file that stays as long as the scope, however often it is closed and opened: the layer opens it,
 * as each process does that starts.
 */
export const file: Effect.Effect<TestDatabase, never, Scope.Scope> = Effect.map(folder, (path) =>
  layerSqlite({ filename: join(path, "test.db") })
)

/** An empty database in a file of its own, with the client's options; the file is removed with the layer. */
export const layerFileWith = (options: Omit<SqliteClientConfig, "filename">): TestDatabase =>
  Layer.unwrap(Effect.map(folder, (path) => layerSqlite({ ...options, filename: join(path, "test.db") })))

/** An empty database in a file of its own, removed with the layer. */
export const layerFile: TestDatabase = layerFileWith({})
