/**
 * Loans that others offer and that the bank watches.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import { CollectionCounts } from "saldo/lending/CollectionRun"
import { LoanId, LoanListing, LoanListingStatus, PlatformId } from "saldo/lending/LoanListing"
import { FilterInvalid, LoanListingFilter, LoanListingSort } from "saldo/lending/LoanListingQuery"
import { CollectionRunId } from "saldo/lending/StoredListing"
import { MoneySchema } from "saldo/money/MoneySchema"
import { AnnualRateSchema } from "saldo/money/RateSchema"
import { Authentication } from "./Authentication.ts"
import { ListingStatistics } from "./ListingStatistics.ts"
import { problems } from "./Problem.ts"
import { notFoundPage, pageQuery } from "./Read.ts"
import { writeHeaders } from "./Write.ts"
import { Text } from "saldo/core/Text"

const { raw, ...told } = LoanListing.fields

/** A listing as it is shown, without the platform's own record. */
const ListingFields = Schema.Struct(told).annotate({ identifier: "Listing" })

const seen = {
  version: Schema.Int,
  firstSeenAt: Schema.DateTimeUtc,
  updatedAt: Schema.DateTimeUtc,
  lastSeenAt: Schema.DateTimeUtc
}

const ListingView = Schema.Struct({ listing: ListingFields, ...seen }).annotate({ identifier: "StoredListing" })

/** A listing with the platform's own record as it came. */
const ListingWithRaw = Schema.Struct({ listing: Schema.Struct({ ...told, raw }), ...seen }).annotate({
  identifier: "StoredListingWithRecord"
})

const Value = Schema.NullOr(
  Schema.Union([MoneySchema, AnnualRateSchema, Schema.DateTimeUtc, Schema.String, Schema.Finite])
)

const VersionView = Schema.Struct({
  version: Schema.Int,
  recordedAt: Schema.DateTimeUtc,
  listing: ListingFields,
  changes: Schema.Array(Schema.Struct({ field: Schema.String, from: Value, to: Value }))
}).annotate({ identifier: "ListingVersion" })

/** Every version of a listing, the first one first. */
export const ListingHistory = Schema.Array(VersionView)

/** The tenant watches no such loan. */
export class ListingNotFound extends Schema.TaggedError<ListingNotFound>()(
  "ListingNotFound",
  { platform: Schema.String, loanId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `${this.platform} has never told of a loan ${this.loanId}`
  }
}

/** The host has connected no platform to collect from. */
export class PlatformNotConnected extends Schema.TaggedError<PlatformNotConnected>()(
  "PlatformNotConnected",
  {},
  { httpApiStatus: 501 }
) {
  override get message(): string {
    return "No platform is connected to collect from"
  }
}

/** How to collect; see `LoanCollection`. */
export const CollectionOrder = Schema.Struct({
  maxPages: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 }))),
  resume: Schema.optionalKey(Schema.Boolean)
})

/** How to collect. */
export type CollectionOrder = typeof CollectionOrder.Type

/** What a collection did, over all the calls that it took. */
export const CollectionView = Schema.Struct({
  runId: CollectionRunId,
  platform: PlatformId,
  complete: Schema.Boolean,
  /** Why it is not complete; null when it is. */
  reason: Schema.NullOr(Schema.String),
  resumed: Schema.Boolean,
  total: Schema.NullOr(Schema.Int),
  counts: CollectionCounts
}).annotate({ identifier: "Collection" })

/** What a collection did. */
export type CollectionView = typeof CollectionView.Type

/** What is told while a collection goes on: after each stored page, and once at its end. */
export const CollectionEvent = Schema.Union([
  Schema.TaggedStruct("Progress", {
    runId: CollectionRunId,
    platform: PlatformId,
    page: Schema.Int,
    total: Schema.NullOr(Schema.Int),
    counts: CollectionCounts
  }),
  Schema.TaggedStruct("Done", { collection: CollectionView }),
  /** `code` names the failure as a problem would; what was stored stays, and the next collection goes on from there. */
  Schema.TaggedStruct("Failed", { code: Schema.String, detail: Schema.String })
]).annotate({ identifier: "CollectionEvent" })

/** What is told while a collection goes on. */
export type CollectionEvent = typeof CollectionEvent.Type

/** What a list and its statistics are narrowed by; `search` takes every part that there is. */
const narrowed = {
  platform: Schema.optionalKey(PlatformId),
  status: Schema.optionalKey(LoanListingStatus),
  country: Schema.optionalKey(Text.check(Schema.isMaxLength(10))),
  riskGrade: Schema.optionalKey(Text.check(Schema.isMaxLength(10))),
  currency: Schema.optionalKey(Text.check(Schema.isMaxLength(10))),
  text: Schema.optionalKey(Text.check(Schema.isMaxLength(200)))
}

/** What a list and its statistics are narrowed by, as a handler sees it. */
export type Narrowed = Schema.Struct<typeof narrowed>["Type"]

const loan = { platform: PlatformId, loanId: LoanId }
const listing = [...problems(NotPermitted, FilterInvalid), ...notFoundPage] as const

/** The endpoints of the market. */
export class MarketApi extends HttpApiGroup.make("market")
  .add(
    HttpApiEndpoint.get("list", "/listings", {
      query: { ...pageQuery, ...narrowed },
      success: Page.schema(ListingView),
      error: listing
    }).annotate(OpenApi.Summary, "List listings, newest first"),
    HttpApiEndpoint.post("search", "/listings/search", {
      payload: Schema.Struct({
        ...pageQuery,
        filter: Schema.optionalKey(LoanListingFilter),
        sort: Schema.optionalKey(Schema.Array(LoanListingSort).check(Schema.isMaxLength(15)))
      }),
      success: Page.schema(ListingView),
      error: listing
    }).annotate(OpenApi.Summary, "Find listings by ranges, spans and text, in any order"),
    HttpApiEndpoint.get("find", "/listings/:platform/:loanId", {
      params: loan,
      success: ListingWithRaw,
      error: problems(NotPermitted, ListingNotFound)
    }).annotate(OpenApi.Summary, "Show a listing with the platform's own record"),
    HttpApiEndpoint.get("history", "/listings/:platform/:loanId/history", {
      params: loan,
      success: ListingHistory,
      error: problems(NotPermitted, ListingNotFound)
    }).annotate(OpenApi.Summary, "Show every version of a listing, and what each changed"),
    HttpApiEndpoint.get("statistics", "/statistics", {
      query: narrowed,
      success: ListingStatistics,
      error: problems(NotPermitted, FilterInvalid)
    }).annotate(OpenApi.Summary, "Show amounts, rates, durations and states of listings"),
    HttpApiEndpoint.post("collect", "/collections", {
      headers: writeHeaders,
      payload: CollectionOrder,
      success: HttpApiSchema.StreamSse({ data: Schema.toCodecJson(CollectionEvent) }),
      error: problems(NotPermitted, PlatformNotConnected)
    }).annotate(OpenApi.Summary, "Collect what the platform offers, and tell how far that has come")
  )
  .middleware(Authentication)
  .prefix("/api/v1/market")
  .annotateMerge(
    OpenApi.annotations({ title: "Market", description: "Loans that others offer and that the bank watches" })
  ) {}
