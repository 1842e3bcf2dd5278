/**
 * Currency symbols and the currencies that they may stand for, by the runtime's own data (CLDR).
 */
import * as Currency from "../Currency.ts"
import { isForIntl, memo } from "./intl.ts"

// What people write and CLDR does not list.
const customary = " rs:INR skr:SEK nkr:NOK dkr:DKK sfr:CHF fr:CHF fr:XAF fr:XOF fr:XPF"

/** A symbol as it is compared: `Kr.` is `kr`. */
const plain = (symbol: string): string => symbol.toLowerCase().replace(".", "")

/** The standard and the short symbol of a currency in a locale, and its code, as they are compared. */
const writtenAs = memo((locale) =>
  memo((currency): ReadonlyArray<string> => {
    if (!isForIntl(currency)) return []
    const symbols = (["symbol", "narrowSymbol"] as const).map((currencyDisplay) => {
      const formatter = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay })
      return plain(formatter.formatToParts(0).find(({ type }) => type === "currency")?.value ?? "")
    })
    return [...symbols, plain(currency)]
  })
)

// In "world English" every standard symbol (£, €, US$) names one currency; the short ones ($, kr) are shared. Asking the
// runtime about all currencies takes milliseconds, so this is for texts of which nothing else tells the currency.
const world = "en-001"
const namedBy = (symbol: string): ReadonlyArray<string> => {
  // The runtime writes the code where it knows no symbol: in lower case that is a word, not a currency.
  const codes = Currency.all().flatMap(({ code }) => (plain(code) === symbol ? [] : [code]))
  const standard = codes.filter((code) => writtenAs(world)(code)[0] === symbol)
  if (standard.length > 0) return standard
  return codes.filter((code) => writtenAs(world)(code)[1] === symbol || customary.includes(` ${symbol}:${code}`))
}

/**
 * The currencies that a code or symbol may name; none when it is unknown. Given a currency, what the runtime writes for
 * it in the locale counts too, and its code in lower case (`try 5` alone is not Turkish money).
 */
export const currenciesOf = (symbol: string, currency?: string, locale = world): ReadonlyArray<string> => {
  if (Currency.isKnown(symbol)) return [symbol]
  const text = plain(symbol)
  return currency !== undefined && writtenAs(locale)(currency).includes(text) ? [currency] : namedBy(text)
}
