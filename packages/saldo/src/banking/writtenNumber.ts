/**
 * Reads numbers as people write them, with separators that mean nothing, and remembers where each character stood.
 */
import * as Result from "effect/Result"
import type { IdentifierFault } from "./IdentifierInvalid.ts"

/** What is wrong with a written number, before it is known which kind of failure that makes. */
export interface Fault {
  readonly reason: IdentifierFault
  readonly position: number
  readonly expected: string
}

/** The characters that count, and for each its place in the text. */
export interface Written {
  readonly kept: string
  readonly places: ReadonlyArray<number>
}

/** What a written number may look like. */
export interface Form {
  /** Which characters count: digits only, or digits and letters, which are made capital. */
  readonly alphabet: "digits" | "alphanumeric"
  /** The characters besides blanks that may stand anywhere between and mean nothing. */
  readonly separators: string
  /** How many characters count, at least and at most. */
  readonly minimum: number
  readonly maximum: number
}

/** The blanks that are found in pasted numbers: space, tab, line ends, no-break spaces and thin spaces. */
const blanks = " \t\r\n\u00a0\u2007\u2009\u202f"

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

const countText = ({ alphabet, maximum, minimum }: Form): string => {
  const noun = alphabet === "digits" ? "digits" : "letters and digits"
  return minimum === maximum ? `${minimum} ${noun}` : `${minimum} to ${maximum} ${noun}`
}

/** The characters of a text that count, or the first fault: emptiness, a stray character, then the length. */
export const readWritten = (text: string, form: Form): Result.Result<Written, Fault> => {
  const places: Array<number> = []
  let kept = ""
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (isDigit(code) || (form.alphabet === "alphanumeric" && isLetter(code))) {
      // One more than fits is enough to know that it is too long; a hostile text is not read to its end.
      if (kept.length === form.maximum) {
        return Result.fail({ reason: "length", position, expected: `${countText(form)}, and no more` })
      }
      kept += text.charAt(position).toUpperCase()
      places.push(position)
    } else if (!blanks.includes(text.charAt(position)) && !form.separators.includes(text.charAt(position))) {
      const expected = form.alphabet === "digits" ? "a digit" : "a letter from A to Z or a digit"
      return Result.fail({ reason: "character", position, expected })
    }
  }
  if (kept === "") return Result.fail({ reason: "empty", position: 0, expected: countText(form) })
  return kept.length < form.minimum
    ? Result.fail({ reason: "length", position: text.length, expected: countText(form) })
    : Result.succeed({ kept, places })
}

/** A fault at one of the characters that count; `index` counts those. */
export const faultAt = (written: Written, index: number, reason: IdentifierFault, expected: string): Fault => ({
  reason,
  position: written.places[index] ?? 0,
  expected
})

/** The fault of check digits that do not fit, at the first of them. */
export const checkFault = (written: Written, index: number, expected: string): Fault =>
  faultAt(written, index, "check-digits", expected)

/** Text in groups of a size, counted from the left, with a separator between. */
export const groupsFromLeft = (text: string, size: number, separator = " "): string =>
  (text.match(new RegExp(`.{1,${size}}`, "gu")) ?? []).join(separator)

/** Text in groups of a size, counted from the right, with a separator between. */
export const groupsFromRight = (text: string, size: number, separator = " "): string =>
  text.replaceAll(new RegExp(`\\B(?=(?:.{${size}})+$)`, "gu"), separator)
