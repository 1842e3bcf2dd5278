import { divide } from "../money/rounding.ts"

/**
 * Exact order statistics of many integers in little memory: eight bytes per value while values fit 64 bits.
 */
export interface Quantiles {
  readonly add: (value: bigint) => void
  readonly size: () => number
  /**
   * The quantile `numerator / denominator`, of 0 to 1, by linear interpolation between the two nearest ranks: type 7
   * of Hyndman and Fan (1996), the default of R, NumPy and spreadsheets' PERCENTILE.INC. The interpolated value is
   * exact and then rounded half to even. Undefined without values.
   */
  readonly at: (numerator: number, denominator: number) => bigint | undefined
}

const minimum64 = -(2n ** 63n)
const maximum64 = 2n ** 63n - 1n

const ascending = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0)

/** Starts with no values. */
export const makeQuantiles = (): Quantiles => {
  let values = new BigInt64Array(16)
  let length = 0
  let sorted = true
  // Rare values beyond 64 bits must not wrap around; they are kept apart.
  const wide: Array<bigint> = []

  const sort = (): void => {
    if (sorted) return
    values.subarray(0, length).sort()
    wide.sort(ascending)
    sorted = true
  }

  const ranked = (rank: number): bigint => {
    const below = wide.findIndex((value) => value > maximum64)
    const lowWide = below === -1 ? wide.length : below
    const value = rank < lowWide ? wide[rank] : rank < lowWide + length ? values[rank - lowWide] : wide[rank - length]
    return value ?? 0n
  }

  return {
    add: (value) => {
      sorted = false
      if (value < minimum64 || value > maximum64) {
        wide.push(value)
        return
      }
      if (length === values.length) {
        const larger = new BigInt64Array(length * 2)
        larger.set(values)
        values = larger
      }
      values[length++] = value
    },
    size: () => length + wide.length,
    at: (numerator, denominator) => {
      const size = length + wide.length
      if (size === 0) return undefined
      sort()
      const scaled = (size - 1) * numerator
      const rank = Math.floor(scaled / denominator)
      const low = ranked(rank)
      const rest = BigInt(scaled - rank * denominator)
      if (rest === 0n) return low
      const whole = BigInt(denominator)
      return divide(low * whole + (ranked(rank + 1) - low) * rest, whole, "halfEven")
    }
  }
}
