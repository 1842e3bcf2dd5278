/** A comment stands on its own: a section that it names is one that the reader can find. */
import type { Problem, Source } from "./source.ts"

/** Documents that anybody can look up: standards, laws, addresses on the web, and the prose of this repository. */
const publicDocument = /\bRFC \d|\bISDA\b|\bISO \d|\bICMA\b|\bU\.S\.C\.|\blag \(|\blov\b|https:\/\/|\w\.md\b/iu

// Put together from halves, so that this file does not break its own rule.
const unnamed = new RegExp(
  ["\\bthe spec" + "(ification)?\\b", "\\bspec" + "(ification)?s?[\\s*]*\u00a7"].join("|"),
  "iu"
)

const message = "say the fact itself, or name a public document, in place of a section of a text that is not here"

/** True when a text points into a document that it does not name, or that is not in the repository. */
const pointsNowhere = (text: string): boolean =>
  unnamed.test(text) || (text.includes("\u00a7") && !publicDocument.test(text))

/** Sections of unnamed documents in comments, and in strings such as the title of a test. */
export const references = (source: Source): ReadonlyArray<Problem> => {
  const { comments, lineOf, path, text } = source
  const problem = (line: number): Problem => ({ rule: "references", path, line, message })
  const outside = comments.reduceRight((rest, { end, start }) => {
    const blank = rest.slice(start, end).replaceAll(/[^\n]/gu, " ")
    return rest.slice(0, start) + blank + rest.slice(end)
  }, text)
  return [
    ...blocks(source).flatMap(({ start, value }) => (pointsNowhere(value) ? [problem(lineOf(start))] : [])),
    ...referencesInProse({ path, text: outside })
  ]
}

/** Comments, with line comments that follow each other taken together, since a sentence runs over them. */
const blocks = ({ comments, text }: Source): ReadonlyArray<{ readonly start: number; readonly value: string }> => {
  const found: Array<{ start: number; end: number; value: string }> = []
  for (const { end, start, type, value } of comments) {
    const last = found.at(-1)
    if (type === "Line" && last !== undefined && text.slice(last.end, start).trim() === "") {
      last.end = end
      last.value += ` ${value}`
    } else found.push({ start, end, value })
  }
  return found
}

/** The same in any other text, line by line. */
export const referencesInProse = ({
  path,
  text
}: {
  readonly path: string
  readonly text: string
}): ReadonlyArray<Problem> =>
  text
    .split("\n")
    .flatMap((line, index) => (pointsNowhere(line) ? [{ rule: "references", path, line: index + 1, message }] : []))
