/**
 * A payment file that was handed over, and whose account its payments leave from.
 */
import type * as DateTime from "effect/DateTime"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import type { Money } from "../money/Money.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import type { PaymentParty } from "./CreditTransfers.ts"
import type { Bic, ExternalAccount } from "./ExternalAccount.ts"
import { PaymentOrderId } from "./PaymentOrder.ts"

/** Who pays, and from which account in the bank that takes the file. */
export interface PaymentDebtor {
  readonly debtor: PaymentParty
  readonly account: ExternalAccount
  readonly bic?: Bic
  /** Who sends the file; the debtor when left out. */
  readonly initiator?: PaymentParty
}

/** An order that no file can hold, with what is wrong; its field is named and never quoted. */
export const LeftOut = Schema.Struct({ orderId: PaymentOrderId, field: Schema.String, problem: Schema.String })

/** An order that no file can hold. */
export type LeftOut = typeof LeftOut.Type

/** A payment file. */
export interface PaymentFile {
  /** Unique, and the same for the same orders. */
  readonly messageId: string
  readonly accountId: Id.Id<"dep">
  readonly createdAt: DateTime.Utc
  /** The orders in it, by id. */
  readonly orderIds: ReadonlyArray<PaymentOrderId>
  readonly sum: Money
  /** The file in pain.001, to be encoded in UTF-8. It holds names and account numbers. */
  readonly text: Redacted.Redacted
}

/** There is no such file within the actor's reach. */
export class PaymentFileNotFound extends Schema.TaggedError<PaymentFileNotFound>()(
  "PaymentFileNotFound",
  { messageId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no payment file ${this.messageId} within reach`
  }
}

/** No approved order of the account can be handed over for these days. */
export class PaymentFileEmpty extends Schema.TaggedError<PaymentFileEmpty>()(
  "PaymentFileEmpty",
  { accountId: Id.schema("dep"), through: LocalDateSchema, leftOut: Schema.Array(LeftOut) },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    const unfit = this.leftOut.length === 0 ? "" : `; ${this.leftOut.length} cannot be written in a file`
    return `The account ${this.accountId} has no approved payments through ${this.through} to hand over${unfit}`
  }
}

/** Nobody has said from which account in another bank the payments of an account leave. */
export class PaymentDebtorUnknown extends Schema.TaggedError<PaymentDebtorUnknown>()(
  "PaymentDebtorUnknown",
  { accountId: Id.schema("dep") },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The bank's account from which payments of ${this.accountId} leave is not known`
  }
}

/** The file cannot be written again as it was: the debtor's name or account has changed since. */
export class PaymentFileChanged extends Schema.TaggedError<PaymentFileChanged>()(
  "PaymentFileChanged",
  { messageId: Schema.String },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The payment file ${this.messageId} would differ from the one that was handed over: its debtor is another`
  }
}
