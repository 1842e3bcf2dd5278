import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import { DatabaseSync } from "node:sqlite"
import { NativeConnection, whenUnlocked } from "./SqliteConnection.ts"
import { sqlErrorOf } from "./sqlError.ts"

/** What opening needs to know; a part of the client's configuration. */
export interface OpenOptions {
  readonly filename: string
  readonly readonly?: boolean | undefined
  readonly prepareCacheSize?: number | undefined
  readonly disableWAL?: boolean | undefined
  readonly synchronous?: "off" | "normal" | "full" | "extra" | undefined
  readonly bigintTypes?: ReadonlyArray<string> | undefined
}

const DEFAULT_CACHE_SIZE = 200
const DEFAULT_BIGINT_TYPES = ["BIGINT"]

/**
 * SQLite's own two megabytes are for small devices. In a large file, rows of many indexes go to pages all over it: with room
 * for these they are not read again for each write (the memory is taken as pages are read), and when the log is written back
 * into the file after 32 megabytes instead of 4, a page that changed many times is written back once.
 */
const LARGE_FILES = ["PRAGMA cache_size = -65536", "PRAGMA wal_autocheckpoint = 8000"]

/** Says whether a database lives and dies with its one connection. */
export const isMemory = (filename: string): boolean =>
  filename === "" || filename.includes(":memory:") || /[?&]mode=memory\b/u.test(filename)

/**
 * Opens a connection, and closes it with the scope. Opening can itself meet a lock, when several processes turn on
 * write-ahead logging in one new file, so it waits like any statement.
 */
export const open = (
  options: OpenOptions,
  busyTimeout: Duration.Duration
): Effect.Effect<NativeConnection, SqlError, Scope.Scope> =>
  Effect.acquireRelease(
    whenUnlocked(
      busyTimeout,
      () => openNow(options),
      (cause) => sqlErrorOf(cause, "open", `Cannot open the database ${options.filename}`)
    ),
    (native) => Effect.sync(() => native.close())
  )

const openNow = (options: OpenOptions): NativeConnection => {
  const readOnly = options.readonly ?? false
  const database = new DatabaseSync(options.filename, { readOnly, enableForeignKeyConstraints: true, timeout: 0 })
  try {
    if (!readOnly && options.disableWAL !== true) database.exec("PRAGMA journal_mode = WAL")
    // SQLite opens a file without looking into it; this reads the header, so that a foreign file is refused here.
    database.exec(`PRAGMA synchronous = ${options.synchronous ?? "full"}`)
    for (const pragma of LARGE_FILES) database.exec(pragma)
  } catch (cause) {
    database.close()
    throw cause
  }
  return new NativeConnection(database, {
    cacheSize: options.prepareCacheSize ?? DEFAULT_CACHE_SIZE,
    bigintTypes: new Set((options.bigintTypes ?? DEFAULT_BIGINT_TYPES).map((type) => type.toUpperCase()))
  })
}
