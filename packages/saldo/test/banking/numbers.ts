/** Readers and generators of numbers for the tests of identifiers. */
import * as fc from "fast-check"
import * as Result from "effect/Result"
import { luhnDigit } from "saldo/banking/checkDigits"
import type { AccountNumberInvalid, ReferenceInvalid, RegistrationNumberInvalid } from "saldo/banking/IdentifierInvalid"
import { parseNorwegianReference, parseSwedishReference } from "saldo/banking/paymentReference"
import { parseSwedishPersonalNumber, type SwedishPersonalNumber } from "saldo/banking/registrationNumber"
import { parseSwedishAccountNumber } from "saldo/banking/swedishAccountNumber"
import { swedishClearing } from "saldo/banking/swedishClearing"
import * as LocalDate from "saldo/time/LocalDate"

export type Invalid = AccountNumberInvalid | ReferenceInvalid | RegistrationNumberInvalid
export type Parse<A> = (text: string) => Result.Result<A, Invalid>

export const today = LocalDate.of("2026-11-21")
export const personal: Parse<SwedishPersonalNumber> = (text) => parseSwedishPersonalNumber(text, today)
export const kid10: Parse<string> = (text) => parseNorwegianReference(text, "modulus-10")
export const kid11: Parse<string> = (text) => parseNorwegianReference(text, "modulus-11")
export const ocrLength: Parse<string> = (text) => parseSwedishReference(text, { control: "length" })

export const faultOf = <A>(result: Result.Result<A, Invalid>) =>
  Result.isFailure(result) ? [result.failure.reason, result.failure.position] : "accepted"

export const accepts = <A>(parse: Parse<A>, text: string): boolean => Result.isSuccess(parse(text))

/** Numbers of so many digits, first not zero. */
export const digits = (minimum: number, maximum = minimum) =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: minimum - 1, maxLength: maximum - 1 })
    )
    .map(([first, rest]) => `${first}${rest.join("")}`)

export const luhn = (minimum: number, maximum = minimum) =>
  digits(minimum - 1, maximum - 1).map((body) => body + String(luhnDigit(body)))

/** Puts a check digit behind numbers, by trying all ten; numbers that none fits are left out. */
export const completed = (bodies: fc.Arbitrary<string>, parse: Parse<unknown>): fc.Arbitrary<string> =>
  bodies
    .map((body) =>
      Array.from("0123456789")
        .map((digit) => body + digit)
        .find((text) => accepts(parse, text))
    )
    .filter((text) => text !== undefined)

export const replaced = (text: string, index: number, by: string) => text.slice(0, index) + by + text.slice(index + 1)

export const singleChanges = (text: string): ReadonlyArray<string> =>
  Array.from(text).flatMap((char, index) =>
    /\d/u.test(char)
      ? Array.from("0123456789")
          .filter((digit) => digit !== char)
          .map((digit) => replaced(text, index, digit))
      : []
  )

/** Swaps of two neighbours that differ, with what stood there. */
export const swaps = (text: string) =>
  Array.from({ length: text.length - 1 }, (_, index) => index).flatMap((index) => {
    const pair = text.slice(index, index + 2)
    return /^(\d)(?!\1)\d$/u.test(pair)
      ? [{ pair, text: text.slice(0, index) + (pair[1] ?? "") + (pair[0] ?? "") + text.slice(index + 2) }]
      : []
  })

export const clearings = Array.from({ length: 9000 }, (_, index) => String(index + 1000)).filter(
  (clearing) => swedishClearing(clearing) !== undefined
)

/** A complete Swedish account of any bank, as `clearing-account`. */
export const swedishAccounts = (check: string) =>
  fc.constantFrom(...clearings.filter((clearing) => swedishClearing(clearing)?.check === check)).chain((clearing) => {
    const length = check.startsWith("1") ? 6 : check === "2.2" ? 8 : 9
    return completed(
      digits(length).map((body) => `${clearing}-${body}`),
      parseSwedishAccountNumber
    )
  })
