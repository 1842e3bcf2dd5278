import type { Position } from "../core/Page.ts"
import type { IndexedListing } from "./listingIndex.ts"
import type { LoanListingSort, LoanListingSortKey } from "./LoanListingQuery.ts"

/** A value of a sort column, as a cursor carries it. */
type SortValue = Position[number]

/** A column to sort by, and the way. Nulls come last both ways. */
export interface SortColumn {
  readonly column: Exclude<keyof IndexedListing, "searchText" | "funded">
  readonly direction: "ascending" | "descending"
}

type ColumnName = SortColumn["column"]

const columnsOf: Readonly<Record<LoanListingSortKey, ReadonlyArray<ColumnName>>> = {
  listedAt: ["listedAt"],
  opensAt: ["opensAt"],
  closesAt: ["closesAt"],
  amount: ["currency", "amount"],
  rate: ["ratePpm"],
  fundedBps: ["fundedBps"],
  durationMonths: ["durationMonths"],
  riskGrade: ["riskGrade"],
  country: ["country"],
  status: ["status"],
  title: ["titleKey"],
  firstSeenAt: ["firstSeenAt"],
  updatedAt: ["updatedAt"],
  lastSeenAt: ["lastSeenAt"],
  loanId: ["loanId"]
}

/**
 * The columns of an order. Currencies always ascend, so that amounts of one currency stay together; platform and loan
 * id break ties; a column that comes again is dropped, as it could decide nothing.
 */
export const sortColumns = (sort: ReadonlyArray<LoanListingSort>): ReadonlyArray<SortColumn> => {
  const columns = new Map<ColumnName, SortColumn>()
  const add = (column: ColumnName, direction: SortColumn["direction"]): void => {
    if (!columns.has(column)) columns.set(column, { column, direction })
  }
  for (const { by, direction } of sort) {
    for (const column of columnsOf[by]) add(column, column === "currency" ? "ascending" : direction)
  }
  add("platform", "ascending")
  add("loanId", "ascending")
  return [...columns.values()]
}

/** Where a listing stands in an order. */
export const positionOf = (columns: ReadonlyArray<SortColumn>, listing: IndexedListing): Position =>
  columns.map(({ column }) => listing[column])

/**
 * Compares text by code point, which is how UTF-8 bytes compare in a database. JavaScript's own `<` compares UTF-16
 * units and puts characters beyond U+FFFF before U+E000.
 */
export const compareText = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    if (left.charCodeAt(index) === right.charCodeAt(index)) continue
    // Equal leading halves were passed already, so a trailing half here belongs to characters that differ only in it.
    const isTrailing = (left.charCodeAt(index) & 0xfc00) === 0xdc00 && (right.charCodeAt(index) & 0xfc00) === 0xdc00
    return isTrailing
      ? left.charCodeAt(index) - right.charCodeAt(index)
      : (left.codePointAt(index) ?? 0) - (right.codePointAt(index) ?? 0)
  }
  return left.length - right.length
}

const compareValues = (left: SortValue, right: SortValue, direction: SortColumn["direction"]): number => {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  const order =
    typeof left === "string" && typeof right === "string"
      ? compareText(left, right)
      : left < right
        ? -1
        : left > right
          ? 1
          : 0
  return direction === "ascending" ? order : -order
}

/** Compares two positions in the same order: below zero when the left one comes first. */
export const comparePositions = (columns: ReadonlyArray<SortColumn>, left: Position, right: Position): number => {
  for (const [index, { direction }] of columns.entries()) {
    const order = compareValues(left[index] ?? null, right[index] ?? null, direction)
    if (order !== 0) return order
  }
  return 0
}
