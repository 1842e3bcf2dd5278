/**
 * Arbitrary currencies, amounts, weights and rates for property tests with fast-check.
 */
import * as fc from "fast-check"
import * as Currency from "saldo/money/Currency"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import type { Ratio, RoundingMode } from "saldo/money/rounding"

/** Any known currency code, each exponent equally likely, so that the rare ones are met. */
export const currencyCode: fc.Arbitrary<string> = fc.constantFrom(0, 2, 3, 4).chain((exponent) =>
  fc.constantFrom(
    ...Currency.all()
      .filter((currency) => currency.exponent === exponent)
      .map(({ code }) => code)
  )
)

/** Minor units that a store takes: signed 64-bit, with small amounts and the limits often. */
export const storableAmount: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -1000n, max: 1000n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n))
)

/** Minor units of any size: mostly storable, sometimes hundreds of digits. */
export const amount: fc.Arbitrary<bigint> = fc.oneof(
  storableAmount,
  fc.bigInt({ min: -(10n ** 300n), max: 10n ** 300n })
)

/** Any money. */
export const money: fc.Arbitrary<Money.Money> = fc
  .tuple(amount, currencyCode)
  .map(([minor, code]) => Money.fromMinor(minor, code))

/** Money that a store takes. */
export const storableMoney: fc.Arbitrary<Money.Money> = fc
  .tuple(storableAmount, currencyCode)
  .map(([minor, code]) => Money.fromMinor(minor, code))

/** Money in one currency. */
export const moneyIn = <const C extends string>(currency: C): fc.Arbitrary<Money.Money<C>> =>
  amount.map((minor) => Money.fromMinor(minor, currency))

/** An exact fraction, zero or more. */
export const ratio: fc.Arbitrary<Ratio> = fc.record({
  numerator: fc.bigInt({ min: 0n, max: 10n ** 40n }),
  denominator: fc.bigInt({ min: 1n, max: 10n ** 40n })
})

/** Weights that `Money.allocate` takes: zeros, huge ones and fractions among them, at least one above zero. */
export const weights: fc.Arbitrary<ReadonlyArray<Money.Weight>> = fc
  .array(fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 10n ** 40n }), ratio), {
    minLength: 1,
    maxLength: 40
  })
  .filter((list) => list.some((weight) => (typeof weight === "bigint" ? weight : weight.numerator) > 0n))

/** Any way to round. */
export const roundingMode: fc.Arbitrary<RoundingMode> = fc.constantFrom<RoundingMode>(
  "halfEven",
  "halfUp",
  "halfDown",
  "up",
  "down",
  "ceiling",
  "floor"
)

/** A rate per year from −100 % to 1,000 %, to the part per million. */
export const annualRate: fc.Arbitrary<Rate.Rate<"annual">> = fc
  .integer({ min: -1_000_000, max: 10_000_000 })
  .map(Rate.annualPpm)

/** A rate of either kind, with up to 20 decimals. */
export const rate: fc.Arbitrary<Rate.Rate> = fc
  .tuple(fc.constantFrom<Rate.RateKind>("annual", "periodic"), fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }))
  .map(([kind, coefficient]) => {
    const digits = (coefficient < 0n ? -coefficient : coefficient).toString().padStart(21, "0")
    const text = `${coefficient < 0n ? "-" : ""}${digits.slice(0, -20)}.${digits.slice(-20)}`
    return kind === "annual" ? Rate.annualPercent(text) : Rate.periodicPercent(text)
  })
