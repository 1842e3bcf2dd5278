/** Payments on their way to a bank, as a plain model from which a payment file is written. */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { Money } from "../money/Money.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import type { Bic, ExternalAccount } from "./ExternalAccount.ts"

/** Who pays, is paid, or sends the file. */
export interface PaymentParty {
  /** 1 to 70 characters, the length that all banks carry. */
  readonly name: string
  /** The number under which the bank knows the organisation, at most 35 characters. */
  readonly organisationId?: string
}

/** What is said to the receiver: text of at most 140 characters, or a reference of at most 35 (OCR, KID, RF). */
export type PaymentMessage =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Reference"; readonly reference: string }

/** One payment. */
export interface CreditTransfer {
  /** Ours for the bank, 1 to 35 characters; unique in its file. */
  readonly instructionId: string
  /** Ours for the receiver, 1 to 35 characters; travels through unchanged. */
  readonly endToEndId: string
  /** A UUID of version 4 that follows the payment through all banks. */
  readonly uetr: string
  /** Above zero. */
  readonly amount: Money
  readonly creditor: PaymentParty
  readonly creditorAccount: ExternalAccount
  readonly message?: PaymentMessage
}

/** Payments from one account on one day. */
export interface CreditTransferGroup {
  /** 1 to 35 characters; unique in its file. */
  readonly id: string
  readonly requestedOn: LocalDate
  readonly debtor: PaymentParty
  readonly debtorAccount: ExternalAccount
  readonly debtorBic?: Bic
  /** Whether the bank books the group as one entry. The bank decides when this is absent. */
  readonly batchBooking?: boolean
  /** Who pays the banks: `SLEV` follows the service level, and is the rule in SEPA. */
  readonly chargeBearer?: "SLEV" | "SHAR" | "DEBT" | "CRED"
  readonly transfers: ReadonlyArray<CreditTransfer>
}

/** One payment file. */
export interface CreditTransferBatch {
  /** 1 to 35 characters; a bank refuses a file whose id it has seen. */
  readonly messageId: string
  readonly createdAt: DateTime.Utc
  readonly initiator: PaymentParty
  readonly groups: ReadonlyArray<CreditTransferGroup>
}

/** A batch that no bank would take. Names the field and never quotes it. */
export class CreditTransfersInvalid extends Schema.TaggedError<CreditTransfersInvalid>()(
  "CreditTransfersInvalid",
  {
    /** Such as `groups[0].transfers[3].creditor.name`. */
    field: Schema.String,
    /** Where in the field, in UTF-16 units from 0; 0 where the field as a whole is at fault. */
    position: Schema.Int,
    problem: Schema.String
  },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The payment file cannot be written: ${this.field} at position ${this.position}: ${this.problem}`
  }
}
