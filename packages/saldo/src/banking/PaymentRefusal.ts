/**
 * Why an act on a payment order is refused. None of these holds an account number.
 */
import * as Schema from "effect/Schema"
import { PaymentOrderId } from "./PaymentOrder.ts"
import { PaymentOrderState } from "./PaymentStatus.ts"

/** There is no such order within the actor's reach. */
export class PaymentOrderNotFound extends Schema.TaggedError<PaymentOrderNotFound>()(
  "PaymentOrderNotFound",
  { orderId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no payment order ${this.orderId} within reach`
  }
}

/** The order is in a state in which this cannot be done. */
export class PaymentOrderUnfit extends Schema.TaggedError<PaymentOrderUnfit>()(
  "PaymentOrderUnfit",
  { orderId: PaymentOrderId, state: PaymentOrderState, expected: Schema.Array(PaymentOrderState) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The payment order ${this.orderId} is ${this.state}; expected ${this.expected.join(" or ")}`
  }
}

/** There is no such account within the actor's reach to pay from. */
export class PayerNotFound extends Schema.TaggedError<PayerNotFound>()(
  "PayerNotFound",
  { accountId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no account ${this.accountId} within reach to pay from`
  }
}

/** The account pays nothing at present: it is blocked or closed, or its customer may do no business. */
export class PayerUnavailable extends Schema.TaggedError<PayerUnavailable>()(
  "PayerUnavailable",
  { accountId: Schema.String },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The account ${this.accountId} pays nothing: it is blocked or closed, or its customer is restricted`
  }
}

/** What is ordered cannot be paid. */
export class PaymentTermsInvalid extends Schema.TaggedError<PaymentTermsInvalid>()(
  "PaymentTermsInvalid",
  { field: Schema.String, problem: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The payment cannot be ordered: ${this.field}: ${this.problem}`
  }
}
