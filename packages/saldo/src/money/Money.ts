/**
 * Exact money: a whole number of minor units in one currency.
 *
 * Functions whose currency is known to the compiler (`add`, `compare`, `sum`, …) take amounts of the same literal
 * currency; mixing does not compile, and neither does money whose currency is only known when the program runs. For
 * that there is `hasCurrency`, which narrows, and a `try…` variant of each, which returns `CurrencyMismatch`.
 */
import type { Decimal } from "decimal.js"
import * as Currency from "./Currency.ts"
import * as decimal from "./internal/decimal.ts"
import { noNumber, order } from "./internal/exact.ts"
import {
  AmountOutOfRange,
  CurrencyMismatch,
  InvalidAmount,
  InvalidWeights,
  orThrow,
  UnknownCurrency
} from "./MoneyError.ts"
import { Rate } from "./Rate.ts"
import { divide, type Ratio, type RoundingMode } from "./rounding.ts"

let make: <C extends string>(amount: bigint, currency: C) => Money<C>

/**
 * An amount of money. Made by `of`, `fromDecimal` or `fromMinor`, never changed.
 *
 * Its JSON form is `{ "amount": "123.45", "currency": "SEK" }`, its text `123.45 SEK`. Comparing two with `<` or adding
 * with `+` throws: use `compare` and `add`.
 */
export class Money<C extends string = string> {
  /** Minor units: 12345n is 123.45 in a currency with two decimals. */
  declare readonly amount: bigint
  /** The ISO 4217 code, or one that the host registered. */
  declare readonly currency: C

  private constructor(amount: bigint, currency: C) {
    this.amount = amount
    this.currency = currency
  }

  static {
    make = (amount, currency) => new Money(amount, currency)
  }

  toJSON(): { readonly amount: string; readonly currency: C } {
    return { amount: toDecimal(this), currency: this.currency }
  }

  toString(): string {
    return `${toDecimal(this)} ${this.currency}`
  }

  valueOf(): never {
    return noNumber()
  }
}

/** Demands one currency that the compiler knows. Anything wider asks for the `try…` variant, in the compiler's message. */
export type Known<C extends string, All extends string = C> = string extends C
  ? { readonly "currency not known here: use the try… variant, or narrow with hasCurrency": never }
  : C extends string
    ? [All] extends [C]
      ? unknown
      : { readonly "more than one currency possible: use the try… variant, or narrow with hasCurrency": never }
    : never

/** A list with at least one element. */
export type NonEmpty<T> = readonly [T, ...ReadonlyArray<T>]

/** A weight of `allocate`: a whole number or an exact fraction with a denominator above zero; zero or more. */
export type Weight = bigint | Ratio

/**
 * The amount that a decimal text states, for values written in code: throws what `fromDecimal` returns.
 *
 * @example
 * ```ts
 * import * as Money from "saldo/money/Money"
 *
 * const total = Money.add(Money.of("12.50", "SEK"), Money.of("0.75", "SEK"))
 * console.log(String(total)) // => 13.25 SEK
 * ```
 */
export const of = <const C extends string>(text: string, currency: C): Money<C> => orThrow(fromDecimal(text, currency))

/**
 * Reads an amount in the locale-free format: an optional minus, digits, and optionally a dot with at most as many
 * decimals as the currency has. No plus, grouping, exponent, blank or rounding: `12.5` and `-0.50` are SEK amounts,
 * `12.505`, `1,000.00`, `.5` and `1e3` are not. At most 1,000 characters.
 */
export const fromDecimal = <const C extends string>(
  text: string,
  currency: C
): Money<C> | InvalidAmount | UnknownCurrency => {
  const exponent = Currency.exponentOf(currency)
  if (typeof exponent !== "number") return exponent
  const read = decimal.parse(text, InvalidAmount)
  if (read instanceof Error) return read
  if (read.scale > exponent) {
    const position = text.length - read.scale + exponent
    return new InvalidAmount(text, position, `${currency} has ${exponent} decimals, got ${read.scale}`)
  }
  const missing = exponent - read.scale
  return make(missing === 0 ? read.coefficient : read.coefficient * decimal.powerOfTen(missing), currency)
}

/** The amount of so many minor units: `fromMinor(1250n, "SEK")` is 12.50 SEK. Throws what `tryFromMinor` returns. */
export const fromMinor = <const C extends string>(amount: bigint, currency: C): Money<C> =>
  orThrow(tryFromMinor(amount, currency))

/** `fromMinor` for a currency code from outside: returns the error where it throws. */
export const tryFromMinor = <const C extends string>(
  amount: bigint,
  currency: C
): Money<C> | InvalidAmount | UnknownCurrency => {
  if (!Currency.isKnown(currency)) return new UnknownCurrency(currency)
  // The check is for callers without a compiler: a float that slipped in would corrupt every later sum.
  if (typeof amount !== "bigint") return new InvalidAmount(String(amount), 0, "expected a bigint")
  return make(amount, currency)
}

/** Nothing, in a currency. Throws `UnknownCurrency`. */
export const zero = <const C extends string>(currency: C): Money<C> => fromMinor(0n, currency)

/** The amount as `fromDecimal` reads it, with all decimals of the currency: `"12.50"`. */
export const toDecimal = (money: Money): string => decimal.format(money.amount, exponentOf(money))

/** Whether money is in this currency, and the compiler may know it. */
export const hasCurrency = <const C extends string>(money: Money, currency: C): money is Money<C> =>
  money.currency === currency

/** Whether the minor units fit a signed 64-bit integer, the width of a stored amount. */
export const isStorable = (money: Money): boolean => BigInt.asIntN(64, money.amount) === money.amount

/** The minor units as they are stored, when they fit a signed 64-bit integer. */
export const toStorable = (money: Money): bigint | AmountOutOfRange =>
  isStorable(money) ? money.amount : new AmountOutOfRange(money.amount, money.currency)

/** Left plus right, in one currency known to the compiler. */
export const add = <C extends string>(left: Money<C> & Known<C>, right: Money<NoInfer<C>>): Money<C> =>
  orThrow(tryAdd<C>(left, right))

/** Left minus right, in one currency known to the compiler. */
export const subtract = <C extends string>(left: Money<C> & Known<C>, right: Money<NoInfer<C>>): Money<C> =>
  orThrow(trySubtract<C>(left, right))

/** −1, 0 or 1 as left is less than, equal to or greater than right, in one currency known to the compiler. */
export const compare = <C extends string>(left: Money<C> & Known<C>, right: Money<NoInfer<C>>): -1 | 0 | 1 =>
  orThrow(tryCompare(left, right))

/** Whether left is below right. */
export const lessThan = <C extends string>(left: Money<C> & Known<C>, right: Money<NoInfer<C>>): boolean =>
  orThrow(tryCompare(left, right)) < 0

/** Whether left is above right. */
export const greaterThan = <C extends string>(left: Money<C> & Known<C>, right: Money<NoInfer<C>>): boolean =>
  orThrow(tryCompare(left, right)) > 0

/** Whether two amounts are the same amount in the same currency. Different currencies are never equal, not even zeros. */
export const equals = (left: Money, right: Money): boolean =>
  left.amount === right.amount && left.currency === right.currency

/** The sum of a non-empty list in one currency known to the compiler. */
export const sum = <C extends string>(list: NonEmpty<Money<C>> & Known<C>): Money<C> => orThrow(trySum<C>(list))

/** The smallest of a non-empty list in one currency known to the compiler; the first of equals. */
export const min = <C extends string>(list: NonEmpty<Money<C>> & Known<C>): Money<C> => orThrow(tryMin<C>(list))

/** The largest of a non-empty list in one currency known to the compiler; the first of equals. */
export const max = <C extends string>(list: NonEmpty<Money<C>> & Known<C>): Money<C> => orThrow(tryMax<C>(list))

/** Left plus right, where the currencies are only known when the program runs. */
export const tryAdd = <C extends string>(left: Money<C>, right: Money<C>): Money<C> | CurrencyMismatch =>
  left.currency === right.currency ? make(left.amount + right.amount, left.currency) : mismatch(left, right)

/** Left minus right, where the currencies are only known when the program runs. */
export const trySubtract = <C extends string>(left: Money<C>, right: Money<C>): Money<C> | CurrencyMismatch =>
  left.currency === right.currency ? make(left.amount - right.amount, left.currency) : mismatch(left, right)

const mismatch = (left: Money, right: Money) => new CurrencyMismatch(left.currency, right.currency)

/** −1, 0 or 1, where the currencies are only known when the program runs. */
export const tryCompare = (left: Money, right: Money): -1 | 0 | 1 | CurrencyMismatch => {
  if (left.currency !== right.currency) return mismatch(left, right)
  return order(left.amount, right.amount)
}

/** The sum of a non-empty list, where the currencies are only known when the program runs. */
export const trySum = <C extends string>(list: NonEmpty<Money<C>>): Money<C> | CurrencyMismatch => {
  const [first] = list
  let total = 0n
  for (const money of list) {
    if (money.currency !== first.currency) return mismatch(first, money)
    total += money.amount
  }
  return make(total, first.currency)
}

/** The smallest of a non-empty list, where the currencies are only known when the program runs. */
export const tryMin = <C extends string>(list: NonEmpty<Money<C>>): Money<C> | CurrencyMismatch => extreme(list, -1)

/** The largest of a non-empty list, where the currencies are only known when the program runs. */
export const tryMax = <C extends string>(list: NonEmpty<Money<C>>): Money<C> | CurrencyMismatch => extreme(list, 1)

const extreme = <C extends string>(list: NonEmpty<Money<C>>, wanted: -1 | 1): Money<C> | CurrencyMismatch => {
  let best = list[0]
  for (const money of list) {
    const order = tryCompare(money, best)
    if (typeof order !== "number") return mismatch(best, money)
    if (order === wanted) best = money
  }
  return best
}

/** The same amount with the other sign. */
export const negate = <C extends string>(money: Money<C>): Money<C> => make(-money.amount, money.currency)

/** The amount without its sign. */
export const abs = <C extends string>(money: Money<C>): Money<C> => (money.amount < 0n ? negate(money) : money)

/** Whether the amount is nothing. */
export const isZero = (money: Money): boolean => money.amount === 0n

/** Whether the amount is above zero. */
export const isPositive = (money: Money): boolean => money.amount > 0n

/** Whether the amount is below zero. */
export const isNegative = (money: Money): boolean => money.amount < 0n

/** The amount times an exact fraction, rounded once to minor units. A zero denominator throws a `RangeError`. */
export const multiplyByRatio = <C extends string>(money: Money<C>, ratio: Ratio, rounding: RoundingMode): Money<C> =>
  make(divide(money.amount * ratio.numerator, ratio.denominator, rounding), money.currency)

/**
 * The amount times a decimal factor, rounded once to minor units. The factor is a text such as `"1.25"`, or a
 * decimal.js value, and is used exactly. Throws `InvalidRate`.
 */
export const multiplyByDecimal = <C extends string>(
  money: Money<C>,
  factor: string | Decimal,
  rounding: RoundingMode
): Money<C> => {
  const text = typeof factor === "string" ? factor : factor.toFixed()
  return multiplyByRatio(money, orThrow(decimal.ratioOf(text)), rounding)
}

/**
 * So many percent of the amount, rounded once to minor units. Takes a `Rate`, or a percent text: `"25"` is a quarter.
 * A rate is applied once, whatever its period: time is for the caller to count. Throws `InvalidRate`.
 */
export const percentage = <C extends string>(
  money: Money<C>,
  percent: Rate | string,
  rounding: RoundingMode
): Money<C> => {
  if (percent instanceof Rate) return multiplyByRatio(money, percent.ratio, rounding)
  const { denominator, numerator } = orThrow(decimal.ratioOf(percent))
  return multiplyByRatio(money, { numerator, denominator: denominator * 100n }, rounding)
}

/**
 * Shares an amount out by weights so that the shares add up to it exactly: every share is first rounded toward zero,
 * then the units left over go one each to the largest remainders, ties to the earlier position. No share is more than
 * one minor unit from its exact value, a weight of zero gets nothing, and a negative amount is shared out as its
 * positive with the signs turned.
 *
 * Weights are whole numbers or exact fractions of any size, at least one above zero. Throws `InvalidWeights`.
 *
 * @example
 * ```ts
 * import * as Money from "saldo/money/Money"
 *
 * console.log(Money.allocate(Money.of("10.00", "SEK"), [1n, 1n, 1n]).join(", ")) // => 3.34 SEK, 3.33 SEK, 3.33 SEK
 * ```
 */
export const allocate = <C extends string>(money: Money<C>, weights: ReadonlyArray<Weight>): ReadonlyArray<Money<C>> =>
  orThrow(tryAllocate(money, weights))

/** `allocate` for weights from outside: returns `InvalidWeights` where it throws. */
export const tryAllocate = <C extends string>(
  money: Money<C>,
  weights: ReadonlyArray<Weight>
): ReadonlyArray<Money<C>> | InvalidWeights => {
  const whole = wholeWeights(weights)
  if (whole instanceof InvalidWeights) return whole
  let total = 0n
  for (const weight of whole) total += weight
  if (total === 0n) return new InvalidWeights(0, "expected a weight above zero")
  const negative = money.amount < 0n
  const amount = negative ? -money.amount : money.amount
  let left = amount
  const parts = whole.map((weight) => {
    const product = amount * weight
    const share = product / total
    left -= share
    return { share, remainder: product % total }
  })
  // The sort is stable, which gives ties to the earlier position. Among few, picking is faster than sorting.
  const sorted = parts.length > 20 ? parts.toSorted((a, b) => order(b.remainder, a.remainder)) : undefined
  for (let given = 0; given < left; given++) {
    const next = sorted?.[given] ?? parts.reduce((best, each) => (each.remainder > best.remainder ? each : best))
    next.share++
    next.remainder = -1n
  }
  return parts.map(({ share }) => make(negative ? -share : share, money.currency))
}

/** Shares an amount out in `parts` equal parts; the first ones are a minor unit larger where it does not divide. */
export const split = <C extends string>(money: Money<C>, parts: number): ReadonlyArray<Money<C>> => {
  if (!Number.isSafeInteger(parts) || parts < 1) {
    throw new InvalidWeights(0, "expected 1 part or more")
  }
  return allocate(money, new Array<bigint>(parts).fill(1n))
}

// Brings the weights to one denominator and gives their numerators.
const wholeWeights = (weights: ReadonlyArray<Weight>): ReadonlyArray<bigint> | InvalidWeights => {
  if (weights.every((weight): weight is bigint => typeof weight === "bigint" && weight >= 0n)) return weights
  let common = 1n
  const ratios: Array<Ratio> = []
  for (const weight of weights) {
    const ratio = typeof weight === "bigint" ? { numerator: weight, denominator: 1n } : weight
    if (!(ratio.numerator >= 0n && ratio.denominator > 0n)) {
      return new InvalidWeights(ratios.length, "expected a bigint or ratio, zero or more")
    }
    common *= ratio.denominator
    ratios.push(ratio)
  }
  return ratios.map(({ numerator, denominator }) => numerator * (common / denominator))
}

const exponentOf = (money: Money): number => orThrow(Currency.exponentOf(money.currency))
