/**
 * Wrong usage, told like every other failure: what is wrong, and what would be right. Pure.
 */
import type * as CliError from "effect/cli/CliError"
import type { HelpDoc } from "effect/cli/HelpDoc"
import { CliFailure } from "./CliFailure.ts"

type Sentences = readonly [happened: string, remedy: string]

/** How many letters must be changed, added or left out to turn one word into the other (Levenshtein). */
const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, position) => position)
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...right].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** The known word nearest to a misspelt one, if it is near at all. */
export const nearest = (word: string, known: ReadonlyArray<string>): string | undefined => {
  const { length } = word.replace(/^-+/u, "")
  // Two changes make any word of three letters into any other that shares one.
  const most = length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))
  const ranked = known
    .map((one) => ({ one, steps: distance(word, one) }))
    .filter(({ steps }) => steps <= most)
    .sort((left, right) => left.steps - right.steps)
  return ranked[0]?.one
}

const flagNames = (help: HelpDoc): ReadonlyArray<string> =>
  [...help.flags, ...(help.inheritedFlags ?? []), ...(help.globalFlags ?? [])].flatMap(({ aliases, name }) => [
    `--${name}`,
    ...aliases.filter((alias) => alias.startsWith("--"))
  ])

const subcommandNames = (help: HelpDoc): ReadonlyArray<string> =>
  (help.subcommands ?? []).flatMap(({ commands }) => commands.map(({ name }) => name))

const expected = (text: string): string => {
  const choices = [...text.matchAll(/"([^"]+)"/gu)].map(([, choice]) => choice)
  if (choices.length > 0) return `Choose one of ${choices.join(", ")}.`
  if (/integer/iu.test(text)) return "Give a whole number."
  if (text.startsWith("at most 1 value")) return "Give it once."
  if (/finite number|number/iu.test(text) && !text.startsWith("Give ")) return "Give a number."
  return `${text.replace(/\.$/u, "")}.`
}

const times = (count: string): string => ({ "0": "not at all", "1": "once", "2": "twice" })[count] ?? `${count} times`

const sentencesFor = (error: CliError.NonShowHelpErrors, command: string, help: HelpDoc): Sentences => {
  const seeHelp = `\`${command} --help\` shows what it takes.`
  switch (error._tag) {
    case "UnrecognizedOption": {
      const meant = nearest(error.option.replace(/=.*$/su, ""), flagNames(help))
      return [`${command} has no flag ${error.option}.`, meant === undefined ? seeHelp : `Did you mean ${meant}?`]
    }
    case "UnknownSubcommand": {
      const meant = nearest(error.subcommand, subcommandNames(help))
      return [
        `${command} has no command ${error.subcommand}.`,
        meant === undefined ? `\`${command} --help\` shows the commands.` : `Did you mean \`${command} ${meant}\`?`
      ]
    }
    case "MissingArgument":
      return [`The <${error.argument}> is missing.`, `Write \`${help.usage}\`.`]
    case "MissingOption":
      return [`The flag --${error.option} is missing.`, seeHelp]
    case "UnexpectedArgument":
      return [
        `${error.arguments.map((one) => JSON.stringify(one)).join(" ")} is more than ${command} takes.`,
        "Put words that belong together in quotes."
      ]
    case "InvalidValue": {
      const name = error.kind === "argument" ? `<${error.option}>` : `--${error.option}`
      const given = /^(\d+) values?$/u.exec(error.value)?.[1]
      const least = /^at least (\d+) values?$/u.exec(error.expected)?.[1]
      if (given !== undefined && least !== undefined)
        return [`${name} is given ${times(given)}.`, `Give it ${times(least)} at least.`]
      if (/^\d+ occurrences$/u.test(error.value)) return [`${name} is given more than once.`, expected(error.expected)]
      return error.value === ""
        ? [`${name} needs a value.`, expected(error.expected)]
        : [`${name} cannot be ${JSON.stringify(error.value)}.`, expected(error.expected)]
    }
    default:
      return [error.message, seeHelp]
  }
}

/** The failure to show for what the parser found wrong; the first finding counts. */
export const usageFailure = (
  errors: ReadonlyArray<CliError.NonShowHelpErrors>,
  commandPath: ReadonlyArray<string>,
  help: HelpDoc
): CliFailure => {
  const command = commandPath.join(" ")
  const [error] = errors
  const [happened, remedy]: Sentences =
    error === undefined
      ? [`${command} needs a command.`, `Choose one of ${subcommandNames(help).join(", ")}.`]
      : sentencesFor(error, command, help)
  return new CliFailure({ happened, remedy, exitCode: 2 })
}
