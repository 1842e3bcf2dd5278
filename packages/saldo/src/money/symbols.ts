/**
 * Currency symbols and the currencies that they may stand for.
 */
import * as Currency from "./Currency.ts"

// Symbols in lower case without a closing dot. A symbol with several currencies is ambiguous until one is given.
const symbols: Readonly<Record<string, string>> = {
  "€": "EUR",
  "£": "GBP",
  "₹": "INR",
  "₩": "KRW",
  "₪": "ILS",
  "₫": "VND",
  "₱": "PHP",
  "₴": "UAH",
  "₺": "TRY",
  "₽": "RUB",
  "₦": "NGN",
  "฿": "THB",
  "¥": "JPY CNY",
  kr: "SEK NOK DKK ISK",
  skr: "SEK",
  nkr: "NOK",
  dkr: "DKK",
  fr: "CHF",
  sfr: "CHF",
  zł: "PLN",
  kč: "CZK",
  ft: "HUF",
  rs: "INR PKR LKR NPR MUR",
  $: "USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP UYU BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD",
  us$: "USD",
  $us: "USD",
  ca$: "CAD",
  c$: "CAD",
  au$: "AUD",
  a$: "AUD",
  nz$: "NZD",
  hk$: "HKD",
  s$: "SGD",
  r$: "BRL"
}

const own = new Map<string, ReadonlyArray<string>>()

/**
 * The currencies that a code or symbol may name; none when it is unknown. Given a currency, what the runtime writes for
 * it in the locale counts too, and its code in lower case (`try 5` alone is not Turkish money).
 */
export const currenciesOf = (
  symbol: string,
  options: { readonly currency?: string; readonly locale?: string }
): ReadonlyArray<string> => {
  const { currency, locale = "en" } = options
  if (Currency.isKnown(symbol)) return [symbol]
  const listed = symbols[symbol.toLowerCase().replace(/\.$/u, "")]?.split(" ") ?? []
  if (currency === undefined || listed.includes(currency)) return listed
  return symbol.toUpperCase() === currency || writtenAs(currency, locale).includes(symbol) ? [currency] : listed
}

const writtenAs = (currency: string, locale: string): ReadonlyArray<string> => {
  const key = `${locale} ${currency}`
  const present = own.get(key)
  if (present !== undefined) return present
  const written = /^[A-Z]{3}$/u.test(currency)
    ? (["symbol", "narrowSymbol"] as const).map((currencyDisplay) =>
        new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay })
          .formatToParts(0)
          .filter(({ type }) => type === "currency")
          .map(({ value }) => value.trim())
          .join("")
      )
    : []
  if (own.size >= 500) own.clear()
  own.set(key, written)
  return written
}
