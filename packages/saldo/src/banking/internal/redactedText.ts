import * as Redacted from "effect/Redacted"

/** Text that never shows when it is printed. */
export const redactedText = (text: string): Redacted.Redacted => Redacted.make(text, { label: "account number" })
