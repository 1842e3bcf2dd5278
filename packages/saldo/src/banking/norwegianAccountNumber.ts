/**
 * Norwegian bank account numbers: four digits of the bank, two of the kind, four of the customer and a modulus 11 check
 * digit, as Bits publishes them for the Norwegian banks (https://www.bits.no).
 */
import type * as Brand from "effect/Brand"
import * as Result from "effect/Result"
import { cyclicWeights, weightedRemainder } from "./checkDigits.ts"
import { AccountNumberInvalid } from "./IdentifierInvalid.ts"
import { checkFault, type Fault, readWritten, type Written } from "./writtenNumber.ts"

/** A Norwegian account number as 11 digits, such as `86011117947`. */
export type NorwegianAccountNumber = string & Brand.Brand<"saldo/banking/NorwegianAccountNumber">

// The text has been checked by every caller.
function brand(text: string): NorwegianAccountNumber
function brand(text: string): string {
  return text
}

const weights = cyclicWeights(11, [2, 3, 4, 5, 6, 7])

/** Reads a Norwegian account number, with blanks and dots anywhere. */
export const parseNorwegianAccountNumber = (
  text: string
): Result.Result<NorwegianAccountNumber, AccountNumberInvalid> =>
  readWritten(text, { alphabet: "digits", separators: ".", minimum: 11, maximum: 11 }).pipe(
    Result.flatMap(checked),
    Result.mapError((fault) => new AccountNumberInvalid({ scheme: "Norwegian account number", ...fault }))
  )

// The sum with the check digit is divisible by 11. A number whose check digit would be 10 is never issued.
const checked = (written: Written): Result.Result<NorwegianAccountNumber, Fault> =>
  weightedRemainder(written.kept, weights, 11) === 0
    ? Result.succeed(brand(written.kept))
    : Result.fail(checkFault(written, 10, "the check digit that fits the rest"))

/** The printed form: `8601.11.17947`. */
export const formatNorwegianAccountNumber = (account: NorwegianAccountNumber): string =>
  `${account.slice(0, 4)}.${account.slice(4, 6)}.${account.slice(6)}`
