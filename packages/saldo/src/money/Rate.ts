/**
 * Interest and percentage rates that say what they are: exact decimals with their period in the type, never a bare
 * number.
 */
import * as decimal from "./decimal.ts"
import { InvalidRate, orThrow, RateNotRepresentable } from "./MoneyError.ts"
import type { Ratio } from "./rounding.ts"

/** What a rate is for: a year, or one period of whatever its context counts in. */
export type RateKind = "annual" | "periodic"

let make: <K extends RateKind>(kind: K, coefficient: bigint, scale: number) => Rate<K>

/** A rate: `coefficient / 10^scale` of the principal, in lowest terms of ten, so that equal rates look the same. */
export class Rate<K extends RateKind = RateKind> {
  readonly kind: K
  readonly coefficient: bigint
  readonly scale: number

  private constructor(kind: K, coefficient: bigint, scale: number) {
    this.kind = kind
    this.coefficient = coefficient
    this.scale = scale
  }

  static {
    make = (kind, coefficient, scale) => {
      let [digits, decimals] = [coefficient, scale]
      while (decimals > 0 && digits % 10n === 0n) {
        digits /= 10n
        decimals--
      }
      return new Rate(kind, digits, decimals)
    }
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
    throw new TypeError("A rate is not a number: use Rate.compare, Rate.toPercent or Rate.toDecimal")
  }
}

/** Reads a percent text in plain decimal form (`"9.5"`, `"-0.25"`) as a rate of the named kind. */
export const fromPercent = <K extends RateKind>(kind: K, percent: string): Rate<K> | InvalidRate => {
  const read = decimal.parse(percent)
  return "problem" in read
    ? new InvalidRate(percent, `${read.problem} at position ${read.position}`)
    : make(kind, read.coefficient, read.scale + 2)
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
export const annualPercent = (percent: string): Rate<"annual"> => orThrow(fromPercent("annual", percent))

/** So many percent a period. Throws `InvalidRate`. */
export const periodicPercent = (percent: string): Rate<"periodic"> => orThrow(fromPercent("periodic", percent))

/** So many hundredths of a percent a year: 950 is 9.5 %. Throws `InvalidRate` for a number that is not whole. */
export const annualBasisPoints = (basisPoints: number | bigint): Rate<"annual"> =>
  make("annual", wholeNumber(basisPoints), 4)

/** So many hundredths of a percent a period. Throws `InvalidRate` for a number that is not whole. */
export const periodicBasisPoints = (basisPoints: number | bigint): Rate<"periodic"> =>
  make("periodic", wholeNumber(basisPoints), 4)

/** So many parts per million a year, the stored form: 95,000 is 9.5 %. Throws `InvalidRate` for a number that is not whole. */
export const annualPpm = (ppm: number | bigint): Rate<"annual"> => make("annual", wholeNumber(ppm), 6)

/** So many parts per million a period. Throws `InvalidRate` for a number that is not whole. */
export const periodicPpm = (ppm: number | bigint): Rate<"periodic"> => make("periodic", wholeNumber(ppm), 6)

/** Whether a rate is of this kind, and the compiler may know it. */
export const hasKind = <K extends RateKind>(rate: Rate, kind: K): rate is Rate<K> => rate.kind === kind

/** The exact percent, in the form that `fromPercent` reads: `"9.5"`. */
export const toPercent = (rate: Rate): string =>
  rate.scale >= 2
    ? decimal.format(rate.coefficient, rate.scale - 2)
    : decimal.format(rate.coefficient * decimal.powerOfTen(2 - rate.scale), 0)

/** The exact share of 1 as decimal text: 9.5 % is `"0.095"`. Fit for `new Decimal(…)`. */
export const toDecimal = (rate: Rate): string => decimal.format(rate.coefficient, rate.scale)

/** Whole hundredths of a percent. */
export const toBasisPoints = (rate: Rate): bigint | RateNotRepresentable => inUnits(rate, 4, "basis points")

/** Whole parts per million of 1, the stored form: 9.5 % is 95,000. */
export const toPpm = (rate: Rate): bigint | RateNotRepresentable => inUnits(rate, 6, "parts per million")

/** −1, 0 or 1 as left is less than, equal to or greater than right. Only rates of one kind compare. */
export const compare = <K extends RateKind>(left: Rate<K>, right: Rate<NoInfer<K>>): -1 | 0 | 1 => {
  const a = left.coefficient * decimal.powerOfTen(right.scale)
  const b = right.coefficient * decimal.powerOfTen(left.scale)
  if (a === b) return 0
  return a < b ? -1 : 1
}

const inUnits = (rate: Rate, scale: number, unit: string): bigint | RateNotRepresentable =>
  rate.scale > scale
    ? new RateNotRepresentable(toPercent(rate), unit)
    : rate.coefficient * decimal.powerOfTen(scale - rate.scale)

const wholeNumber = (value: number | bigint): bigint => {
  if (typeof value === "bigint") return value
  if (!Number.isSafeInteger(value)) throw new InvalidRate(String(value), "expected a whole number")
  return BigInt(value)
}
