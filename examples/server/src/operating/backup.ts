/**
 * Copies the bank's file while the bank goes on.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import { nameOf, type Place } from "../database.ts"
import { explained, ServerFailure } from "../ServerFailure.ts"

const copyTo = (destination: string) =>
  Effect.flatMap(SqliteClient.SqliteClient, (sql) => sql.backup(destination)).pipe(
    Effect.mapError(
      () =>
        new ServerFailure({
          happened: `${destination} cannot be written.`,
          remedy: "Check that its folder is there and is yours, and that the disk has room."
        })
    )
  )

/** A copy of the database as it is at one moment. The keys are not in it, and are not copied. */
export const backUp = Effect.fnUntraced(function* (place: Place, destination: string) {
  if (place._tag === "Postgres") {
    return yield* new ServerFailure({
      happened: "A Postgres server is backed up by means of its own.",
      remedy: "Archive its log and take base back-ups, as docs/operations.md says."
    })
  }
  const [files, paths] = [yield* FileSystem.FileSystem, yield* Path.Path]
  const { file } = place
  if (!(yield* Effect.orElseSucceed(files.exists(file), () => true))) {
    return yield* new ServerFailure({ happened: `There is no database at ${file}.`, remedy: "Name it with --file." })
  }
  if (paths.resolve(file) === paths.resolve(destination)) {
    return yield* new ServerFailure({
      happened: `${destination} is the database itself.`,
      remedy: "Name another file for the copy."
    })
  }
  const source = SqliteClient.layer({ filename: file, readonly: true })
  yield* copyTo(destination).pipe(Effect.provide(source), Effect.mapError(explained(nameOf(place))))
  const { size } = yield* Effect.orDie(files.stat(destination))
  yield* Console.log(
    [
      `${destination} is a copy of ${file}, ${size} bytes.`,
      `It opens with the keys in ${place.keys}, which are not in it: keep a copy of them in another place.`
    ].join("\n")
  )
})
