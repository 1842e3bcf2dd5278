/**
 * The commands of reconciliation, each carried out once for its key.
 */
import * as Schema from "effect/Schema"
import * as Command from "../../core/Command.ts"
import { AccountUnavailable, InsufficientFunds, LedgerOverflow, MaximumExceeded } from "../../ledger/LedgerRefusal.ts"
import { SettlementAccountId } from "../SettlementAccount.ts"
import * as Input from "../SettlementCommand.ts"
import { SettlementMatchId } from "../SettlementMatch.ts"
import * as Refusal from "../SettlementRefusal.ts"

const onItems = [
  Refusal.SettlementAccountNotFound,
  Refusal.SettlementItemNotFound,
  Refusal.SettlementItemUnfit
] as const

const onMatches = [...onItems, Refusal.MatchShapeInvalid, Refusal.MatchUnbalanced] as const

const onBooking = [AccountUnavailable, InsufficientFunds, MaximumExceeded, LedgerOverflow] as const

const registering = Schema.Union([Refusal.SettlementAccountTaken, Refusal.SettlementAccountInvalid])
const putting = Schema.Union(onItems)
const matching = Schema.Union(onMatches)
const accepting = Schema.Union([...onMatches, Refusal.ReviewNotFound, Refusal.ReviewChoiceInvalid])
const writingOff = Schema.Union([...onItems, Refusal.NothingToWriteOff, ...onBooking])
const undoing = Schema.Union([Refusal.MatchNotFound, Refusal.MatchUndone, ...onBooking])

/** Why an account is not registered. */
export type RegisterRefusal = typeof registering.Type

/** Why items are not set aside or taken back. */
export type ItemRefusal = typeof putting.Type

/** Why items are not matched. */
export type MatchRefusal = typeof matching.Type

/** Why a review is not accepted. */
export type AcceptRefusal = typeof accepting.Type

/** Why a line is not written off. */
export type WriteOffRefusal = typeof writingOff.Type

/** Why a match is not undone. */
export type UndoRefusal = typeof undoing.Type

/** Whether the ledger's refusal is one that the caller can do something about. */
export const isBookingRefusal = Schema.is(Schema.Union(onBooking))

/** An account registered. */
export const Register = Command.make({
  operation: "banking.register-settlement-account",
  input: Input.SettlementRegistration,
  success: SettlementAccountId,
  refusal: registering
})

/** Lines and entries matched by hand. */
export const MatchByHand = Command.make({
  operation: "banking.match-by-hand",
  input: Input.HandMatch,
  success: SettlementMatchId,
  refusal: matching
})

/** What a rule found, accepted. */
export const AcceptReview = Command.make({
  operation: "banking.accept-review",
  input: Input.ReviewAcceptance,
  success: SettlementMatchId,
  refusal: accepting
})

/** Items set aside. */
export const SetAside = Command.make({
  operation: "banking.set-aside",
  input: Input.SettingAside,
  success: Schema.Void,
  refusal: putting
})

/** Items that were set aside, open again. */
export const TakeBack = Command.make({
  operation: "banking.take-back",
  input: Input.TakingBack,
  success: Schema.Void,
  refusal: putting
})

/** A line written off. */
export const WriteOff = Command.make({
  operation: "banking.write-off",
  input: Input.WritingOff,
  success: SettlementMatchId,
  refusal: writingOff
})

/** A match undone. */
export const UndoMatch = Command.make({
  operation: "banking.undo-match",
  input: Input.Undoing,
  success: SettlementMatchId,
  refusal: undoing
})
