import { describe, expect, it } from "vitest"
import * as Currency from "../../src/money/Currency.ts"
import { formatMoney } from "../../src/money/formatMoney.ts"
import * as Money from "../../src/money/Money.ts"

describe("formatMoney", () => {
  it.each([
    ["1234567.89", "SEK", { locale: "sv-SE" }, "1 234 567,89 kr"],
    ["-1234.5", "SEK", { locale: "sv-SE" }, "−1 234,50 kr"],
    ["1234567.89", "EUR", { locale: "de-DE" }, "1.234.567,89 €"],
    ["1234567.89", "INR", { locale: "en-IN" }, "₹12,34,567.89"],
    ["-5", "GBP", { locale: "en-GB", sign: "accounting" }, "(£5.00)"],
    ["5", "USD", { locale: "en-CA", currency: "narrowSymbol" }, "$5.00"],
    ["5", "USD", { locale: "en", currency: "code" }, "USD 5.00"],
    ["5", "USD", { locale: "en", currency: "name" }, "5.00 US dollars"],
    ["1.5", "KWD", { locale: "en" }, "KWD 1.500"],
    ["1.5", "CLF", { locale: "en" }, "CLF 1.5000"],
    ["5", "JPY", { locale: "en" }, "¥5"],
    ["5.25", "HUF", { locale: "en" }, "HUF 5.25"],
    ["12345678901234567890123456789.01", "EUR", { locale: "en" }, "€12,345,678,901,234,567,890,123,456,789.01"]
  ] as const)("writes %s %s as in %o", (amount, currency, options, text) => {
    expect(formatMoney(Money.of(amount, currency), options).replaceAll(/\s/gu, " ")).toBe(text)
  })

  it("writes currencies that Intl cannot, and more locales than it remembers", () => {
    Currency.register({ code: "POINTS2", numeric: null, exponent: 1, name: "Points" })
    const points = Money.of("1234.5", "POINTS2")
    expect(formatMoney(points, { locale: "de" })).toBe("1.234,5\u00A0POINTS2")
    expect(formatMoney(Money.negate(points), { locale: "en", currency: "name" })).toBe("-1,234.5\u00A0POINTS2")
    for (let index = 0; index < 450; index++) {
      expect(formatMoney(points, { locale: `de-x-test${index}` })).toBe("1.234,5\u00A0POINTS2")
    }
  })

  it("refuses a malformed locale, as Intl does", () => {
    expect(() => formatMoney(Money.of("1", "SEK"), { locale: "not_a_locale" })).toThrow(RangeError)
  })
})
