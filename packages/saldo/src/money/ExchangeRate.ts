/**
 * Exchange rates with what an auditor asks for: which pair, how much exactly, on which day, and who says so.
 */
import * as Currency from "./Currency.ts"
import * as decimal from "./internal/decimal.ts"
import * as Money from "./Money.ts"
import { CurrencyMismatch, InvalidRate, orThrow, UnknownCurrency } from "./MoneyError.ts"
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

/** An exact exchange rate of a day. Made by `of` or `from`. */
export interface ExchangeRate<B extends string = string, Q extends string = string> extends ExchangeRateFields<B, Q> {
  /** Units of `quote` for one unit of `base`, both parts above zero. */
  readonly rate: Ratio
}

// The shape only: a real calendar day is for the caller's LocalDate to prove.
const datePattern = /^\d{4}-\d\d-\d\d$/u

/** Checks and makes a rate; returns what is wrong with the fields. */
export const from = <const B extends string, const Q extends string>(
  fields: ExchangeRateFields<B, Q>
): ExchangeRate<B, Q> | InvalidRate | UnknownCurrency => {
  const { base, date, quote, source }: ExchangeRateFields = fields
  const invalid = (problem: string) => new InvalidRate(`${base}/${quote} ${date}`, 0, problem)
  for (const code of [base, quote]) if (!Currency.isKnown(code)) return new UnknownCurrency(code)
  const rate = positiveRatio(fields.rate)
  if (rate === undefined) return invalid("expected a rate above zero")
  if (base === quote) return invalid("expected another currency")
  if (!datePattern.test(date)) return invalid("expected a date as YYYY-MM-DD")
  if (source.trim() === "") return invalid("expected a source")
  return { ...fields, rate }
}

/** A rate from values written in code: throws what `from` returns. */
export const of = <const B extends string, const Q extends string>(
  fields: ExchangeRateFields<B, Q>
): ExchangeRate<B, Q> => orThrow(from(fields))

/** The same rate seen from the other currency: exactly one divided by it. */
export const invert = <B extends string, Q extends string>(rate: ExchangeRate<B, Q>): ExchangeRate<Q, B> => ({
  ...rate,
  base: rate.quote,
  quote: rate.base,
  rate: { numerator: rate.rate.denominator, denominator: rate.rate.numerator }
})

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

const positiveRatio = (rate: string | Ratio): Ratio | undefined => {
  const ratio = typeof rate === "string" ? decimal.ratioOf(rate) : rate
  return ratio instanceof Error || ratio.numerator <= 0n || ratio.denominator <= 0n ? undefined : ratio
}
