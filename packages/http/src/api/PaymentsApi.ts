/**
 * Payments to other banks, one by one and by plan, and the consent of a second person.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Approval, ApprovalByRequester, ApprovalEnded, ApprovalNotFound } from "saldo/banking/Approval"
import { Creditor, PaymentOrder, PaymentOrderId } from "saldo/banking/PaymentOrder"
import { PaymentLimitExceeded } from "saldo/banking/PaymentLimit"
import * as Plan from "saldo/banking/PaymentPlan"
import * as Refusal from "saldo/banking/PaymentRefusal"
import { PaymentWish } from "saldo/banking/Payments"
import { PaymentSchedule, ScheduleBeyondCalendar } from "saldo/banking/PaymentSchedule"
import { PaymentOrderState } from "saldo/banking/PaymentStatus"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import { AccountUnavailable, InsufficientFunds } from "saldo/ledger/LedgerRefusal"
import { LocalDateSchema } from "saldo/time/LocalDateSchema"
import { GivenAccount, ShownAccount } from "./AccountNumber.ts"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"
import { daysQuery, notFoundPage, pageQuery } from "./Read.ts"
import { guardedHeaders, notExecuted, VersionMismatch, writeHeaders } from "./Write.ts"
import { Text } from "saldo/core/Text"

const creditor = Schema.Struct({ name: Creditor.fields.name, account: ShownAccount })

/** A payment order as it is shown. */
export const PaymentView = Schema.Struct({
  ...PaymentOrder.mapFields(Struct.omit(["tenant", "creditor"])).mapFields(Struct.map(Schema.toType)).fields,
  creditor
}).annotate({ identifier: "Payment" })

/** A payment plan as it is shown. */
export const PaymentPlanView = Schema.Struct({
  ...Plan.PaymentPlan.mapFields(Struct.omit(["tenant", "creditor"])).mapFields(Struct.map(Schema.toType)).fields,
  creditor
}).annotate({ identifier: "PaymentPlan" })

const PlannedView = Plan.PlannedPayment.mapFields(Struct.omit(["tenant"]))
  .mapFields(Struct.map(Schema.toType))
  .annotate({ identifier: "PlannedPayment" })

const ApprovalView = Approval.mapFields(Struct.omit(["tenant"]))
  .mapFields(Struct.map(Schema.toType))
  .annotate({ identifier: "Approval" })

const OccurrenceView = Schema.Struct({
  number: Schema.Int,
  scheduledOn: LocalDateSchema,
  dueOn: LocalDateSchema
}).annotate({ identifier: "Occurrence" })

const givenCreditor = Schema.Struct({ name: Creditor.fields.name, account: GivenAccount })

const Decision = Schema.Struct({
  approve: Schema.Boolean,
  comment: Schema.optionalKey(Text.check(Schema.isMinLength(1), Schema.isMaxLength(500)))
})

const order = { params: { id: PaymentOrderId }, success: PaymentView } as const
const plan = { params: { id: Plan.PaymentPlanId }, success: PaymentPlanView } as const
const approving = problems(ApprovalByRequester, ApprovalEnded, ApprovalNotFound)
const onOrder = [
  ...problems(NotPermitted, Refusal.PaymentOrderNotFound, Refusal.PaymentOrderUnfit, VersionMismatch),
  ...notExecuted
] as const
const onPlan = [
  ...problems(NotPermitted, Plan.PaymentPlanNotFound, Plan.PaymentPlanUnfit, VersionMismatch),
  ...notExecuted
] as const

class Orders extends HttpApiGroup.make("payments").add(
  HttpApiEndpoint.post("create", "/payments", {
    headers: writeHeaders,
    payload: Schema.Struct({ ...PaymentWish.fields, creditor: givenCreditor }),
    success: PaymentView.pipe(HttpApiSchema.status(201)),
    error: [
      ...problems(
        NotPermitted,
        Refusal.PayerNotFound,
        Refusal.PayerUnavailable,
        Refusal.PaymentTermsInvalid,
        PaymentLimitExceeded,
        InsufficientFunds,
        AccountUnavailable
      ),
      ...notExecuted
    ]
  }).annotate(OpenApi.Summary, "Order a payment to another bank"),
  HttpApiEndpoint.get("list", "/payments", {
    query: {
      ...pageQuery,
      customerId: Schema.optionalKey(PaymentOrder.fields.customerId),
      accountId: Schema.optionalKey(PaymentOrder.fields.accountId),
      state: Schema.optionalKey(PaymentOrderState),
      disputed: Schema.optionalKey(Schema.Boolean)
    },
    success: Page.schema(PaymentView),
    error: [...problems(NotPermitted), ...notFoundPage]
  }).annotate(OpenApi.Summary, "List payments, newest first"),
  HttpApiEndpoint.get("find", "/payments/:id", {
    ...order,
    error: problems(NotPermitted, Refusal.PaymentOrderNotFound)
  }).annotate(OpenApi.Summary, "Show a payment"),
  HttpApiEndpoint.post("decide", "/payments/:id/decision", {
    ...order,
    headers: guardedHeaders,
    payload: Decision,
    error: [...onOrder, ...approving, ...problems(Refusal.PayerUnavailable, InsufficientFunds, AccountUnavailable)]
  }).annotate(OpenApi.Summary, "Approve or decline a payment as the second person"),
  HttpApiEndpoint.post("cancel", "/payments/:id/cancellation", {
    ...order,
    headers: guardedHeaders,
    error: onOrder
  }).annotate(OpenApi.Summary, "Take a payment back that has not been sent"),
  HttpApiEndpoint.get("approvals", "/payment-approvals", {
    query: { ...pageQuery, subject: Schema.optionalKey(Schema.Literals(["payment", "payment-plan"])) },
    success: Page.schema(ApprovalView),
    error: [...problems(NotPermitted), ...notFoundPage]
  }).annotate(OpenApi.Summary, "List what waits for a second person, oldest first")
) {}

/** The endpoints of payments and payment plans. */
export class PaymentsApi extends Orders.add(
  HttpApiEndpoint.post("createPlan", "/payment-plans", {
    headers: writeHeaders,
    payload: Schema.Struct({ ...Plan.PaymentPlanTerms.fields, creditor: givenCreditor }),
    success: PaymentPlanView.pipe(HttpApiSchema.status(201)),
    error: [
      ...problems(
        NotPermitted,
        Refusal.PayerNotFound,
        Refusal.PayerUnavailable,
        Refusal.PaymentTermsInvalid,
        ScheduleBeyondCalendar
      ),
      ...notExecuted
    ]
  }).annotate(OpenApi.Summary, "Order the same payment again and again"),
  HttpApiEndpoint.get("listPlans", "/payment-plans", {
    query: {
      ...pageQuery,
      customerId: Schema.optionalKey(PaymentOrder.fields.customerId),
      accountId: Schema.optionalKey(PaymentOrder.fields.accountId),
      state: Schema.optionalKey(Plan.PaymentPlanState)
    },
    success: Page.schema(PaymentPlanView),
    error: [...problems(NotPermitted), ...notFoundPage]
  }).annotate(OpenApi.Summary, "List payment plans, newest first"),
  HttpApiEndpoint.get("findPlan", "/payment-plans/:id", {
    ...plan,
    error: problems(NotPermitted, Plan.PaymentPlanNotFound)
  }).annotate(OpenApi.Summary, "Show a payment plan"),
  HttpApiEndpoint.post("decidePlan", "/payment-plans/:id/decision", {
    ...plan,
    headers: guardedHeaders,
    payload: Decision,
    error: [...onPlan, ...approving]
  }).annotate(OpenApi.Summary, "Approve or decline a plan as the second person"),
  HttpApiEndpoint.put("changePlan", "/payment-plans/:id/omissions", {
    ...plan,
    headers: guardedHeaders,
    payload: PaymentSchedule.mapFields(Struct.pick(["skipped", "pauses"])),
    error: onPlan
  }).annotate(OpenApi.Summary, "Leave out other payments than before"),
  HttpApiEndpoint.post("cancelPlan", "/payment-plans/:id/cancellation", {
    ...plan,
    headers: guardedHeaders,
    error: onPlan
  }).annotate(OpenApi.Summary, "End a plan"),
  HttpApiEndpoint.get("plannedPayments", "/payment-plans/:id/payments", {
    params: plan.params,
    query: pageQuery,
    success: Page.schema(PlannedView),
    error: [...problems(NotPermitted, Plan.PaymentPlanNotFound), ...notFoundPage]
  }).annotate(OpenApi.Summary, "List what came of a plan's payments, the last one first"),
  HttpApiEndpoint.get("upcoming", "/payment-plans/:id/upcoming", {
    params: plan.params,
    query: daysQuery,
    success: Schema.Array(OccurrenceView),
    error: problems(NotPermitted, Plan.PaymentPlanNotFound, ScheduleBeyondCalendar)
  }).annotate(OpenApi.Summary, "Show which of a plan's payments fall due in some days")
)
  .middleware(Authentication)
  .prefix("/api/v1")
  .annotateMerge(
    OpenApi.annotations({ title: "Payments", description: "Payments to other banks, and the consent to them" })
  ) {}
