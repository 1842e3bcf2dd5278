/**
 * Money set aside between two accounts until it is captured, voided, or the hold expires.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { AccountId } from "./LedgerAccount.ts"

/** Names one hold. */
export const HoldId = Id.schema("hold")

/** The id of one hold. */
export type HoldId = typeof HoldId.Type

/**
 * How a hold stands. `held` is open. The others are final: `captured` when all that was wanted was captured;
 * `voided` and `expired` when nothing was; `partly-captured` when something was captured before it was voided or expired.
 */
export const HoldState = Schema.Literals(["held", "captured", "partly-captured", "voided", "expired"])

/** How a hold stands. */
export type HoldState = typeof HoldState.Type

/** A hold. Money is set aside on the debit side of `debit` and announced on the credit side of `credit`. */
export const Hold = Schema.Struct({
  id: HoldId,
  tenant: Schema.String,
  debit: AccountId,
  credit: AccountId,
  amount: MoneySchema,
  captured: MoneySchema,
  /** What is still set aside: zero once the state is final. */
  remaining: MoneySchema,
  state: HoldState,
  /** From this instant on nothing can be captured. */
  expiresAt: Schema.NullOr(Schema.DateTimeUtc),
  /** How far captures together may exceed the amount (tips, fuel); bounds are checked for the excess. Zero by default. */
  overCapture: MoneySchema
})

/** A hold. */
export type Hold = typeof Hold.Type
