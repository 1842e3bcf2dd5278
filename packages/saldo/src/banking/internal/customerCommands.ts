/**
 * The commands on customers as they are remembered: nothing personal is in an input but as a keyed digest, nor in an
 * outcome but under seal.
 */
import * as Schema from "effect/Schema"
import * as Command from "../../core/Command.ts"
import { BeneficiaryId, BeneficiaryNotFound, BeneficiaryTaken, StoredBeneficiary } from "../Beneficiary.ts"
import { CustomerId, StoredCustomer } from "../Customer.ts"
import { CustomerRefusal, RegistrationTaken } from "../CustomerRefusal.ts"
import { KycDocument, KycVerdict, ReasonCode } from "../Kyc.ts"

const onCustomer = <const Fields extends Schema.Struct.Fields>(verb: string, fields: Fields) => ({
  operation: `banking.${verb}-customer`,
  input: Schema.Struct({ customerId: CustomerId, ...fields }),
  success: StoredCustomer,
  refusal: CustomerRefusal
})

/** A customer registered. `content` is the keyed digest of what it says. */
export const RegisterCustomer = Command.make({
  operation: "banking.register-customer",
  input: Schema.Struct({ content: Schema.String }),
  success: StoredCustomer,
  refusal: RegistrationTaken
})

/** The details changed. */
export const ChangeCustomer = Command.make(onCustomer("change", { content: Schema.String }))

/** Documents handed in. */
export const SubmitDocuments = Command.make(onCustomer("document", { documents: Schema.Array(KycDocument) }))

/** The identity verified. */
export const VerifyCustomer = Command.make(onCustomer("verify", {}))

/** A decision by a person. */
export const DecideCustomer = Command.make(
  onCustomer("decide", {
    verdict: KycVerdict,
    reasons: Schema.Array(ReasonCode),
    expiresAt: Schema.NullOr(Schema.DateTimeUtcFromMillis)
  })
)

/** A pending customer made active. */
export const ActivateCustomer = Command.make(onCustomer("activate", {}))

/** A customer restricted. */
export const RestrictCustomer = Command.make(onCustomer("restrict", { reason: ReasonCode }))

/** A restriction taken away. */
export const LiftRestriction = Command.make(onCustomer("lift", { reason: ReasonCode }))

/** A customer closed. */
export const CloseCustomer = Command.make(onCustomer("close", {}))

/** The personal data destroyed. */
export const EraseCustomer = Command.make(onCustomer("erase", {}))

/** A beneficiary put on a customer's list. */
export const AddBeneficiary = Command.make({
  operation: "banking.add-beneficiary",
  input: Schema.Struct({ customerId: CustomerId, content: Schema.String }),
  success: StoredBeneficiary,
  refusal: Schema.Union([CustomerRefusal, BeneficiaryTaken])
})

/** A beneficiary taken off it. */
export const RemoveBeneficiary = Command.make({
  operation: "banking.remove-beneficiary",
  input: Schema.Struct({ beneficiaryId: BeneficiaryId }),
  success: StoredBeneficiary,
  refusal: BeneficiaryNotFound
})
