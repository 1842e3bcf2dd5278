/**
 * Swedish plusgiro numbers: 2 to 8 digits with a Luhn check digit, as Nordea assigns them (https://www.plusgirot.se).
 */
import type * as Brand from "effect/Brand"
import * as Result from "effect/Result"
import { luhnRemainder } from "./checkDigits.ts"
import { AccountNumberInvalid } from "./IdentifierInvalid.ts"
import { checkFault, type Fault, faultAt, groupsFromRight, readWritten, type Written } from "./writtenNumber.ts"

/** A plusgiro number as 2 to 8 digits, such as `2865434`. */
export type Plusgiro = string & Brand.Brand<"saldo/banking/Plusgiro">

// The text has been checked by every caller.
function brand(text: string): Plusgiro
function brand(text: string): string {
  return text
}

/**
 * Reads a plusgiro number, with blanks and hyphens anywhere.
 *
 * @example
 * ```ts
 * import { formatPlusgiro, parsePlusgiro } from "saldo/banking/plusgiro"
 * import * as Result from "effect/Result"
 *
 * console.log(formatPlusgiro(Result.getOrThrow(parsePlusgiro("2865434")))) // => 28 65 43-4
 * ```
 */
export const parsePlusgiro = (text: string): Result.Result<Plusgiro, AccountNumberInvalid> =>
  readWritten(text, { alphabet: "digits", separators: "-", minimum: 2, maximum: 8 }).pipe(
    Result.flatMap(checked),
    Result.mapError((fault) => new AccountNumberInvalid({ scheme: "plusgiro number", ...fault }))
  )

const checked = (written: Written): Result.Result<Plusgiro, Fault> => {
  if (written.kept.startsWith("0")) return Result.fail(faultAt(written, 0, "form", "a digit from 1 to 9"))
  return luhnRemainder(written.kept) === 0
    ? Result.succeed(brand(written.kept))
    : Result.fail(checkFault(written, written.kept.length - 1, "the check digit that fits the rest"))
}

/** The printed form: the check digit behind a hyphen, the rest in pairs from the right. */
export const formatPlusgiro = (plusgiro: Plusgiro): string =>
  `${groupsFromRight(plusgiro.slice(0, -1), 2)}-${plusgiro.slice(-1)}`
