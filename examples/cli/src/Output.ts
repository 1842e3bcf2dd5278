/**
 * What a command prints: text for people or JSON for programs on standard output, remarks on standard error.
 */
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import type { CliFailure } from "./CliFailure.ts"
import { nameOf, parseTarget } from "./database.ts"
import { explain } from "./explain.ts"
import { Color, Database, Json, Verbose } from "./GlobalFlags.ts"

/** Ways of marking text; each gives it back unchanged where colours are off. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly good: (text: string) => string
  readonly accent: (text: string) => string
}

const ansi =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`

const colours: Paint = { strong: ansi(1, 22), good: ansi(32, 39), accent: ansi(36, 39) }

const same = (text: string): string => text

const plainPaint: Paint = { strong: same, good: same, accent: same }

/** Where a command writes. */
export class Output extends Context.Service<
  Output,
  {
    readonly json: boolean
    /** Whether lines may be drawn over, for a progress bar. */
    readonly live: boolean
    /** How many cells a line of the terminal has; null where the output goes elsewhere and nothing needs to be shortened. */
    readonly width: number | null
    readonly paint: Paint
    /** Prints `data` when `--json` was given, else the text. */
    readonly result: (data: () => unknown, text: () => string) => Effect.Effect<void>
    /** Text for people, on standard output; nothing under `--json`. */
    readonly say: (text: string) => Effect.Effect<void>
    /** A remark under `--verbose`, on standard error: a line of text, or of JSON under `--json`. */
    readonly remark: (text: string) => Effect.Effect<void>
  }
>()("saldo-cli/Output") {}

/** JSON as `--json` prints it: amounts and rates in their own form, instants as ISO 8601, whole numbers of any size as text. */
export const toJson = (data: unknown): string =>
  JSON.stringify(data, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2)

const narrowest = 40

/**
 * What the libraries log, told like a remark: on standard error, and only where `--verbose` asks for it. Standard output is for
 * results, which programs read.
 */
const loggers = (json: boolean, verbose: boolean) => {
  const line = Logger.make<unknown, string>(({ cause, message }) => {
    const said = (Array.isArray(message) ? message : [message]).map(String)
    const text = [...said, ...(cause.reasons.length === 0 ? [] : [Cause.pretty(cause)])].join("\n")
    return json ? JSON.stringify({ remark: text }) : text
  })
  return Logger.layer(verbose ? [Logger.withConsoleError(line)] : [])
}

/** Reads the global flags and the terminal. */
const makeOutput = Effect.gen(function* () {
  const json = yield* Json
  const verbose = yield* Verbose
  const color = yield* Color
  const { canAnimate, canColor } = yield* TerminalCapabilities.TerminalCapabilities
  const terminal = yield* Terminal.Terminal
  const stdio = yield* Stdio.Stdio
  const columns = (yield* stdio.stdoutIsTerminal) ? yield* terminal.columns : 0
  return Output.of({
    json,
    live: canAnimate && !json,
    width: columns === 0 ? null : Math.max(columns, narrowest),
    paint: color && canColor ? colours : plainPaint,
    result: (data, text) => Effect.suspend(() => Console.log(json ? toJson(data()) : text())),
    say: (text) => (json ? Effect.void : Console.log(text)),
    remark: (text) => (verbose ? Console.error(json ? JSON.stringify({ remark: text }) : text) : Effect.void)
  })
})

/** Gives a command its output, and turns whatever stops it into a failure that a person can read. */
export const presenting = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const output = yield* makeOutput
    const database = nameOf(parseTarget(yield* Database))
    return yield* work.pipe(
      Effect.provideService(Output, output),
      Effect.provide(loggers(output.json, yield* Verbose)),
      Effect.catchCause((cause): Effect.Effect<never, CliFailure> => {
        if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
        return Effect.andThen(output.remark(Cause.pretty(cause)), Effect.fail(explain(Cause.squash(cause), database)))
      })
    )
  })
