/**
 * Currency symbols and the currencies that they may stand for, by the runtime's own data (CLDR).
 */
import * as Currency from "../Currency.ts"
import { isForIntl, memo } from "./intl.ts"

// What people write and CLDR does not list.
const customary = " rs:INR skr:SEK nkr:NOK dkr:DKK sfr:CHF fr:CHF fr:XAF fr:XOF fr:XPF"

/** A symbol as it is compared: `Kr.` is `kr`. */
const plain = (symbol: string): string => symbol.toLowerCase().replace(/\.$/u, "")

/** The standard and the short symbol of a currency in a locale. */
const writtenAs = memo((currency = "", locale = ""): ReadonlyArray<string> => {
  if (!isForIntl(currency)) return []
  return (["symbol", "narrowSymbol"] as const).map((currencyDisplay) => {
    const formatter = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay })
    return plain(formatter.formatToParts(0).find(({ type }) => type === "currency")?.value ?? "")
  })
})

// In "world English" every standard symbol (£, €, US$) names one currency; the short ones ($, kr) are shared. Asking the
// runtime about all currencies takes milliseconds, so this is for texts of which nothing else tells the currency.
const namedBy = memo((symbol = ""): ReadonlyArray<string> => {
  const codes = Currency.all().map(({ code }) => code)
  const standard = codes.filter((code) => writtenAs(code, "en-001")[0] === symbol)
  if (standard.length > 0) return standard
  return codes.filter((code) => writtenAs(code, "en-001")[1] === symbol || customary.includes(` ${symbol}:${code}`))
})

/**
 * The currencies that a code or symbol may name; none when it is unknown. Given a currency, what the runtime writes for
 * it in the locale counts too, and its code in lower case (`try 5` alone is not Turkish money).
 */
export const currenciesOf = (symbol: string, currency?: string, locale = "en-001"): ReadonlyArray<string> => {
  if (Currency.isKnown(symbol)) return [symbol]
  const text = plain(symbol)
  if (currency !== undefined && [...writtenAs(currency, locale), plain(currency)].includes(text)) return [currency]
  return namedBy(text)
}
