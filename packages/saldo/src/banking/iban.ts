/**
 * International bank account numbers, after ISO 13616, with the form of each country's numbers.
 */
import type * as Brand from "effect/Brand"
import * as Result from "effect/Result"
import { mod97 } from "./checkDigits.ts"
import { ibanStructure, type IbanStructure } from "./ibanStructure.ts"
import { AccountNumberInvalid } from "./IdentifierInvalid.ts"
import { checkFault, type Fault, faultAt, groupsFromLeft, readWritten, type Written } from "./writtenNumber.ts"

/** An IBAN in its electronic form: capitals and digits without blanks, such as `SE4550000000058398257466`. */
export type Iban = string & Brand.Brand<"saldo/banking/Iban">

// The text has been checked by every caller.
function brand(text: string): Iban
function brand(text: string): string {
  return text
}

const invalid = (fault: Fault): AccountNumberInvalid => new AccountNumberInvalid({ scheme: "IBAN", ...fault })

/**
 * Reads an IBAN in either form, with blanks anywhere and letters of either case. Refused are unknown countries, another
 * length or another kind of character than the country's numbers have, and check digits that do not fit.
 *
 * @example
 * ```ts
 * import { formatIban, parseIban } from "saldo/banking/iban"
 * import * as Result from "effect/Result"
 *
 * const iban = Result.getOrThrow(parseIban("se4550000000058398257466"))
 * console.log(formatIban(iban)) // => SE45 5000 0000 0583 9825 7466
 * ```
 */
export const parseIban = (text: string): Result.Result<Iban, AccountNumberInvalid> =>
  readWritten(text, { alphabet: "alphanumeric", separators: "", minimum: 15, maximum: 34 }).pipe(
    Result.flatMap(checked),
    Result.mapError(invalid)
  )

const checked = (written: Written): Result.Result<Iban, Fault> => {
  const { kept } = written
  const structure = ibanStructure(kept.slice(0, 2))
  if (structure === undefined) {
    return Result.fail(faultAt(written, 0, "country", "the code of a country that has IBANs"))
  }
  if (kept.length !== structure.length) {
    const at = Math.min(structure.length, kept.length - 1)
    return Result.fail(faultAt(written, at, "length", `${structure.length} characters in that country`))
  }
  const stray = strayCharacter(kept, structure)
  if (stray !== undefined) return Result.fail(faultAt(written, stray.index, "character", stray.expected))
  return mod97(kept.slice(4) + kept.slice(0, 4)) === 1 && isUsualCheck(kept)
    ? Result.succeed(brand(kept))
    : Result.fail(checkFault(written, 2, "check digits that fit the rest"))
}

// Check digits run from 02 to 98. The sums of 00, 01 and 99 would fit as well where 97, 98 and 02 do, and are never issued.
const isUsualCheck = (iban: string): boolean => !/^..(?:00|01|99)/u.test(iban)

const kinds = {
  n: { pattern: /\d/u, expected: "a digit" },
  a: { pattern: /[A-Z]/u, expected: "a letter" },
  c: { pattern: /[A-Z\d]/u, expected: "a letter or a digit" }
} as const

const strayCharacter = (iban: string, { runs }: IbanStructure) => {
  let index = 2
  for (const { count, kind } of [{ kind: "n", count: 2 } as const, ...runs]) {
    const { expected, pattern } = kinds[kind]
    for (const end = index + count; index < end; index++) {
      if (!pattern.test(iban.charAt(index))) return { index, expected }
    }
  }
  return undefined
}

/** The IBAN of an account number in a country's own form (the BBAN), with its check digits reckoned. */
export const ibanOf = (country: string, bban: string): Result.Result<Iban, AccountNumberInvalid> => {
  const remainder = /^[A-Z\d]+$/u.test(bban) && /^[A-Z]{2}$/u.test(country) ? mod97(`${bban}${country}00`) : 97
  return parseIban(`${country}${String(98 - remainder).padStart(2, "0")}${bban}`)
}

/** The printed form: groups of four from the left, with blanks between. */
export const formatIban = (iban: Iban): string => groupsFromLeft(iban, 4)
