import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import { rename, rm } from "node:fs/promises"
import { backup, type DatabaseSync } from "node:sqlite"
import { sqlErrorOf } from "./sqlError.ts"

/** All pages in one step: a copy in several steps would begin anew whenever somebody writes in between. */
const ALL_PAGES = 2 ** 31 - 1

/**
 * Copies a database to a file on a thread of its own, so the event loop runs on. The copy grows beside the destination
 * under another name and takes its place in one step, so a half copy is never mistaken for a backup.
 */
export const backupTo = (source: DatabaseSync, destination: string): Effect.Effect<number, SqlError> => {
  const partial = `${destination}.partial`
  return Effect.tryPromise({
    try: async () => {
      await rm(partial, { force: true })
      const pages = await backup(source, partial, { rate: ALL_PAGES })
      await rename(partial, destination)
      return pages
    },
    catch: (cause) => sqlErrorOf(cause, "backup", `Cannot back up to ${destination}`)
  }).pipe(
    // What went wrong is what counts, not that its remains could not be removed either.
    Effect.onError(() => Effect.ignore(Effect.tryPromise(() => rm(partial, { force: true })))),
    Effect.uninterruptible
  )
}
