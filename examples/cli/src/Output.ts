/**
 * What a command prints: text for people or JSON for programs on standard output, remarks on standard error.
 */
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Color, Json, Verbose } from "./GlobalFlags.ts"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"

/** Ways of marking text; each gives it back unchanged where colours are off. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly accent: (text: string) => string
}

const ansi =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`

const colours: Paint = {
  strong: ansi(1, 22),
  faint: ansi(2, 22),
  good: ansi(32, 39),
  bad: ansi(31, 39),
  accent: ansi(36, 39)
}

const same = (text: string): string => text

const plainPaint: Paint = { strong: same, faint: same, good: same, bad: same, accent: same }

/** Where a command writes. */
export class Output extends Context.Service<
  Output,
  {
    readonly json: boolean
    /** Whether lines may be drawn over, for a progress bar. */
    readonly live: boolean
    readonly paint: Paint
    /** Prints `data` when `--json` was given, else the text. */
    readonly result: (data: () => unknown, text: () => string) => Effect.Effect<void>
    /** Text for people, on standard output; nothing under `--json`. */
    readonly say: (text: string) => Effect.Effect<void>
    /** A remark under `--verbose`, on standard error. */
    readonly remark: (text: string) => Effect.Effect<void>
  }
>()("saldo-cli/Output") {}

/** JSON as `--json` prints it: amounts and rates in their own form, instants as ISO 8601, whole numbers of any size as text. */
export const toJson = (data: unknown): string =>
  JSON.stringify(data, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2)

/** Reads the global flags and the terminal. */
export const makeOutput = Effect.gen(function* () {
  const json = yield* Json
  const verbose = yield* Verbose
  const color = yield* Color
  const terminal = yield* TerminalCapabilities.TerminalCapabilities
  return Output.of({
    json,
    live: terminal.canAnimate && !json,
    paint: color && terminal.canColor ? colours : plainPaint,
    result: (data, text) => Effect.suspend(() => Console.log(json ? toJson(data()) : text())),
    say: (text) => (json ? Effect.void : Console.log(text)),
    remark: (text) => (verbose ? Console.error(text) : Effect.void)
  })
})
