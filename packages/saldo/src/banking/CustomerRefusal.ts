/**
 * Why an act on a customer is refused. None of these holds anything personal.
 */
import * as Schema from "effect/Schema"
import { CustomerId, CustomerState } from "./Customer.ts"

/** There is no such customer within the actor's reach. */
export class CustomerNotFound extends Schema.TaggedError<CustomerNotFound>()(
  "CustomerNotFound",
  { customerId: CustomerId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no customer ${this.customerId} within reach`
  }
}

/** The registration number belongs to another customer of the bank. */
export class RegistrationTaken extends Schema.TaggedError<RegistrationTaken>()(
  "RegistrationTaken",
  { customerId: CustomerId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The registration number belongs to the customer ${this.customerId} already`
  }
}

/** The registration number is none of this kind of customer. */
export class RegistrationMisfit extends Schema.TaggedError<RegistrationMisfit>()(
  "RegistrationMisfit",
  { kind: Schema.String, scheme: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `A ${this.kind} is not registered under a ${this.scheme}`
  }
}

/** The customer is in a state in which this cannot be done. */
export class CustomerStateUnfit extends Schema.TaggedError<CustomerStateUnfit>()(
  "CustomerStateUnfit",
  { customerId: CustomerId, state: CustomerState, expected: Schema.Array(CustomerState) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The customer ${this.customerId} is ${this.state}; expected ${this.expected.join(" or ")}`
  }
}

/** The customer's identity is not known well enough: nothing decided, under review, rejected, or too long ago. */
export class KycNotApproved extends Schema.TaggedError<KycNotApproved>()(
  "KycNotApproved",
  { customerId: CustomerId, standing: Schema.Literals(["missing", "review", "rejected", "expired"]) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The customer ${this.customerId} has no approval that counts (${this.standing}); expected an unexpired one`
  }
}

/** An approval must end after it begins. */
export class ApprovalExpired extends Schema.TaggedError<ApprovalExpired>()(
  "ApprovalExpired",
  { customerId: CustomerId },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The approval of the customer ${this.customerId} would have ended already; expected an end in the future`
  }
}

/** The customer is not restricted for this reason. */
export class RestrictionNotFound extends Schema.TaggedError<RestrictionNotFound>()(
  "RestrictionNotFound",
  { customerId: CustomerId, reason: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `The customer ${this.customerId} is not restricted for ${this.reason}`
  }
}

/** The customer still has accounts or other business with the bank. */
export class ObligationsOpen extends Schema.TaggedError<ObligationsOpen>()(
  "ObligationsOpen",
  { customerId: CustomerId, kind: Schema.String, ids: Schema.Array(Schema.String) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The customer ${this.customerId} cannot be closed before its ${this.kind} ${this.ids.join(", ")}`
  }
}

/** The personal data of the customer has been destroyed. */
export class CustomerErased extends Schema.TaggedError<CustomerErased>()(
  "CustomerErased",
  { customerId: CustomerId },
  { httpApiStatus: 410 }
) {
  override get message(): string {
    return `The personal data of the customer ${this.customerId} was erased`
  }
}

/** The customer keeps as many documents as there may be. */
export class TooManyDocuments extends Schema.TaggedError<TooManyDocuments>()(
  "TooManyDocuments",
  { customerId: CustomerId, maximum: Schema.Int },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The customer ${this.customerId} would have more than ${this.maximum} documents`
  }
}

/** The customer changed while it was being verified. Verify it again with the same key. */
export class CustomerChanged extends Schema.TaggedError<CustomerChanged>()(
  "CustomerChanged",
  { customerId: CustomerId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The customer ${this.customerId} changed while it was being verified; verify it again`
  }
}

/** Every refusal of the acts on one customer that is there. */
export const CustomerRefusal = Schema.Union([
  CustomerNotFound,
  CustomerStateUnfit,
  KycNotApproved,
  ApprovalExpired,
  RestrictionNotFound,
  ObligationsOpen,
  CustomerErased,
  TooManyDocuments
])

/** A refusal of an act on one customer. */
export type CustomerRefusal = typeof CustomerRefusal.Type
