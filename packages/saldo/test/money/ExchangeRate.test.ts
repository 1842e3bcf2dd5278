import * as fc from "fast-check"
import * as Arbitrary from "@saldo/testing/MoneyArbitrary"
import { describe, expect, expectTypeOf, it } from "vitest"
import * as ExchangeRate from "../../src/money/ExchangeRate.ts"
import * as Money from "../../src/money/Money.ts"
import { CurrencyMismatch, InvalidRate, UnknownCurrency } from "../../src/money/MoneyError.ts"

const fields = { base: "EUR", quote: "SEK", rate: "11.2345", date: "2026-01-02", source: "ECB" } as const
const eurSek = ExchangeRate.of(fields)

describe("ExchangeRate", () => {
  it("converts between any exponents, rounding once by the named mode", () => {
    expect(ExchangeRate.convert(Money.of("10.00", "EUR"), eurSek, "halfEven")).toEqual(Money.of("112.34", "SEK"))
    expect(ExchangeRate.convert(Money.of("10.00", "EUR"), eurSek, "up")).toEqual(Money.of("112.35", "SEK"))
    expect(ExchangeRate.convert(Money.of("-10.00", "EUR"), eurSek, "floor")).toEqual(Money.of("-112.35", "SEK"))
    const kwdJpy = ExchangeRate.of({ ...fields, base: "KWD", quote: "JPY", rate: "487.655" })
    expect(ExchangeRate.convert(Money.of("1.001", "KWD"), kwdJpy, "halfUp")).toEqual(Money.of("488", "JPY"))
    expect(ExchangeRate.convert(Money.of("488", "JPY"), ExchangeRate.invert(kwdJpy), "halfUp")).toEqual(
      Money.of("1.001", "KWD")
    )
  })

  it("keeps what an auditor asks for, also inverted", () => {
    expect(ExchangeRate.invert(eurSek)).toEqual({
      base: "SEK",
      quote: "EUR",
      rate: { numerator: 10_000n, denominator: 112_345n },
      date: "2026-01-02",
      source: "ECB"
    })
    expect(ExchangeRate.invert(ExchangeRate.invert(eurSek))).toEqual(eurSek)
  })

  it("knows both currencies in its type", () => {
    expectTypeOf(ExchangeRate.convert(Money.of("1", "EUR"), eurSek, "up")).toEqualTypeOf<Money.Money<"SEK">>()
    expectTypeOf(ExchangeRate.invert(eurSek)).toEqualTypeOf<ExchangeRate.ExchangeRate<"SEK", "EUR">>()
    // @ts-expect-error the amount is not in the base currency
    expect(() => ExchangeRate.convert(Money.of("1", "USD"), eurSek, "up")).toThrow(CurrencyMismatch)
    const wide: Money.Money = Money.of("1", "USD")
    expect(ExchangeRate.tryConvert(wide, eurSek, "up")).toMatchObject({ left: "USD", right: "EUR" })
  })

  it.each([
    ["rate", { ...fields, rate: "0" }],
    ["rate", { ...fields, rate: "-1" }],
    ["rate", { ...fields, rate: "11,23" }],
    ["rate", { ...fields, rate: { numerator: 1n, denominator: 0n } }],
    ["rate", { ...fields, rate: { numerator: -1n, denominator: -1n } }],
    ["currency", { ...fields, quote: "EUR" }],
    ["date", { ...fields, date: "2 Jan 2026" }],
    ["date", { ...fields, date: "2026-01-02T00:00:00Z" }],
    ["source", { ...fields, source: " " }]
  ])("refuses a bad %s, case %#", (word, bad) => {
    const result = ExchangeRate.from(bad)
    expect(result).toBeInstanceOf(InvalidRate)
    expect((result as InvalidRate).problem).toContain(word)
    expect(() => ExchangeRate.of(bad)).toThrow(InvalidRate)
  })

  it("refuses unknown currencies", () => {
    expect(ExchangeRate.from({ ...fields, base: "BTC" })).toBeInstanceOf(UnknownCurrency)
    expect(ExchangeRate.from({ ...fields, quote: "sek" })).toBeInstanceOf(UnknownCurrency)
  })

  it("brings an amount back to within what rounding took", () => {
    const part = fc.bigInt({ min: 1n, max: 10n ** 12n })
    fc.assert(
      fc.property(Arbitrary.moneyIn("EUR"), part, part, (money, numerator, denominator) => {
        const rate = ExchangeRate.of({ ...fields, rate: { numerator, denominator } })
        const there = ExchangeRate.convert(money, rate, "halfEven")
        const back = ExchangeRate.convert(there, ExchangeRate.invert(rate), "halfEven")
        // Half a unit there is at most half of denominator/numerator units here, and half a unit for the way back.
        const off = (back.amount - money.amount) * 2n * numerator
        expect((off < 0n ? -off : off) <= denominator + numerator).toBe(true)
      })
    )
  })
})
