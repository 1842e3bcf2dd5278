import { describe, expect, expectTypeOf, it } from "vitest"
import { CurrencyRejected, UnknownCurrency } from "../../src/money/MoneyError.ts"
import * as Currency from "../../src/money/Currency.ts"
import iso4217 from "./fixtures/iso4217.json" with { type: "json" }

const iso = Currency.all().filter(({ numeric }) => numeric !== null)
const found = (code: string): Currency.Currency => {
  const currency = Currency.find(code)
  if (currency instanceof Error) throw currency
  return currency
}

describe("the table of ISO 4217", () => {
  it("has exactly the codes, numbers and minor units of the list, in order", () => {
    const listed = iso4217.currencies.map(({ code, numeric, minorUnit }) => [code, numeric, minorUnit ?? 0])
    expect(listed).toHaveLength(178)
    expect(iso.map(({ code, numeric, exponent }) => [code, numeric, exponent])).toEqual(listed)
    expect(new Set(iso.map(({ numeric }) => numeric)).size).toBe(178)
  })

  it.each([
    ["SEK", "752", 2],
    ["JPY", "392", 0],
    ["ISK", "352", 0],
    ["KWD", "414", 3],
    ["TND", "788", 3],
    ["CLF", "990", 4],
    ["UYW", "927", 4],
    ["UYI", "940", 0],
    ["ALL", "008", 2],
    ["XAU", "959", 0],
    ["XXX", "999", 0],
    ["XCG", "532", 2],
    ["XAD", "396", 2],
    ["ZWG", "924", 2]
  ])("%s is number %s with %i decimals", (code, numeric, exponent) => {
    expect(found(code)).toMatchObject({ code, numeric, exponent })
    expect(Currency.exponentOf(code)).toBe(exponent)
  })

  it.each(["BGN", "HRK", "ANG", "ZWL", "SLL", "CUC", "sek", "SE", "", "SEK ", "__proto__", "constructor"])(
    "does not know %j",
    (code) => {
      expect(Currency.find(code)).toBeInstanceOf(UnknownCurrency)
      expect(Currency.exponentOf(code)).toMatchObject({ _tag: "UnknownCurrency", code })
      expect(Currency.isKnown(code)).toBe(false)
    }
  )

  it("differs from Intl's list of codes only where ISO has no coins or has withdrawn the code", () => {
    const intl = new Set(Intl.supportedValuesOf("currency"))
    const ours = new Set(iso.map(({ code }) => code))
    const withdrawn = [...intl].filter((code) => !ours.has(code))
    // CLDR keeps withdrawn codes for a while; which of them depends on the runtime's age.
    expect(["ANG", "BGN", "CUC", "HRK", "SLL", "ZWL"]).toEqual(expect.arrayContaining(withdrawn))
    const funds = "BOV CHE CHW CLF COU MXV USN UYI UYW VED XAD XAG XAU XBA XBB XBC XBD XPD XPT XTS XUA XXX".split(" ")
    expect(funds).toEqual(expect.arrayContaining([...ours].filter((code) => !intl.has(code))))
  })

  it("agrees with Intl's decimals where Intl follows ISO rather than the coins in use", () => {
    // CLDR drops the decimals of these, whose minor unit is out of use; ISO 4217 keeps them.
    const dropped = "AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR RSD SOS SYP YER".split(" ")
    // CLDR gives these 3 where ISO has 3, and 2 to everything it knows nothing about, such as the metals.
    const noMinorUnit = iso4217.currencies.filter(({ minorUnit }) => minorUnit === null).map(({ code }) => code)
    const differing = iso.filter(({ code, exponent }) => {
      const options = { style: "currency", currency: code } as const
      return new Intl.NumberFormat("en", options).resolvedOptions().maximumFractionDigits !== exponent
    })
    const explained = new Set([...dropped, ...noMinorUnit, "IQD"])
    expect(differing.map(({ code }) => code).filter((code) => !explained.has(code))).toEqual([])
  })

  it("names currencies in English", () => {
    expect(found("SEK").name).toBe("Swedish Krona")
    expect(found("INR").name).toBe("Indian Rupee")
  })

  it("has a type of its codes", () => {
    expectTypeOf<"SEK">().toExtend<Currency.IsoCurrencyCode>()
    expectTypeOf<"ZWG">().toExtend<Currency.IsoCurrencyCode>()
    expectTypeOf<"BGN">().not.toExtend<Currency.IsoCurrencyCode>()
    expectTypeOf<string>().not.toExtend<Currency.IsoCurrencyCode>()
    const first = iso4217.currencies[0]?.code satisfies string | undefined
    expect(first).toBe("AED" satisfies Currency.IsoCurrencyCode)
  })
})

describe("register", () => {
  const points = { code: "POINTS", numeric: null, exponent: 1, name: "Loyalty points" }

  it("makes a currency known, once or many times", () => {
    expect(Currency.find("POINTS")).toBeInstanceOf(UnknownCurrency)
    expect(Currency.register(points)).toEqual(points)
    expect(Currency.register({ ...points })).toEqual(points)
    expect(Currency.find("POINTS")).toEqual(points)
  })

  it("takes what ISO has, unchanged", () => {
    const { code, numeric, exponent, name } = found("SEK")
    expect(Currency.register({ code, numeric, exponent, name })).toBe(found("SEK"))
  })

  it.each([
    ["another exponent", { ...points, exponent: 2 }],
    ["another name", { ...points, name: "Miles" }],
    ["an ISO code with another meaning", { code: "SEK", numeric: "752", exponent: 3, name: "Swedish Krona" }],
    ["a lower-case code", { ...points, code: "miles" }],
    ["a short code", { ...points, code: "AB" }],
    ["a bad number", { ...points, code: "MILES", numeric: "12" }],
    ["a negative exponent", { ...points, code: "MILES", exponent: -1 }],
    ["a broken exponent", { ...points, code: "MILES", exponent: 1.5 }],
    ["a huge exponent", { ...points, code: "MILES", exponent: 13 }],
    ["no name", { ...points, code: "MILES", name: "  " }]
  ])("refuses %s", (_, currency) => {
    const before = Currency.all().length
    const rejected = Currency.register(currency)
    expect(rejected).toBeInstanceOf(CurrencyRejected)
    expect(rejected).toMatchObject({ _tag: "CurrencyRejected", code: currency.code })
    expect(Currency.all()).toHaveLength(before)
  })
})
