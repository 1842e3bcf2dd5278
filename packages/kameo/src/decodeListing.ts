/**
 * One page of the listing: unwrapped from either envelope, decoded record by record, and compared with the form that
 * this version knows.
 */
import * as Result from "effect/Result"
import type { LoanListing } from "saldo/lending/LoanListing"
import { type RejectedListing, SchemaDrift } from "saldo/lending/LoanSource"
import { type DecodeContext, decodeLoan } from "./decodeLoan.ts"
import { jsonType, parseExactJson, wholeNumber } from "./kameoNumbers.ts"
import { compareRecord, DriftReport, isRecord, recordPath } from "./internal/listingKeys.ts"

/** What a page says of itself; `null` where it says nothing usable. */
export interface ListingPaging {
  readonly currentPage: number | null
  readonly perPage: number | null
  readonly total: number | null
  readonly lastPage: number | null
}

/** A page: what can be stored, what cannot, and what differs from the known form. */
export interface DecodedListing {
  readonly listings: ReadonlyArray<LoanListing>
  readonly rejected: ReadonlyArray<RejectedListing>
  readonly drift: ReadonlyArray<SchemaDrift>
  readonly paging: ListingPaging
  /** The records on the page, stored or not. */
  readonly recordCount: number
  /** The ids on the page in order, rejected ones too, to tell a repeated page from a new one. */
  readonly ids: ReadonlyArray<string>
}

/** The answer is no listing: the differences that make it so. */
export type ListingMismatch = ReadonlyArray<SchemaDrift>

interface Unwrapped {
  readonly records: ReadonlyArray<unknown>
  readonly paging: ListingPaging
}

const mismatch = (path: string, found: string): Result.Result<never, ListingMismatch> =>
  Result.fail([new SchemaDrift({ path, kind: found === "missing" ? "missingKey" : "typeChanged", found })])

const pagingKeys = ["current_page", "per_page", "total", "last_page"] as const

const readPaging = (holder: unknown, report: DriftReport): ListingPaging => {
  const [currentPage = null, perPage = null, total = null, lastPage = null] = pagingKeys.map((key) => {
    const value = isRecord(holder) ? holder[key] : undefined
    if (jsonType(value) !== "number") {
      report.add(`data.${key}`, value === undefined ? "missingKey" : "typeChanged", jsonType(value))
    }
    const whole = Result.getOrElse(wholeNumber(value), () => -1)
    return whole >= 0 ? whole : null
  })
  return { currentPage, perPage, total, lastPage }
}

// Looked for in this order: the ezjscore envelope's content.data, else data; then a list as it is, or its
// investment_options, or its loans. Anything else is a mismatch, never an empty page.
const unwrap = (json: unknown, report: DriftReport): Result.Result<Unwrapped, ListingMismatch> => {
  if (!isRecord(json)) return mismatch("$", jsonType(json))
  const content = json["content"]
  const enveloped = isRecord(content) && Object.hasOwn(content, "data")
  const prefix = enveloped ? "content.data" : "data"
  const data = enveloped ? content["data"] : json["data"]
  if (Array.isArray(data)) {
    report.add(prefix, "typeChanged", "array")
    return Result.succeed({ records: data, paging: readPaging(json["pagination"] ?? json, report) })
  }
  if (!isRecord(data)) return mismatch(prefix, jsonType(data))
  const key = Array.isArray(data["investment_options"]) ? "investment_options" : "loans"
  const records = data[key]
  if (!Array.isArray(records)) return mismatch(`${prefix}.investment_options`, jsonType(data["investment_options"]))
  if (key === "loans") report.add(`${prefix}.investment_options`, "missingKey", "missing")
  for (const other of Object.keys(data)) {
    const known = other === key || other === "result_count" || pagingKeys.some((one) => one === other)
    if (!known) report.add(`${prefix}.${other}`, "unknownKey", jsonType(data[other]))
  }
  return Result.succeed({ records, paging: readPaging(data, report) })
}

// A page of which nothing can be stored is a changed schema, not an empty page. A single record of the right form with
// an unusable value (an amount of zero, say) is only that: a last page may hold no other.
const nothingUsable = (page: DecodedListing): boolean => {
  if (page.recordCount === 0 || page.listings.length > 0) return false
  const required = new Set(["loan_application_id", "title", "application_amount"].map((key) => `${recordPath}.${key}`))
  const structural = page.drift.some(
    ({ path, kind }) => path === recordPath || (kind !== "unknownValue" && required.has(path))
  )
  return structural || page.recordCount > 1
}

const rejectionsAsDrift = (page: DecodedListing): ListingMismatch => {
  const report = new DriftReport()
  for (const one of page.drift) report.add(one.path, one.kind, one.found)
  for (const { field } of page.rejected)
    report.add(`${recordPath}.${field}`, "unknownValue", "rejected in every record")
  return report.entries
}

/**
 * Decodes one page that is parsed already (by `parseExactJson`, where digits matter).
 *
 * Fails with the differing paths when no list of records is found in any known place, and when not one record of a page
 * can be stored. A changed record in an otherwise good page is reported in `drift`.
 */
export const decodeListingJson = (
  json: unknown,
  context: DecodeContext
): Result.Result<DecodedListing, ListingMismatch> =>
  Result.gen(function* () {
    const report = new DriftReport()
    const { records, paging } = yield* unwrap(json, report)
    const listings: Array<LoanListing> = []
    const rejected: Array<RejectedListing> = []
    const ids: Array<string> = []
    for (const record of records) {
      compareRecord(report, record)
      const decoded = decodeLoan(record, report, context)
      const { loanId } = Result.merge(decoded)
      if (Result.isSuccess(decoded)) listings.push(decoded.success)
      else rejected.push(decoded.failure)
      if (loanId !== null) ids.push(loanId)
    }
    const page = { listings, rejected, drift: report.entries, paging, recordCount: records.length, ids }
    return nothingUsable(page) ? yield* Result.fail(rejectionsAsDrift(page)) : page
  })

/** Decodes the text of one page; text that is no JSON is a mismatch at `$`. */
export const decodeListing = (text: string, context: DecodeContext): Result.Result<DecodedListing, ListingMismatch> =>
  Result.flatMap(
    Result.mapError(parseExactJson(text), (found) => [new SchemaDrift({ path: "$", kind: "typeChanged", found })]),
    (json) => decodeListingJson(json, context)
  )
