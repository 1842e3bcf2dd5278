/**
 * A seedable book of 1 to 1,000,000 loans (and more as the clock moves on) in which loan i is computed from (seed, i)
 * alone. Paging through it needs no memory and no sorting: ids and listing dates both grow with i.
 */
import { between, hash32, unit } from "./internal/seededHash.ts"
import { loanWords } from "./internal/loanWords.ts"
import type { ListedLoan, LoanBook, Origin } from "./LoanBook.ts"
import { loanState, statusText, subscribedAmount, type LoanPlan } from "./loanLife.ts"
import * as Stockholm from "./stockholmTime.ts"

/** What a generated book is made from. */
export interface GeneratedLoans {
  /** How many loans are listed at the anchor, all origins together. */
  readonly count: number
  /** Same seed, same loans. A 32-bit whole number. */
  readonly seed: number
  /** The instant (unix milliseconds) at which the newest of the `count` loans is about to be listed. */
  readonly anchor: number
  /** Loans that are newly listed per day after the anchor; 0 keeps the number of loans constant. */
  readonly newPerDay: number
  /** How many of ten consecutive loans come from each country; the sum is 10. */
  readonly origins: Readonly<Record<Origin, number>>
}

/** Seven of ten loans Swedish, two Danish, one Norwegian. */
export const usualOrigins: Readonly<Record<Origin, number>> = { SE: 7, DK: 2, NO: 1 }

const dayMillis = 86_400_000
const firstId = 4001
const recentDays = 12

const currencies = { SE: "SEK", DK: "DKK", NO: "NOK" } as const
const blockSize = 10

/** The origins of ten consecutive loans, shuffled by the seed; every block of ten has the same order. */
const originPattern = (seed: number, origins: Readonly<Record<Origin, number>>): ReadonlyArray<Origin> => {
  const pattern = (["SE", "DK", "NO"] as const).flatMap((origin) =>
    Array.from({ length: origins[origin] }, () => origin)
  )
  return pattern
    .map((origin, index) => ({ origin, order: hash32(seed, index, 99) }))
    .toSorted((left, right) => left.order - right.order)
    .map(({ origin }) => origin)
}

/** When loan i is listed: a quarter of the book within the last days before the anchor, the rest over up to five years. */
const listingInstant = (options: GeneratedLoans, index: number): number => {
  const { anchor, count, newPerDay, seed } = options
  const age = count - 1 - index
  if (age < 0) return anchor + Math.floor((-age * dayMillis) / newPerDay / 1000) * 1000
  const recent = Math.min(250, Math.ceil(count / 4))
  const jitter = unit(seed, index, 6) * 0.9
  const recentStep = (recentDays * dayMillis) / recent
  const older = count - recent
  const olderStep = Math.min(2 * dayMillis, (5 * 365 * dayMillis) / Math.max(1, older))
  const back = age < recent ? (age + jitter) * recentStep : recentDays * dayMillis + (age - recent + jitter) * olderStep
  return Math.floor((anchor - back) / 1000) * 1000
}

const idOf = (seed: number, index: number): number => firstId + index * 3 + (hash32(seed, index, 7) % 3)

const planOf = (options: GeneratedLoans, index: number, origin: Origin): LoanPlan => {
  const { seed } = options
  const listedAt = listingInstant(options, index)
  const openDay = Stockholm.localDay(listedAt) + between(seed, index, 8, 1, 4)
  const amount = between(seed, index, 9, 12, 480) * (origin === "SE" ? 62_500 : 50_000)
  return {
    amount,
    minAmount: 500,
    listedAt,
    startsAt: Stockholm.instantOf(openDay, unit(seed, index, 10) < 0.8 ? 14 * 60 : 10 * 60),
    endsAt: Stockholm.instantOf(openDay + between(seed, index, 11, 3, 12), 23 * 60 + 59),
    bookBuildingMinutes: unit(seed, index, 12) < 0.3 ? 1440 : 0,
    durationMonths: between(seed, index, 13, 3, 36),
    fate: unit(seed, index, 14),
    demand: unit(seed, index, 15),
    pace: unit(seed, index, 16)
  }
}

const listedLoan = (options: GeneratedLoans, index: number, origin: Origin, now: number): ListedLoan => {
  const { seed } = options
  const id = idOf(seed, index)
  const plan = planOf(options, index, origin)
  const { security, title } = loanWords(seed, index, origin)
  const subscribed = subscribedAmount(plan, now)
  const state = loanState(plan, now)
  const picture =
    hash32(seed, index, 17).toString(16).padStart(8, "0") + hash32(seed, index, 18).toString(16).padStart(8, "0")
  return {
    title,
    teaser: `#${id} | ${security}`,
    image: `https://img.kameo.invalid/${Math.floor(id / 10)}/${id}/${picture.slice(0, 13)}.jpg`,
    loan_application_id: id,
    application_amount: plan.amount,
    annual_interest_rate: between(seed, index, 19, 28, 52) / 4,
    duration_in_months: plan.durationMonths,
    is_listed: 0,
    available_kiis_languages: origin,
    risk_score: "AABBBBCCCDDE"[hash32(seed, index, 20) % 12] ?? "B",
    subscribed_amount: subscribed,
    subscription_state: { state_id: state, status_text_localized: statusText(state, "sv") },
    listing_date: Stockholm.format(plan.listedAt),
    subscription_starts_at: Stockholm.format(plan.startsAt),
    subscription_ends_at: Stockholm.format(plan.endsAt),
    allocation_type_id: 2,
    book_building_duration: 1440,
    currency: currencies[origin],
    min_amount: plan.minAmount,
    underwriter_state: unit(seed, index, 21) < 0.05 ? 1 : 0,
    fully_funded_state: subscribed >= plan.amount ? 1 : 0,
    my_bid_amount: 0
  }
}

/** The book of generated loans. Listing order is listing date, then id, both descending. */
export const generate = (options: GeneratedLoans): LoanBook => {
  const pattern = originPattern(options.seed, options.origins)
  const originAt = (index: number): Origin => pattern[index % blockSize] ?? "SE"
  const listedCount = (now: number): number => {
    const elapsed = now - options.anchor
    if (elapsed >= 0 && options.newPerDay > 0) {
      return options.count + Math.floor((elapsed / dayMillis) * options.newPerDay)
    }
    return options.count
  }
  const positionsOf = (origins: ReadonlySet<Origin>): ReadonlyArray<number> =>
    pattern.flatMap((origin, position) => (origins.has(origin) ? [position] : []))
  const countBelow = (positions: ReadonlyArray<number>, listed: number): number =>
    Math.floor(listed / blockSize) * positions.length +
    positions.filter((position) => position < listed % blockSize).length
  return {
    count: (origins, now) => countBelow(positionsOf(origins), listedCount(now)),
    slice: (origins, offset, limit, now) => {
      const positions = positionsOf(origins)
      const total = countBelow(positions, listedCount(now))
      const size = Math.max(0, Math.min(limit, total - offset))
      return Array.from({ length: size }, (_, step) => {
        const rank = total - 1 - offset - step
        const index = Math.floor(rank / positions.length) * blockSize + (positions[rank % positions.length] ?? 0)
        return listedLoan(options, index, originAt(index), now)
      })
    },
    find: (id, now) => {
      const index = Math.floor((id - firstId) / 3)
      if (index < 0 || index >= listedCount(now) || idOf(options.seed, index) !== id) return undefined
      return listedLoan(options, index, originAt(index), now)
    }
  }
}
