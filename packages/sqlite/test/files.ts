import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** An empty folder for the life of the scope. */
export const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-sqlite-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** The path of a database file that does not exist yet, for the life of the scope. */
export const filename = Effect.map(folder, (path) => join(path, "test.db"))

/** Runs an effect on a database that is opened for it and closed after it. */
export const using =
  (config: SqliteClient.SqliteClientConfig) =>
  <A, E, R>(self: Effect.Effect<A, E, R>) =>
    Effect.provide(self, SqliteClient.layer(config), { local: true })
