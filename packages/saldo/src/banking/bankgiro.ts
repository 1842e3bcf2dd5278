/**
 * Swedish bankgiro numbers: 7 or 8 digits with a Luhn check digit, as Bankgirot assigns them (https://www.bankgirot.se).
 */
import type * as Brand from "effect/Brand"
import * as Result from "effect/Result"
import { luhnRemainder } from "./checkDigits.ts"
import { AccountNumberInvalid } from "./IdentifierInvalid.ts"
import { checkFault, type Fault, faultAt, readWritten, type Written } from "./writtenNumber.ts"

/** A bankgiro number as 7 or 8 digits, such as `50501055`. */
export type Bankgiro = string & Brand.Brand<"saldo/banking/Bankgiro">

// The text has been checked by every caller.
function brand(text: string): Bankgiro
function brand(text: string): string {
  return text
}

/**
 * Reads a bankgiro number, with blanks and hyphens anywhere.
 *
 * @example
 * ```ts
 * import { formatBankgiro, parseBankgiro } from "saldo/banking/bankgiro"
 * import * as Result from "effect/Result"
 *
 * console.log(formatBankgiro(Result.getOrThrow(parseBankgiro("50501055")))) // => 5050-1055
 * ```
 */
export const parseBankgiro = (text: string): Result.Result<Bankgiro, AccountNumberInvalid> =>
  readWritten(text, { alphabet: "digits", separators: "-", minimum: 7, maximum: 8 }).pipe(
    Result.flatMap(checked),
    Result.mapError((fault) => new AccountNumberInvalid({ scheme: "bankgiro number", ...fault }))
  )

const checked = (written: Written): Result.Result<Bankgiro, Fault> => {
  if (written.kept.startsWith("0")) return Result.fail(faultAt(written, 0, "form", "a digit from 1 to 9"))
  return luhnRemainder(written.kept) === 0
    ? Result.succeed(brand(written.kept))
    : Result.fail(checkFault(written, written.kept.length - 1, "the check digit that fits the rest"))
}

/** The printed form: a hyphen before the last four digits. */
export const formatBankgiro = (bankgiro: Bankgiro): string => `${bankgiro.slice(0, -4)}-${bankgiro.slice(-4)}`

/** Whether it is a 90-account of a charity under the supervision of Svensk Insamlingskontroll: 900-0000 to 904-9999. */
export const isCharityBankgiro = (bankgiro: Bankgiro): boolean => /^90[0-4]\d{4}$/u.test(bankgiro)
