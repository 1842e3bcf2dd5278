/**
 * Products, deposit accounts and the money on them, without Effect.
 */
import type * as Summary from "../../banking/accountStatement.ts"
import type * as Account from "../../banking/DepositAccount.ts"
import type * as Opened from "../../banking/DepositAccounts.ts"
import type * as Store from "../../banking/DepositAccountStore.ts"
import type * as Day from "../../banking/DepositEndOfDay.ts"
import type * as Product from "../../banking/DepositProduct.ts"
import type * as Moved from "../../banking/DepositTransactions.ts"
import type * as Fees from "../../banking/fees.ts"
import type * as Statements from "../../banking/Statement.ts"
import type * as Ledgers from "../../ledger/LedgerReport.ts"
import type { Money } from "../../money/Money.ts"
import type { CallOptions, Days, Keyed, Page, PageOptions } from "./callOptions.ts"
import type { Plain } from "./plain.ts"

/** One version of a product: what a bank offers to keep money on. */
export type DepositProduct = Plain<Omit<Product.DepositProduct, "pinned">>
/** The version of a product that an account is on. */
export type PinnedProduct = Plain<Product.PinnedProduct>
/** An account that a customer keeps money on. */
export type DepositAccount = Plain<Account.DepositAccount>
/** Which accounts to give. */
export type DepositAccountFilter = Plain<Store.DepositAccountFilter>
/** What a customer has on an account, and what of it is available. */
export type DepositBalance = Plain<Pick<Ledgers.Balance, "available" | "balance" | "pendingIn" | "pendingOut">>
/** An account in a range of days. */
export type AccountStatement = Plain<Statements.Statement>
/** An account in a calendar year. */
export type YearlySummary = Plain<Summary.YearlySummary>
/** What the end of a day did. */
export type EndOfDayReport = Plain<Day.EndOfDayReport>
/** What was moved and what it cost. */
export type DepositReceipt = Plain<Moved.DepositReceipt>
/** What an event costs by one fee. */
export type FeeItem = Plain<Fees.FeeItem>

/** An account to be opened, by the version of the product that is offered today. */
export type DepositOpening = Plain<Opened.DepositOpening>
/** An account to be closed, and where what is left goes. */
export type DepositClosing = Plain<Opened.DepositClosing>
/** Money over the counter. */
export type CashTransaction = Plain<Moved.CashTransaction>
/** Money from one account of the bank to another. */
export type DepositTransfer = Plain<Moved.DepositTransfer>

/** The products that Saldo was opened with. */
export interface Products {
  /** One version; undefined when there is none. */
  readonly find: (pinned: PinnedProduct, options?: CallOptions) => Promise<DepositProduct | undefined>
  /** The version on which accounts are opened on a day; undefined before the first is offered. */
  readonly offered: (id: string, on: string, options?: CallOptions) => Promise<DepositProduct | undefined>
}

/**
 * The accounts of the bank's customers. Reject with the refusal, such as `DepositAccountNotFound`, `ProductNotOffered` or
 * `AccountHolderUnsuitable`, or with `IdempotencyMismatch`, `CommandInProgress`, `InputInvalid` or `NotPermitted`.
 */
export interface Accounts {
  readonly open: (opening: Keyed<DepositOpening>, options?: CallOptions) => Promise<DepositAccount>
  readonly close: (closing: Keyed<DepositClosing>, options?: CallOptions) => Promise<DepositAccount>
  readonly find: (id: string, options?: CallOptions) => Promise<DepositAccount>
  readonly list: (filter?: DepositAccountFilter, options?: PageOptions) => Promise<Page<DepositAccount>>
  readonly balance: (id: string, options?: CallOptions) => Promise<DepositBalance>
  readonly block: (id: string, options?: CallOptions) => Promise<DepositAccount>
  readonly unblock: (id: string, options?: CallOptions) => Promise<DepositAccount>
  /** What happened from `start` up to `end`, which is not included, with the balance after each line. */
  readonly statement: (id: string, days: Days, options?: CallOptions) => Promise<AccountStatement>
  readonly year: (id: string, year: number, options?: CallOptions) => Promise<YearlySummary>
  /** Takes every account of the tenant through a day: interest, fees, corrections. Rejects with `DayNotOver`. */
  readonly endDay: (through: string, options?: CallOptions) => Promise<EndOfDayReport>
}

/** Money in and out of accounts. Reject as the accounts do, and with `InsufficientFunds` and the like. */
export interface Transactions {
  readonly deposit: (deposit: Keyed<CashTransaction>, options?: CallOptions) => Promise<DepositReceipt>
  readonly withdraw: (withdrawal: Keyed<CashTransaction>, options?: CallOptions) => Promise<DepositReceipt>
  readonly transfer: (transfer: Keyed<DepositTransfer>, options?: CallOptions) => Promise<DepositReceipt>
  /** Announces a withdrawal, for accounts with notice. */
  readonly announce: (announced: Keyed<CashTransaction>, options?: CallOptions) => Promise<void>
  /** What an event such as `withdrawal` would cost today, fee by fee. */
  readonly quote: (id: string, event: string, amount: Money, options?: CallOptions) => Promise<ReadonlyArray<FeeItem>>
}
