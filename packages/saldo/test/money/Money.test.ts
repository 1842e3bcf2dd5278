import { Decimal } from "decimal.js"
import * as fc from "fast-check"
import * as Arbitrary from "@saldo/testing/MoneyArbitrary"
import { describe, expect, it } from "vitest"
import * as Money from "../../src/money/Money.ts"
import {
  AmountOutOfRange,
  CurrencyMismatch,
  InvalidAmount,
  InvalidRate,
  InvalidWeights,
  orThrow,
  UnknownCurrency
} from "../../src/money/MoneyError.ts"
import * as Rate from "../../src/money/Rate.ts"

const sek = (text: string) => Money.of(text, "SEK")
const texts = (list: ReadonlyArray<Money.Money>) => list.map(Money.toDecimal)

describe("fromDecimal", () => {
  it.each([
    ["12.50", "SEK", 1250n],
    ["12.5", "SEK", 1250n],
    ["12", "SEK", 1200n],
    ["-0.05", "SEK", -5n],
    ["-0", "SEK", 0n],
    ["-0.00", "SEK", 0n],
    ["007", "SEK", 700n],
    ["123", "JPY", 123n],
    ["1.234", "KWD", 1234n],
    ["1.2345", "CLF", 12345n],
    ["92233720368547758.07", "EUR", 2n ** 63n - 1n],
    [`1${"0".repeat(900)}`, "JPY", 10n ** 900n]
  ])("reads %s %s", (text, currency, amount) => {
    expect(Money.fromDecimal(text, currency)).toEqual(Money.fromMinor(amount, currency))
  })

  it.each([
    ["", 0],
    ["-", 1],
    ["+1", 0],
    [".5", 0],
    ["5.", 2],
    ["1,000.00", 1],
    ["1 000", 1],
    ["1e3", 1],
    ["0x10", 1],
    [" 1", 0],
    ["1 ", 1],
    ["1.2.3", 3],
    ["--1", 1],
    ["−1", 0],
    ["Infinity", 0],
    ["NaN", 0],
    ["1n", 1],
    ["1_000", 1],
    ["١٢٣", 0],
    ["1٢", 1],
    ["1\u0000", 1],
    ["1\n", 1],
    ["12.505", 5],
    ["-1.234567", 5],
    ["9".repeat(1001), 1001]
  ])("refuses %j at %i", (text, position) => {
    expect(Money.fromDecimal(text, "SEK")).toMatchObject({ _tag: "InvalidAmount", input: text, position })
  })

  it("keeps hostile text short in its message", () => {
    const error = Money.fromDecimal("9".repeat(10_000), "SEK")
    expect(error).toBeInstanceOf(InvalidAmount)
    expect(String(error).length).toBeLessThan(200)
  })

  it("says that it does not know a currency", () => {
    expect(Money.fromDecimal("1", "BTC")).toBeInstanceOf(UnknownCurrency)
    expect(() => Money.of("1", "BTC")).toThrow(UnknownCurrency)
    expect(() => Money.of("x", "SEK")).toThrow(InvalidAmount)
    expect(() => Money.fromMinor(1n, "sek")).toThrow(UnknownCurrency)
    expect(() => Money.zero("")).toThrow(UnknownCurrency)
  })

  it("refuses a float where a bigint belongs", () => {
    expect(() => Money.fromMinor(12.5 as unknown as bigint, "SEK")).toThrow(InvalidAmount)
  })

  it("reads what toDecimal writes", () => {
    fc.assert(
      fc.property(Arbitrary.money, (money) => {
        expect(Money.fromDecimal(Money.toDecimal(money), money.currency)).toEqual(money)
      })
    )
  })
})

describe("how money looks", () => {
  it("has a text and a JSON form, and no number", () => {
    expect(String(sek("-0.5"))).toBe("-0.50 SEK")
    expect(JSON.stringify({ price: Money.of("1234.5", "KWD") })).toBe(
      '{"price":{"amount":"1234.500","currency":"KWD"}}'
    )
    expect(Money.of("5", "JPY").toJSON()).toEqual({ amount: "5", currency: "JPY" })
    expect(() => Number(sek("1"))).toThrow(TypeError)
    expect(() => sek("1") < sek("2")).toThrow(TypeError)
  })
})

describe("arithmetic", () => {
  it("adds, subtracts and compares", () => {
    expect(Money.add(sek("0.1"), sek("0.2"))).toEqual(sek("0.3"))
    expect(Money.subtract(sek("0.1"), sek("0.3"))).toEqual(sek("-0.2"))
    expect([sek("1"), sek("2"), sek("3")].map((each) => Money.compare(each, sek("2")))).toEqual([-1, 0, 1])
    expect([Money.lessThan(sek("1"), sek("2")), Money.lessThan(sek("2"), sek("2"))]).toEqual([true, false])
    expect([Money.greaterThan(sek("3"), sek("2")), Money.greaterThan(sek("2"), sek("2"))]).toEqual([true, false])
    expect([Money.equals(sek("1"), sek("1.00")), Money.equals(Money.zero("SEK"), Money.zero("EUR"))]).toEqual([
      true,
      false
    ])
  })

  it("takes the sum, smallest and largest of a list", () => {
    const list = [sek("3"), sek("-1"), sek("3.00"), sek("2")] as const
    expect(Money.sum(list)).toEqual(sek("7"))
    expect(Money.min(list)).toBe(list[1])
    expect(Money.max(list)).toBe(list[0])
    expect(Money.sum([sek("5")])).toEqual(sek("5"))
  })

  it("tells signs", () => {
    const signs = [Money.isNegative, Money.isZero, Money.isPositive]
    expect(signs.map((is) => ["-1", "0", "1"].map((text) => is(sek(text))))).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true]
    ])
    expect([Money.abs(sek("-1.5")), Money.abs(sek("1.5")), Money.negate(sek("1.5"))].map(String)).toEqual([
      "1.50 SEK",
      "1.50 SEK",
      "-1.50 SEK"
    ])
  })

  it("says which currencies do not go together", () => {
    const [a, b]: ReadonlyArray<Money.Money> = [sek("1"), Money.of("1", "EUR")] as const
    if (a === undefined || b === undefined) throw new Error("unreachable")
    const results = [Money.tryAdd, Money.trySubtract, Money.tryCompare].map((operation) => operation(a, b))
    for (const result of [...results, Money.trySum([a, a, b]), Money.tryMin([a, b]), Money.tryMax([a, b])]) {
      expect(result).toBeInstanceOf(CurrencyMismatch)
      expect(result).toMatchObject({ _tag: "CurrencyMismatch", left: "SEK", right: "EUR" })
    }
    expect(Money.tryAdd(a, a)).toEqual(sek("2"))
    expect(Money.tryCompare(a, a)).toBe(0)
    expect(Money.trySum([a, a])).toEqual(sek("2"))
    expect(Money.tryMax([a, a])).toBe(a)
    expect(() => Money.add(sek("1"), b as Money.Money<"SEK">)).toThrow(CurrencyMismatch)
    expect(Money.hasCurrency(a, "SEK")).toBe(true)
    expect(Money.hasCurrency(a, "EUR")).toBe(false)
  })

  it("undoes an addition by a subtraction, in any order of adding", () => {
    const any = Arbitrary.moneyIn("SEK")
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(Money.subtract(Money.add(a, b), b)).toEqual(a)
        expect(Money.add(Money.add(a, b), c)).toEqual(Money.add(Money.add(c, b), a))
        expect(Money.sum([a, b, c])).toEqual(Money.add(a, Money.add(b, c)))
        expect(Money.compare(a, b)).toBe(-Money.compare(b, a) + 0)
      })
    )
  })
})

describe("multiplication", () => {
  it.each([
    ["1.25", "halfEven", "12.50"],
    ["-1.25", "halfEven", "-12.50"],
    ["0.0005", "halfEven", "0.00"],
    ["0.0015", "halfEven", "0.02"],
    ["0.0005", "halfUp", "0.01"],
    ["0.0001", "ceiling", "0.01"],
    ["-0.0001", "floor", "-0.01"],
    ["0.00099999999999999999999999999999999", "down", "0.00"]
  ] as const)("10.00 times %s, %s, is %s", (factor, rounding, product) => {
    expect(Money.multiplyByDecimal(sek("10"), factor, rounding)).toEqual(sek(product))
  })

  it("takes decimal.js values of any notation exactly", () => {
    expect(Money.multiplyByDecimal(sek("10"), new Decimal("1e-3"), "halfUp")).toEqual(sek("0.01"))
    expect(Money.multiplyByDecimal(sek("10"), new Decimal("1e30"), "halfUp").amount).toBe(10n ** 33n)
    expect(() => Money.multiplyByDecimal(sek("10"), new Decimal(Infinity), "halfUp")).toThrow(InvalidRate)
    expect(() => Money.multiplyByDecimal(sek("10"), "1e3", "halfUp")).toThrow(InvalidRate)
    expect(() => Money.multiplyByDecimal(sek("10"), "1".repeat(1001), "halfUp")).toThrow(InvalidRate)
  })

  it("multiplies by a fraction", () => {
    const third = { numerator: 1n, denominator: 3n }
    expect(Money.multiplyByRatio(sek("1"), third, "halfEven")).toEqual(sek("0.33"))
    expect(Money.multiplyByRatio(sek("1"), third, "up")).toEqual(sek("0.34"))
    expect(() => Money.multiplyByRatio(sek("1"), { numerator: 1n, denominator: 0n }, "up")).toThrow(RangeError)
  })

  it("takes percentages by rate and by text", () => {
    expect(Money.percentage(sek("200"), "25", "halfUp")).toEqual(sek("50"))
    expect(Money.percentage(sek("200"), Rate.annualPercent("9.5"), "halfUp")).toEqual(sek("19"))
    expect(Money.percentage(sek("0.10"), "25", "halfEven")).toEqual(sek("0.02"))
    expect(Money.percentage(sek("0.10"), "-25", "halfUp")).toEqual(sek("-0.03"))
    expect(() => Money.percentage(sek("1"), "25 %", "halfUp")).toThrow(InvalidRate)
  })
})

describe("allocate", () => {
  it.each([
    ["10.00", [1n, 1n, 1n], ["3.34", "3.33", "3.33"]],
    ["-10.00", [1n, 1n, 1n], ["-3.34", "-3.33", "-3.33"]],
    ["0.01", [1n, 1n], ["0.01", "0.00"]],
    ["0.05", [3n, 7n], ["0.02", "0.03"]],
    ["0.05", [0n, 3n, 0n, 7n], ["0.00", "0.02", "0.00", "0.03"]],
    ["100.00", [50n, 30n, 20n], ["50.00", "30.00", "20.00"]],
    [
      "1.00",
      [
        { numerator: 1n, denominator: 2n },
        { numerator: 1n, denominator: 3n },
        { numerator: 1n, denominator: 6n }
      ],
      ["0.50", "0.33", "0.17"]
    ],
    ["1.00", [{ numerator: 1n, denominator: 2n }, 1n], ["0.33", "0.67"]],
    ["0.00", [1n, 2n], ["0.00", "0.00"]],
    ["1.00", [10n ** 50n, 1n], ["1.00", "0.00"]]
  ] as const)("shares %s out", (amount, weights, shares) => {
    expect(texts(Money.allocate(sek(amount), weights))).toEqual(shares)
  })

  it("gives the largest remainders the units left over, also among many", () => {
    const weights = Array.from({ length: 50 }, (_, index) => BigInt(index % 5))
    const shares = Money.allocate(Money.of("37", "JPY"), weights)
    const exact = weights.map((weight) => (37 * Number(weight)) / 100)
    const floors = exact.map(Math.floor)
    const left = 37 - floors.reduce((total, each) => total + each, 0)
    const chosen = exact.map((each, index) => [each - Math.floor(each), index] as const)
    const lucky = new Set(
      chosen
        .toSorted((a, b) => b[0] - a[0] || a[1] - b[1])
        .slice(0, left)
        .map(([, index]) => index)
    )
    expect(shares.map(({ amount }) => Number(amount))).toEqual(
      floors.map((each, index) => each + Number(lucky.has(index)))
    )
  })

  it.each([
    [[], 0],
    [[0n, 0n], 0],
    [[1n, -1n], 1],
    [[1n, { numerator: 1n, denominator: 0n }], 1],
    [[1n, { numerator: 1n, denominator: -2n }], 1],
    [[0.5 as unknown as bigint], 0]
  ])("refuses weights, case %#", (weights, position) => {
    expect(Money.tryAllocate(sek("1"), weights)).toMatchObject({ _tag: "InvalidWeights", position })
    expect(() => Money.allocate(sek("1"), weights)).toThrow(InvalidWeights)
  })

  it("never loses a unit, gives no share more than a unit off, and nothing for a weight of zero", () => {
    fc.assert(
      fc.property(Arbitrary.money, Arbitrary.weights, (money, weights) => {
        const shares = Money.allocate(money, weights)
        const [first, ...rest] = shares
        if (first === undefined) throw new Error("no shares")
        expect(Money.trySum([first, ...rest])).toEqual(money)
        const ratios = weights.map((weight) =>
          typeof weight === "bigint" ? { numerator: weight, denominator: 1n } : weight
        )
        const common = ratios.reduce((product, { denominator }) => product * denominator, 1n)
        const parts = ratios.map(({ numerator, denominator }) => (numerator * common) / denominator)
        const total = parts.reduce((sum, part) => sum + part, 0n)
        for (const [index, share] of shares.entries()) {
          const distance = share.amount * total - money.amount * (parts[index] ?? 0n)
          expect(distance < 0n ? -distance < total : distance < total).toBe(true)
          if (parts[index] === 0n) expect(share.amount).toBe(0n)
        }
        expect(Money.allocate(Money.negate(money), weights)).toEqual(shares.map(Money.negate))
      })
    )
  })

  it("is the same by picking and by sorting", () => {
    const few = fc.array(fc.bigInt({ min: 0n, max: 5n }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(Arbitrary.moneyIn("SEK"), few, (money, weights) => {
        fc.pre(weights.some((weight) => weight > 0n))
        const padded = [...weights, ...Array.from({ length: 21 }, () => 0n)]
        expect(Money.allocate(money, padded).slice(0, weights.length)).toEqual(Money.allocate(money, weights))
      })
    )
  })

  it("splits into equal parts, many of them in no time", () => {
    expect(texts(Money.split(sek("1.00"), 3))).toEqual(["0.34", "0.33", "0.33"])
    expect(texts(Money.split(sek("-0.02"), 3))).toEqual(["-0.01", "-0.01", "0.00"])
    const parts = Money.split(Money.of("99999", "JPY"), 100_000)
    expect(parts.filter(({ amount }) => amount === 1n)).toHaveLength(99_999)
    for (const count of [0, -1, 1.5, Number.NaN, Infinity])
      expect(() => Money.split(sek("1"), count)).toThrow(InvalidWeights)
  })
})

describe("storing", () => {
  it("fits 64 bits or says so", () => {
    const [least, most] = [Money.fromMinor(-(2n ** 63n), "SEK"), Money.fromMinor(2n ** 63n - 1n, "SEK")]
    expect([least, most].map(Money.toStorable)).toEqual([-(2n ** 63n), 2n ** 63n - 1n])
    for (const amount of [-(2n ** 63n) - 1n, 2n ** 63n, 2n ** 64n, 10n ** 40n]) {
      const money = Money.fromMinor(amount, "SEK")
      expect(Money.isStorable(money)).toBe(false)
      expect(Money.toStorable(money)).toBeInstanceOf(AmountOutOfRange)
      expect(() => orThrow(Money.toStorable(money))).toThrow("SEK")
    }
  })
})
