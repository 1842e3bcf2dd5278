/**
 * `saldo demo`: the whole journey against a Kameo on this machine.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { demoUser } from "@saldo/kameo/emulator/EmulatedUser"
import { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import { KameoClient } from "@saldo/kameo/KameoClient"
import { PlatformId } from "saldo/lending/LoanListing"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import { CliFailure } from "../CliFailure.ts"
import { listingRecord, listingTable } from "../listings.ts"
import * as database from "../database.ts"
import { layerCollection } from "../kameo.ts"
import { Output, presenting } from "../Output.ts"
import { collect, reportText } from "./fetch.ts"
import { historyText } from "./reading.ts"
import { Collector } from "../desk/Collector.ts"
import { Listings } from "../desk/Listings.ts"
import { statisticsOf, statisticsText } from "./statistics.ts"

const client = Layer.unwrap(
  Effect.map(KameoEmulator, ({ apiUrl, wwwUrl }) =>
    KameoClient.layer({
      email: demoUser.email,
      password: demoUser.password,
      totpSecret: demoUser.totpSecret,
      baseUrl: wwwUrl,
      apiBaseUrl: apiUrl
    })
  )
)

const heading = (text: string) =>
  Effect.flatMap(Output, (output) => output.say(`\n${output.paint.accent("▸")} ${output.paint.strong(text)}\n`))

/** This computer's clock, moved on: what is derived from "now" must agree with Kameo's moved clock. */
const movedClock = (clock: Clock.Clock, by: Duration.Duration): Clock.Clock => {
  const nanos = BigInt(Duration.toMillis(by)) * 1_000_000n
  return {
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + Duration.toMillis(by),
    currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + Duration.toMillis(by)),
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() + nanos,
    currentTimeNanos: Effect.map(clock.currentTimeNanos, (now) => now + nanos),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }
}

/** A loan whose history has the most to show, among those that the second collection changed. */
const mostChanged = Effect.gen(function* () {
  const store = yield* LoanListingStore
  const { items } = yield* store.list({ sort: [{ by: "updatedAt", direction: "descending" }], limit: 50 })
  const histories = yield* Effect.forEach(items, ({ listing }) =>
    store.history(PlatformId.make("kameo"), listing.loanId)
  )
  return histories.reduce((most, one) => (changesOf(one) >= changesOf(most) ? one : most), [])
})

const changesOf = (versions: ReadonlyArray<{ readonly changes: ReadonlyArray<unknown> }>): number =>
  versions.reduce((sum, { changes }) => sum + changes.length, 0)

/** A word as a POSIX shell takes it. */
const quoted = (word: string): string => (/^[\w./:@%+-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** What to try after the demonstration, as it is typed in the folder of the repository. */
const nextCommands = (file: string, loanId: string): ReadonlyArray<string> =>
  ["loans search örebro", "loans stats --status open", `loans history ${loanId}`].map(
    (command) => `npx pnpm@12.21.0 --silent saldo ${command} --db ${quoted(file)}`
  )

const journey = Effect.fnUntraced(function* (file: string, days: number) {
  const { paint, result, say, width } = yield* Output
  const emulator = yield* KameoEmulator
  const kameo = yield* KameoClient
  const store = yield* LoanListingStore

  yield* say(`A Kameo of invented loans runs at ${emulator.wwwUrl} and ${emulator.apiUrl}.`)
  yield* heading("Log in with password and one-time code")
  yield* kameo.login
  const accounts = yield* kameo.accounts
  yield* say(`Logged in over HTTP as ${demoUser.email}; ${accounts.length} accounts answer.`)

  yield* heading("Collect every listing")
  const first = yield* collect({ resume: false })
  yield* say(reportText(first))

  yield* heading(`Move Kameo's clock ${days} days on, and collect again`)
  yield* emulator.advanceClock(Duration.days(days))
  const later = movedClock(yield* Clock.Clock, Duration.days(days))
  const second = yield* Effect.provideService(collect({ resume: false }), Clock.Clock, later)
  yield* say(`${reportText(second)}\nKameo's date is now ${DateTime.formatIso(yield* emulator.now).slice(0, 10)}.`)

  yield* heading("Statistics")
  const statistics = yield* statisticsOf({}).pipe(Effect.provide(Listings.layerStore))
  yield* say(statisticsText(statistics, paint.strong))

  yield* heading('Search for "radhus"')
  const found = yield* store.list({ filter: { text: "radhus" }, limit: 5 })
  yield* say(found.items.length === 0 ? "None of these loans has it in its text." : listingTable(found.items, width))

  const versions = yield* mostChanged
  const loanId = versions[0]?.listing.loanId ?? ""
  yield* heading(`History of loan ${loanId}`)
  yield* say(historyText(versions, width))

  const next = nextCommands(file, loanId)
  yield* say(`\nThe database is ${paint.strong(file)}. Try next:\n\n${next.map((line) => `  ${line}`).join("\n")}`)
  if (!(yield* Output).json) return
  yield* result(
    () => ({ database: file, first, second, statistics, found: found.items.map(listingRecord), loanId, next }),
    () => ""
  )
})

const between = (flag: Flag.Flag<number>, minimum: number, maximum: number) =>
  Flag.filter(
    flag,
    (value) => value >= minimum && value <= maximum,
    () => `Give a whole number from ${minimum} to ${maximum}`
  )

const demoFile = "saldo-demo.sqlite"

/** The file is made anew, so a file that may hold somebody's listings is not taken. */
const makeRoom = Effect.fnUntraced(function* (file: string, overwrite: boolean) {
  const files = yield* FileSystem.FileSystem
  const filename = (yield* Path.Path).resolve(file)
  if (!overwrite && file !== demoFile && (yield* Effect.orElseSucceed(files.exists(filename), () => false))) {
    return yield* new CliFailure({
      happened: `${filename} exists already, and the demonstration makes its file anew.`,
      remedy: "Name another with --file, or add --overwrite.",
      exitCode: 2
    })
  }
  for (const end of ["", "-wal", "-shm"]) {
    yield* Effect.mapError(
      files.remove(filename + end, { force: true }),
      () =>
        new CliFailure({
          happened: `${filename}${end} cannot be removed.`,
          remedy: "Close the program that uses it, or name another with --file.",
          exitCode: 1
        })
    )
  }
  return filename
})

/** The command. */
export const demo = Command.make(
  "demo",
  {
    loans: between(Flag.Int("loans"), 10, 1_000_000).pipe(
      Flag.withDescription("How many loans Kameo has; 300 when left out"),
      Flag.withDefault(300)
    ),
    days: between(Flag.Int("days"), 1, 3650).pipe(
      Flag.withDescription("How many days its clock moves between the collections; 4 when left out"),
      Flag.withDefault(4)
    ),
    seed: Flag.Int("seed").pipe(Flag.withDescription("Another seed, other loans"), Flag.withDefault(1)),
    file: Flag.String("file").pipe(
      Flag.withDescription("SQLite file for the listings, made anew; saldo-demo.sqlite when left out"),
      Flag.withDefault(demoFile)
    ),
    overwrite: Flag.Boolean("overwrite").pipe(
      Flag.withDescription("Make the file anew even if it is not the demonstration's own"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ days, file, loans, overwrite, seed }) {
    const filename = yield* makeRoom(file, overwrite)
    const clock = yield* DateTime.now
    const kameo = client.pipe(
      Layer.provideMerge(
        KameoEmulator.layer({ loans: { count: loans, seed, newPerDay: 3 }, clock, totpClock: "virtual" })
      )
    )
    const services = Collector.layerOwn.pipe(
      Layer.provide(layerCollection()),
      Layer.provideMerge(Layer.merge(database.layer({ _tag: "Sqlite", filename }), kameo))
    )
    return yield* journey(filename, days).pipe(Effect.provide(services))
  }, presenting)
).pipe(Command.withDescription("Run everything once against a Kameo on this machine, with invented loans"))
