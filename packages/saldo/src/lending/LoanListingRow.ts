/**
 * Listings as rows: an index row per loan with what is filtered and sorted by, and a version row per content with the
 * content as canonical JSON and the raw record. Instants are epoch milliseconds in 64-bit integers: both dialects
 * compare, index and return them alike, and no driver's date type rounds or shifts them.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { jsonText } from "../core/JsonText.ts"
import { MoneyFromJson } from "../money/MoneySchema.ts"
import { AnnualRateSchema } from "../money/RateSchema.ts"
import { listingContent } from "./listingContent.ts"
import { type ListingIndex, listingIndex, storableText } from "./listingIndex.ts"
import type { SortColumn } from "./listingOrder.ts"
import { LoanId, LoanListing, LoanListingStatus, PlatformId } from "./LoanListing.ts"
import type { StoredListing } from "./StoredListing.ts"

const text = Schema.NullOr(Schema.String)
const whole = Schema.NullOr(Schema.Int)
const money = Schema.NullOr(MoneyFromJson)
const instant = Schema.NullOr(Schema.DateTimeUtcFromMillis)

/** What `listingContent` writes. */
const Content = Schema.Struct({
  title: Schema.String,
  status: LoanListingStatus,
  amount: MoneyFromJson,
  fundedAmount: money,
  fundedBps: whole,
  annualRate: Schema.NullOr(Schema.toCodecJson(AnnualRateSchema)),
  durationMonths: whole,
  riskGrade: text,
  country: text,
  minimumAmount: money,
  ownBidAmount: money,
  listedAt: instant,
  opensAt: instant,
  closesAt: instant,
  url: text,
  imageUrl: text,
  description: text,
  borrowerType: text,
  loanType: text,
  stateId: whole,
  stateText: text,
  fullyFundedState: whole
})

const decodeContent = Schema.decodeUnknownSync(jsonText(Content))

/** The columns of an index row that follow from a listing alone, and the property that each comes from. */
export const indexColumns = {
  status: "status",
  currency: "currency",
  amount: "amount",
  funded_amount: "funded",
  funded_bps: "fundedBps",
  rate_ppm: "ratePpm",
  duration_months: "durationMonths",
  risk_grade: "riskGrade",
  country: "country",
  listed_at: "listedAt",
  opens_at: "opensAt",
  closes_at: "closesAt",
  title_key: "titleKey",
  search_text: "searchText"
} as const satisfies Readonly<Record<string, keyof ListingIndex>>

/** The column of every property that listings are filtered or sorted by. */
export const columnOf = {
  platform: "platform",
  loanId: "loan_id",
  status: "status",
  currency: "currency",
  amount: "amount",
  fundedBps: "funded_bps",
  ratePpm: "rate_ppm",
  durationMonths: "duration_months",
  riskGrade: "risk_grade",
  country: "country",
  listedAt: "listed_at",
  opensAt: "opens_at",
  closesAt: "closes_at",
  titleKey: "title_key",
  searchText: "search_text",
  firstSeenAt: "first_seen_at",
  updatedAt: "updated_at",
  lastSeenAt: "last_seen_at"
} as const

const indexProperties = Object.values(indexColumns)

/** The values of {@link indexColumns} for a listing, in their order. */
export const indexValues = (listing: LoanListing): ReadonlyArray<unknown> => {
  const index = listingIndex(listing)
  return indexProperties.map((property) => index[property])
}

/** The content and the raw record of a version, as they are stored. */
export const versionValues = (listing: LoanListing): readonly [content: string, raw: string] => [
  listingContent(listing),
  storableText(listing.raw)
]

/** A version as it is read. */
export interface VersionRow {
  readonly platform: string
  readonly loan_id: string
  readonly version: bigint
  readonly content: string
  readonly raw: string
}

/** An index row joined with its current version. */
export interface ListingRow
  extends VersionRow, Readonly<Record<(typeof columnOf)[SortColumn["column"]], string | bigint | null>> {
  readonly platform: string
  readonly loan_id: string
  readonly first_seen_at: bigint
  readonly updated_at: bigint
  readonly last_seen_at: bigint
}

/** The listing of a row. Throws when the row was not written by this schema, which is a defect of the database. */
export const listingOfRow = (row: VersionRow): LoanListing =>
  LoanListing.ofChecked({
    ...decodeContent(row.content),
    platform: PlatformId.make(row.platform),
    loanId: LoanId.make(row.loan_id),
    raw: row.raw
  })

/** An instant from a stored 64-bit integer. */
export const instantOf = (epochMillis: bigint): DateTime.Utc => DateTime.makeUnsafe(Number(epochMillis))

/** The stored listing of a row. */
export const storedOfRow = (row: ListingRow): StoredListing => ({
  listing: listingOfRow(row),
  version: Number(row.version),
  firstSeenAt: instantOf(row.first_seen_at),
  updatedAt: instantOf(row.updated_at),
  lastSeenAt: instantOf(row.last_seen_at)
})
