/** What happened on an account in a range of days, with the balance after each line. */
import * as Schema from "effect/Schema"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"

/** One movement on an account, as a ledger tells it. */
export const StatementLine = Schema.Struct({
  bookedOn: LocalDateSchema,
  /** The day from which the amount counts for interest. */
  valueOn: LocalDateSchema,
  /** What it was, such as `transfer`, `fee` or `interest`. */
  kind: Schema.NonEmptyString,
  description: Schema.String,
  /** Above zero for what came in, below zero for what went out. */
  amount: MoneySchema,
  balanceAfter: MoneySchema
})

/** One movement on an account. */
export type StatementLine = typeof StatementLine.Type

/** The movements of a kind, or all of them. */
export const StatementTotal = Schema.Struct({
  lines: Schema.Int,
  /** Σ of what came in, zero or more. */
  credits: MoneySchema,
  /** Σ of what went out, zero or less. */
  debits: MoneySchema,
  /** Both together. */
  net: MoneySchema
})

/** The movements of a kind, or all of them. */
export type StatementTotal = typeof StatementTotal.Type

/** An account from `start` (included) to `end` (not included), by booking date: opening + `total.net` = closing. */
export const Statement = Schema.Struct({
  start: LocalDateSchema,
  end: LocalDateSchema,
  opening: MoneySchema,
  lines: Schema.Array(StatementLine),
  total: StatementTotal,
  /** In code-point order of the kind; only those that occur. */
  byKind: Schema.Array(Schema.Struct({ kind: Schema.String, ...StatementTotal.fields })),
  closing: MoneySchema
})

/** An account in a range of days. */
export type Statement = typeof Statement.Type

/** The lines do not follow from each other: the account's records are not what they should be. */
export class StatementInconsistent extends Schema.TaggedError<StatementInconsistent>()(
  "StatementInconsistent",
  {
    /** The position of the line at fault, from 0. */
    line: Schema.Int,
    /** The part of it, such as `balanceAfter`. */
    field: Schema.String,
    message: Schema.String
  },
  { httpApiStatus: 500 }
) {}
