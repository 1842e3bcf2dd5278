/** Which of some amounts add up to another. */

/** What a search found. */
export interface SubsetSums {
  /** The indices of each choice of amounts, ascending; at most as many choices as were asked for. */
  readonly found: ReadonlyArray<ReadonlyArray<number>>
  /** Whether there is no other choice: the search came to its end. */
  readonly complete: boolean
  /** How many amounts were looked at. */
  readonly steps: number
}

/** Where a search stops. */
export interface SubsetLimits {
  readonly maximumParts: number
  /** How many choices to find before stopping. */
  readonly maximumFound: number
  /** How many amounts may be looked at, over the whole search. */
  readonly maximumSteps: number
}

/**
 * The choices of two or more of some amounts, all above zero, that add up to a target above zero. Large amounts are tried
 * first, and a branch ends where the rest cannot reach the target any more or each of the rest is too large.
 */
export const subsetSums = (
  target: bigint,
  amounts: ReadonlyArray<bigint>,
  { maximumFound, maximumParts, maximumSteps }: SubsetLimits
): SubsetSums => {
  const order = amounts
    .map((amount, index) => ({ amount, index }))
    .filter(({ amount }) => amount < target)
    .toSorted((left, right) =>
      left.amount > right.amount ? -1 : left.amount < right.amount ? 1 : left.index - right.index
    )
  // What all amounts from an index on come to.
  const rest: Array<bigint> = Array.from({ length: order.length + 1 }, () => 0n)
  for (let index = order.length - 1; index >= 0; index--) {
    rest[index] = (rest[index + 1] ?? 0n) + (order[index]?.amount ?? 0n)
  }
  const found: Array<ReadonlyArray<number>> = []
  const chosen: Array<number> = []
  let steps = 0
  let complete = true

  const search = (from: number, missing: bigint): void => {
    for (let at = from; at < order.length && (rest[at] ?? 0n) >= missing; at++) {
      if (steps === maximumSteps || found.length === maximumFound) {
        complete = false
        return
      }
      steps++
      const { amount = 0n, index = 0 } = order[at] ?? {}
      if (amount > missing) continue
      chosen.push(index)
      if (amount === missing) found.push(chosen.toSorted((left, right) => left - right))
      else if (chosen.length < maximumParts) search(at + 1, missing - amount)
      chosen.pop()
    }
  }
  search(0, target)
  return { found, complete, steps }
}
