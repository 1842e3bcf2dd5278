/**
 * A bank in an open Saldo: what it needs from its host, and what it does.
 */
import type { PaymentLimit as Limit } from "../../banking/PaymentLimit.ts"
import type { Money } from "../../money/Money.ts"
import type { HolidayCalendar } from "../../time/HolidayCalendar.ts"
import type { Accounts, DepositProduct, Products, Transactions } from "./bankAccounts.ts"
import type { Beneficiaries, Customers } from "./bankCustomers.ts"
import type { Approvals, Payments } from "./bankPayments.ts"
import type { PaymentFileOptions, PaymentFiles, PaymentPlans } from "./bankPlans.ts"
import type { Reconciliation } from "./bankReconciliation.ts"
import type { Plain } from "./plain.ts"
import type { Kyc, Rail } from "./rail.ts"
import type { Secret } from "./secret.ts"

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

/** What the bank lets its customers pay, and how it asks about it. */
export interface PaymentRules {
  /** None when left out. */
  readonly limits?: ReadonlyArray<PaymentLimit>
  /**
   * Which payments a second person must approve: none, which is also what leaving it out means, all, or those above an
   * amount. In a currency for which no amount is given, all of them.
   */
  readonly approval?: "never" | "always" | { readonly above: ReadonlyArray<Money> }
  /** How long the second person has; three days when left out. */
  readonly approvalWithinMs?: number
  /** How long after the rail's last word it is asked again about a payment that has not ended; an hour when left out. */
  readonly askEveryMs?: number
  /**
   * How orders leave: over the rail by themselves, also when left out, or in files that `files` writes. What becomes of
   * those is told by `payments.hear`, under the name `files` where there is no rail.
   */
  readonly handover?: "rail" | "file"
  /** The days on which payments are executed, such as a calendar of `saldo/time`; every day when left out. */
  readonly businessDays?: BusinessDays
}

/** A calendar of business days. */
export type BusinessDays = Plain<HolidayCalendar>

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
  /** How payment files are written, for payments that leave in files. */
  readonly files?: PaymentFileOptions
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
  /** Standing orders. */
  readonly plans: PaymentPlans
  readonly files: PaymentFiles
  readonly reconciliation: Reconciliation
  readonly approvals: Approvals
}
