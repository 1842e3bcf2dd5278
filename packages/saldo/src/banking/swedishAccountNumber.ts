/**
 * Swedish bank account numbers: a clearing number that names the bank, and an account number in that bank.
 */
import * as Result from "effect/Result"
import { cyclicWeights, luhnRemainder, weightedRemainder } from "./checkDigits.ts"
import { AccountNumberInvalid } from "./IdentifierInvalid.ts"
import { type AccountCheck, swedishClearing } from "./swedishClearing.ts"
import { checkFault, type Fault, faultAt, readWritten, type Written } from "./writtenNumber.ts"

/** A Swedish account: the clearing number as 4 digits, and the account number with the zeros that its bank counts. */
export interface SwedishAccountNumber {
  readonly clearing: string
  readonly account: string
  readonly bank: string
}

/** How strictly to read. */
export interface SwedishAccountOptions {
  /**
   * Whether to take account numbers of Swedbank's clearing numbers from 8000 whose check digit does not fit. Bankgirot
   * says that some savings banks have issued such numbers. They are refused unless this is true.
   */
  readonly unverified?: boolean
}

/** A fault, and in which of the two numbers its position counts. */
interface PartFault {
  readonly part: "clearing" | "account"
  readonly fault: Fault
}

const at = (part: PartFault["part"], fault: Fault): Result.Result<never, PartFault> => Result.fail({ part, fault })

const invalid = (fault: Fault) => new AccountNumberInvalid({ scheme: "Swedish account number", ...fault })

const lengths: Readonly<Record<AccountCheck, readonly [number, number]>> = {
  "1.1": [7, 7],
  "1.2": [7, 7],
  "2.1": [10, 10],
  "2.2": [8, 9],
  "2.3": [2, 10]
}

const tens = [2, 3, 4, 5, 6, 7, 8, 9, 10]
const eleven = cyclicWeights(11, [...tens, 1])

/** Whether the check digit fits, by the rule of the bank. Modulus 11 weighs 1, 2, 3 up to 10 and again 1 from the right. */
const fits = (check: AccountCheck, clearing: string, account: string): boolean => {
  if (check === "1.1") return weightedRemainder(`0${clearing.slice(1)}${account}`, eleven, 11) === 0
  if (check === "1.2") return weightedRemainder(clearing + account, eleven, 11) === 0
  if (check === "2.2") return weightedRemainder(account, cyclicWeights(9, tens), 11) === 0
  return luhnRemainder(account) === 0
}

/** The zeros that a bank counts but does not always print. Plusgirot's numbers have none. */
const padded = (check: AccountCheck, clearing: string, account: string): string => {
  if (check === "2.2") return account.padStart(9, "0")
  return check === "2.3" && clearing.startsWith("8") ? account.padStart(10, "0") : account
}

/**
 * Reads a Swedish account from its two parts, as forms ask for them. Blanks and hyphens mean nothing. A clearing number of
 * Swedbank from 8000 may have its fifth digit, which must then fit, and is dropped: it is no part of the account's number.
 *
 * Positions count in the clearing number, or in the account number when that is at fault.
 */
export const swedishAccountNumber = (
  clearing: string,
  account: string,
  options: SwedishAccountOptions = {}
): Result.Result<SwedishAccountNumber, AccountNumberInvalid> =>
  Result.mapError(ofParts(clearing, account, options), ({ fault }) => invalid(fault))

const ofParts = (clearing: string, account: string, options: SwedishAccountOptions) => {
  const bank = readWritten(clearing, { alphabet: "digits", separators: "-.,", minimum: 4, maximum: 5 })
  return Result.isFailure(bank) ? at("clearing", bank.failure) : inBank(bank.success, account, options)
}

const inBank = (written: Written, text: string, { unverified = false }: SwedishAccountOptions) => {
  const clearing = written.kept.slice(0, 4)
  const found = swedishClearing(clearing)
  if (found === undefined) return at("clearing", faultAt(written, 0, "bank", "the clearing number of a bank"))
  if (written.kept.length === 5) {
    if (!clearing.startsWith("8")) {
      return at("clearing", faultAt(written, 4, "length", "4 digits, and 5 only from 8000 to 8999"))
    }
    if (luhnRemainder(written.kept) !== 0) {
      return at("clearing", checkFault(written, 4, "the check digit of the clearing number"))
    }
  }
  const [minimum, maximum] = lengths[found.check]
  const read = readWritten(text, { alphabet: "digits", separators: "-.,", minimum, maximum })
  if (Result.isFailure(read)) return at("account", read.failure)
  const account = padded(found.check, clearing, read.success.kept)
  const excused = unverified && clearing.startsWith("8")
  return fits(found.check, clearing, account) || excused
    ? Result.succeed({ clearing, account, bank: found.bank })
    : at("account", checkFault(read.success, read.success.kept.length - 1, "the check digit that fits the rest"))
}

/**
 * Reads a Swedish account from one text, such as `6789 123 456 789` or `8327-9, 3123456-4`. With a clearing number from
 * 8000, which has four digits or five, something must stand between it and the account number.
 */
export const parseSwedishAccountNumber = (
  text: string,
  options: SwedishAccountOptions = {}
): Result.Result<SwedishAccountNumber, AccountNumberInvalid> => {
  const read = readWritten(text, { alphabet: "digits", separators: "-.,", minimum: 6, maximum: 15 })
  if (Result.isFailure(read)) return Result.fail(invalid(read.failure))
  const { kept, places } = read.success
  const length = clearingLength(text, kept)
  if (length === undefined) {
    return Result.fail(invalid(faultAt(read.success, 4, "form", "a hyphen, comma or blank behind the clearing number")))
  }
  const split = places[length] ?? text.length
  return Result.mapError(ofParts(text.slice(0, split), text.slice(split), options), ({ fault, part }) =>
    invalid(part === "clearing" ? fault : { ...fault, position: fault.position + split })
  )
}

/** How many digits the clearing number has, as far as the writing tells. */
const clearingLength = (text: string, digits: string): 4 | 5 | undefined => {
  if (!digits.startsWith("8")) return 4
  const groups = text.split(/\D+/u).filter((group) => group !== "")
  const [first = "", second = ""] = groups
  if (first.length === 5 || (first.length === 4 && second.length === 1 && groups.length > 2)) return 5
  if (first.length === 4 && groups.length > 1) return 4
  return digits.length === 15 ? 5 : undefined
}

/** The printed form: clearing number, hyphen, account number. */
export const formatSwedishAccountNumber = ({ account, clearing }: SwedishAccountNumber): string =>
  `${clearing}-${account}`
