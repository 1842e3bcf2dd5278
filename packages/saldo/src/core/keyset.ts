import type { KeyValue, Position } from "./Page.ts"

/** One column of an order. Nulls come last in both directions. */
export interface KeyColumn {
  readonly column: string
  readonly direction: "ascending" | "descending"
}

const compareValues = (a: KeyValue, b: KeyValue, direction: KeyColumn["direction"]): number => {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b === (direction === "ascending") ? -1 : 1
}

/**
 * Compares two positions in an order; negative when the first comes first.
 *
 * Texts compare by UTF-16 code units; databases compare by their collation, `C` being the same for everything in the
 * Basic Multilingual Plane.
 */
export const comparePositions =
  (columns: ReadonlyArray<KeyColumn>) =>
  (a: Position, b: Position): number => {
    for (const [index, { direction }] of columns.entries()) {
      const order = compareValues(a[index] ?? null, b[index] ?? null, direction)
      if (order !== 0) return order
    }
    return 0
  }
