import { divide } from "../money/rounding.ts"
import { type CurrencyStatistics, makeCurrencyStatistics } from "./currencyStatistics.ts"
import { compareText } from "./listingOrder.ts"
import type { LoanListing, LoanListingStatus } from "./LoanListing.ts"
import { makeQuantiles } from "./quantiles.ts"

/** A class of durations, both ends included; no upper end on the last one. */
export interface DurationClass {
  readonly fromMonths: number
  readonly toMonths: number | null
  readonly listings: number
}

/** How long loans run. Mean and median are in months, to a tenth. */
export interface DurationStatistics {
  readonly listings: number
  readonly minimum: number
  readonly mean: number
  readonly median: number
  readonly maximum: number
  readonly classes: ReadonlyArray<DurationClass>
}

/** How many listings have a value; null stands for those that do not tell it. */
export interface ValueCount {
  readonly value: string | null
  readonly listings: number
}

/** What there is to say about a set of listings. Amounts in different currencies stay apart. */
export interface PortfolioStatistics {
  readonly listings: number
  /** All eight states, with zero where there is none. */
  readonly byStatus: Readonly<Record<LoanListingStatus, number>>
  /** Most frequent first. */
  readonly byCountry: ReadonlyArray<ValueCount>
  readonly byRiskGrade: ReadonlyArray<ValueCount>
  readonly duration: DurationStatistics | null
  /** By currency code. */
  readonly currencies: ReadonlyArray<CurrencyStatistics>
}

/** Collects statistics listing by listing. */
export interface PortfolioStatisticsFold {
  /** The platform's own record says nothing here, and may be left out. */
  readonly add: (listing: Omit<LoanListing, "raw">) => void
  readonly result: () => PortfolioStatistics
}

const noStatus: Readonly<Record<LoanListingStatus, number>> = {
  upcoming: 0,
  open: 0,
  funded: 0,
  closed: 0,
  active: 0,
  completed: 0,
  canceled: 0,
  unknown: 0
}

const classEnds = [6, 12, 18, 24, 36, null] as const

const classOf = (months: number): number => {
  const found = classEnds.findIndex((end) => end === null || months <= end)
  return found === -1 ? classEnds.length - 1 : found
}

const tenths = (value: bigint): number => Number(value) / 10

const makeDurations = () => {
  // In tenths of a month, so that interpolated quantiles keep one decimal.
  const quantiles = makeQuantiles()
  const classes = classEnds.map(() => 0)
  let sum = 0n
  return {
    add: (months: number): void => {
      quantiles.add(BigInt(months) * 10n)
      sum += BigInt(months) * 10n
      const position = classOf(months)
      classes[position] = (classes[position] ?? 0) + 1
    },
    result: (): DurationStatistics | null => {
      const listings = quantiles.size()
      if (listings === 0) return null
      const at = (percent: number) => tenths(quantiles.at(percent, 100) ?? 0n)
      return {
        listings,
        minimum: at(0),
        mean: tenths(divide(sum, BigInt(listings), "halfEven")),
        median: at(50),
        maximum: at(100),
        classes: classEnds.map((toMonths, position) => ({
          fromMonths: (classEnds[position - 1] ?? 0) + (position === 0 ? 0 : 1),
          toMonths,
          listings: classes[position] ?? 0
        }))
      }
    }
  }
}

const makeTally = () => {
  const counts = new Map<string | null, number>()
  return {
    add: (value: string | null): void => void counts.set(value, (counts.get(value) ?? 0) + 1),
    result: (): ReadonlyArray<ValueCount> =>
      [...counts]
        .map(([value, listings]) => ({ value, listings }))
        .sort((left, right) => right.listings - left.listings || compareText(left.value ?? "", right.value ?? ""))
  }
}

/**
 * Starts statistics with no listings. Memory grows by at most 32 bytes per listing, which exact quantiles cost; a
 * million listings take about 32 MB.
 *
 * `asOf` is the instant up to which open loans have been open, for the funding velocity.
 */
export const makePortfolioStatistics = (asOf: { readonly epochMilliseconds: number }): PortfolioStatisticsFold => {
  const byStatus = { ...noStatus }
  const byCountry = makeTally()
  const byRiskGrade = makeTally()
  const durations = makeDurations()
  const currencies = new Map<string, ReturnType<typeof makeCurrencyStatistics>>()
  let listings = 0

  return {
    add: (listing) => {
      listings += 1
      byStatus[listing.status] += 1
      byCountry.add(listing.country)
      byRiskGrade.add(listing.riskGrade)
      if (listing.durationMonths !== null) durations.add(listing.durationMonths)
      const { currency } = listing.amount
      let statistics = currencies.get(currency)
      if (statistics === undefined) {
        statistics = makeCurrencyStatistics(currency, asOf)
        currencies.set(currency, statistics)
      }
      statistics.add(listing)
    },
    result: () => ({
      listings,
      byStatus: { ...byStatus },
      byCountry: byCountry.result(),
      byRiskGrade: byRiskGrade.result(),
      duration: durations.result(),
      currencies: [...currencies.values()]
        .flatMap((statistics) => statistics.result() ?? [])
        .sort((left, right) => compareText(left.currency, right.currency))
    })
  }
}

/** The statistics of a set of listings as of an instant. */
export const portfolioStatistics = (
  listings: Iterable<LoanListing>,
  asOf: { readonly epochMilliseconds: number }
): PortfolioStatistics => {
  const fold = makePortfolioStatistics(asOf)
  for (const listing of listings) fold.add(listing)
  return fold.result()
}
