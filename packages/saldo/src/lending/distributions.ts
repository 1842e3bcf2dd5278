import * as Money from "../money/Money.ts"
import * as Rate from "../money/Rate.ts"
import { divide } from "../money/rounding.ts"
import { ratePpm } from "./listingIndex.ts"
import { makeQuantiles } from "./quantiles.ts"

/**
 * A distribution of amounts. Mean and quantiles are rounded half to even, to the minor unit; quantiles are exact
 * (type 7, see `Quantiles`).
 */
export interface AmountStatistics {
  /** How many listings tell the amount. */
  readonly listings: number
  readonly total: Money.Money
  readonly mean: Money.Money
  readonly minimum: Money.Money
  readonly p10: Money.Money
  readonly p25: Money.Money
  readonly median: Money.Money
  readonly p75: Money.Money
  readonly p90: Money.Money
  readonly maximum: Money.Money
}

/** A distribution of yearly rates, to the part per million, rounded half to even. */
export interface RateStatistics {
  readonly listings: number
  readonly mean: Rate.Rate<"annual">
  /** Each rate weighted by the amount sought: Σ amount × rate ÷ Σ amount. */
  readonly weighted: Rate.Rate<"annual">
  readonly minimum: Rate.Rate<"annual">
  readonly median: Rate.Rate<"annual">
  readonly maximum: Rate.Rate<"annual">
}

/** Collects the distribution of amounts in one currency. */
export const makeAmounts = (currency: string) => {
  const quantiles = makeQuantiles()
  let total = 0n
  return {
    add: (amount: bigint): void => {
      quantiles.add(amount)
      total += amount
    },
    result: (): AmountStatistics | null => {
      const listings = quantiles.size()
      if (listings === 0) return null
      const money = (amount: bigint) => Money.fromMinor(amount, currency)
      const at = (percent: number) => money(quantiles.at(percent, 100) ?? 0n)
      return {
        listings,
        total: money(total),
        mean: money(divide(total, BigInt(listings), "halfEven")),
        minimum: at(0),
        p10: at(10),
        p25: at(25),
        median: at(50),
        p75: at(75),
        p90: at(90),
        maximum: at(100)
      }
    }
  }
}

/** Collects the distribution of rates with the amounts that weigh them. */
export const makeRates = () => {
  const quantiles = makeQuantiles()
  let [sum, weighted, weight] = [0n, 0n, 0n]
  return {
    add: (rate: Rate.Rate, amount: bigint): void => {
      const ppm = ratePpm(rate)
      quantiles.add(ppm)
      sum += ppm
      weighted += ppm * amount
      weight += amount
    },
    result: (): RateStatistics | null => {
      const listings = quantiles.size()
      if (listings === 0 || weight === 0n) return null
      const at = (percent: number) => Rate.annualPpm(quantiles.at(percent, 100) ?? 0n)
      return {
        listings,
        mean: Rate.annualPpm(divide(sum, BigInt(listings), "halfEven")),
        weighted: Rate.annualPpm(divide(weighted, weight, "halfEven")),
        minimum: at(0),
        median: at(50),
        maximum: at(100)
      }
    }
  }
}
