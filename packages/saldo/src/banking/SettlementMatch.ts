/**
 * Which lines of statements and which entries of the ledger are the same money, how that is known, and what a person has to
 * decide.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { EntryId } from "../ledger/JournalEntry.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { SettlementAccountId } from "./SettlementAccount.ts"
import { StatementLineId } from "./SettlementItem.ts"

/** Names one match. */
export const SettlementMatchId = Id.schema("rmat")

/** The id of one match. */
export type SettlementMatchId = typeof SettlementMatchId.Type

/** Names one review. */
export const SettlementReviewId = Id.schema("rrev")

/** The id of one review. */
export type SettlementReviewId = typeof SettlementReviewId.Type

const foundBy = ["reference", "endToEndId", "referenceSum", "counterparty", "counterpartySum"] as const

/**
 * What a match rests on. Beside the rules of `reconcile`: `batch`, a line whose single payments are entries one by one;
 * `reversal`, an entry and the one that takes it back; `byHand`, a person's word; `writeOff`, an entry made for the line.
 */
export const MatchRule = Schema.Literals([...foundBy, "batch", "reversal", "byHand", "writeOff"])

/** What a match rests on. */
export type MatchRule = typeof MatchRule.Type

/** The fields that are compared. */
export const MatchField = Schema.Literals(["amount", "reference", "endToEndId", "counterparty", "date"])

/** One of the fields that are compared. */
export type MatchField = typeof MatchField.Type

/** Lines and entries that are the same money: both sides have the same sum, and one side has one item, or none. */
export const SettlementMatch = Schema.Struct({
  id: SettlementMatchId,
  tenant: Schema.String,
  accountId: SettlementAccountId,
  rule: MatchRule,
  lines: Schema.Array(StatementLineId),
  entries: Schema.Array(EntryId),
  /** The fields that are known on both sides and the same. */
  agreed: Schema.Array(MatchField),
  /** The fields that are known on both sides and not the same. */
  differed: Schema.Array(MatchField),
  /** 0 to 100: the weight of what agreed among all that could be compared; null where nothing was compared. */
  score: Schema.NullOr(Schema.Int),
  /** Whether a person made it, or accepted what a rule had found. */
  byPerson: Schema.Boolean,
  comment: Schema.NullOr(Schema.String),
  madeBy: Schema.String,
  madeAt: Schema.DateTimeUtcFromMillis,
  /** Who undid it and why; null while it stands. */
  undone: Schema.NullOr(Schema.Struct({ by: Schema.String, at: Schema.DateTimeUtcFromMillis, reason: Schema.String }))
})

/** Lines and entries that are the same money. */
export type SettlementMatch = typeof SettlementMatch.Type

/** Open items that may belong together, and why no rule could say so. No item is in two reviews. */
export const SettlementReview = Schema.Struct({
  id: SettlementReviewId,
  tenant: Schema.String,
  accountId: SettlementAccountId,
  /**
   * `severalCandidates`: they are each other's candidates; `amountDiffers`: the same id and other amounts; `idsDiffer`:
   * another id contradicts; `sumOnly`: nothing but a sum speaks for it.
   */
  reason: Schema.Literals(["severalCandidates", "amountDiffers", "idsDiffer", "sumOnly"]),
  /** The rule that found them. */
  rule: Schema.Literals(foundBy),
  lines: Schema.Array(StatementLineId),
  entries: Schema.Array(EntryId),
  /** What the lines come to less what the entries come to. */
  difference: MoneySchema
})

/** Open items that may belong together. */
export type SettlementReview = typeof SettlementReview.Type
