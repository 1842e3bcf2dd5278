/**
 * Exchange rates with what an auditor asks for: which pair, how much exactly, on which day, and who says so.
 */
import * as Currency from "./Currency.ts"
import * as decimal from "./decimal.ts"
import * as Money from "./Money.ts"
import { CurrencyMismatch, InvalidExchangeRate, orThrow, UnknownCurrency } from "./MoneyError.ts"
import { divide, type Ratio, type RoundingMode } from "./rounding.ts"

/** What an exchange rate is made from. */
export interface ExchangeRateFields<B extends string = string, Q extends string = string> {
  /** The currency that is converted. */
  readonly base: B
  /** The currency that one unit of `base` is priced in. */
  readonly quote: Q
  /** Units of `quote` for one unit of `base`, above zero: decimal text such as `"11.2340"`, or an exact fraction. */
  readonly rate: string | Ratio
  /** The day that the rate is for, `YYYY-MM-DD`. */
  readonly date: string
  /** Who published it, such as `ECB`. Not blank. */
  readonly source: string
}

let make: <B extends string, Q extends string>(fields: ExchangeRateFields<B, Q>, rate: Ratio) => ExchangeRate<B, Q>

/** An exact exchange rate of a day. Made by `of` or `from`. */
export class ExchangeRate<B extends string = string, Q extends string = string> {
  readonly base: B
  readonly quote: Q
  /** Units of `quote` for one unit of `base`, in lowest terms. */
  readonly rate: Ratio
  readonly date: string
  readonly source: string

  private constructor({ base, date, quote, source }: ExchangeRateFields<B, Q>, rate: Ratio) {
    this.base = base
    this.quote = quote
    this.rate = rate
    this.date = date
    this.source = source
  }

  static {
    make = (fields, rate) => new ExchangeRate(fields, rate)
  }
}

/** Checks and makes a rate; returns what is wrong with the fields. */
export const from = <const B extends string, const Q extends string>(
  fields: ExchangeRateFields<B, Q>
): ExchangeRate<B, Q> | InvalidExchangeRate | UnknownCurrency => {
  const { base, date, quote, source } = fields
  for (const code of [base, quote]) if (!Currency.isKnown(code)) return new UnknownCurrency(code)
  const rate = positiveRatio(fields.rate)
  if (rate === undefined) return new InvalidExchangeRate("rate", "expected decimal text or a fraction above zero")
  if (isSame(base, quote)) return new InvalidExchangeRate("quote", `expected another currency than ${base}`)
  if (!isDate(date)) return new InvalidExchangeRate("date", "expected a calendar date as YYYY-MM-DD")
  if (source.trim() === "") return new InvalidExchangeRate("source", "expected who published the rate")
  return make(fields, rate)
}

/** A rate from values written in code: throws what `from` returns. */
export const of = <const B extends string, const Q extends string>(
  fields: ExchangeRateFields<B, Q>
): ExchangeRate<B, Q> => orThrow(from(fields))

/** The same rate seen from the other currency: exactly one divided by it. */
export const invert = <B extends string, Q extends string>(rate: ExchangeRate<B, Q>): ExchangeRate<Q, B> => {
  const { base, date, quote, source } = rate
  const inverse = { numerator: rate.rate.denominator, denominator: rate.rate.numerator }
  return make({ base: quote, quote: base, rate: inverse, date, source }, inverse)
}

/**
 * Converts an amount from the rate's base to its quote currency, rounded once to minor units. Both currencies are known
 * to the compiler; `tryConvert` is for those that are not.
 *
 * @example
 * ```ts
 * import * as ExchangeRate from "saldo/money/ExchangeRate"
 * import * as Money from "saldo/money/Money"
 *
 * const rate = ExchangeRate.of({ base: "EUR", quote: "SEK", rate: "11.2345", date: "2026-01-02", source: "ECB" })
 * console.log(String(ExchangeRate.convert(Money.of("10.00", "EUR"), rate, "halfEven"))) // => 112.34 SEK
 * ```
 */
export const convert = <B extends string, Q extends string>(
  money: Money.Money<B> & Money.Known<B>,
  rate: ExchangeRate<NoInfer<B>, Q>,
  rounding: RoundingMode
): Money.Money<Q> => orThrow(tryConvert(money, rate, rounding))

/** Converts an amount whose currency is only known when the program runs. */
export const tryConvert = <Q extends string>(
  money: Money.Money,
  rate: ExchangeRate<string, Q>,
  rounding: RoundingMode
): Money.Money<Q> | CurrencyMismatch => {
  const { base, quote } = rate
  if (money.currency !== base) return new CurrencyMismatch(money.currency, base)
  const numerator = money.amount * rate.rate.numerator * decimal.powerOfTen(orThrow(Currency.exponentOf(quote)))
  const denominator = rate.rate.denominator * decimal.powerOfTen(orThrow(Currency.exponentOf(base)))
  return Money.fromMinor(divide(numerator, denominator, rounding), quote)
}

/** The rate as decimal text with so many decimals, rounded by the named mode. */
export const toDecimal = (rate: ExchangeRate, decimals: number, rounding: RoundingMode): string =>
  decimal.format(divide(rate.rate.numerator * decimal.powerOfTen(decimals), rate.rate.denominator, rounding), decimals)

const positiveRatio = (rate: string | Ratio): Ratio | undefined => {
  let ratio: Ratio
  if (typeof rate === "string") {
    const read = decimal.parse(rate)
    if ("problem" in read) return undefined
    ratio = { numerator: read.coefficient, denominator: decimal.powerOfTen(read.scale) }
  } else ratio = rate
  const { denominator, numerator } = ratio
  if (numerator === 0n || denominator === 0n || numerator < 0n !== denominator < 0n) return undefined
  const divisor = greatestCommonDivisor(numerator, denominator)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

// The divisor takes the sign of both, so that the quotient's parts come out positive.
const greatestCommonDivisor = (a: bigint, b: bigint): bigint => {
  let [left, right] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (right !== 0n) [left, right] = [right, left % right]
  return a < 0n ? -left : left
}

const isSame = (left: string, right: string): boolean => left === right

const isDate = (text: string): boolean => {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/u.exec(text)
  if (match === null) return false
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return day >= 1 && day <= days
}
