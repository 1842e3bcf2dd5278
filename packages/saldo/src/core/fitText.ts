/**
 * Text that every storage keeps as it is: without NUL, which Postgres has no place for, and without halves of characters,
 * which no encoding has.
 */

/** What text has to be, to be told to whoever gave other text. */
export const fitTextExpected = "text without NUL and without halves of characters"

/** Whether a text can be kept as it is. */
export const isFitText = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000")

/** Where in a value something is: names of fields, and numbers of items. */
export type TextPath = ReadonlyArray<string | number>

/**
 * Where in a value, a tree of plain objects and arrays, there is text that cannot be kept. A name that cannot be is told
 * of by the path to its object. `open` gives what is inside of something that hides it.
 */
export const unfitTexts = (
  value: unknown,
  open: (value: object) => unknown = (object) => object,
  path: TextPath = []
): ReadonlyArray<TextPath> => {
  if (typeof value === "string") return isFitText(value) ? [] : [path]
  if (typeof value !== "object" || value === null) return []
  const inside = open(value)
  if (inside !== value) return unfitTexts(inside, open, path)
  return Object.entries(value).flatMap(([name, field]) =>
    isFitText(name) ? unfitTexts(field, open, [...path, Array.isArray(value) ? Number(name) : name]) : [path]
  )
}
