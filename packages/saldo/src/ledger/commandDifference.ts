import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { fingerprint, firstDifference } from "../core/fingerprint.ts"

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // A text that was damaged differs as a whole.
    return null
  }
}

/** Where the `commandText` of a command first differs from the one that is remembered under its key, as a JSON pointer. */
export const commandDifference = (remembered: string, text: string): string =>
  Result.flatMap(fingerprint(parse(remembered)), (known) => firstDifference(known, parse(text))).pipe(
    Result.map(Option.getOrElse(() => "")),
    Result.getOrElse(() => "")
  )
