/**
 * References that a payer copies from an invoice: the international RF reference, the Swedish OCR reference, the
 * Norwegian KID and the Finnish viitenumero.
 */
import type * as Brand from "effect/Brand"
import * as Result from "effect/Result"
import { cyclicWeights, luhnDigit, luhnRemainder, mod97, weightedRemainder } from "./checkDigits.ts"
import { ReferenceInvalid } from "./IdentifierInvalid.ts"
import {
  checkFault,
  type Fault,
  faultAt,
  type Form,
  groupsFromLeft,
  groupsFromRight,
  readWritten
} from "./writtenNumber.ts"
import type { Written } from "./writtenNumber.ts"

/** A creditor reference of ISO 11649 in its electronic form, such as `RF18539007547034`. */
export type CreditorReference = string & Brand.Brand<"saldo/banking/CreditorReference">

/** A Swedish OCR reference: 2 to 25 digits. */
export type SwedishReference = string & Brand.Brand<"saldo/banking/SwedishReference">

/** A Norwegian KID: 2 to 25 digits, the last of which may be a hyphen where it is checked by modulus 11. */
export type NorwegianReference = string & Brand.Brand<"saldo/banking/NorwegianReference">

/** A Finnish reference: 4 to 20 digits without leading zeros. */
export type FinnishReference = string & Brand.Brand<"saldo/banking/FinnishReference">

// The text has been checked by every caller.
function brand<Name extends string>(text: string): string & Brand.Brand<Name>
function brand(text: string): string {
  return text
}

const read = <A>(
  scheme: string,
  text: string,
  form: Form,
  check: (written: Written) => Result.Result<A, Fault>
): Result.Result<A, ReferenceInvalid> =>
  readWritten(text, form).pipe(
    Result.flatMap(check),
    Result.mapError((fault) => new ReferenceInvalid({ scheme, ...fault }))
  )

const misfit = (written: Written, index: number) =>
  Result.fail(checkFault(written, index, "the check digit that fits the rest"))

/** Reads a creditor reference: RF, two check digits (ISO 7064 MOD 97-10), 1 to 21 letters and digits; blanks anywhere. */
export const parseCreditorReference = (text: string): Result.Result<CreditorReference, ReferenceInvalid> =>
  read(
    "RF creditor reference",
    text,
    { alphabet: "alphanumeric", separators: "", minimum: 5, maximum: 25 },
    (written) => {
      const { kept } = written
      if (!kept.startsWith("RF")) return Result.fail(faultAt(written, 0, "form", "RF"))
      const stray = [2, 3].find((index) => !/\d/u.test(kept.charAt(index)))
      if (stray !== undefined) return Result.fail(faultAt(written, stray, "character", "a digit"))
      // 00, 01 and 99 give the same sums as 97, 98 and 02, and are never issued.
      return mod97(kept.slice(4) + kept.slice(0, 4)) === 1 && !/^RF(?:00|01|99)/u.test(kept)
        ? Result.succeed(brand(kept))
        : Result.fail(checkFault(written, 2, "check digits that fit the rest"))
    }
  )

/** The printed form of a creditor reference: groups of four from the left. */
export const formatCreditorReference = (reference: CreditorReference): string => groupsFromLeft(reference, 4)

/**
 * What the receiver has agreed with Bankgirot: `check-digit` is a Luhn digit at the end; `length` has before it the
 * number of digits, modulo 10; `fixed-length` is a Luhn digit and one or two lengths that all references have.
 */
export type SwedishReferenceControl =
  | { readonly control: "check-digit" }
  | { readonly control: "length" }
  | { readonly control: "fixed-length"; readonly lengths: readonly [number] | readonly [number, number] }

/** Reads a Swedish OCR reference of 2 to 25 digits; blanks anywhere. By default only the Luhn digit is checked. */
export const parseSwedishReference = (
  text: string,
  agreed: SwedishReferenceControl = { control: "check-digit" }
): Result.Result<SwedishReference, ReferenceInvalid> =>
  read(
    "Swedish OCR reference",
    text,
    { alphabet: "digits", separators: "", minimum: agreed.control === "length" ? 3 : 2, maximum: 25 },
    (written) => {
      const { kept } = written
      const last = kept.length - 1
      if (agreed.control === "fixed-length" && !agreed.lengths.includes(kept.length)) {
        return Result.fail(faultAt(written, last, "length", `${agreed.lengths.join(" or ")} digits`))
      }
      if (agreed.control === "length" && Number(kept.charAt(last - 1)) !== kept.length % 10) {
        return Result.fail(checkFault(written, last - 1, "the number of digits, modulo 10"))
      }
      return luhnRemainder(kept) === 0 ? Result.succeed(brand(kept)) : misfit(written, last)
    }
  )

/** The OCR reference of a number of 1 to 24 digits (23 with length control), with its control digits reckoned. */
export const swedishReferenceOf = (
  digits: string,
  control: "check-digit" | "length" = "check-digit"
): Result.Result<SwedishReference, ReferenceInvalid> => {
  const body = control === "length" ? `${digits}${(digits.length + 2) % 10}` : digits
  const reference = /^\d+$/u.test(body) ? `${body}${luhnDigit(body)}` : body
  return parseSwedishReference(reference, { control })
}

/**
 * Reads a Norwegian KID of 2 to 25 digits by the check that the receiver has agreed with the bank: modulus 10, or modulus
 * 11 with weights 2 to 7, where a hyphen stands for a check digit of 10.
 */
export const parseNorwegianReference = (
  text: string,
  check: "modulus-10" | "modulus-11"
): Result.Result<NorwegianReference, ReferenceInvalid> => {
  const dashed = check === "modulus-11" && /-\s*$/u.test(text)
  const digits = dashed ? text.replace(/-\s*$/u, "") : text
  const form: Form = { alphabet: "digits", separators: "", minimum: dashed ? 1 : 2, maximum: dashed ? 24 : 25 }
  return read("Norwegian KID", digits, form, (written) => {
    const { kept } = written
    if (check === "modulus-10") {
      return luhnRemainder(kept) === 0 ? Result.succeed(brand(kept)) : misfit(written, kept.length - 1)
    }
    const whole = dashed ? `${kept}0` : kept
    const sum = weightedRemainder(whole, cyclicWeights(whole.length, [2, 3, 4, 5, 6, 7]), 11) + (dashed ? 10 : 0)
    return sum % 11 === 0 ? Result.succeed(brand(dashed ? `${kept}-` : kept)) : misfit(written, kept.length - 1)
  })
}

/** Reads a Finnish reference of 4 to 20 digits, weights 7, 3, 1 from the right; leading zeros and blanks mean nothing. */
export const parseFinnishReference = (text: string): Result.Result<FinnishReference, ReferenceInvalid> =>
  read(
    "Finnish reference",
    text.replace(/^[\s0]+/u, (zeros) => " ".repeat(zeros.length)),
    { alphabet: "digits", separators: "", minimum: 4, maximum: 20 },
    (written) =>
      weightedRemainder(written.kept, cyclicWeights(written.kept.length, [7, 3, 1]), 10) === 0
        ? Result.succeed(brand(written.kept))
        : misfit(written, written.kept.length - 1)
  )

/** The printed form of a Finnish reference: groups of five from the right. */
export const formatFinnishReference = (reference: FinnishReference): string => groupsFromRight(reference, 5)
