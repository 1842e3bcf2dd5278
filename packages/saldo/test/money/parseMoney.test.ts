import * as fc from "fast-check"
import * as Arbitrary from "@saldo/testing/MoneyArbitrary"
import { describe, expect, expectTypeOf, it } from "vitest"
import { formatMoney } from "../../src/money/formatMoney.ts"
import * as Money from "../../src/money/Money.ts"
import { AmbiguousAmount, InvalidAmount, UnknownCurrency } from "../../src/money/MoneyError.ts"
import { type ParseOptions, parseMoney } from "../../src/money/parseMoney.ts"

const parsed = (text: string, options?: ParseOptions) => String(parseMoney(text, options))

describe("without a locale", () => {
  it.each([
    // Swedish
    ["1 234,50 SEK", "1234.50 SEK"],
    ["1\u00A0234\u00A0567,89 SEK", "1234567.89 SEK"],
    ["SEK 100:-", "100.00 SEK"],
    ["-12,5 SEK", "-12.50 SEK"],
    ["\u2212\u202F12,50 SEK", "-12.50 SEK"],
    // English
    ["£1,234.50", "1234.50 GBP"],
    ["(£1,234.50)", "-1234.50 GBP"],
    ["£(1,234.50)", "-1234.50 GBP"],
    ["USD 1,234,567", "1234567.00 USD"],
    ["US$ 12.34", "12.34 USD"],
    ["$12.34 CAD", "12.34 CAD"],
    ["-€5", "-5.00 EUR"],
    ["€-5", "-5.00 EUR"],
    ["€5-", "-5.00 EUR"],
    ["5-€", "-5.00 EUR"],
    ["+5 EUR", "5.00 EUR"],
    // German
    ["1.234,50 €", "1234.50 EUR"],
    ["1.234.567 €", "1234567.00 EUR"],
    ["1.234,50- EUR", "-1234.50 EUR"],
    ["12,– €", "12.00 EUR"],
    // Swiss, with either apostrophe, and other blanks
    ["CHF 1'234.50", "1234.50 CHF"],
    ["CHF 1’234’567.50", "1234567.50 CHF"],
    ["CHF 12.-", "12.00 CHF"],
    ["1\u2009234,50 EUR", "1234.50 EUR"],
    ["1\u202F234,50 €", "1234.50 EUR"],
    // Indian
    ["₹12,34,567.89", "1234567.89 INR"],
    ["₹1,23,456", "123456.00 INR"],
    ["INR 12,34,56,789", "123456789.00 INR"],
    // No room for another meaning
    ["0,5 EUR", "0.50 EUR"],
    ["0,500 KWD", "0.500 KWD"],
    ["0.123 KWD", "0.123 KWD"],
    ["1234 EUR", "1234.00 EUR"],
    ["1 234 EUR", "1234.00 EUR"],
    ["1234,5 EUR", "1234.50 EUR"],
    ["1,234.567 KWD", "1234.567 KWD"],
    ["5 zł", "5.00 PLN"],
    ["¥5 JPY", "5 JPY"],
    ["  7 EUR  ", "7.00 EUR"]
  ])("%j is %s", (text, money) => {
    expect(parsed(text)).toBe(money)
  })

  it.each([
    ["1,234 EUR", ["1.234 EUR", "1234 EUR"]],
    ["1.234 EUR", ["1.234 EUR", "1234 EUR"]],
    ["-1.234 KWD", ["-1.234 KWD", "-1234 KWD"]],
    ["999,999 JPY", ["999.999 JPY", "999999 JPY"]],
    ["5 kr", ["5 DKK", "5 ISK", "5 NOK", "5 SEK"]],
    ["¥5", ["5 CNY", "5 JPY"]],
    ["1,234 kr", ["1.234 DKK", "1234 DKK", "1.234 ISK", "1234 ISK", "1.234 NOK", "1234 NOK", "1.234 SEK", "1234 SEK"]],
    ["Rs. 5", ["5 INR", "5 LKR", "5 MUR", "5 NPR", "5 PKR"]]
  ])("%j may mean several amounts", (text, readings) => {
    const result = parseMoney(text)
    expect(result).toBeInstanceOf(AmbiguousAmount)
    if (!(result instanceof AmbiguousAmount)) return
    expect(result.readings.map(({ amount, currency }) => `${amount} ${currency}`)).toEqual(readings)
    expect(result.message).toContain("state the locale or the currency")
  })

  it("knows that $ is the sign of many currencies", () => {
    const result = parseMoney("$5")
    expect(result).toBeInstanceOf(AmbiguousAmount)
    if (!(result instanceof AmbiguousAmount)) return
    const currencies = result.readings.map(({ currency }) => currency)
    expect(currencies).toEqual(expect.arrayContaining(["USD", "CAD", "AUD", "MXN"]))
    expect(parsed("$5", { currency: "CAD" })).toBe("5.00 CAD")
  })
})

describe("with a locale", () => {
  it.each([
    ["1,234 EUR", "en", "1234.00 EUR"],
    ["1.234 EUR", "de", "1234.00 EUR"],
    ["1.234 KWD", "en", "1.234 KWD"],
    ["1,234 KWD", "sv", "1.234 KWD"],
    ["1,234 KWD", "de", "1.234 KWD"],
    ["1.234,50 SEK", "sv", "1234.50 SEK"],
    ["1.234.567 SEK", "sv", "1234567.00 SEK"],
    ["1 234,50 SEK", "sv", "1234.50 SEK"],
    ["1’234.50 CHF", "de-CH", "1234.50 CHF"],
    ["12,34,567.89 INR", "en-IN", "1234567.89 INR"],
    ["1,234,567.89 INR", "en-IN", "1234567.89 INR"],
    ["1.234,50 EUR", "de-AT", "1234.50 EUR"],
    ["1 234,50 EUR", "de-AT", "1234.50 EUR"],
    ["1 234,5 EUR", "fr-CH", "1234.50 EUR"],
    ["1 234.5 EUR", "fr-CH", "1234.50 EUR"]
  ])("%j in %s is %s", (text, locale, money) => {
    expect(parsed(text, { locale })).toBe(money)
  })

  it.each([
    ["12,50 EUR", "en"],
    ["1.234,50 EUR", "en"],
    ["12.50 EUR", "de"],
    ["12.50 SEK", "sv"],
    ["1.234 SEK", "sv"],
    ["1,234.50 EUR", "de"],
    ["1,234 SEK", "sv"]
  ])("%j is no amount in %s", (text, locale) => {
    expect(parseMoney(text, { locale })).toBeInstanceOf(InvalidAmount)
  })

  it("still says that kr is ambiguous: people in Malmö pay in two of them", () => {
    expect(parseMoney("5 kr", { locale: "sv-SE" })).toBeInstanceOf(AmbiguousAmount)
  })

  it("throws for a malformed locale, as Intl does", () => {
    expect(() => parseMoney("1 SEK", { locale: "not_a_locale" })).toThrow(RangeError)
  })
})

describe("with a currency", () => {
  it.each([
    ["12", "SEK", "12.00 SEK"],
    ["12 kr", "SEK", "12.00 SEK"],
    ["12 Kr.", "DKK", "12.00 DKK"],
    ["12 sek", "SEK", "12.00 SEK"],
    ["sek 12", "SEK", "12.00 SEK"],
    ["Rs 12", "INR", "12.00 INR"],
    ["Fr. 12.50", "CHF", "12.50 CHF"],
    ["$12", "USD", "12.00 USD"],
    ["100:-", "SEK", "100.00 SEK"]
  ] as const)("%j in %s is %s", (text, currency, money) => {
    expect(parsed(text, { currency })).toBe(money)
  })

  it.each([
    ["12 €", "SEK", 3],
    ["12 kr", "EUR", 2],
    ["USD 12", "SEK", 0],
    ["$12 CAD", "USD", 0],
    ["12 xyz", "SEK", 2]
  ])("%j is not in %s", (text, currency, position) => {
    const result = parseMoney(text, { currency })
    expect(result).toBeInstanceOf(InvalidAmount)
    expect((result as InvalidAmount).problem).toBe(`expected ${currency}`)
    expect((result as InvalidAmount).position).toBeLessThanOrEqual(position)
  })

  it("keeps it in the type, and returns an unknown one", () => {
    const result = parseMoney("12", { currency: "SEK" })
    expectTypeOf(result).toEqualTypeOf<Money.Money<"SEK"> | AmbiguousAmount | InvalidAmount | UnknownCurrency>()
    expect(parseMoney("12", { currency: "BTC" })).toBeInstanceOf(UnknownCurrency)
  })
})

describe("what is no amount", () => {
  it.each([
    "",
    " ",
    "SEK",
    "-",
    "()",
    "12",
    "5 quid",
    "try 5",
    "--5 EUR",
    "-5- EUR",
    "(-5) EUR",
    "(5 EUR",
    "5) EUR",
    ")5( EUR",
    "+-5 EUR",
    "1,23,45 EUR",
    "1,2345,678 EUR",
    "12,34.567,8 EUR",
    "1.234.56 EUR",
    "1,234,56 EUR",
    "1,,234 EUR",
    "1, 234 EUR",
    "1 23 EUR",
    "1234 567 EUR",
    "01,234,567 EUR",
    "1.5.5 EUR",
    ".5 EUR",
    "5. EUR",
    "1e400 EUR",
    "Infinity EUR",
    "NaN EUR",
    "0x1F EUR",
    "1/2 EUR",
    "10-20 EUR",
    "5 EUR 6",
    "€5 USD",
    "١٢٣ EUR",
    "1٢3 EUR",
    "१२३ INR",
    "12.345,678 EUR",
    "12.5055 EUR",
    "1.5 JPY",
    "5 \u{1F4B6}",
    "5 E\u200BUR",
    `${"9".repeat(10_000)} EUR`,
    `${"1,".repeat(5000)}1 EUR`,
    `${" ".repeat(10_000)}x`,
    `${"(".repeat(10_000)}5 EUR`
  ])("%# is refused with a position and a problem", (text) => {
    const result = parseMoney(text)
    expect(result).toBeInstanceOf(InvalidAmount)
    expect(result).toMatchObject({ input: text })
    expect((result as InvalidAmount).position).toBeGreaterThanOrEqual(0)
    expect((result as InvalidAmount).position).toBeLessThanOrEqual(text.length)
    expect(String(result).length).toBeLessThan(250)
  })

  it("points at what is wrong", () => {
    expect(parseMoney("EUR 1/2")).toMatchObject({ position: 5 })
    expect(parseMoney("12 quid")).toMatchObject({ position: 2 })
  })

  it("is the only alternative to money for any text at all", () => {
    const characters = fc.constantFrom(...Array.from("0123456789.,'’ \u00A0-+()−€$krSEK:/e\n"))
    const text = fc.oneof(fc.string({ unit: characters, maxLength: 20 }), fc.string({ unit: "grapheme" }))
    const options = fc.constantFrom<ParseOptions>(
      {},
      { currency: "SEK" },
      { locale: "de" },
      { locale: "sv", currency: "EUR" }
    )
    fc.assert(
      fc.property(text, options, (input, given) => {
        const result = parseMoney(input, given)
        expect(
          result instanceof Money.Money || result instanceof AmbiguousAmount || result instanceof InvalidAmount
        ).toBe(true)
      }),
      { numRuns: 2000 }
    )
  })
})

describe("reading what Intl writes", () => {
  const locales = [
    "sv",
    "en",
    "en-US",
    "de",
    "de-CH",
    "de-AT",
    "en-IN",
    "hi-IN",
    "nb",
    "da",
    "fi",
    "fr",
    "fr-CH",
    "nl",
    "pl"
  ]
  const sign = fc.constantFrom<"standard" | "accounting">("standard", "accounting")
  const display = fc.constantFrom<"symbol" | "narrowSymbol" | "code">("symbol", "narrowSymbol", "code")

  it.each(locales)("gives the same amount back in %s, for every currency", (locale) => {
    fc.assert(
      fc.property(Arbitrary.money, sign, display, (money, sign, display) => {
        const text = formatMoney(money, { locale, sign, currency: display })
        expect([text, String(parseMoney(text, { locale, currency: money.currency }))]).toEqual([text, String(money)])
      }),
      { numRuns: 200 }
    )
  })

  it.each(locales)("gives the same amount back in %s from the code alone", (locale) => {
    fc.assert(
      fc.property(Arbitrary.money, (money) => {
        const text = formatMoney(money, { locale, currency: "code" })
        expect([text, String(parseMoney(text, { locale }))]).toEqual([text, String(money)])
      })
    )
  })

  it("never gives another amount without the locale", () => {
    fc.assert(
      fc.property(Arbitrary.money, fc.constantFrom(...locales), (money, locale) => {
        const text = formatMoney(money, { locale, currency: "code" })
        const result = parseMoney(text)
        if (result instanceof Money.Money) expect([text, String(result)]).toEqual([text, String(money)])
        else expect(result).toBeInstanceOf(AmbiguousAmount)
      }),
      { numRuns: 1000 }
    )
  })
})
