/** Amounts priced by tiers: a price for the whole amount, or a price for each band of it. */
import type { Ratio } from "../money/rounding.ts"
import * as rational from "./rational.ts"

/** What holds from an amount on (in minor units, included): a share of the amount, and a fixed part in minor units. */
export interface Tier {
  readonly from: bigint
  readonly rate: Ratio
  readonly flat: bigint
}

/** `whole`: the tier that the amount lies in prices all of it. `band`: each tier prices the part within its bounds. */
export type TierMethod = "whole" | "band"

/**
 * What tiers make of an amount of zero or more, exactly. Tiers are in ascending order; below the first one the price is
 * nothing. By band, a tier's fixed part is due once the amount reaches its bound.
 *
 * @example
 * import * as rational from "saldo/banking/rational"
 * import { price } from "saldo/banking/tiers"
 *
 * const rate = (percent: bigint) => ({ numerator: percent, denominator: 100n })
 * const tiers = [{ from: 0n, rate: rate(1n), flat: 0n }, { from: 1000n, rate: rate(2n), flat: 0n }]
 * price(tiers, "whole", rational.whole(1500n)) // => { numerator: 30n, denominator: 1n }
 * price(tiers, "band", rational.whole(1500n)) // => { numerator: 20n, denominator: 1n }
 */
export const price = (tiers: ReadonlyArray<Tier>, method: TierMethod, amount: Ratio): Ratio => {
  const reached = tiers.filter(({ from }) => rational.compare(rational.whole(from), amount) <= 0)
  if (method === "whole") {
    const tier = reached.at(-1)
    return tier === undefined
      ? rational.zero
      : rational.add(rational.multiply(amount, tier.rate), rational.whole(tier.flat))
  }
  return reached.reduce((total, tier, index) => {
    const next = reached[index + 1]
    const upper = next === undefined ? amount : rational.whole(next.from)
    const part = rational.multiply(rational.subtract(upper, rational.whole(tier.from)), tier.rate)
    return rational.add(total, rational.add(part, rational.whole(tier.flat)))
  }, rational.zero)
}

/** What is wrong with a list of tier bounds, in a sentence; undefined when they start at zero and ascend. */
export const problemOf = (bounds: ReadonlyArray<bigint>): string | undefined => {
  if (bounds[0] !== 0n) return "the first tier must start at 0"
  return bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? bound))
    ? undefined
    : "each tier must start above the one before it"
}
