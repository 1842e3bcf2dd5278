/**
 * Reads amounts as people write them: `1 234,50 kr`, `(£1,234.50)`, `1.234,50- EUR`, `₹12,34,567`, `CHF 1’234.50`.
 */
import * as Currency from "./Currency.ts"
import { maximumLength } from "./decimal.ts"
import * as Money from "./Money.ts"
import { AmbiguousAmount, InvalidAmount, UnknownCurrency } from "./MoneyError.ts"
import { currenciesOf } from "./symbols.ts"
import { readingsOf, writingOf } from "./writing.ts"

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
 * console.log(String(parseMoney("1,234 EUR"))) // => AmbiguousAmount: "1,234 EUR" may mean 1234 EUR or 1.234 EUR: state the locale or the currency
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
  const dress = undress(text)
  if ("problem" in dress) return new InvalidAmount(text, dress.position, dress.problem)
  const { body, start, negative, before, after } = dress
  const candidates = candidatesOf(before, after, options)
  if (typeof candidates === "string")
    return new InvalidAmount(text, before === "" ? start + body.length : 0, candidates)
  const writing = locale === undefined ? undefined : writingOf(locale)
  const readings = readingsOf(body, writing)
  if (typeof readings === "number") {
    return new InvalidAmount(text, start + readings, "expected a digit or a single separator")
  }
  const [amount] = readings
  const [only] = candidates
  if (amount === undefined || only === undefined) {
    const hint = writing === undefined ? "" : ` in ${locale}, where decimals follow ${JSON.stringify(writing.decimal)}`
    return new InvalidAmount(text, start, `the separators fit no way of writing numbers${hint}`)
  }
  const sign = negative ? "-" : ""
  if (readings.length > 1 || candidates.length > 1) {
    const meanings = candidates.flatMap((code) =>
      readings.map((reading) => ({ amount: sign + reading, currency: code }))
    )
    return new AmbiguousAmount(text, meanings)
  }
  const money = Money.fromDecimal(sign + amount, only)
  return money instanceof InvalidAmount ? new InvalidAmount(text, start, money.problem) : money
}

/** What stands around the digits, taken off: sign, parentheses, and the currency before and after. */
interface Undressed {
  readonly body: string
  readonly start: number
  readonly negative: boolean
  readonly before: string
  readonly after: string
}

const signs = "-+\u2212\u2013"
const noDecimals = /^[:,.][-\u2013\u2014]/u

const undress = (text: string): Undressed | { readonly position: number; readonly problem: string } => {
  if (typeof text !== "string") return { position: 0, problem: `expected text, got ${typeof text}` }
  if (text.length > maximumLength) {
    return { position: maximumLength, problem: `expected at most ${maximumLength} characters` }
  }
  let start = 0
  while (start < text.length && !isDigit(text, start)) start++
  if (start === text.length) return { position: 0, problem: "expected digits 0 to 9" }
  let end = text.length
  while (!isDigit(text, end - 1)) end--
  let suffix = text.slice(end)
  if (noDecimals.test(suffix)) suffix = suffix.slice(2)
  const before = affix(text.slice(0, start), "(")
  const after = affix(suffix, ")")
  if (before.parenthesis !== after.parenthesis) {
    return { position: before.parenthesis ? end : 0, problem: "expected both parentheses or none" }
  }
  if (Number(before.parenthesis) + before.sign.length + after.sign.length > 1) {
    return { position: 0, problem: "expected one sign at most" }
  }
  const sign = before.sign + after.sign
  const negative = before.parenthesis || (sign !== "" && sign !== "+")
  return { body: text.slice(start, end), start, negative, before: before.currency, after: after.currency }
}

const isDigit = (text: string, position: number): boolean => {
  const unit = text.charCodeAt(position)
  return unit >= 48 && unit <= 57
}

// A sign or parenthesis may stand on either side of the currency: `-€5`, `€-5`, `5-€`, `5 €-`.
const affix = (text: string, bracket: string) => {
  let [currency, sign, parenthesis] = [text.trim(), "", false]
  const take = (position: number): boolean => {
    const character = currency.charAt(position)
    if (character === "") return false
    if (character === bracket && !parenthesis) parenthesis = true
    else if (signs.includes(character)) sign += character
    else return false
    currency = (currency.slice(0, position) + currency.slice(position + 1)).trim()
    return true
  }
  while (take(0));
  while (take(currency.length - 1));
  return { currency, sign, parenthesis }
}

/** The currencies that the text may be in, or what is wrong. */
const candidatesOf = (before: string, after: string, options: ParseOptions): ReadonlyArray<string> | string => {
  const { currency } = options
  if (before === "" && after === "") {
    return currency === undefined ? "expected a currency in the text or in the options" : [currency]
  }
  let candidates: ReadonlyArray<string> | undefined = currency === undefined ? undefined : [currency]
  for (const symbol of [before, after]) {
    if (symbol === "") continue
    const named = currenciesOf(symbol, options)
    if (named.length === 0) return `${JSON.stringify(symbol.slice(0, 20))} is no currency that is known`
    candidates = candidates?.filter((code) => named.includes(code)) ?? named
    if (candidates.length === 0) return `${JSON.stringify(symbol.slice(0, 20))} is not ${currency ?? before}`
  }
  return candidates ?? []
}
