/**
 * Why a statement is not imported, or an act of reconciliation not done. None of these says a name or an account number.
 */
import * as Schema from "effect/Schema"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { SettlementAccountId } from "./SettlementAccount.ts"
import { ItemState, SettlementItemId } from "./SettlementItem.ts"
import { SettlementMatchId, SettlementReviewId } from "./SettlementMatch.ts"

/** The tenant has no such account. */
export class SettlementAccountNotFound extends Schema.TaggedError<SettlementAccountNotFound>()(
  "SettlementAccountNotFound",
  { accountId: SettlementAccountId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no settlement account ${this.accountId}`
  }
}

/** The currency has another account already. */
export class SettlementAccountTaken extends Schema.TaggedError<SettlementAccountTaken>()(
  "SettlementAccountTaken",
  { accountId: SettlementAccountId, currency: Schema.String },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The settlement account ${this.accountId} in ${this.currency} has another number; expected one for each currency`
  }
}

/** The account number or its currency cannot be. */
export class SettlementAccountInvalid extends Schema.TaggedError<SettlementAccountInvalid>()(
  "SettlementAccountInvalid",
  { field: Schema.Literals(["number", "currency"]) },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return this.field === "number"
      ? "Expected an account number with at least one letter or digit"
      : "Expected a known currency"
  }
}

/** The statement is of an account that nobody has registered, or in another currency than it. */
export class StatementAccountUnknown extends Schema.TaggedError<StatementAccountUnknown>()(
  "StatementAccountUnknown",
  { statementId: Schema.String, currency: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `Statement ${this.statementId} is of no registered settlement account in ${this.currency}`
  }
}

/** A statement with this id was imported before, and said something else. */
export class StatementConflict extends Schema.TaggedError<StatementConflict>()(
  "StatementConflict",
  { accountId: SettlementAccountId, statementId: Schema.String },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `Statement ${this.statementId} was imported before with other content; ask the bank which one is right`
  }
}

/** The statement does not begin where the one before it ended. */
export class StatementGap extends Schema.TaggedError<StatementGap>()(
  "StatementGap",
  {
    accountId: SettlementAccountId,
    statementId: Schema.String,
    /** The statement imported last. */
    after: Schema.String,
    expected: MoneySchema,
    opening: MoneySchema,
    /** What the missing statements come to: opening less expected. */
    missing: MoneySchema
  },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return (
      `Statement ${this.statementId} begins at ${this.opening.toString()}, and ${this.after} ended at ` +
      `${this.expected.toString()}: statements that come to ${this.missing.toString()} are missing in between`
    )
  }
}

/** The statement ends on a day before the last one ended. */
export class StatementOutOfOrder extends Schema.TaggedError<StatementOutOfOrder>()(
  "StatementOutOfOrder",
  {
    accountId: SettlementAccountId,
    statementId: Schema.String,
    after: Schema.String,
    closedOn: LocalDateSchema,
    lastClosedOn: LocalDateSchema
  },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return (
      `Statement ${this.statementId} ends on ${this.closedOn}, and ${this.after} ended on ${this.lastClosedOn}: ` +
      `expected a statement of that day or a later one`
    )
  }
}

/** The statement has an amount that is greater than what can be kept. */
export class StatementAmountTooLarge extends Schema.TaggedError<StatementAmountTooLarge>()(
  "StatementAmountTooLarge",
  {
    accountId: SettlementAccountId,
    statementId: Schema.String,
    /** The number of the line, or 0 for a balance. */
    position: Schema.Int
  },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `Statement ${this.statementId} has an amount of more than 63 bits in line ${this.position}`
  }
}

/** The account has no such line or entry. */
export class SettlementItemNotFound extends Schema.TaggedError<SettlementItemNotFound>()(
  "SettlementItemNotFound",
  { itemId: SettlementItemId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `The settlement account has no ${this.itemId}`
  }
}

/** The line or entry stands in another way than the act asks for. */
export class SettlementItemUnfit extends Schema.TaggedError<SettlementItemUnfit>()(
  "SettlementItemUnfit",
  { itemId: SettlementItemId, state: ItemState, expected: ItemState, matchId: Schema.NullOr(SettlementMatchId) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    const where = this.matchId === null ? "" : ` in ${this.matchId}`
    return `${this.itemId} is ${this.state}${where}; expected one that is ${this.expected}`
  }
}

/** These many lines and entries make no match. */
export class MatchShapeInvalid extends Schema.TaggedError<MatchShapeInvalid>()(
  "MatchShapeInvalid",
  { lines: Schema.Int, entries: Schema.Int },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return (
      `${this.lines} lines and ${this.entries} entries make no match: expected one with one or several of the other ` +
      `side, or several of one side that cancel each other`
    )
  }
}

/** The two sides do not come to the same. */
export class MatchUnbalanced extends Schema.TaggedError<MatchUnbalanced>()(
  "MatchUnbalanced",
  { lines: MoneySchema, entries: MoneySchema, difference: MoneySchema },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return (
      `The lines come to ${this.lines.toString()} and the entries to ${this.entries.toString()}: ` +
      `book the difference of ${this.difference.toString()} and match that entry too`
    )
  }
}

/** The tenant has no such match. */
export class MatchNotFound extends Schema.TaggedError<MatchNotFound>()(
  "MatchNotFound",
  { matchId: SettlementMatchId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no match ${this.matchId}`
  }
}

/** The match was undone already. */
export class MatchUndone extends Schema.TaggedError<MatchUndone>()(
  "MatchUndone",
  { matchId: SettlementMatchId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The match ${this.matchId} was undone already`
  }
}

/** The account has no such review: its items were matched, or set aside, or are looked at in another way by now. */
export class ReviewNotFound extends Schema.TaggedError<ReviewNotFound>()(
  "ReviewNotFound",
  { reviewId: SettlementReviewId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no review ${this.reviewId} any more; look at the list again`
  }
}

/** An item was chosen that the review does not name. */
export class ReviewChoiceInvalid extends Schema.TaggedError<ReviewChoiceInvalid>()(
  "ReviewChoiceInvalid",
  { reviewId: SettlementReviewId, itemId: SettlementItemId },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The review ${this.reviewId} does not name ${this.itemId}; expected some of its own items`
  }
}

/** A line of zero has nothing to write off. */
export class NothingToWriteOff extends Schema.TaggedError<NothingToWriteOff>()(
  "NothingToWriteOff",
  { lineId: SettlementItemId },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `${this.lineId} comes to zero, so that there is nothing to write off; set it aside`
  }
}
