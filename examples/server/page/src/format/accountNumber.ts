/** Account numbers as people write them. */
import type { AccountText } from "../client/wire.ts"

/** The number with blanks where the scheme has them, so that it can be read aloud and broken between lines. */
export const showNumber = ({ number, scheme }: Pick<AccountText, "number" | "scheme">): string =>
  // Groups of four, from the left, as ISO 13616 prints an IBAN.
  scheme === "Iban" ? number.replaceAll(/.{4}(?=.)/gu, "$& ") : number
