/**
 * Reads amounts as people write them: `1 234,50 kr`, `(£1,234.50)`, `1.234,50- EUR`, `₹12,34,567`, `CHF 1’234.50`.
 */
import * as Currency from "./Currency.ts"
import * as Money from "./Money.ts"
import { AmbiguousAmount, InvalidAmount, UnknownCurrency } from "./MoneyError.ts"
import { currenciesOf } from "./internal/symbols.ts"
import { readingsOf, writingOf } from "./internal/writing.ts"

/** What is known about the text beforehand. */
export interface ParseOptions<C extends string = string> {
  /** The currency that the text is in. A symbol or code in the text must agree with it. */
  readonly currency?: C
  /** A BCP 47 language tag whose separators the text uses, such as `sv-SE`. Malformed tags throw a `RangeError`. */
  readonly locale?: string
}

/**
 * Reads an amount in Swedish, English, German, Indian and like writing, and never guesses.
 *
 * Groups may be separated by a dot, comma, apostrophe or blank (also U+00A0, U+202F, U+2009); a minus may lead or trail
 * (also U+2212), or parentheses stand for it; a currency code or symbol may stand before or after, and must be there
 * unless `currency` is given. Swedish `100:-` has no decimals.
 *
 * Without a locale, text with more than one meaning is an `AmbiguousAmount`: `1,234` may be a thousand or one and a bit,
 * and `$` and `kr` name several currencies. With a locale, only its decimal separator separates decimals. More decimals
 * than the currency has are an `InvalidAmount`, as is anything that is not an amount.
 *
 * @example
 * ```ts
 * import { parseMoney } from "saldo/money/parseMoney"
 *
 * console.log(String(parseMoney("1 234,50 kr", { currency: "SEK" }))) // => 1234.50 SEK
 * console.log(String(parseMoney("1,234 EUR"))) // => AmbiguousAmount: "1,234 EUR" may mean 1.234 EUR or 1234 EUR: state the locale or the currency
 * console.log(String(parseMoney("1,234 EUR", { locale: "en" }))) // => 1234.00 EUR
 * ```
 */
export function parseMoney<const C extends string>(
  text: string,
  options: ParseOptions<C> & { readonly currency: C }
): Money.Money<C> | AmbiguousAmount | InvalidAmount | UnknownCurrency
export function parseMoney(
  text: string,
  options?: ParseOptions
): Money.Money | AmbiguousAmount | InvalidAmount | UnknownCurrency
export function parseMoney(
  text: string,
  options: ParseOptions = {}
): Money.Money | AmbiguousAmount | InvalidAmount | UnknownCurrency {
  const { currency, locale } = options
  if (currency !== undefined && !Currency.isKnown(currency)) return new UnknownCurrency(currency)
  const invalid = (position: number, problem: string) => new InvalidAmount(text, position, problem)
  const match = /^(\D*)(\d(?:.*\d)?)(?:[:,.][-\u2013\u2014])?(\D*)$/su.exec(text)
  if (match === null) return invalid(0, "expected digits")
  const { 1: prefix = "", 2: body = "", 3: suffix = "" } = match
  const before = undress(prefix)
  const after = undress(suffix)
  const marks = before.marks + after.marks
  if (!/^([-+\u2212\u2013]?|\(\))$/u.test(marks)) return invalid(0, "expected one sign at most")
  const codes = candidatesOf([before.currency, after.currency], options)
  if (typeof codes === "string") return invalid(before.currency === "" ? prefix.length + body.length : 0, codes)
  const amounts = readingsOf(body, locale === undefined ? undefined : writingOf(locale))
  if (amounts.length === 0) {
    const stray = Math.max(0, body.search(/[^\d\s.,'\u2019]/u))
    return invalid(prefix.length + stray, `expected a number${locale === undefined ? "" : ` as ${locale} writes it`}`)
  }
  const sign = marks === "" || marks === "+" ? "" : "-"
  if (codes.length * amounts.length > 1) {
    const readings = codes.flatMap((code) => amounts.map((amount) => ({ amount: sign + amount, currency: code })))
    return new AmbiguousAmount(text, readings)
  }
  const money = Money.fromDecimal(`${sign}${amounts[0]}`, `${codes[0]}`)
  return money instanceof InvalidAmount ? invalid(prefix.length, money.problem) : money
}

// A sign or parenthesis may stand on either side of the currency: `-€5`, `€-5`, `5-€`, `5 €-`.
const undress = (text: string) => {
  let currency = text.trim()
  let marks = ""
  for (const edge of [0, -1]) {
    const mark = currency.at(edge)
    if (mark === undefined || !"-+\u2212\u2013()".includes(mark)) continue
    marks += mark
    currency = (edge === 0 ? currency.slice(1) : currency.slice(0, -1)).trim()
  }
  return { currency, marks }
}

/** The currencies that the text may be in, at least one, or what is wrong. */
const candidatesOf = (symbols: ReadonlyArray<string>, options: ParseOptions): ReadonlyArray<string> | string => {
  const { currency, locale } = options
  let candidates: ReadonlyArray<string> | undefined = currency === undefined ? undefined : [currency]
  for (const symbol of symbols) {
    if (symbol === "") continue
    const named = currenciesOf(symbol, currency, locale)
    candidates = candidates?.filter((code) => named.includes(code)) ?? named
    if (candidates.length === 0) return `expected ${currency ?? "a known currency"}`
  }
  return candidates ?? "expected a currency"
}
