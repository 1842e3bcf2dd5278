/**
 * Exact integer division with a named rounding mode.
 */

import { order } from "./internal/exact.ts"

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
  const half = order(2n * magnitude(remainder), magnitude(denominator))
  return awayFromZero[mode](negative, half, quotient) ? quotient + (negative ? -1n : 1n) : quotient
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)

// Whether an inexact quotient, which bigint division has cut toward zero, is to be one further away from it. `half`
// tells the remainder from half a unit. A mode that is not here, from a caller without a compiler, throws.
const awayFromZero: Readonly<Record<RoundingMode, (negative: boolean, half: -1 | 0 | 1, quotient: bigint) => boolean>> =
  {
    up: () => true,
    down: () => false,
    floor: (negative) => negative,
    ceiling: (negative) => !negative,
    halfUp: (_, half) => half >= 0,
    halfDown: (_, half) => half > 0,
    halfEven: (_, half, quotient) => half > 0 || (half === 0 && quotient % 2n !== 0n)
  }
