/**
 * The bank's own accounts with other banks, and the statements that were imported of them.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { BookingTime } from "../ledger/BookingTime.ts"
import { AccountId } from "../ledger/LedgerAccount.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"

/** Names one account of the bank with another bank. */
export const SettlementAccountId = Id.schema("nostro")

/** The id of one account of the bank with another bank. */
export type SettlementAccountId = typeof SettlementAccountId.Type

/** Names one imported statement. */
export const SettlementStatementId = Id.schema("stmt")

/** The id of one imported statement. */
export type SettlementStatementId = typeof SettlementStatementId.Type

/** An account number that shows nowhere. In JSON it is plain text, so keep the JSON as secret. */
export const HiddenNumber = Schema.RedactedFromValue(Schema.String.check(Schema.isMinLength(1)), {
  label: "account number"
})

/** An account that the bank has with another bank; the ledger's account for it is `bank.settlement.<currency>`. */
export const SettlementAccount = Schema.Struct({
  id: SettlementAccountId,
  tenant: Schema.String,
  /** One account for each currency of a tenant. */
  currency: Schema.String,
  ledgerAccountId: AccountId,
  /** As its statements write it: letters in upper case and digits alone. */
  number: HiddenNumber,
  registeredAt: Schema.DateTimeUtcFromMillis,
  /** How many statements have been imported. */
  statements: Schema.Int,
  /** Where the statement imported last ended, and the next one has to begin; null before the first. */
  last: Schema.NullOr(
    Schema.Struct({
      statementId: Schema.String,
      sequenceNumber: Schema.NullOr(Schema.String),
      closing: MoneySchema,
      on: Schema.NullOr(LocalDateSchema)
    })
  ),
  /** The last entry of the ledger that was taken over to be reconciled; null before the first. */
  taken: Schema.NullOr(Schema.Struct({ sequence: Schema.Int, bookedAt: BookingTime }))
})

/** An account that the bank has with another bank. */
export type SettlementAccount = typeof SettlementAccount.Type

/** A statement that was imported. What it says line by line is kept as items. */
export const SettlementStatement = Schema.Struct({
  id: SettlementStatementId,
  tenant: Schema.String,
  accountId: SettlementAccountId,
  /** Its number among those of the account, from 1 in the order of import. */
  number: Schema.Int,
  /** The id that the other bank gave it. */
  statementId: Schema.String,
  /** How the other bank counts it, as it writes it. */
  sequenceNumber: Schema.NullOr(Schema.String),
  /**
   * How many numbers the other bank has left out before this one, though the balances fit: statements that come to nothing
   * may be missing. 0 where it does not count in whole numbers, or has begun to count anew.
   */
  skipped: Schema.Int,
  opening: MoneySchema,
  closing: MoneySchema,
  closedOn: Schema.NullOr(LocalDateSchema),
  /** How many of its entries count in the balances. */
  lines: Schema.Int,
  /** SHA-256 of all that it says, but for the time at which the other bank wrote it. */
  contentHash: Schema.String,
  importedAt: Schema.DateTimeUtcFromMillis,
  importedBy: Schema.String
})

/** A statement that was imported. */
export type SettlementStatement = typeof SettlementStatement.Type
