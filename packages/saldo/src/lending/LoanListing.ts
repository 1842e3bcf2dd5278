/**
 * A loan that somebody else offers and that we watch: one listing on a crowdlending platform, in one shape for every
 * platform. Amounts are `Money`, rates `Rate`, instants UTC; what a platform does not tell is `null`, never a guess.
 */
import * as Schema from "effect/Schema"
import { MoneySchema } from "../money/MoneySchema.ts"
import { AnnualRateSchema } from "../money/RateSchema.ts"

/** The life of a listing. `unknown` means that neither a state nor a date was told. */
export const LoanListingStatus = Schema.Literals([
  "upcoming",
  "open",
  "funded",
  "closed",
  "active",
  "completed",
  "canceled",
  "unknown"
])

/** One of the eight stages of {@link LoanListingStatus}. */
export type LoanListingStatus = typeof LoanListingStatus.Type

/** Names a platform in stored rows: a short lower-case word such as `kameo`. */
export const PlatformId = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9-]{0,31}$/u)).pipe(
  Schema.brand("PlatformId")
)

/** A platform's short lower-case name. */
export type PlatformId = typeof PlatformId.Type

/** A loan's identity on its own platform: 1 to 50 printable characters, trimmed. Unique together with the platform. */
export const LoanId = Schema.String.check(
  // Control characters and halves of surrogate pairs would not come back from every database as they went in.
  Schema.isPattern(/^(?!.*[\p{Cc}\p{Cs}])\S(.{0,48}\S)?$/u)
).pipe(Schema.brand("LoanId"))

/** A loan's identity on its own platform. */
export type LoanId = typeof LoanId.Type

/** One listing as its platform last told it. */
export class LoanListing extends Schema.Class<LoanListing>("saldo/lending/LoanListing")({
  platform: PlatformId,
  loanId: LoanId,
  /** Trimmed, at least one character, no upper limit. */
  title: Schema.String.check(Schema.isMinLength(1)),
  status: LoanListingStatus,
  /** The amount that the borrower seeks, above zero. */
  amount: MoneySchema,
  /** What investors have subscribed; may exceed `amount`. Same currency as `amount`. */
  fundedAmount: Schema.NullOr(MoneySchema),
  /** 10,000 × funded / amount, rounded half up: 9,840 is 98.40 %. May exceed 10,000. Null when not told. */
  fundedBps: Schema.NullOr(Schema.Int),
  /** Nominal interest per year, 0 to 100 %. */
  annualRate: Schema.NullOr(AnnualRateSchema),
  durationMonths: Schema.NullOr(Schema.Int),
  /** The platform's own letter, as told. */
  riskGrade: Schema.NullOr(Schema.String),
  /** ISO 3166 alpha-2 of the market, when it can be told. */
  country: Schema.NullOr(Schema.String),
  /** The smallest bid. */
  minimumAmount: Schema.NullOr(MoneySchema),
  /** What the signed-in investor has bid. */
  ownBidAmount: Schema.NullOr(MoneySchema),
  listedAt: Schema.NullOr(Schema.DateTimeUtc),
  opensAt: Schema.NullOr(Schema.DateTimeUtc),
  closesAt: Schema.NullOr(Schema.DateTimeUtc),
  url: Schema.NullOr(Schema.String),
  imageUrl: Schema.NullOr(Schema.String),
  description: Schema.NullOr(Schema.String),
  borrowerType: Schema.NullOr(Schema.String),
  loanType: Schema.NullOr(Schema.String),
  /** The platform's own state number and text, kept because they may mean more than `status` tells. */
  stateId: Schema.NullOr(Schema.Int),
  stateText: Schema.NullOr(Schema.String),
  fullyFundedState: Schema.NullOr(Schema.Int),
  /** The record exactly as the platform sent it, as compact JSON text. */
  raw: Schema.String
}) {
  /**
   * A listing of fields that have just been checked one by one, as a decoder does; `new` would check them all once more,
   * for each of perhaps a million records. The object given becomes the listing.
   */
  static readonly ofChecked = (fields: LoanListing): LoanListing =>
    // Object.assign onto a bare prototype would make a slow dictionary of it.
    Object.setPrototypeOf(fields, LoanListing.prototype) as LoanListing
}
