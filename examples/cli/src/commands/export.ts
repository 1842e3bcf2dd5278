/**
 * `saldo loans export`: everything that passes the filter, as CSV, JSON or JSON lines.
 */
import { stringify } from "csv-stringify/sync"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { CliFailure } from "../CliFailure.ts"
import { collected } from "../desk/collected.ts"
import { Listings } from "../desk/Listings.ts"
import { listingColumns, listingRecord } from "../listings.ts"
import { Output, presenting } from "../Output.ts"
import { filterFlags, filterOf } from "./filters.ts"

type Row = ReturnType<typeof listingRecord>

/** Rows by RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe in front. */
export const csvRows = (rows: ReadonlyArray<ReadonlyArray<string | number | null>>): string =>
  stringify(
    rows.map((row) => [...row]),
    { record_delimiter: "windows", escape_formulas: true }
  )

/** The three formats: what comes before, one row, what comes between rows, what comes after. */
const formats = {
  csv: { before: csvRows([listingColumns]), row: (row: Row) => csvRows([Object.values(row)]), between: "", after: "" },
  json: { before: "[", row: (row: Row) => `\n  ${JSON.stringify(row)}`, between: ",", after: "\n]\n" },
  jsonl: { before: "", row: (row: Row) => `${JSON.stringify(row)}\n`, between: "", after: "" }
}

const csvIsNotJson = new CliFailure({
  happened: "--json and --format csv exclude each other on standard output.",
  remedy: "Leave one of them out, or write to a file with --out.",
  exitCode: 2
})

const cannotWrite = (file: string) => () =>
  new CliFailure({
    happened: `${file} cannot be written.`,
    remedy: "Check the folder and the room on the disk; a file that was there before is as it was.",
    exitCode: 1
  })

/** Writes beside the file first, so that a failure leaves no half of it. */
export const writeFile = <E, R>(file: string, content: Stream.Stream<Uint8Array, E, R>) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const draft = `${file}.part`
    yield* Stream.run(Stream.orDie(content), files.sink(draft)).pipe(
      Effect.andThen(files.rename(draft, file)),
      Effect.onError(() => Effect.ignore(files.remove(draft))),
      Effect.mapError(cannotWrite(file))
    )
  })

/** The command. */
export const exportListings = Command.make(
  "export",
  {
    format: Flag.Literals("format", ["csv", "json", "jsonl"]).pipe(
      Flag.withAlias("f"),
      Flag.withDescription("csv (the default; with --json it is json), json (one array) or jsonl (an object a line)"),
      Flag.optional
    ),
    out: Flag.String("out").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("file"),
      Flag.withDescription("Write to this file instead of standard output"),
      Flag.optional
    ),
    ...filterFlags
  },
  ({ format: chosenFormat, out, ...chosen }) =>
    Effect.gen(function* () {
      const output = yield* Output
      const store = yield* Listings
      const filter = yield* filterOf(chosen)
      const format = Option.getOrElse(chosenFormat, () => (output.json ? "json" : "csv"))
      if (output.json && format === "csv" && Option.isNone(out)) return yield* csvIsNotJson
      const { after, before, between, row } = formats[format]
      let count = 0
      const content = Stream.make(before).pipe(
        Stream.concat(
          Stream.map(store.all(filter), (one) => {
            count += 1
            return (count === 1 ? "" : between) + row(listingRecord(one))
          })
        ),
        Stream.concat(Stream.make(after)),
        Stream.encodeText
      )
      if (Option.isNone(out)) {
        const stdio = yield* Stdio.Stdio
        return yield* Stream.run(content, stdio.stdout())
      }
      yield* writeFile(out.value, content)
      yield* output.result(
        () => ({ file: out.value, format, listings: count }),
        () => `${count} listings in ${out.value}.`
      )
    }).pipe(Effect.provide(collected), presenting)
).pipe(
  Command.withDescription("Write what was collected as CSV, JSON or JSON lines"),
  Command.withExamples([
    { command: "saldo loans export --format csv --out loans.csv", description: "A file for a spreadsheet" }
  ])
)
