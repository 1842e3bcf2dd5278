/**
 * Accounts elsewhere that a customer pays to, kept under the customer's own key.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { CustomerDetails, CustomerId } from "./Customer.ts"
import { ExternalAccount } from "./ExternalAccount.ts"

/** Names one beneficiary of a customer. */
export const BeneficiaryId = Id.schema("bene")

/** The id of one beneficiary. */
export type BeneficiaryId = typeof BeneficiaryId.Type

/** What is sealed of a beneficiary: whose account it is, and which. In JSON it is plain text. */
export const BeneficiaryFile = Schema.Struct({
  name: CustomerDetails.fields.name,
  account: ExternalAccount
})

/** What is sealed of a beneficiary. */
export type BeneficiaryFile = typeof BeneficiaryFile.Type

const facts = {
  id: BeneficiaryId,
  tenant: Schema.String,
  customerId: CustomerId,
  createdAt: Schema.DateTimeUtcFromMillis,
  /** When the customer took it off the list; null while it is on it. */
  removedAt: Schema.NullOr(Schema.DateTimeUtcFromMillis)
}

/** A beneficiary as it is stored: nothing personal but under seal. */
export const StoredBeneficiary = Schema.Struct({
  ...facts,
  /** The sealed file; null once the customer is erased. */
  sealed: Schema.NullOr(Schema.String),
  /** The keyed digest of the account, by which a customer has it once; null once erased. */
  accountIndex: Schema.NullOr(Schema.String)
})

/** A beneficiary as it is stored. */
export type StoredBeneficiary = typeof StoredBeneficiary.Type

/** A beneficiary as it is read. `file` is null once the customer is erased. */
export const Beneficiary = Schema.Struct({ ...facts, file: Schema.NullOr(BeneficiaryFile) })

/** A beneficiary as it is read. */
export type Beneficiary = typeof Beneficiary.Type

/** The customer has no such beneficiary. */
export class BeneficiaryNotFound extends Schema.TaggedError<BeneficiaryNotFound>()(
  "BeneficiaryNotFound",
  { beneficiaryId: BeneficiaryId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no beneficiary ${this.beneficiaryId} within reach`
  }
}

/** The account is among the customer's beneficiaries already. */
export class BeneficiaryTaken extends Schema.TaggedError<BeneficiaryTaken>()(
  "BeneficiaryTaken",
  { customerId: CustomerId, beneficiaryId: BeneficiaryId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The customer ${this.customerId} has this account as its beneficiary ${this.beneficiaryId} already`
  }
}
