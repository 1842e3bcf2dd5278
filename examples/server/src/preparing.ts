/**
 * Makes the file of a new bank. It gets its name when it is complete, so that a process that dies before leaves nothing
 * that looks like a bank.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as bank from "./bank.ts"
import { draftStorage, type Place } from "./database.ts"
import { fill } from "./demo/filling.ts"
import { ServerFailure } from "./ServerFailure.ts"

const unwritable = (file: string) =>
  new ServerFailure({ happened: `${file} cannot be made.`, remedy: "Check that its folder is there and is yours." })

/** Fills a new file with demonstration data. A database that is there, and an empty one that is asked for, stays as it is. */
export const prepare = Effect.fnUntraced(function* (place: Place, empty: boolean) {
  if (place._tag === "Postgres" || empty) return
  const files = yield* FileSystem.FileSystem
  const { file } = place
  if (yield* Effect.mapError(files.exists(file), () => unwritable(file))) return
  yield* Console.log("Making two years of demonstration data …")
  const draft = `${file}.draft`
  const clear = Effect.forEach(["", "-wal", "-shm"], (end) => files.remove(draft + end, { force: true }))
  yield* Effect.mapError(clear, () => unwritable(draft))
  yield* fill.pipe(Effect.provide(Layer.fresh(bank.layer(draftStorage(draft), place.keys))))
  const finish = Effect.gen(function* () {
    // Closed, the file has all that was in its log.
    const opened = yield* files.open(draft, { flag: "r+" })
    yield* opened.sync
    yield* files.rename(draft, file)
  })
  yield* Effect.mapError(Effect.scoped(finish), () => unwritable(file))
})
