/**
 * The investor's accounts as the transfer call tells them: one per currency, with Swedish decimals.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { SchemaDrift } from "saldo/lending/LoanSource"
import * as Money from "saldo/money/Money"
import { decimalText, jsonType } from "./kameoNumbers.ts"
import { isRecord } from "./internal/listingKeys.ts"

/** One of the investor's client accounts at Kameo. It is not a bank account. */
export interface KameoAccount {
  /** ISO 4217; `null` when the number came from a page, which does not say. */
  readonly currency: string | null
  readonly accountNumber: Redacted.Redacted
  /** The number with all but its last three digits hidden, fit for a screen or a log. */
  readonly masked: string
  /** `null` when not told. */
  readonly available: Money.Money | null
  readonly reserved: Money.Money | null
}

/** Hides all but the last three characters. */
export const maskAccountNumber = (accountNumber: string): string =>
  "•".repeat(Math.max(0, accountNumber.length - 3)) + accountNumber.slice(-3)

const balance = (value: unknown, currency: string): Money.Money | null => {
  const text = decimalText(value)
  if (Result.isFailure(text)) return null
  const money = Money.fromDecimal(text.success, currency)
  return money instanceof Error ? null : money
}

const drift = (path: string, found: string): Result.Result<never, ReadonlyArray<SchemaDrift>> =>
  Result.fail([new SchemaDrift({ path, kind: found === "missing" ? "missingKey" : "typeChanged", found })])

/** Reads `content.data.accounts[]`; fails with the path that differs. Balances that cannot be read are `null`. */
export const decodeAccounts = (
  json: unknown
): Result.Result<ReadonlyArray<KameoAccount>, ReadonlyArray<SchemaDrift>> => {
  const content = isRecord(json) ? json["content"] : undefined
  const data = isRecord(content) ? content["data"] : undefined
  const list = isRecord(data) ? data["accounts"] : undefined
  if (!Array.isArray(list)) return drift("content.data.accounts", jsonType(list))
  const accounts: Array<KameoAccount> = []
  for (const item of list as ReadonlyArray<unknown>) {
    const accountNumber = isRecord(item) ? item["accountNo"] : undefined
    const currency = isRecord(item) ? item["currencyCode"] : undefined
    if (!isRecord(item) || typeof accountNumber !== "string" || !/^\d{1,30}$/u.test(accountNumber)) {
      return drift("content.data.accounts[].accountNo", jsonType(accountNumber))
    }
    if (typeof currency !== "string" || !/^[A-Z]{3}$/u.test(currency)) {
      return drift("content.data.accounts[].currencyCode", jsonType(currency))
    }
    accounts.push({
      currency,
      accountNumber: Redacted.make(accountNumber, { label: "account number" }),
      masked: maskAccountNumber(accountNumber),
      available: balance(item["availableCash"], currency),
      reserved: balance(item["reservedCash"], currency)
    })
  }
  return Result.succeed(accounts)
}
