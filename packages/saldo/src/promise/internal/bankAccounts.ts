/**
 * Products, deposit accounts and the money on them, without Effect.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Summary from "../../banking/accountStatement.ts"
import * as Account from "../../banking/DepositAccount.ts"
import { DepositAccounts as AccountsUseCase, DepositClosing, DepositOpening } from "../../banking/DepositAccounts.ts"
import { DepositEndOfDay, type EndOfDayReport as Report } from "../../banking/DepositEndOfDay.ts"
import * as Product from "../../banking/DepositProduct.ts"
import { DepositProducts } from "../../banking/DepositProducts.ts"
import { DepositStatements } from "../../banking/DepositStatements.ts"
import {
  CashTransaction,
  type DepositReceipt as Receipt,
  DepositTransactions,
  DepositTransfer
} from "../../banking/DepositTransactions.ts"
import { FeeEvent } from "../../banking/Fee.ts"
import type * as Fees from "../../banking/fees.ts"
import type * as Statements from "../../banking/Statement.ts"
import { CommandKey } from "../../core/Command.ts"
import type * as Ledgers from "../../ledger/LedgerReport.ts"
import type { Money } from "../../money/Money.ts"
import { MoneySchema } from "../../money/MoneySchema.ts"
import { LocalDateSchema } from "../../time/LocalDateSchema.ts"
import type { BankCalls } from "./bankCalls.ts"
import type { CallOptions, Page, PageOptions } from "./callOptions.ts"
import type { Plain } from "./plain.ts"
import { pageOf, reader } from "./reading.ts"

const ProductFields = Schema.Struct(Product.DepositProduct.fields)
const key = { key: CommandKey }
const Opening = Schema.Struct({ ...key, ...DepositOpening.fields })
const Closing = Schema.Struct({ ...key, ...DepositClosing.fields })
const Cash = Schema.Struct({ ...key, ...CashTransaction.fields })
const Transfer = Schema.Struct({ ...key, ...DepositTransfer.fields })
const Filter = Schema.Struct({
  customerId: Schema.optionalKey(Account.DepositAccount.fields.customerId),
  state: Schema.optionalKey(Account.DepositAccountState)
})
const Days = Schema.Struct({ start: LocalDateSchema, end: LocalDateSchema }).check(
  Schema.makeFilter<{ readonly start: string; readonly end: string }>(({ end, start }) =>
    start <= end ? undefined : { path: ["end"], issue: `a range from ${start} cannot end before` }
  )
)
// The last year of the calendar has no year after it, in which its range would end.
const Year = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9998 }))

/** One version of a product: what a bank offers to keep money on. */
export type DepositProduct = Plain<typeof ProductFields.Type>
/** The version of a product that an account is on. */
export type PinnedProduct = Plain<Product.PinnedProduct>
/** An account that a customer keeps money on. */
export type DepositAccount = Plain<Account.DepositAccount>
/** Which accounts to give. */
export type DepositAccountFilter = Plain<typeof Filter.Type>
/** What a customer has on an account, and what of it is available. */
export type DepositBalance = Plain<Pick<Ledgers.Balance, "available" | "balance" | "pendingIn" | "pendingOut">>
/** An account in a range of days. */
export type AccountStatement = Plain<Statements.Statement>
/** An account in a calendar year. */
export type YearlySummary = Plain<Summary.YearlySummary>
/** What the end of a day did. */
export type EndOfDayReport = Plain<Report>
/** What was moved and what it cost. */
export type DepositReceipt = Plain<Receipt>
/** What an event costs by one fee. */
export type FeeItem = Plain<Fees.FeeItem>

/** The products that Saldo was opened with. */
export interface Products {
  /** One version; undefined when there is none. */
  readonly find: (pinned: PinnedProduct, options?: CallOptions) => Promise<DepositProduct | undefined>
  /** The version on which accounts are opened on a day; undefined before the first is offered. */
  readonly offered: (id: string, on: string, options?: CallOptions) => Promise<DepositProduct | undefined>
}

/**
 * The accounts of the bank's customers. Reject with the refusal, such as `DepositAccountNotFound`, `ProductNotOffered` or
 * `AccountHolderUnsuitable`, or with `IdempotencyMismatch`, `InputInvalid` or `NotPermitted`.
 */
export interface Accounts {
  readonly open: (opening: Plain<typeof Opening.Type>, options?: CallOptions) => Promise<DepositAccount>
  readonly close: (closing: Plain<typeof Closing.Type>, options?: CallOptions) => Promise<DepositAccount>
  readonly find: (id: string, options?: CallOptions) => Promise<DepositAccount>
  readonly list: (filter?: DepositAccountFilter, options?: PageOptions) => Promise<Page<DepositAccount>>
  readonly balance: (id: string, options?: CallOptions) => Promise<DepositBalance>
  readonly block: (id: string, options?: CallOptions) => Promise<DepositAccount>
  readonly unblock: (id: string, options?: CallOptions) => Promise<DepositAccount>
  /** What happened from `start` up to `end`, which is not included, with the balance after each line. */
  readonly statement: (
    id: string,
    days: { readonly start: string; readonly end: string },
    options?: CallOptions
  ) => Promise<AccountStatement>
  readonly year: (id: string, year: number, options?: CallOptions) => Promise<YearlySummary>
  /** Takes every account of the tenant through a day: interest, fees, corrections. Rejects with `DayNotOver`. */
  readonly endDay: (through: string, options?: CallOptions) => Promise<EndOfDayReport>
}

/** Money in and out of accounts. Reject as the accounts do, and with `InsufficientFunds` and the like. */
export interface Transactions {
  readonly deposit: (deposit: Plain<typeof Cash.Type>, options?: CallOptions) => Promise<DepositReceipt>
  readonly withdraw: (withdrawal: Plain<typeof Cash.Type>, options?: CallOptions) => Promise<DepositReceipt>
  readonly transfer: (transfer: Plain<typeof Transfer.Type>, options?: CallOptions) => Promise<DepositReceipt>
  /** Announces a withdrawal, for accounts with notice. */
  readonly announce: (announced: Plain<typeof Cash.Type>, options?: CallOptions) => Promise<void>
  /** What an event such as `withdrawal` would cost today, fee by fee. */
  readonly quote: (id: string, event: string, amount: Money, options?: CallOptions) => Promise<ReadonlyArray<FeeItem>>
}

const read = {
  product: reader(ProductFields),
  pinned: reader(Product.PinnedProduct),
  productId: reader(Product.ProductId),
  date: reader(LocalDateSchema),
  opening: reader(Opening),
  closing: reader(Closing),
  id: reader(Account.DepositAccountId),
  filter: reader(Filter),
  days: reader(Days),
  year: reader(Year),
  cash: reader(Cash),
  transfer: reader(Transfer),
  event: reader(FeeEvent),
  amount: reader(MoneySchema)
}

/** Products as a host gives them; whether their parts agree is for `DepositProducts` to say. */
export const productsOf = (given: ReadonlyArray<DepositProduct>) =>
  Effect.forEach(given, (each) => Effect.map(read.product(each), (fields) => new Product.DepositProduct(fields)))

/** The products of an open Saldo. */
export const makeProducts = (calls: BankCalls): Products => ({
  find: calls.reading(read.pinned, (pinned) => DepositProducts.useSync((products) => products.find(pinned))),
  offered: (id, on, options) =>
    calls.run(
      Effect.flatMap(Effect.all([read.productId(id), read.date(on)]), (known) =>
        DepositProducts.useSync((products) => products.offered(...known))
      ),
      options
    )
})

/** The accounts of an open Saldo. */
export const makeAccounts = (calls: BankCalls): Accounts => {
  const use = <A, E, R>(f: (accounts: AccountsUseCase["Service"]) => Effect.Effect<A, E, R>) => AccountsUseCase.use(f)
  return {
    open: calls.reading(read.opening, (known) => use((accounts) => accounts.open(known))),
    close: calls.reading(read.closing, (known) => use((accounts) => accounts.close(known))),
    find: calls.reading(read.id, (id) => use((accounts) => accounts.find(id))),
    list: (filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.filter(filter), pageOf(options)]), (known) =>
          use((accounts) => accounts.list(...known))
        ),
        options
      ),
    balance: calls.reading(read.id, (id) => use((accounts) => accounts.balance(id))),
    block: calls.reading(read.id, (id) => use((accounts) => accounts.block(id))),
    unblock: calls.reading(read.id, (id) => use((accounts) => accounts.unblock(id))),
    statement: (id, days, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.id(id), read.days(days)]), (known) =>
          DepositStatements.use((statements) => statements.statement(...known))
        ),
        options
      ),
    year: (id, year, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.id(id), read.year(year)]), (known) =>
          DepositStatements.use((statements) => statements.year(...known))
        ),
        options
      ),
    endDay: calls.reading(read.date, (through) => DepositEndOfDay.use((days) => days.run(through)))
  }
}

/** The transactions of an open Saldo. */
export const makeTransactions = (calls: BankCalls): Transactions => {
  const use = <A, E, R>(f: (transactions: DepositTransactions["Service"]) => Effect.Effect<A, E, R>) =>
    DepositTransactions.use(f)
  return {
    deposit: calls.reading(read.cash, (known) => use((transactions) => transactions.deposit(known))),
    withdraw: calls.reading(read.cash, (known) => use((transactions) => transactions.withdraw(known))),
    transfer: calls.reading(read.transfer, (known) => use((transactions) => transactions.transfer(known))),
    announce: calls.reading(read.cash, (known) => use((transactions) => transactions.announce(known))),
    quote: (id, event, amount, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.id(id), read.event(event), read.amount(amount)]), (known) =>
          use((transactions) => transactions.quote(...known))
        ),
        options
      )
  }
}
