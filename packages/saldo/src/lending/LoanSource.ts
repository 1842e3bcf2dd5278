/**
 * Where listings come from: one implementation per platform (`@saldo/kameo` has Kameo's).
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { LoanListing, PlatformId } from "./LoanListing.ts"

/** A record that cannot be stored, with what is wrong and where. The rest of its page is good. */
export class RejectedListing extends Schema.Class<RejectedListing>("saldo/lending/RejectedListing")({
  /** The record's id, when it has one. */
  loanId: Schema.NullOr(Schema.String),
  /** The key at fault, as the platform spells it, such as `application_amount`. */
  field: Schema.String,
  /** What was wrong and what would be right, in one sentence, without personal data. */
  problem: Schema.String,
  /** The record exactly as the platform sent it, as compact JSON text. */
  raw: Schema.String
}) {}

/** A difference between what the platform sends and what this version of Saldo knows. */
export class SchemaDrift extends Schema.Class<SchemaDrift>("saldo/lending/SchemaDrift")({
  /** Where, as a JSON path such as `data.investment_options[].risk_score`. */
  path: Schema.String,
  kind: Schema.Literals(["unknownKey", "missingKey", "typeChanged", "unknownValue"]),
  /** What was met, shortened, such as `string` or `state_id 77`. */
  found: Schema.String
}) {}

/** One page of a source. */
export interface LoanListingPage {
  /** Counted from 1; the next run may start here again. */
  readonly page: number
  readonly listings: ReadonlyArray<LoanListing>
  readonly rejected: ReadonlyArray<RejectedListing>
  readonly drift: ReadonlyArray<SchemaDrift>
  /** How many listings the platform says there are in all, when it says so. */
  readonly total: number | null
}

/** Why a source could not go on. Hosts tell these apart; the platform's own error is the `cause`. */
export class LoanSourceError extends Schema.TaggedError<LoanSourceError>()("LoanSourceError", {
  platform: Schema.String,
  reason: Schema.Literals([
    "LoginRejected",
    "SessionExpired",
    "RateLimited",
    "Unavailable",
    "SchemaChanged",
    "Truncated",
    "Network"
  ]),
  /** The page that could not be read; a later run resumes there. */
  page: Schema.Int,
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/**
 * Reads a platform's listings page by page.
 *
 * Contract: pages come in order, one request at a time, starting at `fromPage`. The stream ends only when the platform
 * has no more; a failure is always a `LoanSourceError`, never an early end, and a page-limit that cuts the listing off
 * fails with `Truncated` after the last page was given. A session that expires is renewed once, inside the source.
 * The same listing may come twice, when it moved between pages; the later one is newer.
 */
export class LoanSource extends Context.Service<
  LoanSource,
  {
    readonly platform: PlatformId
    readonly pages: (options: { readonly fromPage: number }) => Stream.Stream<LoanListingPage, LoanSourceError>
  }
>()("saldo/lending/LoanSource") {}
