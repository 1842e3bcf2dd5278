/** What transfers, payments and plans of payments have in common beside how they go. */
import { type Account, accounts, type PaymentOrder } from "../client/client.ts"
import type { TypedAmount } from "../format/money.ts"
import { t } from "../words/words.ts"

/** The names of accounts, with the end of the number where a name alone would not tell two apart. */
export const accountNames = (all: ReadonlyArray<Account>): ReadonlyMap<string, string> => {
  const counts = new Map<string, number>()
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1)
  return new Map(
    all.map(({ id, name }) => [id, (counts.get(name) ?? 0) > 1 ? `${name} …${id.slice(-6)}` : name] as const)
  )
}

/** What is wrong with a typed amount, in words. */
export const amountError = (amount: TypedAmount): string | undefined => {
  switch (amount._tag) {
    case "Amount":
      return undefined
    case "Missing":
      return t("error.missing")
    case "Ambiguous":
      return t("error.ambiguous")
    case "NotPositive":
      return t("error.not-positive")
    case "Unreadable":
      return t("error.amount")
  }
}

/** What a payment is said to be for: a text, or a reference that the receiver gave. */
export const messageText = (message: PaymentOrder["message"]): string => {
  if (message === undefined) return "–"
  return message._tag === "Text" ? message.text : message.reference
}

/** A loader of the accounts from which whoever acts for a customer can move money. */
export const openAccounts = (party: string | null) => (signal: AbortSignal) =>
  accounts.list({ limit: 200, state: "open", customerId: party }, signal)
