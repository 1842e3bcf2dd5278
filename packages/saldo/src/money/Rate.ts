/**
 * Interest and percentage rates that say what they are: exact decimals with their period in the type, never a bare
 * number.
 */
import * as decimal from "./internal/decimal.ts"
import { noNumber, order } from "./internal/exact.ts"
import { InvalidRate, orThrow, RateNotRepresentable } from "./MoneyError.ts"
import type { Ratio } from "./rounding.ts"

/** What a rate is for: a year, or one period of whatever its context counts in. */
export type RateKind = "annual" | "periodic"

let make: <K extends RateKind>(kind: K, coefficient: bigint, scale: number) => Rate<K>

/**
 * A rate: `coefficient / 10^scale` of the principal, as short as it gets with a scale of 2 or more, so that equal rates
 * look the same.
 */
export class Rate<K extends RateKind = RateKind> {
  declare readonly kind: K
  declare readonly coefficient: bigint
  declare readonly scale: number

  private constructor(kind: K, coefficient: bigint, scale: number) {
    while (scale > 2 && coefficient % 10n === 0n) {
      coefficient /= 10n
      scale--
    }
    this.kind = kind
    this.coefficient = coefficient
    this.scale = scale
  }

  static {
    make = (kind, coefficient, scale) => new Rate(kind, coefficient, scale)
  }

  /** The rate as an exact fraction: 9.5 % is 95/1000. */
  get ratio(): Ratio {
    return { numerator: this.coefficient, denominator: decimal.powerOfTen(this.scale) }
  }

  toJSON(): { readonly kind: K; readonly percent: string } {
    return { kind: this.kind, percent: toPercent(this) }
  }

  toString(): string {
    return `${toPercent(this)} % ${this.kind}`
  }

  valueOf(): never {
    return noNumber()
  }
}

/** Reads a percent text in plain decimal form (`"9.5"`, `"-0.25"`) as a rate of the named kind. */
export const fromPercent = <K extends RateKind>(kind: K, percent: string): Rate<K> | InvalidRate => {
  const read = decimal.parse(percent, InvalidRate)
  return read instanceof Error ? read : make(kind, read.coefficient, read.scale + 2)
}

const percentOf =
  <K extends RateKind>(kind: K) =>
  (percent: string): Rate<K> =>
    orThrow(fromPercent(kind, percent))

const wholeOf =
  <K extends RateKind>(kind: K, scale: number) =>
  (value: number | bigint): Rate<K> => {
    if (typeof value === "bigint" || Number.isSafeInteger(value)) return make(kind, BigInt(value), scale)
    throw new InvalidRate(String(value), 0, "expected a whole number")
  }

/**
 * So many percent a year. Throws `InvalidRate`.
 *
 * @example
 * ```ts
 * import * as Rate from "saldo/money/Rate"
 *
 * console.log(Rate.toPercent(Rate.annualBasisPoints(950))) // => 9.5
 * ```
 */
export const annualPercent = percentOf("annual")

/** So many percent a period. Throws `InvalidRate`. */
export const periodicPercent = percentOf("periodic")

/** So many hundredths of a percent a year: 950 is 9.5 %. Throws `InvalidRate` for a number that is not whole. */
export const annualBasisPoints = wholeOf("annual", 4)

/** So many hundredths of a percent a period. Throws `InvalidRate` for a number that is not whole. */
export const periodicBasisPoints = wholeOf("periodic", 4)

/** So many parts per million a year, the stored form: 95,000 is 9.5 %. Throws `InvalidRate` for a number that is not whole. */
export const annualPpm = wholeOf("annual", 6)

/** So many parts per million a period. Throws `InvalidRate` for a number that is not whole. */
export const periodicPpm = wholeOf("periodic", 6)

/** The exact percent, in the form that `fromPercent` reads: `"9.5"`. */
export const toPercent = (rate: Rate): string => decimal.format(rate.coefficient, rate.scale - 2)

/** The exact share of 1 as decimal text: 9.5 % is `"0.095"`. Fit for `new Decimal(…)`. */
export const toDecimal = (rate: Rate): string => decimal.format(rate.coefficient, rate.scale)

/** Whole hundredths of a percent. */
export const toBasisPoints = (rate: Rate): bigint | RateNotRepresentable => inUnits(rate, 4, "basis points")

/** Whole parts per million of 1, the stored form: 9.5 % is 95,000. */
export const toPpm = (rate: Rate): bigint | RateNotRepresentable => inUnits(rate, 6, "parts per million")

/** −1, 0 or 1 as left is less than, equal to or greater than right. Only rates of one kind compare. */
export const compare = <K extends RateKind>(left: Rate<K>, right: Rate<NoInfer<K>>): -1 | 0 | 1 =>
  order(left.coefficient * decimal.powerOfTen(right.scale), right.coefficient * decimal.powerOfTen(left.scale))

const inUnits = (rate: Rate, scale: number, unit: string): bigint | RateNotRepresentable =>
  rate.scale > scale
    ? new RateNotRepresentable(toPercent(rate), unit)
    : rate.coefficient * decimal.powerOfTen(scale - rate.scale)
