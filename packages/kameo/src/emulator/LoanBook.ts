/**
 * What the emulated listing is made of: loans in listing order, computed or given, read at an instant.
 */
import * as Schema from "effect/Schema"

/** The country a loan was originated in; the listing filters by it but does not show it. */
export const Origin = Schema.Literals(["SE", "NO", "DK"])
/** See {@link Origin}. */
export type Origin = typeof Origin.Type

/**
 * One loan as the listing sends it. Keys and value types are open on purpose: data sets may hold records that a strict
 * reader rejects.
 */
export type ListedLoan = Readonly<Record<string, unknown>>

/**
 * Loans in listing order (newest first). Every method is pure: the same book, origins and instant give the same answer,
 * whatever was asked before. Instants are unix milliseconds of the virtual clock.
 */
export interface LoanBook {
  /** How many loans of these origins are listed at an instant. */
  readonly count: (origins: ReadonlySet<Origin>, now: number) => number
  /** The loans from `offset` (0-based) in listing order, at most `limit`; empty past the end. */
  readonly slice: (
    origins: ReadonlySet<Origin>,
    offset: number,
    limit: number,
    now: number
  ) => ReadonlyArray<ListedLoan>
  /** The listed loan with this id. */
  readonly find: (id: number, now: number) => ListedLoan | undefined
}

const originOf = (loan: ListedLoan): Origin => {
  const currency = loan["currency"]
  return currency === "DKK" ? "DK" : currency === "NOK" ? "NO" : "SE"
}

/**
 * A book of given records, in the given order, the same at every instant. The origin of a record follows its currency:
 * DKK is Denmark, NOK is Norway, anything else Sweden.
 */
export const fromRecords = (records: ReadonlyArray<ListedLoan>): LoanBook => {
  const listed = (origins: ReadonlySet<Origin>) => records.filter((loan) => origins.has(originOf(loan)))
  return {
    count: (origins) => listed(origins).length,
    slice: (origins, offset, limit) => listed(origins).slice(offset, offset + limit),
    find: (id) => records.findLast((loan) => loan["loan_application_id"] === id)
  }
}
