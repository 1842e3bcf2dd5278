/**
 * Writes amounts for people, by the runtime's own `Intl` data.
 */
import * as Currency from "./Currency.ts"
import { isForIntl, memo } from "./internal/intl.ts"
import { orThrow } from "./MoneyError.ts"
import * as Money from "./Money.ts"

/** How an amount is to be written. */
export interface FormatOptions {
  /** A BCP 47 language tag such as `sv-SE`. A malformed tag throws a `RangeError`. */
  readonly locale: string
  /** What names the currency; `symbol` unless stated. */
  readonly currency?: "symbol" | "narrowSymbol" | "code" | "name"
  /** `accounting` writes parentheses for a minus where the locale does; `standard` unless stated. */
  readonly sign?: "standard" | "accounting"
}

/**
 * Writes an amount exactly, whatever its size, with all decimals that ISO 4217 gives its currency.
 *
 * A registered currency whose code is not three letters, which `Intl` does not take, is written as a number and its
 * code.
 *
 * @example
 * ```ts
 * import { formatMoney } from "saldo/money/formatMoney"
 * import * as Money from "saldo/money/Money"
 *
 * console.log(formatMoney(Money.of("1234567.5", "INR"), { locale: "en-IN" })) // => ₹12,34,567.50
 * ```
 */
export const formatMoney = (money: Money.Money, options: FormatOptions): string => {
  const { currency = "symbol", locale, sign = "standard" } = options
  return formatterOf(locale)(money.currency)(currency)(sign)(Money.toDecimal(money))
}

const formatterOf = memo((locale) =>
  memo((currency) =>
    memo((currencyDisplay) =>
      memo((currencySign) => {
        const exponent = orThrow(Currency.exponentOf(currency))
        const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent }
        const money = { style: "currency", currency, currencyDisplay, currencySign } as Intl.NumberFormatOptions
        const known = isForIntl(currency)
        const formatter = new Intl.NumberFormat(locale, known ? { ...digits, ...money } : digits)
        const format = (decimal: string) => formatter.format(decimal as Intl.StringNumericLiteral)
        return known ? format : (decimal: string) => `${format(decimal)}\u00A0${currency}`
      })
    )
  )
)
