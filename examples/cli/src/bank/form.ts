/**
 * What belongs to a person and so must not stand in a command line, which a shell keeps in its history: it is asked for on
 * a terminal, and read from standard input as JSON everywhere else.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Prompt from "effect/cli/Prompt"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import { CliFailure } from "../CliFailure.ts"
import { Output } from "../Output.ts"

/** One thing to be asked for. */
export interface Question {
  /** What it is called in JSON. */
  readonly name: string
  /** What a person is asked. */
  readonly asks: string
  /** Whether it must be given. */
  readonly needed: boolean
  /** Whether what is typed does not show. */
  readonly hidden?: boolean
}

/** What was answered, by name; what is empty is left out. */
export type Answers = ReadonlyMap<string, Redacted.Redacted>

const wrong = (happened: string, remedy: string) => new CliFailure({ happened, remedy, exitCode: 2 })

const example = (questions: ReadonlyArray<Question>): string =>
  `Give JSON with ${questions.map(({ name, needed }) => (needed ? name : `${name} (may be left out)`)).join(", ")}, or run the command on a terminal.`

const Given = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

/** More than any answer can be. */
const most = 65_536

const readInput = Effect.fnUntraced(function* (questions: ReadonlyArray<Question>) {
  const stdio = yield* Stdio.Stdio
  const text = yield* Stream.decodeText(stdio.stdin).pipe(
    Stream.runFold(
      () => "",
      (whole, part) => (whole.length > most ? whole : whole + part)
    ),
    Effect.orElseSucceed(() => "")
  )
  if (text.trim() === "") return yield* wrong("Standard input has nothing to read.", example(questions))
  // What cannot be read is not quoted: it is somebody's.
  const given = yield* Effect.mapError(Schema.decodeEffect(Given)(text), () =>
    wrong("Standard input is not a JSON object of texts.", example(questions))
  )
  const unknown = Object.keys(given).find((name) => !questions.some((question) => question.name === name))
  if (unknown !== undefined)
    return yield* wrong(`Nothing is called ${JSON.stringify(unknown)} here.`, example(questions))
  return new Map(Object.entries(given))
})

const ask = Effect.fnUntraced(function* (questions: ReadonlyArray<Question>) {
  const answers = new Map<string, string>()
  for (const { asks, hidden = false, name, needed } of questions) {
    const message = needed ? asks : `${asks} (empty if there is none)`
    const prompt = hidden ? Prompt.map(Prompt.Hidden({ message }), Redacted.value) : Prompt.String({ message })
    answers.set(name, yield* Effect.catchTag(Prompt.run(prompt), "QuitError", () => Effect.interrupt))
  }
  return answers
})

/** The answers, from a person or from standard input. */
export const answersTo = Effect.fnUntraced(function* (questions: ReadonlyArray<Question>) {
  const { json } = yield* Output
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  // Under --json standard output belongs to a program, so nothing is asked there.
  const given = yield* json || !canPrompt ? readInput(questions) : ask(questions)
  const missing = questions.find(({ name, needed }) => needed && (given.get(name) ?? "").trim() === "")
  if (missing !== undefined) return yield* wrong(`The ${missing.name} is missing.`, example(questions))
  const answers: Answers = new Map(
    [...given].flatMap(([name, text]) =>
      text.trim() === "" ? [] : [[name, Redacted.make(text.trim(), { label: name })] as const]
    )
  )
  return answers
})

/** An answer that the questions make sure of. */
export const needed = (answers: Answers, name: string): Redacted.Redacted => answers.get(name) ?? Redacted.make("")
