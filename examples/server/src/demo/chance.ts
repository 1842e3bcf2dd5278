/**
 * Chance that is the same for the same seed.
 */

/** Draws for a story. */
export interface Chance {
  /** A whole number from `low` to `high`, both counted. */
  readonly between: (low: number, high: number) => number
  /** Whether something happens that does so in so many of a hundred cases. */
  readonly happens: (percent: number) => boolean
  /** One of some. */
  readonly oneOf: <A>(options: readonly [A, ...ReadonlyArray<A>]) => A
}

/** The generator mulberry32, which passes the usual tests of randomness and is far from secure. */
const mulberry32 = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Chance from a seed. */
export const chanceOf = (seed: number): Chance => {
  const draw = mulberry32(seed)
  const between = (low: number, high: number) => low + Math.floor(draw() * (high - low + 1))
  return {
    between,
    happens: (percent) => draw() * 100 < percent,
    oneOf: (options) => options[between(0, options.length - 1)] ?? options[0]
  }
}
