/**
 * How listings are asked for: a filter, an order, and a page. All parts of a filter must hold; a part that is left out
 * does not filter. A listing whose field is null never passes a filter on that field.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Page from "../core/Page.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { AnnualRateSchema } from "../money/RateSchema.ts"
import { type SortColumn, sortColumns } from "./listingOrder.ts"
import { filterTerms, type Term } from "./listingTerms.ts"
import { LoanListingStatus, PlatformId } from "./LoanListing.ts"
import type { StoredListing } from "./StoredListing.ts"
import { Text } from "../core/Text.ts"

const rangeOf = <S extends Schema.Constraint>(bound: S) =>
  Schema.Struct({ minimum: Schema.optionalKey(bound), maximum: Schema.optionalKey(bound) })

/** A span of time, from an instant and before another. */
const Span = Schema.Struct({
  from: Schema.optionalKey(Schema.DateTimeUtc),
  before: Schema.optionalKey(Schema.DateTimeUtc)
})

/** Which listings to give. Both ends of a range belong to it; a span of time ends before `before`. */
export const LoanListingFilter = Schema.Struct({
  platform: Schema.optionalKey(PlatformId),
  statuses: Schema.optionalKey(Schema.Array(LoanListingStatus)),
  /** ISO 4217 code of the amount sought. */
  currency: Schema.optionalKey(Text),
  /**
   * The amount sought, in the currency of the bounds: a listing in another currency does not pass, because amounts in
   * different currencies do not compare.
   */
  amount: Schema.optionalKey(rangeOf(MoneySchema)),
  /** Compared to the millionth (0.0001 %), halves rounded to even. */
  rate: Schema.optionalKey(rangeOf(AnnualRateSchema)),
  fundedBps: Schema.optionalKey(rangeOf(Schema.Int)),
  durationMonths: Schema.optionalKey(rangeOf(Schema.Int)),
  riskGrades: Schema.optionalKey(Schema.Array(Text)),
  countries: Schema.optionalKey(Schema.Array(Text)),
  listed: Schema.optionalKey(Span),
  opens: Schema.optionalKey(Span),
  closes: Schema.optionalKey(Span),
  /** When the listing was last met on its platform: `before` the last complete run finds what has vanished. */
  seen: Schema.optionalKey(Span),
  /** A substring of title, description or id, found as `searchText` says. */
  text: Schema.optionalKey(Text)
})

/** A filter; `{}` lets every listing pass. */
export type LoanListingFilter = typeof LoanListingFilter.Type

/** What listings can be sorted by. `amount` sorts by currency first, then by amount; `title` in Swedish order. */
export const LoanListingSortKey = Schema.Literals([
  "listedAt",
  "opensAt",
  "closesAt",
  "amount",
  "rate",
  "fundedBps",
  "durationMonths",
  "riskGrade",
  "country",
  "status",
  "title",
  "firstSeenAt",
  "updatedAt",
  "lastSeenAt",
  "loanId"
])

/** One of the keys that listings can be sorted by. */
export type LoanListingSortKey = typeof LoanListingSortKey.Type

/** One step of an order. Nulls come last in both directions. */
export const LoanListingSort = Schema.Struct({
  by: LoanListingSortKey,
  direction: Schema.Literals(["ascending", "descending"])
})

/** One step of an order. */
export type LoanListingSort = typeof LoanListingSort.Type

/**
 * The order when none is asked for: newest first. Ties are broken by platform and loan id, so that pages never
 * overlap.
 */
export const newestFirst: ReadonlyArray<LoanListingSort> = [{ by: "listedAt", direction: "descending" }]

/** A filter that contradicts itself, such as bounds in two currencies or a minimum above its maximum. */
export class FilterInvalid extends Schema.TaggedError<FilterInvalid>()(
  "FilterInvalid",
  {
    /** The part of the filter at fault, such as `amount`. */
    field: Schema.String,
    message: Schema.String
  },
  { httpApiStatus: 422 }
) {}

/** A request for one page of listings: 1 to 500 of them, 50 when no `limit` is given. */
export interface ListingPageRequest extends Page.PageRequest {
  readonly filter?: LoanListingFilter
  /** Newest first when left out; see {@link newestFirst}. */
  readonly sort?: ReadonlyArray<LoanListingSort>
}

/** A filter as the conditions that it stands for. */
export const termsOf = (filter: LoanListingFilter = {}): Result.Result<ReadonlyArray<Term>, FilterInvalid> => {
  const terms = filterTerms(filter)
  return "message" in terms ? Result.fail(new FilterInvalid(terms)) : Result.succeed(terms)
}

/** What decides which listings a page holds and in which order: the query that its cursor belongs to. */
export interface ListingPlan {
  readonly terms: ReadonlyArray<Term>
  readonly columns: ReadonlyArray<SortColumn>
}

/** A page request as the conditions and columns that it stands for. */
export const planPage = (request: ListingPageRequest): Result.Result<ListingPlan, FilterInvalid> => {
  const limit = Page.limitOf(request)
  if (!Number.isInteger(limit) || limit < 1 || limit > Page.maximumLimit) {
    const message = `A page holds 1 to ${Page.maximumLimit} listings, not ${limit}`
    return Result.fail(new FilterInvalid({ field: "limit", message }))
  }
  return Result.map(termsOf(request.filter), (terms) => ({ terms, columns: sortColumns(request.sort ?? newestFirst) }))
}

/** One page of listings; `next` is the cursor of the page after it, null on the last one. */
export type ListingPage = Page.Page<StoredListing>
