/**
 * What a customer wants paid to an account in another bank, and how far that has come. An order changes; the entries that
 * it leads to in the ledger do not.
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import * as Id from "../core/Id.ts"
import { HoldId } from "../ledger/Hold.ts"
import { AccountId } from "../ledger/LedgerAccount.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { ApprovalId } from "./Approval.ts"
import { ExternalAccount } from "./ExternalAccount.ts"
import { PaymentOrderState, PaymentStatus } from "./PaymentStatus.ts"
import { Text } from "../core/Text.ts"

/** Names one payment order. */
export const PaymentOrderId = Id.schema("pay")

/** The id of one payment order. */
export type PaymentOrderId = typeof PaymentOrderId.Type

/** What is said to the receiver: text of at most 140 characters, or a reference of at most 35 (OCR, KID, RF). */
export const OrderMessage = Schema.Union([
  Schema.TaggedStruct("Text", { text: Text.check(Schema.isMinLength(1), Schema.isMaxLength(140)) }),
  Schema.TaggedStruct("Reference", { reference: Text.check(Schema.isMinLength(1), Schema.isMaxLength(35)) })
])

/** Who is paid. */
export const Creditor = Schema.Struct({
  /** 1 to 70 characters, the length that all banks carry. */
  name: Text.check(Schema.isMinLength(1), Schema.isMaxLength(70)),
  account: ExternalAccount
})

/** Who is paid. */
export type Creditor = typeof Creditor.Type

/** What is ordered; it never changes. */
export const PaymentTerms = Schema.Struct({
  /** The deposit account that pays. */
  accountId: Id.schema("dep"),
  amount: MoneySchema,
  creditor: Creditor,
  message: Schema.optionalKey(OrderMessage),
  /** The first day on which it is sent: a day on which payments are executed, once it is ordered. */
  executeOn: LocalDateSchema
})

/** What is ordered. */
export type PaymentTerms = typeof PaymentTerms.Type

/** The payment came back: how much of it, why, and under which id the other bank sent it. */
export const PaymentReturn = Schema.Struct({
  returnId: Schema.String,
  amount: MoneySchema,
  reason: Schema.NullOr(Schema.String)
})

/** The payment came back. */
export type PaymentReturn = typeof PaymentReturn.Type

/** The payment file in which an order was handed over. */
export const PaymentFileMark = Schema.Struct({
  /** The message id of the file. */
  messageId: Schema.String,
  /** The day of execution that the file asks for. */
  requestedOn: LocalDateSchema,
  /** The SHA-256 of the file's text, by which a copy is known to be the same. */
  digest: Schema.String
})

/** The payment file in which an order was handed over. */
export type PaymentFileMark = typeof PaymentFileMark.Type

/** A payment order. */
export const PaymentOrder = Schema.Struct({
  id: PaymentOrderId,
  tenant: Schema.String,
  customerId: Id.schema("cust"),
  ledgerAccountId: AccountId,
  ...PaymentTerms.fields,
  /** Ours for the receiver; travels through all banks unchanged, and is what a rail is asked about. */
  endToEndId: Schema.String,
  /** A UUID of version 4 that follows the payment through all banks. */
  uetr: Schema.String,
  state: PaymentOrderState,
  /** The last word of the rail; null while it has said nothing, so that its outcome is unknown once it has been sent. */
  status: Schema.NullOr(PaymentStatus),
  /** Why it was held, failed, cancelled or returned: a code of ISO 20022 where a bank said so. */
  reason: Schema.NullOr(Schema.String),
  /** What the rail has said that cannot be; a person must look into it. */
  dispute: Schema.NullOr(Schema.String),
  approvalId: Schema.NullOr(ApprovalId),
  /** The money set aside for it, from its approval or its day of execution on. */
  holdId: Schema.NullOr(HoldId),
  returned: Schema.NullOr(PaymentReturn),
  /** The plan that it comes from, and which of its payments it is; null for one that was ordered by itself. */
  plan: Schema.NullOr(Schema.Struct({ planId: Id.schema("plan"), number: Schema.Int })),
  /** The file in which it left, which was then written at `sentAt`; not there unless it left in one. */
  file: Schema.optionalKey(PaymentFileMark),
  createdBy: Schema.String,
  createdAt: Schema.DateTimeUtcFromMillis,
  /** How often it was handed to a rail, always under the same reference. */
  attempts: Schema.Int,
  /** When it was last handed to a rail. */
  sentAt: Schema.NullOr(Schema.DateTimeUtcFromMillis),
  /** When the rail is to be asked about it next, or its money to be looked for again; null when there is nothing to ask. */
  askAt: Schema.NullOr(Schema.DateTimeUtcFromMillis),
  changedAt: Schema.DateTimeUtcFromMillis,
  /** Counts every change; 1 when it was created. */
  version: Schema.Int
})

/** A payment order. */
export type PaymentOrder = typeof PaymentOrder.Type

/** What is sealed of an order or a plan: who is paid, and what is said to it. In JSON it is plain text. */
export const Payee = Schema.Struct({ creditor: Creditor, message: Schema.optionalKey(OrderMessage) })

/** What is sealed of an order or a plan. */
export type Payee = typeof Payee.Type

/** An order without whom it pays, and what is said to it: what changes of it. */
export const PaymentOrderFacts = PaymentOrder.mapFields(Struct.omit(["creditor", "message"]))

/** An order without whom it pays: what changes of it. */
export type PaymentOrderFacts = typeof PaymentOrderFacts.Type

/** An order as it is stored: whom it pays, and what is said to it, is under seal. */
export const StoredPaymentOrder = Schema.Struct({ ...PaymentOrderFacts.fields, sealed: Schema.String })

/** An order as it is stored. */
export type StoredPaymentOrder = typeof StoredPaymentOrder.Type

/** What an order is made from. */
export interface PaymentDraft {
  readonly terms: PaymentTerms
  readonly createdBy: string
  /** Whether a second person has consented already, as to every payment of a plan at once. */
  readonly consented: boolean
  readonly plan: PaymentOrder["plan"]
}

/** Whether nothing more is expected to happen to an order in this state, though a settled one may still be returned. */
export const isFinal = (state: PaymentOrderState): boolean =>
  state === "settled" || state === "failed" || state === "returned" || state === "cancelled"
