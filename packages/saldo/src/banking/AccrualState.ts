/**
 * Where the interest of an account stands between two days, with nothing rounded away: what a store keeps, and from
 * which the next day goes on.
 */
import * as Schema from "effect/Schema"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"

/** An exact ratio; as JSON its numerator and denominator are decimal text of any length. */
export const ExactRatio = Schema.Struct({
  numerator: Schema.BigIntFromString,
  denominator: Schema.BigIntFromString.check(Schema.isGreaterThanBigInt(0n))
})

/** The days whose average is being taken: from `startOn`, under the rates of one version. */
export const AverageSegment = Schema.Struct({
  startOn: LocalDateSchema,
  ratesFrom: LocalDateSchema,
  days: Schema.Int,
  /** Σ of the days' balances in minor units. */
  balances: ExactRatio,
  /** The interest of the segment as its average stands; part of `accrued`. */
  interest: ExactRatio
})

/** One side of an account. Interest counts as a positive number of minor units on both sides. */
export const AccrualSide = Schema.Struct({
  /** Everything accrued since the start, exactly. */
  accrued: ExactRatio,
  /** What of it has been posted. */
  posted: Schema.BigIntFromString,
  /**
   * Interest that bears interest and is not posted (above zero), or is posted and does not bear interest (below
   * zero).
   */
  bearing: ExactRatio,
  segment: Schema.NullOr(AverageSegment)
})

/** One side of an account. */
export type AccrualSide = typeof AccrualSide.Type

/** Where the interest of an account stands at the end of the day before `nextOn`. */
export const AccrualState = Schema.Struct({
  nextOn: LocalDateSchema,
  credit: AccrualSide,
  debit: AccrualSide
})

/** Where the interest of an account stands. */
export type AccrualState = typeof AccrualState.Type

/** The two sides of an account: money on it, and an overdraft. */
export type AccountSide = "credit" | "debit"

/** The balances or dates given to an accrual contradict its terms or each other. */
export class AccrualInputInvalid extends Schema.TaggedError<AccrualInputInvalid>()(
  "AccrualInputInvalid",
  {
    /** The part at fault, such as `balances`. */
    field: Schema.String,
    message: Schema.String
  },
  { httpApiStatus: 422 }
) {}
