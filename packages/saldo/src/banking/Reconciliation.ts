/** Which lines of a bank statement are which of the payments that were expected, and how that is known. */
import * as Schema from "effect/Schema"
import type { Money } from "../money/Money.ts"
import type { LocalDate } from "../time/LocalDate.ts"

/** A line of a statement, or a payment that was expected, as far as matching looks at it. Ids are unique on a side. */
export interface ReconciliationItem {
  readonly id: string
  /** Above zero for money that comes in, below for money that goes out, on both sides. */
  readonly amount: Money
  readonly on: LocalDate
  /** OCR, KID, RF or invoice number. Case, blanks, punctuation and leading zeros do not count. */
  readonly reference?: string
  readonly endToEndId?: string
  /** The other party, by account number or by name. Case, blanks and punctuation do not count. */
  readonly counterparty?: string
}

/** The fields that are compared. */
export type ReconciliationField = "amount" | "reference" | "endToEndId" | "counterparty" | "date"

/**
 * The rules, in the order in which they are tried: same reference and amount; same end-to-end id and amount; all of
 * one reference, whose sum is one amount; same counterparty and amount within the window of days; some of one
 * counterparty within the window, whose sum is one amount.
 */
export type ReconciliationRule = "reference" | "endToEndId" | "referenceSum" | "counterparty" | "counterpartySum"

/** One line with one payment, or one with several. The amounts of both sides are equal. */
export interface ReconciliationMatch {
  readonly rule: ReconciliationRule
  readonly lines: ReadonlyArray<string>
  readonly expected: ReadonlyArray<string>
  /** The fields that are known on both sides and the same in all items. */
  readonly agreed: ReadonlyArray<ReconciliationField>
  /** The fields that are known on both sides and not the same. */
  readonly differed: ReadonlyArray<ReconciliationField>
  /** 0 to 100: the weight of what agreed among all that could be compared. */
  readonly score: number
}

/**
 * Why a person must decide: several items are each other's candidates; the amounts differ although the reference or
 * the end-to-end id is the same; another id contradicts; or nothing but a sum speaks for it.
 */
export type ReviewReason = "severalCandidates" | "amountDiffers" | "idsDiffer" | "sumOnly"

/** Items that may belong together, with all candidates of each. No item is in two reviews. */
export interface ReconciliationReview {
  readonly reason: ReviewReason
  /** The rule that found them. */
  readonly rule: ReconciliationRule
  readonly lines: ReadonlyArray<string>
  readonly expected: ReadonlyArray<string>
}

/** The outcome. Each item is in one match or among the unmatched, never in both, never twice. */
export interface Reconciliation {
  readonly matches: ReadonlyArray<ReconciliationMatch>
  /** Refers to items that are unmatched. */
  readonly reviews: ReadonlyArray<ReconciliationReview>
  readonly unmatchedLines: ReadonlyArray<string>
  readonly unmatchedExpected: ReadonlyArray<string>
  /** Unmatched items for which a sum was not searched to the end, because there were too many candidates. */
  readonly unsearchedLines: ReadonlyArray<string>
  readonly unsearchedExpected: ReadonlyArray<string>
}

/** How far to look. */
export interface ReconciliationOptions {
  /** How many days a line and its payment may lie apart where no reference binds them; 5 by default. */
  readonly windowDays?: number
  /** How many items a sum may have at most; 8 by default. */
  readonly maximumParts?: number
  /** Among how many candidates a sum is searched at most; 24 by default. */
  readonly maximumCandidates?: number
}

/** Two items of one side have the same id. */
export class ItemRepeated extends Schema.TaggedError<ItemRepeated>()(
  "ItemRepeated",
  { side: Schema.Literals(["lines", "expected"]), id: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The id ${this.id} is given to two ${this.side === "lines" ? "lines" : "expected payments"}: ids must be unique`
  }
}
