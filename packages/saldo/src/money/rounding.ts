/**
 * Exact integer division with a named rounding mode.
 */

/**
 * How a result between two integers is rounded.
 *
 * `halfEven` (banker's rounding), `halfUp` and `halfDown` go to the nearest integer and differ in ties: to the even
 * neighbour, away from zero, toward zero. `up` goes away from zero and `down` toward zero; `ceiling` goes toward +∞
 * and `floor` toward −∞.
 */
export type RoundingMode = "halfEven" | "halfUp" | "halfDown" | "up" | "down" | "ceiling" | "floor"

/** An exact fraction of integers. The denominator is not zero. */
export interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

/**
 * `numerator / denominator`, rounded to an integer by the named mode. A zero denominator throws a `RangeError`, as
 * bigint division does.
 *
 * @example
 * ```ts
 * import { divide } from "saldo/money/rounding"
 *
 * console.log(divide(5n, 2n, "halfEven")) // => 2n
 * console.log(divide(-5n, 2n, "floor")) // => -3n
 * ```
 */
export const divide = (numerator: bigint, denominator: bigint, mode: RoundingMode): bigint => {
  const quotient = numerator / denominator
  const remainder = numerator % denominator
  if (remainder === 0n) return quotient
  const negative = numerator < 0n !== denominator < 0n
  return roundsAway(quotient, remainder, denominator, negative, mode) ? quotient + (negative ? -1n : 1n) : quotient
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)

const roundsAway = (
  quotient: bigint,
  remainder: bigint,
  denominator: bigint,
  negative: boolean,
  mode: RoundingMode
): boolean => {
  switch (mode) {
    case "down":
      return false
    case "up":
      return true
    case "floor":
      return negative
    case "ceiling":
      return !negative
    case "halfEven":
    case "halfUp":
    case "halfDown": {
      const twice = 2n * magnitude(remainder)
      const whole = magnitude(denominator)
      if (twice !== whole) return twice > whole
      return mode === "halfUp" || (mode === "halfEven" && quotient % 2n !== 0n)
    }
  }
}
