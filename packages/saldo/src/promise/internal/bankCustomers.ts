/**
 * Customers and their beneficiaries, without Effect.
 */
import type * as Payee from "../../banking/Beneficiary.ts"
import type * as Model from "../../banking/Customer.ts"
import type * as Acts from "../../banking/Customers.ts"
import type * as Knowing from "../../banking/Kyc.ts"
import type { CallOptions, Page, PageOptions } from "./callOptions.ts"
import type { ExternalAccountGiven } from "./externalAccount.ts"
import type { Given, Plain } from "./plain.ts"
import type { Secret } from "./secret.ts"

/** A customer. What is personal is in `file`, behind `Secret`s, and null once it has been erased. */
export type Customer = Plain<Model.Customer>
/** A person or a company to be registered. */
export type CustomerOpening = Given<Acts.CustomerOpening>
/** A registration number as somebody wrote it down. */
export type RegistrationGiven = Given<Acts.WrittenRegistration>
/** An act on one customer. */
export type OnCustomer = Given<Acts.OnCustomer>
/** What is personal about a customer: the name, and how to reach it. */
export type CustomerDetails = Given<Model.CustomerDetails>
/** A person's decision about a customer. `expiresAt` is when an approval ends, and null unless it is one. */
export type CustomerDecision = Given<Acts.Decision>
/** Which customers a list holds. */
export type CustomerFilter = Plain<Model.CustomerFilter>
/** A document that was handed in; its content stays with the host. */
export type KycDocument = Plain<Knowing.KycDocument>
/** An account elsewhere that a customer pays to. `file` is null once the customer is erased. */
export type Beneficiary = Plain<Payee.Beneficiary>

/** A beneficiary to be kept. */
export interface NewBeneficiary {
  readonly key: string
  readonly customerId: string
  readonly name: string | Secret
  readonly account: ExternalAccountGiven
}

/**
 * The customers of the actor's tenant. Acts happen once for their key and reject with the refusal, such as
 * `CustomerNotFound`, `CustomerStateUnfit` or `KycNotApproved`, or with `IdempotencyMismatch`, `CommandInProgress`,
 * `InputInvalid` or `NotPermitted`.
 */
export interface Customers {
  /** Rejects with `RegistrationNumberInvalid`, `RegistrationMisfit` or `RegistrationTaken`. */
  readonly register: (opening: CustomerOpening, options?: CallOptions) => Promise<Customer>
  readonly change: (
    change: OnCustomer & { readonly details: CustomerDetails },
    options?: CallOptions
  ) => Promise<Customer>
  readonly submitDocuments: (
    act: OnCustomer & { readonly documents: ReadonlyArray<KycDocument> },
    options?: CallOptions
  ) => Promise<Customer>
  /** Has the verifier decide. Rejects with `KycUnavailable` or `CustomerChanged`, after which the same call may be made again. */
  readonly verify: (act: OnCustomer, options?: CallOptions) => Promise<Customer>
  /** Decides in place of the verifier. */
  readonly decide: (decision: CustomerDecision, options?: CallOptions) => Promise<Customer>
  readonly activate: (act: OnCustomer, options?: CallOptions) => Promise<Customer>
  readonly restrict: (act: OnCustomer & { readonly reason: string }, options?: CallOptions) => Promise<Customer>
  readonly lift: (act: OnCustomer & { readonly reason: string }, options?: CallOptions) => Promise<Customer>
  readonly close: (act: OnCustomer, options?: CallOptions) => Promise<Customer>
  /** Destroys the customer's key, and with it everything personal. */
  readonly erase: (act: OnCustomer, options?: CallOptions) => Promise<Customer>
  readonly find: (id: string, options?: CallOptions) => Promise<Customer>
  readonly findByRegistration: (
    kind: Customer["kind"],
    registration: RegistrationGiven,
    options?: CallOptions
  ) => Promise<Customer | null>
  readonly list: (filter?: CustomerFilter, options?: PageOptions) => Promise<Page<Customer>>
  /** Restricts those of all tenants whose approval has ended, and says how many; it also happens by itself every minute. */
  readonly expireApprovals: (limit?: number, options?: CallOptions) => Promise<number>
  /** Wraps data keys again that an earlier key of the host wraps, and says how many; at 0 the earlier keys can go. */
  readonly rewrapKeys: (limit?: number, options?: CallOptions) => Promise<number>
}

/** The accounts elsewhere that customers pay to. */
export interface Beneficiaries {
  /** Rejects with `BeneficiaryTaken` or a refusal of the customer's. */
  readonly add: (beneficiary: NewBeneficiary, options?: CallOptions) => Promise<Beneficiary>
  /** Rejects with `BeneficiaryNotFound`, as `find` does. */
  readonly remove: (
    removal: { readonly key: string; readonly beneficiaryId: string },
    options?: CallOptions
  ) => Promise<Beneficiary>
  readonly find: (id: string, options?: CallOptions) => Promise<Beneficiary>
  readonly list: (customerId: string, options?: PageOptions) => Promise<Page<Beneficiary>>
}
