import { Storage } from "saldo/core/Storage"
import { layer, type SqliteClientConfig } from "./SqliteClient.ts"

/**
 * Saldo's storage in one SQLite file: the embedded default, for one process or a few on one machine.
 *
 * @example
 * ```ts
 * import { sqlite } from "@saldo/sqlite/sqlite"
 *
 * const storage = sqlite({ filename: ":memory:" })
 * storage.name // => "sqlite"
 * ```
 */
export const sqlite = (options: SqliteClientConfig): Storage => new Storage("sqlite", layer(options))
