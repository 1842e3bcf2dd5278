/**
 * How a deposit account is named among the accounts of the ledger.
 */
import type { DepositAccountId } from "./DepositAccount.ts"

const prefix = "bank.deposit."

/** The code of the ledger account that holds a deposit account's money. */
export const depositCodeOf = (id: DepositAccountId): string => prefix + id

/** The id in such a code, as text; undefined for the code of any other account. */
export const depositIdIn = (code: string): string | undefined =>
  code.startsWith(prefix) ? code.slice(prefix.length) : undefined
