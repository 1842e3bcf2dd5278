/**
 * What is reconciled: the lines of statements on one side, the entries of the ledger on the other. What an item says never
 * changes; how it stands does.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { EntryId } from "../ledger/JournalEntry.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { PaymentOrderId } from "./PaymentOrder.ts"
import { HiddenNumber, SettlementAccountId, SettlementStatementId } from "./SettlementAccount.ts"

/** Names one line of an imported statement. */
export const StatementLineId = Id.schema("line")

/** The id of one line of an imported statement. */
export type StatementLineId = typeof StatementLineId.Type

/** Names a line of a statement or an entry of the ledger. */
export const SettlementItemId = Schema.Union([StatementLineId, EntryId])

/** The id of a line of a statement or of an entry of the ledger. */
export type SettlementItemId = typeof SettlementItemId.Type

const hidden = (label: string) => Schema.NullOr(Schema.RedactedFromValue(Schema.String, { label }))

const facts = {
  tenant: Schema.String,
  accountId: SettlementAccountId,
  /** Above zero for money that came to the bank, below for money that left it, on both sides. */
  amount: MoneySchema,
  /** The day on which it is looked for: of booking for a line, of value for an entry. */
  on: LocalDateSchema,
  /** OCR, KID, RF or invoice number. */
  reference: Schema.NullOr(Schema.String),
  endToEndId: Schema.NullOr(Schema.String),
  /** The name of the other party. */
  counterparty: hidden("name")
}

/** A line of an imported statement. The opening balance of the first statement is a line too, in position 0. */
export const StatementLineItem = Schema.TaggedStruct("Line", {
  id: StatementLineId,
  ...facts,
  statementId: SettlementStatementId,
  /** Its number in the statement, from 1. */
  position: Schema.Int,
  valueOn: Schema.NullOr(LocalDateSchema),
  counterpartyAccount: Schema.NullOr(HiddenNumber),
  /** What the payer wrote, and what the other bank wrote about it. */
  message: hidden("message"),
  servicerReference: Schema.NullOr(Schema.String),
  transactionCode: Schema.NullOr(Schema.String),
  /** The single payments that it sums up; empty when it is none of several, or does not say all their amounts. */
  parts: Schema.Array(Schema.Struct({ endToEndId: Schema.NullOr(Schema.String), amount: MoneySchema }))
})

/** A line of an imported statement. */
export type StatementLineItem = typeof StatementLineItem.Type

/** What an entry of the ledger did to the settlement account. */
export const BookEntryItem = Schema.TaggedStruct("Entry", {
  id: EntryId,
  ...facts,
  /** Its number in the journal. */
  sequence: Schema.Int,
  code: Schema.NullOr(Schema.String),
  /** The entry that it takes back. */
  reverses: Schema.NullOr(EntryId),
  /** The payment that it belongs to. */
  paymentId: Schema.NullOr(PaymentOrderId)
})

/** What an entry of the ledger did to the settlement account. */
export type BookEntryItem = typeof BookEntryItem.Type

/** What a line or an entry says. */
export const ItemFacts = Schema.Union([StatementLineItem, BookEntryItem])

/** What a line or an entry says. */
export type ItemFacts = typeof ItemFacts.Type

/** The two sides. */
export const ItemSide = Schema.Literals(["line", "entry"])

/** One of the two sides. */
export type ItemSide = typeof ItemSide.Type

/** The side of an item. */
export const sideOf = (item: ItemFacts): ItemSide => (item._tag === "Line" ? "line" : "entry")

/** `open` has nothing to go with; `matched` has; `setAside` has not and is not looked for any more. */
export const ItemState = Schema.Literals(["open", "matched", "setAside"])

/** How an item stands. */
export type ItemState = typeof ItemState.Type

/** Why an item was set aside, by whom and when. */
export const Aside = Schema.Struct({
  reason: Schema.String,
  by: Schema.String,
  at: Schema.DateTimeUtcFromMillis
})

/** Why an item was set aside, by whom and when. */
export type Aside = typeof Aside.Type

/** An item and how it stands. */
export const SettlementItem = Schema.Struct({
  facts: ItemFacts,
  state: ItemState,
  /** The match that it is in, which is one at most. */
  matchId: Schema.NullOr(Id.schema("rmat")),
  aside: Schema.NullOr(Aside),
  /** Whether the rules may match it. What a person has undone is for persons only. */
  automatic: Schema.Boolean
})

/** An item and how it stands. */
export type SettlementItem = typeof SettlementItem.Type
