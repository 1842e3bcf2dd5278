/** Exact arithmetic on ratios of whole numbers, for interest that is rounded once, at the end. */
import { divide, type Ratio, type RoundingMode } from "../money/rounding.ts"

const greatestCommonDivisor = (a: bigint, b: bigint): bigint => {
  let [high, low] = [a < 0n ? -a : a, b]
  while (low !== 0n) [high, low] = [low, high % low]
  return high
}

/** The ratio in lowest terms with a denominator above zero. A zero denominator throws a `RangeError`. */
export const reduce = ({ numerator, denominator }: Ratio): Ratio => {
  if (denominator === 0n) throw new RangeError("a ratio has no zero denominator")
  const sign = denominator < 0n ? -1n : 1n
  const divisor = greatestCommonDivisor(numerator, denominator * sign)
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor }
}

/** A whole number as a ratio. */
export const whole = (value: bigint): Ratio => ({ numerator: value, denominator: 1n })

/** Nothing. */
export const zero: Ratio = whole(0n)

/** Left plus right, in lowest terms. */
export const add = (left: Ratio, right: Ratio): Ratio =>
  reduce({
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator
  })

/** Left minus right, in lowest terms. */
export const subtract = (left: Ratio, right: Ratio): Ratio => add(left, negate(right))

/** Left times right, in lowest terms. */
export const multiply = (left: Ratio, right: Ratio): Ratio =>
  reduce({ numerator: left.numerator * right.numerator, denominator: left.denominator * right.denominator })

/** The same ratio with the other sign. */
export const negate = (ratio: Ratio): Ratio => ({ numerator: -ratio.numerator, denominator: ratio.denominator })

/** −1, 0 or 1 as left is less than, equal to or greater than right; denominators are above zero. */
export const compare = (left: Ratio, right: Ratio): -1 | 0 | 1 => {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

/** The larger of two ratios; the first of equals. */
export const max = (left: Ratio, right: Ratio): Ratio => (compare(left, right) < 0 ? right : left)

/** The smaller of two ratios; the first of equals. */
export const min = (left: Ratio, right: Ratio): Ratio => (compare(left, right) > 0 ? right : left)

/** The ratio rounded to a whole number. */
export const round = (ratio: Ratio, mode: RoundingMode): bigint => divide(ratio.numerator, ratio.denominator, mode)

/** The ratio rounded to so many decimals, as an exact ratio again. */
export const roundTo = (ratio: Ratio, decimals: number, mode: RoundingMode): Ratio => {
  const unit = 10n ** BigInt(decimals)
  return reduce({ numerator: divide(ratio.numerator * unit, ratio.denominator, mode), denominator: unit })
}

/**
 * The ratio as decimal text with so many decimals.
 *
 * @example
 * import { toDecimal } from "saldo/banking/rational"
 *
 * toDecimal({ numerator: 2n, denominator: 3n }, 4, "halfEven") // => "0.6667"
 */
export const toDecimal = (ratio: Ratio, decimals: number, mode: RoundingMode): string => {
  const scaled = divide(ratio.numerator * 10n ** BigInt(decimals), ratio.denominator, mode)
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, "0")
  const sign = scaled < 0n ? "-" : ""
  return decimals === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
