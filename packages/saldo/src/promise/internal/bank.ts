/**
 * A bank in an open Saldo: what it needs from its host, and what it does.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as BankUseCases from "../../banking/BankUseCases.ts"
import { Customers as CustomersUseCase } from "../../banking/Customers.ts"
import { PaymentLimit as Limit } from "../../banking/PaymentLimit.ts"
import { permissive, type PaymentPolicy } from "../../banking/PaymentPolicy.ts"
import { Payments as PaymentsUseCase } from "../../banking/Payments.ts"
import { type NamedKey, WrappingKeys } from "../../banking/WrappingKeys.ts"
import { MoneySchema } from "../../money/MoneySchema.ts"
import { HolidayCalendarSchema } from "../../time/HolidayCalendarSchema.ts"
import {
  type Accounts,
  type DepositProduct,
  makeAccounts,
  makeProducts,
  makeTransactions,
  type Products,
  productsOf,
  type Transactions
} from "./bankAccounts.ts"
import type { BankCalls } from "./bankCalls.ts"
import { type Beneficiaries, type Customers, makeBeneficiaries, makeCustomers } from "./bankCustomers.ts"
import { type Approvals, makeApprovals, makePayments, type Payments } from "./bankPayments.ts"
import type { Plain } from "./plain.ts"
import { type Kyc, kycLayer, type Rail, railLayer } from "./rail.ts"
import { reader } from "./reading.ts"
import { Secret } from "./secret.ts"

/** A key of 32 bytes as 64 hexadecimal digits, with the name by which it is remembered. */
export interface BankKey {
  readonly id: string
  readonly key: string | Secret
}

/** The keys of the host, from its key management or configuration, and never from the database that they protect. */
export interface BankKeys {
  /** What wraps the keys of customers from now on. */
  readonly current: BankKey
  /** What wrapped them earlier, until `customers.rewrapKeys()` gives 0. */
  readonly previous?: ReadonlyArray<BankKey>
  /** What makes registration and account numbers findable without storing them. It stays: another one finds nothing. */
  readonly index: string | Secret
}

/** One limit of payments. */
export type PaymentLimit = Plain<Limit>

const Rules = Schema.Struct({
  limits: Schema.optionalKey(Schema.Array(Limit)),
  approval: Schema.optionalKey(
    Schema.Union([Schema.Literals(["never", "always"]), Schema.Struct({ above: Schema.Array(MoneySchema) })])
  ),
  approvalWithinMs: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  askEveryMs: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  businessDays: Schema.optionalKey(HolidayCalendarSchema)
})

/**
 * What the bank lets its customers pay. Left out: no limits; approval `never` (or `always`, or above an amount, in
 * another currency all of them), given within three days; a rail that said nothing is asked every hour; every day is a
 * business day.
 */
export type PaymentRules = Plain<typeof Rules.Type>

/** What a bank needs from its host. */
export interface BankOptions {
  readonly keys: BankKeys
  /** Every version of every product that was ever offered, each product's in order. */
  readonly products: ReadonlyArray<DepositProduct>
  /** Who verifies customers. `reference` decides from the documents alone: for tests and demonstrations. */
  readonly kyc: Kyc | "reference"
  /** The way to other banks. Without one, this process takes orders, and another one sends them. */
  readonly rail?: Rail
  readonly payments?: PaymentRules
  /**
   * Marks of a customer, such as `student`, for fees that some do not pay. Asked in transactions, so answer from memory
   * and without calling Saldo.
   */
  readonly tags?: (customer: { readonly tenant: string; readonly customerId: string }) => ReadonlyArray<string>
}

/** The bank of an open Saldo, in the hands of one actor. */
export interface Bank {
  readonly customers: Customers
  readonly beneficiaries: Beneficiaries
  readonly products: Products
  readonly accounts: Accounts
  readonly transactions: Transactions
  readonly payments: Payments
  readonly approvals: Approvals
}

const keyOf = (text: string | Secret) => Redacted.make(text instanceof Secret ? text.reveal() : text)
const namedKey = ({ id, key }: BankKey): NamedKey => ({ id, key: keyOf(key) })

const keysLayer = ({ current, index, previous = [] }: BankKeys) =>
  WrappingKeys.layer({ current: namedKey(current), previous: previous.map(namedKey), index: keyOf(index) })

const readRules = reader(Rules)

const policyOf = (given: PaymentRules) =>
  Effect.map(readRules(given), ({ approval, approvalWithinMs, askEveryMs, businessDays, limits }): PaymentPolicy => ({
    limits: limits ?? permissive.limits,
    approval: approval ?? permissive.approval,
    approvalWithin: approvalWithinMs === undefined ? permissive.approvalWithin : Duration.millis(approvalWithinMs),
    askEvery: askEveryMs === undefined ? permissive.askEvery : Duration.millis(askEveryMs),
    ...(businessDays === undefined ? {} : { businessDays })
  }))

/** The use cases of a bank, with its ledger and trail, on the stores of an open Saldo. */
export const bankLayer = (
  { keys, kyc, payments: rules = {}, products: given, rail, tags }: BankOptions,
  timeZone: string | undefined
) =>
  Layer.unwrap(
    Effect.gen(function* () {
      return BankUseCases.layer({
        products: yield* productsOf(given),
        payments: yield* policyOf(rules),
        ...(tags === undefined
          ? {}
          : { tags: (tenant, customerId) => Effect.sync(() => tags({ tenant, customerId })) }),
        ...(timeZone === undefined ? {} : { timeZone })
      })
    })
  ).pipe(Layer.provide([keysLayer(keys), kycLayer(kyc), railLayer(rail)]))

/** What the clock does in a bank. */
export const bankWorkers = ({ rail }: BankOptions) =>
  rail === undefined
    ? CustomersUseCase.layerExpiry
    : Layer.merge(CustomersUseCase.layerExpiry, PaymentsUseCase.layerWorker)

/** The bank of an open Saldo. */
export const makeBank = (calls: BankCalls, { rail }: BankOptions): Bank => ({
  customers: makeCustomers(calls),
  beneficiaries: makeBeneficiaries(calls),
  products: makeProducts(calls),
  accounts: makeAccounts(calls),
  transactions: makeTransactions(calls),
  payments: makePayments(calls, rail !== undefined),
  approvals: makeApprovals(calls)
})
