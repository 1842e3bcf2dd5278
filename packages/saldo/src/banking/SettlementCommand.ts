/**
 * What a person may say about settlement accounts, their lines and their entries. Texts are of at most 500 characters.
 */
import * as Schema from "effect/Schema"
import { EntryId } from "../ledger/JournalEntry.ts"
import { text } from "../ledger/LedgerAccount.ts"
import { SettlementAccountId } from "./SettlementAccount.ts"
import { SettlementItemId, StatementLineId } from "./SettlementItem.ts"
import { SettlementMatchId, SettlementReviewId } from "./SettlementMatch.ts"

const lines = Schema.Array(StatementLineId)
const entries = Schema.Array(EntryId)
const comment = Schema.optionalKey(text(500))
const items = Schema.Array(SettlementItemId).check(Schema.isMinLength(1))

/** An account to be registered, by the number that its statements write; blanks and case do not count. */
export const SettlementRegistration = Schema.Struct({
  currency: Schema.String,
  number: Schema.RedactedFromValue(Schema.String)
})

/** An account to be registered. */
export type SettlementRegistration = typeof SettlementRegistration.Type

/** Lines and entries that are the same money: one with one or several, or several of one side that cancel each other. */
export const HandMatch = Schema.Struct({ accountId: SettlementAccountId, lines, entries, comment })

/** Lines and entries that are the same money. */
export type HandMatch = typeof HandMatch.Type

/** What a rule has found is right: all of it, or those of its lines and entries that are named. */
export const ReviewAcceptance = Schema.Struct({
  accountId: SettlementAccountId,
  reviewId: SettlementReviewId,
  lines: Schema.optionalKey(lines),
  entries: Schema.optionalKey(entries),
  comment
})

/** What a rule has found is right. */
export type ReviewAcceptance = typeof ReviewAcceptance.Type

/** Lines and entries to be looked for no longer. */
export const SettingAside = Schema.Struct({ accountId: SettlementAccountId, items, reason: text(500) })

/** Lines and entries to be looked for no longer. */
export type SettingAside = typeof SettingAside.Type

/** Lines and entries that were set aside, to be open again. */
export const TakingBack = Schema.Struct({ accountId: SettlementAccountId, items })

/** Lines and entries that were set aside, to be open again. */
export type TakingBack = typeof TakingBack.Type

/** A line to be booked against the bank's account for differences. */
export const WritingOff = Schema.Struct({ accountId: SettlementAccountId, lineId: StatementLineId, reason: text(500) })

/** A line to be booked against the bank's account for differences. */
export type WritingOff = typeof WritingOff.Type

/** A match to be undone. */
export const Undoing = Schema.Struct({ matchId: SettlementMatchId, reason: text(500) })

/** A match to be undone. */
export type Undoing = typeof Undoing.Type
