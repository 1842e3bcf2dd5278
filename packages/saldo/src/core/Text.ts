import * as Schema from "effect/Schema"
import { fitTextExpected, isFitText } from "./fitText.ts"

/**
 * Text that somebody gives and a storage keeps, or looks up: no NUL, no halves of characters. What a model takes in is
 * this, and never `Schema.String`, so that what no storage can hold is refused where it is read, by its path.
 */
export const Text = Schema.String.check(
  Schema.makeFilter<string>((text) => (isFitText(text) ? undefined : `expected ${fitTextExpected}`))
)
