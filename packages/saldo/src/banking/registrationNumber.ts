/**
 * Numbers under which persons and organisations are registered: Swedish personnummer, samordningsnummer and
 * organisationsnummer (Skatteverket, SKV 704 and SKV 709), and the Norwegian organisasjonsnummer (Brønnøysundregistrene).
 */
import type * as Brand from "effect/Brand"
import * as Result from "effect/Result"
import { daysInMonth, type LocalDate, of, parts, toEpochDay, fromParts } from "../time/LocalDate.ts"
import { cyclicWeights, luhnRemainder, weightedRemainder } from "./checkDigits.ts"
import { RegistrationNumberInvalid } from "./IdentifierInvalid.ts"
import { checkFault, type Fault, faultAt, readWritten, type Written } from "./writtenNumber.ts"

/** A Swedish organisation number as 10 digits, such as `5560360793`. */
export type SwedishOrganisationNumber = string & Brand.Brand<"saldo/banking/SwedishOrganisationNumber">

/** A Swedish personnummer or samordningsnummer as 12 digits with the century. */
export type SwedishPersonalNumber = string & Brand.Brand<"saldo/banking/SwedishPersonalNumber">

/** A Norwegian organisation number as 9 digits. */
export type NorwegianOrganisationNumber = string & Brand.Brand<"saldo/banking/NorwegianOrganisationNumber">

// The text has been checked by every caller.
function brand<Name extends string>(text: string): string & Brand.Brand<Name>
function brand(text: string): string {
  return text
}

const invalid = (scheme: string) => (fault: Fault) => new RegistrationNumberInvalid({ scheme, ...fault })

const misfit = (written: Written) =>
  Result.fail(checkFault(written, written.kept.length - 1, "the check digit that fits the rest"))

/**
 * Reads a Swedish organisation number of 10 digits, or of 12 with 16 in front. Its third digit is 2 or more, which keeps
 * it apart from a personnummer: a sole trader is registered under the latter.
 */
export const parseSwedishOrganisationNumber = (
  text: string
): Result.Result<SwedishOrganisationNumber, RegistrationNumberInvalid> =>
  readWritten(text, { alphabet: "digits", separators: "-", minimum: 10, maximum: 12 }).pipe(
    Result.flatMap((written): Result.Result<SwedishOrganisationNumber, Fault> => {
      const { kept } = written
      const long = kept.length === 12
      if (kept.length === 11) return Result.fail(faultAt(written, 10, "length", "10 digits, or 12 with 16 in front"))
      if (long && !kept.startsWith("16")) return Result.fail(faultAt(written, 0, "form", "16 before the 10 digits"))
      const digits = kept.slice(-10)
      if (digits.startsWith("0")) return Result.fail(faultAt(written, long ? 2 : 0, "form", "a digit from 1 to 9"))
      if (digits.charAt(2) < "2") return Result.fail(faultAt(written, long ? 4 : 2, "form", "a digit from 2 to 9"))
      return luhnRemainder(digits) === 0 ? Result.succeed(brand(digits)) : misfit(written)
    }),
    Result.mapError(invalid("Swedish organisation number"))
  )

/** The printed form: `556036-0793`. */
export const formatSwedishOrganisationNumber = (number: SwedishOrganisationNumber): string =>
  `${number.slice(0, 6)}-${number.slice(6)}`

/**
 * Reads a personnummer or a samordningsnummer (60 more than the day of birth), of 12 digits or of 10. In 10 digits the
 * century follows from `today`: the latest one in which the person is born, or the one before it behind a plus, which is
 * written from the year in which the person becomes 100.
 */
export const parseSwedishPersonalNumber = (
  text: string,
  today: LocalDate
): Result.Result<SwedishPersonalNumber, RegistrationNumberInvalid> =>
  readWritten(text, { alphabet: "digits", separators: "-+", minimum: 10, maximum: 12 }).pipe(
    Result.flatMap((written): Result.Result<SwedishPersonalNumber, Fault> => {
      const { kept } = written
      if (kept.length === 11) return Result.fail(faultAt(written, 10, "length", "10 or 12 digits"))
      const digits = kept.slice(-10)
      const start = kept.length - 10
      const year = start === 2 ? Number(kept.slice(0, 4)) : yearOf(digits, text.includes("+"), today)
      const month = Number(digits.slice(2, 4))
      const day = Number(digits.slice(4, 6)) % 60
      if (month < 1 || month > 12) return Result.fail(faultAt(written, start + 2, "form", "a month from 01 to 12"))
      if (day < 1 || year < 1 || day > daysInMonth(year, month)) {
        return Result.fail(faultAt(written, start + 4, "form", "a day of that month, or 60 more"))
      }
      const born = fromParts(year, month, day)
      if (born instanceof Error || toEpochDay(born) > toEpochDay(today)) {
        return Result.fail(faultAt(written, 0, "form", "a day of birth that is not in the future"))
      }
      const full = `${String(year).padStart(4, "0")}${digits.slice(2)}`
      return luhnRemainder(digits) === 0 ? Result.succeed(brand(full)) : misfit(written)
    }),
    Result.mapError(invalid("Swedish personal number"))
  )

/** The latest year with these two digits in which the person can be born, a hundred years earlier behind a plus. */
const yearOf = (digits: string, plus: boolean, today: LocalDate): number => {
  const now = parts(today)
  const year = now.year - ((now.year - Number(digits.slice(0, 2))) % 100)
  const monthDay = Number(digits.slice(2, 4)) * 100 + (Number(digits.slice(4, 6)) % 60)
  const future = year === now.year && monthDay > now.month * 100 + now.day
  return year - (future ? 100 : 0) - (plus ? 100 : 0)
}

/** Whether it is a samordningsnummer, given to people who are not in the population register. */
export const isCoordinationNumber = (number: SwedishPersonalNumber): boolean => number.charAt(6) > "3"

/** The day of birth that the number holds. */
export const birthdayOf = (number: SwedishPersonalNumber): LocalDate => {
  const [year, month, day] = [number.slice(0, 4), number.slice(4, 6), Number(number.slice(6, 8)) % 60]
  return of(`${year}-${month}-${String(day).padStart(2, "0")}`)
}

/** The printed form in 12 digits, `19811218-9876`, which needs no date to be understood. */
export const formatSwedishPersonalNumber = (number: SwedishPersonalNumber): string =>
  `${number.slice(0, 8)}-${number.slice(8)}`

const norwegianWeights = cyclicWeights(9, [2, 3, 4, 5, 6, 7])

/** Reads a Norwegian organisation number: 9 digits, modulus 11 with weights 3 2 7 6 5 4 3 2; blanks anywhere. */
export const parseNorwegianOrganisationNumber = (
  text: string
): Result.Result<NorwegianOrganisationNumber, RegistrationNumberInvalid> =>
  readWritten(text, { alphabet: "digits", separators: "", minimum: 9, maximum: 9 }).pipe(
    Result.flatMap((written): Result.Result<NorwegianOrganisationNumber, Fault> => {
      if (!/^[89]/u.test(written.kept)) return Result.fail(faultAt(written, 0, "form", "8 or 9"))
      return weightedRemainder(written.kept, norwegianWeights, 11) === 0
        ? Result.succeed(brand(written.kept))
        : misfit(written)
    }),
    Result.mapError(invalid("Norwegian organisation number"))
  )

/** The printed form: `923 609 016`. */
export const formatNorwegianOrganisationNumber = (number: NorwegianOrganisationNumber): string =>
  `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`
