/**
 * `saldo backup`: a copy of the SQLite file behind `--db`, while others write to it.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import { CliFailure } from "../CliFailure.ts"
import { nameOf, parseTarget } from "../database.ts"
import { Database } from "../GlobalFlags.ts"
import { Output, presenting } from "../Output.ts"

const failing = (happened: string, remedy: string) => new CliFailure({ happened, remedy, exitCode: 1 })

/** The file of `--db`, which is there and is not the destination. */
const sourceOf = Effect.fnUntraced(function* (destination: string) {
  const target = parseTarget(yield* Database)
  if (target._tag === "Postgres") {
    return yield* failing(
      `${nameOf(target)} is a Postgres server, which is backed up by means of its own.`,
      "Archive its log and take base back-ups, as docs/operations.md says."
    )
  }
  const [files, paths] = [yield* FileSystem.FileSystem, yield* Path.Path]
  const { filename } = target
  if (!(yield* Effect.orElseSucceed(files.exists(filename), () => true))) {
    return yield* failing(`There is no database at ${filename}.`, "Name another with --db.")
  }
  return paths.resolve(filename) === paths.resolve(destination)
    ? yield* failing(`${destination} is the database itself.`, "Name another file for the copy.")
    : filename
})

const copy = Effect.fnUntraced(function* (destination: string) {
  const files = yield* FileSystem.FileSystem
  const filename = yield* sourceOf(destination)
  yield* SqliteClient.SqliteClient.pipe(
    Effect.flatMap((sql) =>
      Effect.mapError(sql.backup(destination), () =>
        failing(
          `${destination} cannot be written.`,
          "Check the folder and the room on the disk; a file that was there before is as it was."
        )
      )
    ),
    Effect.provide(SqliteClient.layer({ filename, readonly: true }))
  )
  const { size } = yield* Effect.orDie(files.stat(destination))
  const bytes = Number(size)
  const output = yield* Output
  yield* output.result(
    () => ({ file: destination, bytes }),
    () => `${destination} is a copy of ${filename}, ${bytes} bytes. The keys of a bank are not in it.`
  )
})

/** The command. */
export const backup = Command.make(
  "backup",
  { destination: Argument.String("destination").pipe(Argument.withDescription("The file of the copy")) },
  ({ destination }) => presenting(copy(destination))
).pipe(
  Command.withDescription("Copy the SQLite file of --db as it is at one moment, while it is written"),
  Command.withExamples([{ command: "saldo backup copies/monday.sqlite", description: "Whatever is written meanwhile" }])
)
