import { Storage } from "saldo/core/Storage"
import { layer } from "./SqliteClient.ts"

/** Where the file is and how it is opened, in plain values; `SqliteClientConfig` has all there is. */
export interface SqliteOptions {
  /** Path of the file, made when it does not exist (its folder must), or `:memory:`. */
  readonly filename: string
  /** Opens without the right to write; the file must exist. Default `false`. */
  readonly readonly?: boolean
  /** How long to wait for a lock that another process holds. Default 5,000 ms. */
  readonly busyTimeoutMs?: number
  /** When a commit is on the disk. Default `full`: a commit that was reported survives a power cut. */
  readonly synchronous?: "normal" | "full"
}

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
export const sqlite = (options: SqliteOptions): Storage => {
  const { busyTimeoutMs, ...rest } = options
  return new Storage("sqlite", layer({ ...rest, busyTimeout: busyTimeoutMs }))
}
