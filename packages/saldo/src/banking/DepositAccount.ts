/**
 * An account that a customer keeps money on: which product it is on, where the ledger keeps its money, and how far its
 * interest has come. What it holds is for the ledger to say; what customers have on it, the bank owes.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { BookingTime } from "../ledger/BookingTime.ts"
import { AccountId } from "../ledger/LedgerAccount.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { AccrualState } from "./AccrualState.ts"
import { PinnedProduct } from "./DepositProduct.ts"
import { FeeEvent } from "./Fee.ts"

/** Names one deposit account. */
export const DepositAccountId = Id.schema("dep")

/** The id of one deposit account. */
export type DepositAccountId = typeof DepositAccountId.Type

/** `blocked` refuses money in and out, until it is opened again; `closed` is final. */
export const DepositAccountState = Schema.Literals(["open", "blocked", "closed"])

/** Whether an account may be used. */
export type DepositAccountState = typeof DepositAccountState.Type

/** How far the end of day has come with an account. */
export const DepositAccrual = Schema.Struct({
  /** Where its interest stands, exactly. */
  state: AccrualState,
  /** The booking time of the last line that the interest counts; null when it counts none so far. */
  knownAt: Schema.NullOr(BookingTime)
})

/** How far the end of day has come with an account. */
export type DepositAccrual = typeof DepositAccrual.Type

/** An account that a customer keeps money on. */
export const DepositAccount = Schema.Struct({
  id: DepositAccountId,
  tenant: Schema.String,
  customerId: Id.schema("cust"),
  product: PinnedProduct,
  /** What its keeper calls it; 1 to 100 characters. */
  name: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(100)),
  currency: Schema.String,
  ledgerAccountId: AccountId,
  state: DepositAccountState,
  openedOn: LocalDateSchema,
  closedOn: Schema.NullOr(LocalDateSchema),
  accrual: DepositAccrual
})

/** An account that a customer keeps money on. */
export type DepositAccount = typeof DepositAccount.Type

/** Names one event of an account. */
export const DepositEventId = Id.schema("depev")

/** Something that a fee, an allowance or a notice counts: what happened on an account, on which day, about how much. */
export const DepositEvent = Schema.Struct({
  id: DepositEventId,
  tenant: Schema.String,
  accountId: DepositAccountId,
  event: FeeEvent,
  on: LocalDateSchema,
  amount: MoneySchema
})

/** Something that a fee, an allowance or a notice counts. */
export type DepositEvent = typeof DepositEvent.Type
