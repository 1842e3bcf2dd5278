/** One 32-bit value for (seed, index, salt): the generator's only source of variety, so that loan i never needs loan i-1. */
export const hash32 = (seed: number, index: number, salt: number): number => {
  let value =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35) ^ Math.imul(salt + 1, 0x27d4eb2f)
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d)
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b)
  value = Math.imul(value ^ (value >>> 16), 0xc2b2ae35)
  return (value ^ (value >>> 15)) >>> 0
}

/** A number in [0, 1) for (seed, index, salt). */
export const unit = (seed: number, index: number, salt: number): number => hash32(seed, index, salt) / 4_294_967_296

/** A whole number from `from` to `to`, both included. */
export const between = (seed: number, index: number, salt: number, from: number, to: number): number =>
  from + Math.floor(unit(seed, index, salt) * (to - from + 1))

/** One of a list that is not empty. */
export const pick = <A>(list: readonly [A, ...ReadonlyArray<A>], seed: number, index: number, salt: number): A =>
  list[Math.floor(unit(seed, index, salt) * list.length)] ?? list[0]
