/**
 * Customers and their beneficiaries, without Effect.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { managePermission } from "../../banking/BankAccess.ts"
import { Beneficiaries as BeneficiariesUseCase } from "../../banking/Beneficiaries.ts"
import * as Payee from "../../banking/Beneficiary.ts"
import * as Model from "../../banking/Customer.ts"
import { Customers as CustomersUseCase } from "../../banking/Customers.ts"
import { KycDocument as Document, KycVerdict, ReasonCode } from "../../banking/Kyc.ts"
import { PersonalData } from "../../banking/PersonalData.ts"
import { Actor } from "../../core/Actor.ts"
import { CommandKey } from "../../core/Command.ts"
import type { BankCalls } from "./bankCalls.ts"
import type { CallOptions, Page, PageOptions } from "./callOptions.ts"
import { externalAccount, type ExternalAccountGiven } from "./externalAccount.ts"
import type { Given, Plain } from "./plain.ts"
import { concealed, pageOf, reader, withParts } from "./reading.ts"
import type { Secret } from "./secret.ts"

const onCustomer = { key: CommandKey, customerId: Model.CustomerId }

const Written = Schema.Struct({
  scheme: Model.RegistrationScheme,
  number: Schema.Redacted(Schema.String, { label: "registration number" })
})
const Opening = Schema.Struct({
  key: CommandKey,
  kind: Model.CustomerKind,
  registration: Written,
  details: Model.CustomerDetails
})
const OnCustomer = Schema.Struct(onCustomer)
const Change = Schema.Struct({ ...onCustomer, details: Model.CustomerDetails })
const Documents = Schema.Struct({ ...onCustomer, documents: Schema.Array(Document) })
const Restriction = Schema.Struct({ ...onCustomer, reason: ReasonCode })
const Decision = Schema.Struct({
  ...onCustomer,
  verdict: KycVerdict,
  reasons: Schema.Array(ReasonCode),
  expiresAt: Schema.NullOr(Schema.DateTimeUtc)
})
const Filter = Schema.Struct({
  kind: Schema.optionalKey(Model.CustomerKind),
  state: Schema.optionalKey(Model.CustomerState)
})
const NewPayee = Schema.Struct({ ...onCustomer, ...Payee.BeneficiaryFile.fields })
const Removal = Schema.Struct({ key: CommandKey, beneficiaryId: Payee.BeneficiaryId })

/** A customer. What is personal is in `file`, behind `Secret`s, and null once it has been erased. */
export type Customer = Plain<Model.Customer>
/** A person or a company to be registered. */
export type CustomerOpening = Given<typeof Opening.Type>
/** A registration number as somebody wrote it down. */
export type RegistrationGiven = Given<typeof Written.Type>
/** An act on one customer. */
export type OnCustomer = Given<typeof OnCustomer.Type>
/** Which customers a list holds. */
export type CustomerFilter = Plain<Model.CustomerFilter>
/** A document that was handed in; its content stays with the host. */
export type KycDocument = Plain<Document>
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
 * `CustomerNotFound`, `CustomerStateUnfit` or `KycNotApproved`, or with `IdempotencyMismatch`, `InputInvalid` or
 * `NotPermitted`.
 */
export interface Customers {
  /** Rejects with `RegistrationNumberInvalid`, `RegistrationMisfit` or `RegistrationTaken`. */
  readonly register: (opening: CustomerOpening, options?: CallOptions) => Promise<Customer>
  readonly change: (change: Given<typeof Change.Type>, options?: CallOptions) => Promise<Customer>
  readonly submitDocuments: (act: Given<typeof Documents.Type>, options?: CallOptions) => Promise<Customer>
  /** Has the verifier decide. Rejects with `KycUnavailable` or `CustomerChanged`, after which the same call may be made again. */
  readonly verify: (act: OnCustomer, options?: CallOptions) => Promise<Customer>
  /** Decides in place of the verifier. */
  readonly decide: (decision: Given<typeof Decision.Type>, options?: CallOptions) => Promise<Customer>
  readonly activate: (act: OnCustomer, options?: CallOptions) => Promise<Customer>
  readonly restrict: (act: Given<typeof Restriction.Type>, options?: CallOptions) => Promise<Customer>
  readonly lift: (act: Given<typeof Restriction.Type>, options?: CallOptions) => Promise<Customer>
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
  readonly remove: (removal: Given<typeof Removal.Type>, options?: CallOptions) => Promise<Beneficiary>
  readonly find: (id: string, options?: CallOptions) => Promise<Beneficiary>
  readonly list: (customerId: string, options?: PageOptions) => Promise<Page<Beneficiary>>
}

const number = { "/number": concealed("registration number") }
const detailsAt = (path: string) =>
  Object.fromEntries(["name", "email", "phone", "address"].map((name) => [`${path}/${name}`, concealed(name)]))

const read = {
  opening: withParts({ "/registration/number": concealed("registration number"), ...detailsAt("/details") })(
    reader(Opening)
  ),
  change: withParts(detailsAt("/details"))(reader(Change)),
  onCustomer: reader(OnCustomer),
  documents: reader(Documents),
  decision: reader(Decision),
  restriction: reader(Restriction),
  id: reader(Model.CustomerId),
  kind: reader(Model.CustomerKind),
  registration: withParts(number)(reader(Written)),
  filter: reader(Filter),
  payee: withParts({ "/name": concealed("name"), "/account": externalAccount })(reader(NewPayee)),
  removal: reader(Removal),
  payeeId: reader(Payee.BeneficiaryId)
}

/** What no person asks for, though a person who manages the bank may. */
const managing = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.andThen(Actor.require(managePermission), effect)

/** The customers of an open Saldo. */
export const makeCustomers = (calls: BankCalls): Customers => {
  const use = <A, E, R>(f: (customers: CustomersUseCase["Service"]) => Effect.Effect<A, E, R>) =>
    CustomersUseCase.use(f)
  return {
    register: calls.reading(read.opening, (known) => use((one) => one.register(known))),
    change: calls.reading(read.change, (known) => use((one) => one.change(known))),
    submitDocuments: calls.reading(read.documents, (known) => use((one) => one.submitDocuments(known))),
    verify: calls.reading(read.onCustomer, (known) => use((one) => one.verify(known))),
    decide: calls.reading(read.decision, (known) => use((one) => one.decide(known))),
    activate: calls.reading(read.onCustomer, (known) => use((one) => one.activate(known))),
    restrict: calls.reading(read.restriction, (known) => use((one) => one.restrict(known))),
    lift: calls.reading(read.restriction, (known) => use((one) => one.lift(known))),
    close: calls.reading(read.onCustomer, (known) => use((one) => one.close(known))),
    erase: calls.reading(read.onCustomer, (known) => use((one) => one.erase(known))),
    find: calls.reading(read.id, (known) => use((one) => one.find(known))),
    findByRegistration: (kind, registration, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.kind(kind), read.registration(registration)]), (known) =>
          use((one) => one.findByRegistration(...known))
        ),
        options
      ),
    list: (filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.filter(filter), pageOf(options)]), (known) => use((one) => one.list(...known))),
        options
      ),
    expireApprovals: (limit, options) => calls.run(managing(use((one) => one.expireApprovals(limit))), options),
    rewrapKeys: (limit, options) => calls.run(managing(PersonalData.use((one) => one.rewrap(limit))), options)
  }
}

/** The beneficiaries of an open Saldo. */
export const makeBeneficiaries = (calls: BankCalls): Beneficiaries => {
  const use = <A, E, R>(f: (beneficiaries: BeneficiariesUseCase["Service"]) => Effect.Effect<A, E, R>) =>
    BeneficiariesUseCase.use(f)
  return {
    add: calls.reading(read.payee, (known) => use((one) => one.add(known))),
    remove: calls.reading(read.removal, (known) => use((one) => one.remove(known))),
    find: calls.reading(read.payeeId, (known) => use((one) => one.find(known))),
    list: (customerId, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.id(customerId), pageOf(options)]), (known) => use((one) => one.list(...known))),
        options
      )
  }
}
