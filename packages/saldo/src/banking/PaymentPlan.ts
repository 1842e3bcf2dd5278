/**
 * A standing order: the same payment again and again by a schedule, each time as a payment order of its own.
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import * as Id from "../core/Id.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { ApprovalId } from "./Approval.ts"
import { PaymentOrderId, PaymentTerms } from "./PaymentOrder.ts"
import { PaymentSchedule } from "./PaymentSchedule.ts"

/** Names one plan. */
export const PaymentPlanId = Id.schema("plan")

/** The id of one plan. */
export type PaymentPlanId = typeof PaymentPlanId.Type

/** A plan waits for approval or is active, and ends by itself, or because it is cancelled. */
export const PaymentPlanState = Schema.Literals(["created", "active", "ended", "cancelled"])

/** How a plan stands. */
export type PaymentPlanState = typeof PaymentPlanState.Type

const { executeOn: _, ...everyTime } = PaymentTerms.fields

/** What is paid each time, and when. */
export const PaymentPlanTerms = Schema.Struct({ ...everyTime, schedule: PaymentSchedule })

/** What is paid each time, and when. */
export type PaymentPlanTerms = typeof PaymentPlanTerms.Type

const place = { number: Schema.Int, scheduledOn: LocalDateSchema }

/** A payment plan. */
export const PaymentPlan = Schema.Struct({
  id: PaymentPlanId,
  tenant: Schema.String,
  customerId: Id.schema("cust"),
  ...PaymentPlanTerms.fields,
  state: PaymentPlanState,
  /** Why it was cancelled. */
  reason: Schema.NullOr(Schema.String),
  /** The consent to the plan, which is a consent to each of its payments. */
  approvalId: Schema.NullOr(ApprovalId),
  /** The last payment that was ordered or refused, by its number in the schedule. */
  last: Schema.NullOr(Schema.Struct(place)),
  /** The payment that comes next; null when none does, or the calendar of business days does not know yet. */
  next: Schema.NullOr(Schema.Struct({ ...place, dueOn: LocalDateSchema })),
  /** The day on which something is to be done; null when there is nothing, unless the plan changes. */
  lookOn: Schema.NullOr(LocalDateSchema),
  createdBy: Schema.String,
  createdAt: Schema.DateTimeUtcFromMillis,
  changedAt: Schema.DateTimeUtcFromMillis,
  /** Counts every change; 1 when it was created. */
  version: Schema.Int
})

/** A payment plan. */
export type PaymentPlan = typeof PaymentPlan.Type

/** A plan without whom it pays, and what is said to it: what changes of it. */
export const PaymentPlanFacts = PaymentPlan.mapFields(Struct.omit(["creditor", "message"]))

/** A plan without whom it pays: what changes of it. */
export type PaymentPlanFacts = typeof PaymentPlanFacts.Type

/** A plan as it is stored: whom it pays, and what is said to it, is under seal. */
export const StoredPaymentPlan = Schema.Struct({ ...PaymentPlanFacts.fields, sealed: Schema.String })

/** A plan as it is stored. */
export type StoredPaymentPlan = typeof StoredPaymentPlan.Type

/** What came of one payment of a plan: an order, or why there is none. */
export const PlannedPayment = Schema.Struct({
  tenant: Schema.String,
  planId: PaymentPlanId,
  ...place,
  dueOn: LocalDateSchema,
  /** When it was ordered or refused. */
  at: Schema.DateTimeUtcFromMillis,
  orderId: Schema.NullOr(PaymentOrderId),
  /** The name of the refusal and what it said; null when there is an order. */
  refusal: Schema.NullOr(Schema.Struct({ tag: Schema.String, message: Schema.String }))
})

/** What came of one payment of a plan. */
export type PlannedPayment = typeof PlannedPayment.Type

/** There is no such plan within the actor's reach. */
export class PaymentPlanNotFound extends Schema.TaggedError<PaymentPlanNotFound>()(
  "PaymentPlanNotFound",
  { planId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no payment plan ${this.planId} within reach`
  }
}

/** The plan is in a state in which this cannot be done. */
export class PaymentPlanUnfit extends Schema.TaggedError<PaymentPlanUnfit>()(
  "PaymentPlanUnfit",
  { planId: PaymentPlanId, state: PaymentPlanState, expected: Schema.Array(PaymentPlanState) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The payment plan ${this.planId} is ${this.state}; expected ${this.expected.join(" or ")}`
  }
}
