/**
 * Questions about a loan and the state of its bidding. The forms of both were only claimed, never
 * seen, so everything is optional and an empty object is a valid answer.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import { kameoInstant } from "./kameoDates.ts"
import { decimalText, type DecimalText, isJsonNumber, wholeNumber } from "./kameoNumbers.ts"
import { isRecord, type JsonRecord } from "./internal/listingKeys.ts"

/** One question about a loan, with its answer if there is one. */
export interface KameoQuestion {
  readonly id: string | null
  readonly question: string | null
  readonly answer: string | null
  readonly askedAt: DateTime.Utc | null
  readonly answeredAt: DateTime.Utc | null
}

/** The questions about a loan. */
export interface KameoQuestions {
  readonly canAsk: boolean | null
  readonly own: ReadonlyArray<KameoQuestion>
  readonly others: ReadonlyArray<KameoQuestion>
}

/** What is known of a loan's bidding; amounts are decimals in the loan's currency, which the answer does not name. */
export interface KameoBiddingState {
  readonly isOpen: boolean | null
  readonly subscribedAmount: DecimalText | null
  readonly totalAmount: DecimalText | null
  readonly stateId: number | null
  readonly stateText: string | null
  readonly currentBid: DecimalText | null
  readonly minimumBid: DecimalText | null
  readonly maximumBid: DecimalText | null
  readonly bidders: number | null
  readonly interestRatePercent: DecimalText | null
  readonly fundedPercent: DecimalText | null
  readonly timeRemaining: string | null
}

const record = (value: unknown): JsonRecord => (isRecord(value) ? value : {})
const text = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value.trim() : null)
const flag = (value: unknown): boolean | null => (typeof value === "boolean" ? value : null)
const decimal = (value: unknown): DecimalText | null => Result.getOrElse(decimalText(value), () => null)
const whole = (value: unknown): number | null => Result.getOrElse(wholeNumber(value), () => null)
const instant = (value: unknown): DateTime.Utc | null => Result.getOrElse(kameoInstant(value), () => null)

const question = (value: unknown): KameoQuestion => {
  const item = record(value)
  return {
    id: isJsonNumber(item["id"]) ? decimal(item["id"]) : text(item["id"]),
    question: text(item["question"]),
    answer: text(item["answer"]),
    askedAt: instant(item["asked_at"]),
    answeredAt: instant(item["answered_at"])
  }
}

const questions = (value: unknown): ReadonlyArray<KameoQuestion> => (Array.isArray(value) ? value.map(question) : [])

/** Reads what an answer of the question call tells; never fails. */
export const decodeQuestions = (json: unknown): KameoQuestions => {
  const data = record(record(json)["data"])
  return {
    canAsk: flag(record(data["settings"])["can_create_question"]),
    own: questions(data["my_questions"]),
    others: questions(data["other_questions"])
  }
}

/** Reads what an answer of the bidding call tells, with or without a `data` envelope; never fails. */
export const decodeBiddingState = (json: unknown): KameoBiddingState => {
  const outer = record(json)
  const data = isRecord(outer["data"]) ? outer["data"] : outer
  const subscription = record(data["subscription"])
  return {
    isOpen: flag(subscription["subscription_is_open"]),
    subscribedAmount: decimal(subscription["subscribed_amount"]),
    totalAmount: decimal(subscription["total_amount"]) ?? decimal(data["loan_amount"]),
    stateId: whole(subscription["investment_status"]),
    stateText: text(subscription["investment_status_text"]),
    currentBid: decimal(data["current_bid"]),
    minimumBid: decimal(data["min_bid"]),
    maximumBid: decimal(data["max_bid"]),
    bidders: whole(data["total_bidders"]),
    interestRatePercent: decimal(data["interest_rate"]),
    fundedPercent: decimal(data["funded_percentage"]),
    timeRemaining: text(data["time_remaining"])
  }
}
