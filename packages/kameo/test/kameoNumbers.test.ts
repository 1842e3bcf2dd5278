import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decimalText, jsonType, parseExactJson, scaled, wholeNumber } from "@saldo/kameo/kameoNumbers"

const read = (value: unknown) => Result.getOrElse(decimalText(value), (problem) => `! ${problem}`)

describe("decimalText", () => {
  it.each([
    ["8 500 000,00", "8500000.00"],
    ["8\u00a0500\u00a0000,00", "8500000.00"],
    ["2\u202f125\u202f000", "2125000"],
    ["9,75 %", "9.75"],
    ["9.75%", "9.75"],
    ["SEK 1 234 000", "1234000"],
    ["1 234,56 kr", "1234.56"],
    ["100000.00", "100000.00"],
    ["1.234.567,89", "1234567.89"],
    ["1,234,567.89", "1234567.89"],
    ["1.234.567", "1234567"],
    ["\u2212 12,5", "-12.5"],
    ["-0,00", "0.00"],
    ["007", "7"],
    ["1e3", "1000"],
    [" 500 ", "500"]
  ])("reads %j as %j", (text, decimal) => expect(read(text)).toBe(decimal))

  it.each([
    [12_500_000, "12500000"],
    [9.5, "9.5"],
    [1e21, "1000000000000000000000"],
    [1e-7, "0.0000001"],
    [-0, "0"],
    [0.1 + 0.2, "0.30000000000000004"]
  ])("reads the JSON number %d as %j", (number, decimal) => expect(read(number)).toBe(decimal))

  it.each(["", "  ", "abc", "1 23", "12 34 567", "1,2,3", "1..2", "--5", "5-", "1,234,56.7", "%", "NaN", "1e999", "٣"])(
    "refuses %j and does not guess",
    (text) => expect(read(text)).toMatch(/^! /u)
  )

  it.each([[null], [undefined], [true], [{}], [[]], [Number.NaN], [Number.POSITIVE_INFINITY]])("refuses %j", (value) =>
    expect(read(value)).toMatch(/^! /u)
  )

  it("refuses text that is far too long for a number at once", () =>
    expect(read("9".repeat(1_000_000))).toMatch(/^! /u))

  it("gives back every number that Swedish formatting writes", () => {
    const swedish = new Intl.NumberFormat("sv-SE", { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000_00, max: 1_000_000_000_00 }), (ore) => {
        expect(scaled(read(swedish.format(ore / 100)), 2)).toBe(BigInt(ore))
      })
    )
  })
})

describe("parseExactJson", () => {
  it("keeps digits that a double would lose, when reading and when writing back", () => {
    const text = '{"a":12345678901234567890.12,"b":[9007199254740993],"c":"12345678901234567890","d":9.5}'
    const json = Result.getOrThrow(parseExactJson(text)) as Record<string, unknown>
    expect(read(json["a"])).toBe("12345678901234567890.12")
    expect(jsonType(json["a"])).toBe("number")
    expect(json["d"]).toBe(9.5)
    expect(JSON.stringify(json)).toBe(text)
  })

  it("reads any integer exactly", () =>
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (value) => {
        const json = Result.getOrThrow(parseExactJson(`{"v":${value}}`)) as Record<string, unknown>
        expect(read(json["v"])).toBe(String(value))
      })
    ))

  it("says that text is not JSON, and nothing of the text", () =>
    expect(parseExactJson("{secret")).toEqual(Result.fail("not JSON")))
})

describe("whole numbers and comparison", () => {
  it("takes whole numbers only", () => {
    expect(Result.getOrNull(wholeNumber("12"))).toBe(12)
    expect(Result.getOrNull(wholeNumber("12,00"))).toBe(12)
    expect(Result.getOrNull(wholeNumber(12.5))).toBeNull()
    expect(Result.getOrNull(wholeNumber("9007199254740993"))).toBeNull()
  })
})
