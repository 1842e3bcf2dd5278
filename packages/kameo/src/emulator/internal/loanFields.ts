import type { ListedLoan } from "../LoanBook.ts"

/** A whole or decimal number of a record; 0 when it is absent or no number. */
export const numberOf = (loan: ListedLoan, key: string): number => {
  const value = loan[key]
  return typeof value === "number" ? value : 0
}

/** A text of a record; undefined when it is absent or no text. */
export const textOf = (loan: ListedLoan, key: string): string | undefined => {
  const value = loan[key]
  return typeof value === "string" ? value : undefined
}

/** The record's state as sent; undefined when it has none. */
export const stateOf = (loan: ListedLoan): { readonly id: number; readonly text: string } | undefined => {
  const state = loan["subscription_state"]
  if (typeof state !== "object" || state === null) return undefined
  if (!("state_id" in state) || typeof state.state_id !== "number") return undefined
  const text = "status_text_localized" in state ? state.status_text_localized : ""
  return { id: state.state_id, text: typeof text === "string" ? text : "" }
}
