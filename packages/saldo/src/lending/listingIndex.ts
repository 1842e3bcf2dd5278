import type { Rate } from "../money/Rate.ts"
import { divide } from "../money/rounding.ts"
import type { LoanListing } from "./LoanListing.ts"
import { searchText, titleSortKey } from "./searchText.ts"

/**
 * What a listing is filtered and sorted by, as plain values that mean the same in memory, SQLite and Postgres: whole
 * numbers as bigint, instants in epoch milliseconds, text that compares by code point.
 */
export interface ListingIndex {
  readonly status: string
  readonly currency: string
  /** Minor units. */
  readonly amount: bigint
  readonly funded: bigint | null
  readonly fundedBps: bigint | null
  /** Parts per million, rounded half to even. */
  readonly ratePpm: bigint | null
  readonly durationMonths: bigint | null
  readonly riskGrade: string | null
  readonly country: string | null
  readonly listedAt: bigint | null
  readonly opensAt: bigint | null
  readonly closesAt: bigint | null
  readonly titleKey: string
  readonly searchText: string
}

const parts = 1_000_000n

/** A rate in whole parts per million, rounded half to even. */
export const ratePpm = (rate: Rate): bigint => divide(rate.ratio.numerator * parts, rate.ratio.denominator, "halfEven")

/**
 * Text that every database gives back unchanged: Postgres refuses NUL, and half a surrogate pair is no text in UTF-8.
 */
export const storableText = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\uFFFD")

/**
 * How much of a text is filtered and sorted by, in UTF-16 units: enough to tell grades apart, little enough for a
 * cursor.
 */
const indexedLength = 64

/** The part of a short text, such as a grade, by which listings are filtered and sorted. */
export const indexedText = (text: string): string => storableText(text.slice(0, indexedLength))

const whole = (value: number | null): bigint | null => (value === null ? null : BigInt(value))

const millis = (instant: { readonly epochMilliseconds: number } | null): bigint | null =>
  instant === null ? null : BigInt(Math.trunc(instant.epochMilliseconds))

/** The values that a listing is filtered and sorted by. */
export const listingIndex = (listing: LoanListing): ListingIndex => ({
  status: listing.status,
  currency: listing.amount.currency,
  amount: listing.amount.amount,
  funded: listing.fundedAmount === null ? null : listing.fundedAmount.amount,
  fundedBps: whole(listing.fundedBps),
  ratePpm: listing.annualRate === null ? null : ratePpm(listing.annualRate),
  durationMonths: whole(listing.durationMonths),
  riskGrade: listing.riskGrade === null ? null : indexedText(listing.riskGrade),
  country: listing.country === null ? null : indexedText(listing.country),
  listedAt: millis(listing.listedAt),
  opensAt: millis(listing.opensAt),
  closesAt: millis(listing.closesAt),
  titleKey: titleSortKey(listing.title),
  searchText: searchText([listing.title, listing.description, listing.loanId])
})

/** A listing's index together with its key and its times in the store. */
export interface IndexedListing extends ListingIndex {
  readonly platform: string
  readonly loanId: string
  readonly firstSeenAt: bigint
  readonly updatedAt: bigint
  readonly lastSeenAt: bigint
}
