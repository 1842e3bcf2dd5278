/** An exact ratio of integers in lowest terms with a positive denominator. */
export interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

const greatestCommonDivisor = (a: number, b: number): number => {
  let [high, low] = [Math.abs(a), Math.abs(b)]
  while (low !== 0) [high, low] = [low, high % low]
  return high
}

/** Reduces a ratio of safe integers with a positive denominator. */
export const ratio = (numerator: number, denominator: number): Ratio => {
  const divisor = greatestCommonDivisor(numerator, denominator)
  return { numerator: BigInt(numerator / divisor), denominator: BigInt(denominator / divisor) }
}

/** The sum of two ratios, reduced. */
export const sum = (left: Ratio, right: Ratio): Ratio => {
  const numerator = left.numerator * right.denominator + right.numerator * left.denominator
  const denominator = left.denominator * right.denominator
  let [high, low] = [numerator < 0n ? -numerator : numerator, denominator]
  while (low !== 0n) [high, low] = [low, high % low]
  return { numerator: numerator / high, denominator: denominator / high }
}
