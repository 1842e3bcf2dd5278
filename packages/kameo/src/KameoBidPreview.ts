/**
 * The preview of a bid. It commits nobody to anything, and this package can go no further: there is no call that places
 * a bid, and no type that a preview could be mistaken for.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Money from "saldo/money/Money"
import { kameoInstant } from "./kameoDates.ts"
import { decimalText, type DecimalText } from "./kameoNumbers.ts"
import { isRecord } from "./internal/listingKeys.ts"

/** What a preview is asked for. */
export interface BidPreviewQuery {
  readonly loanId: string | number
  /** Whole units of the loan's currency, above zero. */
  readonly amount: Money.Money
  /** A new bid, or a change of the one that stands. Default `add`. */
  readonly intention?: "add" | "update" | undefined
  /** Kameo's own codes, whose meaning is not certain. Default `ip`. */
  readonly paymentOption?: "ip" | "dp" | undefined
}

/** What Kameo says a bid would cost and bring; `null` where it does not say. Amounts are in the loan's currency. */
export interface KameoBidPreview {
  readonly _tag: "KameoBidPreview"
  readonly loanId: string
  readonly amount: DecimalText | null
  readonly estimatedReturn: DecimalText | null
  readonly fees: DecimalText | null
  readonly totalCost: DecimalText | null
  readonly validUntil: DateTime.Utc | null
}

const decimal = (value: unknown): DecimalText | null => Result.getOrElse(decimalText(value), () => null)

/** The body of the preview call; fails with what is wrong with the amount. */
export const bidPreviewBody = (query: BidPreviewQuery): Result.Result<unknown, string> => {
  const units = /^(\d+)(?:\.0+)?$/u.exec(Money.toDecimal(query.amount))?.[1]
  if (units === undefined || !Money.isPositive(query.amount)) {
    return Result.fail("the amount must be whole units above zero")
  }
  return Result.succeed({
    amount: units,
    intention: query.intention ?? "add",
    sequence_hash: "",
    payment_options: [query.paymentOption ?? "ip"]
  })
}

/** Reads what a preview tells; never fails. The hash that a bid would need is left behind on purpose. */
export const decodeBidPreview = (loanId: string, json: unknown): KameoBidPreview => {
  const outer = isRecord(json) ? json : {}
  const data = isRecord(outer["data"]) ? outer["data"] : outer
  return {
    _tag: "KameoBidPreview",
    loanId,
    amount: decimal(data["bid_amount"]),
    estimatedReturn: decimal(data["estimated_return"]),
    fees: decimal(data["fees"]),
    totalCost: decimal(data["total_cost"]),
    validUntil: Result.getOrElse(kameoInstant(data["valid_until"]), () => null)
  }
}
