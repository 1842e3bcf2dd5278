/**
 * The customers of a bank. What is personal about them is `Redacted` where it is read and sealed where it is stored.
 */
import * as Schema from "effect/Schema"
import { isFitText } from "../core/fitText.ts"
import * as Id from "../core/Id.ts"
import { redacted } from "../core/RedactedSchema.ts"
import { Kyc, ReasonCode } from "./Kyc.ts"

/** Names one customer. Whoever acts for itself is an actor with this id. */
export const CustomerId = Id.schema("cust")

/** The id of one customer. */
export type CustomerId = typeof CustomerId.Type

/** A customer is a person or a company. */
export const CustomerKind = Schema.Literals(["person", "company"])

/** A person or a company. */
export type CustomerKind = typeof CustomerKind.Type

/** From `pending` to `active`, between `active` and `restricted`, and from any of them to `closed`, which is the end. */
export const CustomerState = Schema.Literals(["pending", "active", "restricted", "closed"])

/** One of the four states of a customer. */
export type CustomerState = typeof CustomerState.Type

/** Where customers are registered: persons under the first, sole traders too, companies under the others. */
export const RegistrationScheme = Schema.Literals([
  "SwedishPersonalNumber",
  "SwedishOrganisationNumber",
  "NorwegianOrganisationNumber"
])

/** Where a customer is registered. */
export type RegistrationScheme = typeof RegistrationScheme.Type

const text = (label: string, maximum: number) =>
  redacted(
    Schema.String.check(
      Schema.makeFilter<string>((given) =>
        given.trim() !== "" && given.length <= maximum && isFitText(given)
          ? undefined
          : `expected 1 to ${maximum} characters`
      )
    ),
    label
  )

/**
 * What is personal about a customer: the name, and how to reach it. In JSON it is plain text, so keep the JSON as secret.
 */
export const CustomerDetails = Schema.Struct({
  name: text("name", 200),
  email: Schema.optionalKey(text("email", 320)),
  phone: Schema.optionalKey(text("phone", 40)),
  /** The postal address, line by line. */
  address: Schema.optionalKey(text("address", 1000))
})

/** What is personal about a customer. */
export type CustomerDetails = typeof CustomerDetails.Type

/** A registration number in its canonical form, as the readers of registration numbers give it. */
export const Registration = Schema.Struct({
  scheme: RegistrationScheme,
  number: redacted(
    Schema.String.check(Schema.isPattern(/^\d{9,12}$/u, { expected: "9 to 12 digits" })),
    "registration number"
  )
})

/** A registration number. */
export type Registration = typeof Registration.Type

/** What is sealed under the customer's own key. */
export const SealedFile = Schema.Struct({ registration: Registration, details: CustomerDetails })

/** What is sealed under the customer's own key. */
export type SealedFile = typeof SealedFile.Type

const facts = {
  id: CustomerId,
  tenant: Schema.String,
  kind: CustomerKind,
  state: CustomerState,
  /** Why it is restricted; empty in every other state, except that a closed customer keeps them. */
  restrictions: Schema.Array(ReasonCode),
  kyc: Kyc,
  /** When its personal data was destroyed; null while it is there. */
  erasedAt: Schema.NullOr(Schema.DateTimeUtcFromMillis),
  createdAt: Schema.DateTimeUtcFromMillis,
  /** Counts every change; 1 when it was registered. */
  version: Schema.Int
}

/** A customer as it is stored: nothing personal but under seal. */
export const StoredCustomer = Schema.Struct({
  ...facts,
  /** The sealed file; null once erased. */
  sealed: Schema.NullOr(Schema.String),
  /** The keyed digest by which its registration number is found; null once erased. */
  registrationIndex: Schema.NullOr(Schema.String)
})

/** A customer as it is stored. */
export type StoredCustomer = typeof StoredCustomer.Type

/** A customer as it is read. `file` is null once its personal data has been erased. */
export const Customer = Schema.Struct({ ...facts, file: Schema.NullOr(SealedFile) })

/** A customer as it is read. */
export type Customer = typeof Customer.Type

/** Which customers a list holds; what is left out does not matter. */
export interface CustomerFilter {
  readonly kind?: CustomerKind
  readonly state?: CustomerState
}
