/**
 * The bank's customers from registration to erasure, and the accounts elsewhere that they pay to.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Beneficiary, BeneficiaryId, BeneficiaryNotFound, BeneficiaryTaken } from "saldo/banking/Beneficiary"
import {
  Customer,
  CustomerDetails,
  CustomerId,
  CustomerKind,
  CustomerState,
  RegistrationScheme,
  SealedFile
} from "saldo/banking/Customer"
import * as Refusal from "saldo/banking/CustomerRefusal"
import { RegistrationNumberInvalid } from "saldo/banking/IdentifierInvalid"
import { KycDocument, KycVerdict, ReasonCode } from "saldo/banking/Kyc"
import { KycUnavailable } from "saldo/banking/KycVerifier"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import { redacted } from "saldo/core/RedactedSchema"
import { GivenAccount, ShownAccount } from "./AccountNumber.ts"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"
import { notFoundPage, pageQuery } from "./Read.ts"
import { guardedHeaders, notExecuted, VersionMismatch, writeHeaders } from "./Write.ts"

/** A customer as it is shown; `file` is what is personal, and null once it has been erased. */
export const CustomerView = Schema.Struct({
  ...Customer.mapFields(Struct.omit(["tenant", "file"])).mapFields(Struct.map(Schema.toType)).fields,
  file: Schema.NullOr(SealedFile)
}).annotate({ identifier: "Customer" })

/** A beneficiary as it is shown; `file` is null once the customer has been erased. */
export const BeneficiaryView = Schema.Struct({
  ...Beneficiary.mapFields(Struct.omit(["tenant", "file"])).mapFields(Struct.map(Schema.toType)).fields,
  file: Schema.NullOr(Schema.Struct({ name: CustomerDetails.fields.name, account: ShownAccount }))
}).annotate({ identifier: "Beneficiary" })

/** A registration number as somebody wrote it down. */
const WrittenRegistration = Schema.Struct({
  scheme: RegistrationScheme,
  number: redacted(Schema.String.check(Schema.isMaxLength(64)), "registration number")
})

const params = { customerId: CustomerId }
const onCustomer = { params, headers: writeHeaders, success: CustomerView } as const
const acting = [
  ...problems(
    NotPermitted,
    Refusal.CustomerNotFound,
    Refusal.CustomerStateUnfit,
    Refusal.KycNotApproved,
    Refusal.ApprovalExpired,
    Refusal.RestrictionNotFound,
    Refusal.ObligationsOpen,
    Refusal.CustomerErased,
    Refusal.TooManyDocuments
  ),
  ...notExecuted
] as const

class Life extends HttpApiGroup.make("customers").add(
  HttpApiEndpoint.post("register", "/", {
    headers: writeHeaders,
    payload: Schema.Struct({ kind: CustomerKind, registration: WrittenRegistration, details: CustomerDetails }),
    success: CustomerView.pipe(HttpApiSchema.status(201)),
    error: [
      ...problems(NotPermitted, RegistrationNumberInvalid, Refusal.RegistrationMisfit, Refusal.RegistrationTaken),
      ...notExecuted
    ]
  }).annotate(OpenApi.Summary, "Register a customer"),
  HttpApiEndpoint.get("list", "/", {
    query: {
      ...pageQuery,
      kind: Schema.optionalKey(CustomerKind),
      state: Schema.optionalKey(CustomerState)
    },
    success: Page.schema(CustomerView),
    error: [...problems(NotPermitted), ...notFoundPage]
  }).annotate(OpenApi.Summary, "List customers"),
  HttpApiEndpoint.get("find", "/:customerId", {
    params,
    success: CustomerView,
    error: problems(NotPermitted, Refusal.CustomerNotFound)
  }).annotate(OpenApi.Summary, "Show a customer"),
  HttpApiEndpoint.put("change", "/:customerId/details", {
    ...onCustomer,
    headers: guardedHeaders,
    payload: CustomerDetails,
    error: [...acting, ...problems(VersionMismatch)]
  }).annotate(OpenApi.Summary, "Put other details in place of the customer's"),
  HttpApiEndpoint.post("submitDocuments", "/:customerId/documents", {
    ...onCustomer,
    payload: Schema.Struct({
      documents: Schema.Array(KycDocument).check(Schema.isMinLength(1), Schema.isMaxLength(100))
    }),
    error: acting
  }).annotate(OpenApi.Summary, "Hand in documents, by the digests of their contents"),
  HttpApiEndpoint.post("verify", "/:customerId/verification", {
    ...onCustomer,
    error: [...acting, ...problems(Refusal.CustomerChanged, KycUnavailable)]
  }).annotate(OpenApi.Summary, "Have the customer verified"),
  HttpApiEndpoint.post("decide", "/:customerId/decision", {
    ...onCustomer,
    payload: Schema.Struct({
      verdict: KycVerdict,
      reasons: Schema.Array(ReasonCode).check(Schema.isMaxLength(50)),
      /** When an approval ends; null unless it is one. */
      expiresAt: Schema.NullOr(Schema.DateTimeUtc)
    }),
    error: acting
  }).annotate(OpenApi.Summary, "Decide about the customer in place of the verifier"),
  HttpApiEndpoint.post("activate", "/:customerId/activation", { ...onCustomer, error: acting }).annotate(
    OpenApi.Summary,
    "Make a pending customer active"
  ),
  HttpApiEndpoint.put("restrict", "/:customerId/restrictions/:reason", {
    ...onCustomer,
    params: { ...params, reason: ReasonCode },
    error: acting
  }).annotate(OpenApi.Summary, "Restrict a customer for a reason"),
  HttpApiEndpoint.delete("lift", "/:customerId/restrictions/:reason", {
    ...onCustomer,
    params: { ...params, reason: ReasonCode },
    error: acting
  }).annotate(OpenApi.Summary, "Take a restriction away"),
  HttpApiEndpoint.post("close", "/:customerId/closing", { ...onCustomer, error: acting }).annotate(
    OpenApi.Summary,
    "Close a customer who has nothing left with the bank"
  ),
  HttpApiEndpoint.post("erase", "/:customerId/erasure", { ...onCustomer, error: acting }).annotate(
    OpenApi.Summary,
    "Destroy the personal data of a closed customer"
  )
) {}

/** The endpoints of customers. */
export class CustomersApi extends Life.add(
  // A registration number must not stand in an address, so this read is a POST.
  HttpApiEndpoint.post("search", "/search", {
    payload: Schema.Struct({ kind: CustomerKind, registration: WrittenRegistration }),
    success: Schema.NullOr(CustomerView),
    error: problems(NotPermitted, RegistrationNumberInvalid)
  }).annotate(OpenApi.Summary, "Find the customer with a registration number"),
  HttpApiEndpoint.post("addBeneficiary", "/:customerId/beneficiaries", {
    params,
    headers: writeHeaders,
    payload: Schema.Struct({ name: CustomerDetails.fields.name, account: GivenAccount }),
    success: BeneficiaryView.pipe(HttpApiSchema.status(201)),
    error: [...acting, ...problems(BeneficiaryTaken)]
  }).annotate(OpenApi.Summary, "Keep an account elsewhere that the customer pays to"),
  HttpApiEndpoint.get("listBeneficiaries", "/:customerId/beneficiaries", {
    params,
    query: pageQuery,
    success: Page.schema(BeneficiaryView),
    error: [...problems(NotPermitted, Refusal.CustomerNotFound), ...notFoundPage]
  }).annotate(OpenApi.Summary, "List the accounts elsewhere that the customer pays to"),
  HttpApiEndpoint.get("findBeneficiary", "/beneficiaries/:beneficiaryId", {
    params: { beneficiaryId: BeneficiaryId },
    success: BeneficiaryView,
    error: problems(NotPermitted, BeneficiaryNotFound)
  }).annotate(OpenApi.Summary, "Show an account elsewhere"),
  HttpApiEndpoint.delete("removeBeneficiary", "/beneficiaries/:beneficiaryId", {
    params: { beneficiaryId: BeneficiaryId },
    headers: writeHeaders,
    success: BeneficiaryView,
    error: [...problems(NotPermitted, BeneficiaryNotFound), ...notExecuted]
  }).annotate(OpenApi.Summary, "Take an account elsewhere off the list")
)
  .middleware(Authentication)
  .prefix("/api/v1/customers")
  .annotateMerge(OpenApi.annotations({ title: "Customers", description: "The bank's customers and whom they pay" })) {}
