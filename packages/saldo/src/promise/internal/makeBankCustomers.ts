/**
 * The customers and beneficiaries of an open Saldo.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Beneficiaries as BeneficiariesUseCase } from "../../banking/Beneficiaries.ts"
import * as Payee from "../../banking/Beneficiary.ts"
import * as Model from "../../banking/Customer.ts"
import { Customers as CustomersUseCase } from "../../banking/Customers.ts"
import { KycDocument, KycVerdict, ReasonCode } from "../../banking/Kyc.ts"
import { PersonalData } from "../../banking/PersonalData.ts"
import { CommandKey } from "../../core/Command.ts"
import { type BankCalls, managing } from "./bankCalls.ts"
import type { Beneficiaries, Customers } from "./bankCustomers.ts"
import { externalAccount } from "./readExternalAccount.ts"
import { concealed, reader, readLimit, withParts } from "./reading.ts"

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
const Documents = Schema.Struct({ ...onCustomer, documents: Schema.Array(KycDocument) })
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
    list: calls.paging(read.filter, (known, page) => use((one) => one.list(known, page))),
    expireApprovals: calls.reading(readLimit, (limit) => managing(use((one) => one.expireApprovals(limit)))),
    rewrapKeys: calls.reading(readLimit, (limit) => managing(PersonalData.use((one) => one.rewrap(limit))))
  }
}

/** The beneficiaries of an open Saldo. */
export const makeBeneficiaries = (calls: BankCalls): Beneficiaries => {
  const use = <A, E, R>(f: (beneficiaries: BeneficiariesUseCase["Service"]) => Effect.Effect<A, E, R>) =>
    BeneficiariesUseCase.use(f)
  return {
    add: (beneficiary, options) =>
      calls.run(
        Effect.flatMap(read.payee(beneficiary), (known) => use((one) => one.add(known))),
        options
      ),
    remove: calls.reading(read.removal, (known) => use((one) => one.remove(known))),
    find: calls.reading(read.payeeId, (known) => use((one) => one.find(known))),
    list: calls.paging(read.id, (known, page) => use((one) => one.list(known, page)))
  }
}
