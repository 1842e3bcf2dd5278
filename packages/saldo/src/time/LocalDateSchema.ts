import * as Schema from "effect/Schema"
import * as LocalDate from "./LocalDate.ts"

/**
 * Codec between text `YYYY-MM-DD` and the branded `LocalDate`. Its JSON Schema is a string of format `date`.
 *
 * Decoding fails with what was wrong and what would be right, such as `"2023-02-29" is not a calendar date: the day must
 * be 01 to 28 in that month`.
 */
export const LocalDateSchema = Schema.String.check(
  Schema.makeFilter<string>(
    (text) => {
      const parsed = LocalDate.parse(text)
      return typeof parsed === "string" ? undefined : parsed.message
    },
    {
      expected: "a calendar date YYYY-MM-DD",
      toJsonSchema: () => ({ format: "date" })
    },
    true
  )
).pipe(Schema.refine(LocalDate.is))

/** The codec's type, for signatures. */
export type LocalDateSchema = typeof LocalDateSchema
