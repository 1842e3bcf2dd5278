import * as Money from "../money/Money.ts"
import { divide } from "../money/rounding.ts"
import { type AmountStatistics, makeAmounts, makeRates, type RateStatistics } from "./distributions.ts"
import { compareText } from "./listingOrder.ts"
import type { LoanListing, LoanListingStatus } from "./LoanListing.ts"

/**
 * How fast money comes in while loans are open: Σ funded ÷ Σ time open, over the listings that tell what is funded
 * and when they opened. A loan is open from `opensAt` until `closesAt`, or until `asOf` when that is earlier or no
 * end is told; a loan that was full before its end counts with its whole window, as no platform tells when it became
 * full.
 */
export interface FundingVelocity {
  readonly listings: number
  /** Rounded half to even, to the minor unit. */
  readonly perDay: Money.Money
}

/** One group of a currency's listings. */
export interface AmountGroup {
  readonly listings: number
  readonly sought: Money.Money
  /** Σ funded of the listings that tell it. */
  readonly funded: Money.Money
}

/** Everything about the listings in one currency. */
export interface CurrencyStatistics {
  readonly currency: string
  readonly listings: number
  readonly sought: AmountStatistics
  readonly funded: AmountStatistics | null
  /** Σ funded ÷ Σ sought of the listings that tell what is funded, in hundredths of a percent, rounded half up. */
  readonly fundedBps: number | null
  readonly rate: RateStatistics | null
  readonly velocity: FundingVelocity | null
  /** Only the states that occur. */
  readonly byStatus: Readonly<Partial<Record<LoanListingStatus, AmountGroup>>>
  /** By grade in code-point order, the listings without one last. */
  readonly byRiskGrade: ReadonlyArray<AmountGroup & { readonly riskGrade: string | null }>
}

const dayMillis = 86_400_000n

const makeGroups = <K>(currency: string) => {
  const groups = new Map<K, { listings: number; sought: bigint; funded: bigint }>()
  return {
    add: (key: K, { amount, fundedAmount }: Omit<LoanListing, "raw">): void => {
      const group = groups.get(key) ?? { listings: 0, sought: 0n, funded: 0n }
      group.listings += 1
      group.sought += amount.amount
      group.funded += fundedAmount?.amount ?? 0n
      groups.set(key, group)
    },
    result: (): ReadonlyArray<readonly [K, AmountGroup]> =>
      [...groups].map(([key, { funded, listings, sought }]) => [
        key,
        { listings, sought: Money.fromMinor(sought, currency), funded: Money.fromMinor(funded, currency) }
      ])
  }
}

/** Collects the statistics of the listings in one currency. The caller sees to it that all are in it. */
export const makeCurrencyStatistics = (currency: string, asOf: { readonly epochMilliseconds: number }) => {
  const sought = makeAmounts(currency)
  const funded = makeAmounts(currency)
  const rates = makeRates()
  const byStatus = makeGroups<LoanListingStatus>(currency)
  const byGrade = makeGroups<string | null>(currency)
  const now = BigInt(Math.trunc(asOf.epochMilliseconds))
  let [soughtOfFunded, fundedTotal, velocityListings, velocityFunded, openMillis] = [0n, 0n, 0, 0n, 0n]

  const addFunded = ({ amount, closesAt, fundedAmount, opensAt }: Omit<LoanListing, "raw">): void => {
    if (fundedAmount === null) return
    funded.add(fundedAmount.amount)
    soughtOfFunded += amount.amount
    fundedTotal += fundedAmount.amount
    if (opensAt === null) return
    const closes = closesAt === null ? now : BigInt(Math.trunc(closesAt.epochMilliseconds))
    const open = (closes < now ? closes : now) - BigInt(Math.trunc(opensAt.epochMilliseconds))
    if (open <= 0n) return
    velocityListings += 1
    velocityFunded += fundedAmount.amount
    openMillis += open
  }

  return {
    add: (listing: Omit<LoanListing, "raw">): void => {
      sought.add(listing.amount.amount)
      addFunded(listing)
      if (listing.annualRate !== null) rates.add(listing.annualRate, listing.amount.amount)
      byStatus.add(listing.status, listing)
      byGrade.add(listing.riskGrade, listing)
    },
    result: (): CurrencyStatistics | null => {
      const amounts = sought.result()
      return (
        amounts && {
          currency,
          listings: amounts.listings,
          sought: amounts,
          funded: funded.result(),
          fundedBps: soughtOfFunded === 0n ? null : Number(divide(fundedTotal * 10_000n, soughtOfFunded, "halfUp")),
          rate: rates.result(),
          velocity:
            openMillis === 0n
              ? null
              : {
                  listings: velocityListings,
                  perDay: Money.fromMinor(divide(velocityFunded * dayMillis, openMillis, "halfEven"), currency)
                },
          byStatus: Object.fromEntries(byStatus.result()),
          byRiskGrade: byGrade
            .result()
            .map(([riskGrade, group]) => ({ riskGrade, ...group }))
            .sort((left, right) => {
              if (left.riskGrade === null || right.riskGrade === null) return left.riskGrade === null ? 1 : -1
              return compareText(left.riskGrade, right.riskGrade)
            })
        }
      )
    }
  }
}
