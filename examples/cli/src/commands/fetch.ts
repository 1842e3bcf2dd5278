/**
 * `saldo loans fetch`: collects every listing into the database.
 */
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Terminal from "effect/Terminal"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { KameoClient } from "@saldo/kameo/KameoClient"
import type { CollectionProgress } from "saldo/lending/LoanCollection"
import { bar, plain } from "../chart.ts"
import { CliFailure, exitCodes, failureText } from "../CliFailure.ts"
import { layerWriting } from "../database.ts"
import { Collector, type ShownReport } from "../desk/Collector.ts"
import * as server from "../desk/server.ts"
import { Url } from "../GlobalFlags.ts"
import { layerCollection, optionalLogin } from "../kameo.ts"
import { Output, presenting } from "../Output.ts"

const barWidth = 28

const durationText = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`

/** A point on the way: how many loans the run had seen, and when. */
interface Mark {
  readonly seen: number
  readonly at: number
}

/**
 * One line of progress: how far, how fast, how long still. The rate counts from `since`, the first page that this call
 * stored, so that neither the login nor what an earlier call collected is in it.
 */
export const progressLine = ({ counts, page, total }: CollectionProgress, now: number, since: Mark): string => {
  const rate = now > since.at ? ((counts.seen - since.seen) * 1000) / (now - since.at) : 0
  const speed = rate > 0 ? [`${Math.round(rate)} loans/s`] : []
  if (total === null) return [`page ${page}`, `${counts.seen} loans`, ...speed].join("  ")
  const left = rate > 0 ? [`${durationText(Math.ceil(Math.max(total - counts.seen, 0) / rate))} left`] : []
  const share = total === 0 ? 1 : counts.seen / total
  return [`${bar(share, barWidth).padEnd(barWidth, "·")} ${counts.seen}/${total}`, ...speed, ...left].join("  ")
}

const eraseLine = "\r\u001b[2K"

/** Runs the collection in scope with a progress line where one can be drawn. */
export const collect = Effect.fnUntraced(function* (options: {
  readonly maxPages?: number
  readonly resume?: boolean
}) {
  const { live, remark } = yield* Output
  const terminal = yield* Terminal.Terminal
  const collector = yield* Collector
  const draw = (text: string) => Effect.ignore(live ? terminal.display(eraseLine + text) : Effect.void)
  let since: Mark | undefined
  return yield* collector
    .run({
      ...options,
      onProgress: Effect.fnUntraced(function* (progress) {
        const now = yield* Clock.currentTimeMillis
        since ??= { seen: progress.counts.seen, at: now }
        yield* draw(progressLine(progress, now, since))
        yield* remark(`Stored page ${progress.page}: ${progress.counts.seen} of ${progress.total ?? "?"} loans.`)
      })
    })
    .pipe(Effect.ensuring(draw("")))
})

/** What a collection did, in a few lines. */
export const reportText = (report: ShownReport): string => {
  const lines = [
    `${report.resumed ? "Resumed and collected" : "Collected"} ${report.seen} loans from ${report.platform}: ` +
      `${report.inserted} new, ${report.changed} changed, ${report.unchanged} unchanged.`
  ]
  if (report.duplicates > 0) lines.push(`${report.duplicates} came more than once; the newer one counts.`)
  if (report.rejected > 0) {
    lines.push(`${report.rejected} could not be used${report.rejections === undefined ? "." : ":"}`)
    for (const one of (report.rejections ?? []).slice(0, 5)) {
      lines.push(`  ${plain(one.loanId ?? "no id")}: ${one.field}: ${plain(one.problem)}`)
    }
  }
  for (const { drift, times } of (report.drifts ?? []).slice(0, 5)) {
    lines.push(`Unknown to this version (${times} times): ${plain(drift.path)} ${drift.kind}, ${plain(drift.found)}.`)
  }
  if (report.completeness._tag === "Partial") lines.push(`Not everything: ${report.completeness.reason}.`)
  return lines.join("\n")
}

interface Input {
  readonly maxPages: Option.Option<number>
  readonly fresh: boolean
  readonly login: boolean
}

const interrupted = Effect.flatMap(Output, ({ json }) =>
  Console.error(
    failureText(
      {
        happened: "Interrupted; what was read so far is stored.",
        remedy: "Run `saldo loans fetch` again to go on from there.",
        exitCode: exitCodes.interrupted
      },
      json
    )
  )
)

const loggedIn = Effect.gen(function* () {
  const output = yield* Output
  yield* KameoClient.use(({ login }) => login)
  yield* output.remark("Logged in to Kameo.")
})

const run = Effect.fnUntraced(function* (input: Input) {
  const output = yield* Output
  const report = yield* collect({
    ...(Option.isSome(input.maxPages) && { maxPages: input.maxPages.value }),
    resume: !input.fresh
  }).pipe(Effect.onInterrupt(() => interrupted))
  yield* output.result(
    () => report,
    () => reportText(report)
  )
  if (report.completeness._tag === "Partial") {
    return yield* new CliFailure({
      happened: "The listing goes on behind the last page that was read.",
      remedy: "Run `saldo loans fetch` without --max-pages to collect everything.",
      exitCode: 4
    })
  }
})

/** The command. */
export const fetch = Command.make(
  "fetch",
  {
    maxPages: Flag.Int("max-pages").pipe(
      Flag.withDescription("Stop after so many pages of 100 loans"),
      Flag.filter(
        (pages) => pages > 0,
        () => "Give a whole number above zero"
      ),
      Flag.optional
    ),
    fresh: Flag.Boolean("fresh").pipe(
      Flag.withDescription("Begin at the first page, even if the last run was not finished"),
      Flag.withDefault(false)
    ),
    login: Flag.Boolean("login").pipe(
      Flag.withDescription(
        "Log in first when KAMEO_EMAIL is set; the listing itself is public, so --no-login works too"
      ),
      Flag.withDefault(true)
    )
  },
  (input) =>
    Effect.gen(function* () {
      const url = yield* Url
      if (Option.isSome(url)) {
        return yield* Effect.provide(run(input), Layer.provide(Collector.layerServer, server.layer(url.value)))
      }
      const kameo = yield* optionalLogin
      const login = input.login && kameo.login ? loggedIn : Effect.void
      const services = Collector.layerOwn.pipe(
        Layer.provide(layerCollection()),
        Layer.provideMerge(Layer.merge(layerWriting, kameo.layer))
      )
      yield* Effect.provide(Effect.andThen(login, run(input)), services)
    }).pipe(presenting)
).pipe(
  Command.withDescription("Collect every loan listing of Kameo into the database"),
  Command.withExamples([
    { command: "saldo loans fetch", description: "Collect everything; goes on where an interrupted run stopped" },
    { command: "saldo loans fetch --db postgres://localhost/saldo", description: "Into Postgres" }
  ])
)
