/**
 * The products, accounts and transactions of an open Saldo.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Account from "../../banking/DepositAccount.ts"
import { DepositAccounts, DepositClosing, DepositOpening } from "../../banking/DepositAccounts.ts"
import { DepositEndOfDay } from "../../banking/DepositEndOfDay.ts"
import * as Product from "../../banking/DepositProduct.ts"
import { DepositProducts } from "../../banking/DepositProducts.ts"
import { DepositStatements } from "../../banking/DepositStatements.ts"
import { CashTransaction, DepositTransactions, DepositTransfer } from "../../banking/DepositTransactions.ts"
import { FeeEvent } from "../../banking/Fee.ts"
import { CommandKey } from "../../core/Command.ts"
import { MoneySchema } from "../../money/MoneySchema.ts"
import { LocalDateSchema } from "../../time/LocalDateSchema.ts"
import type { Accounts, DepositProduct, Products, Transactions } from "./bankAccounts.ts"
import type { BankCalls } from "./bankCalls.ts"
import { inWhole, readDays, reader } from "./reading.ts"

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
// The last year of the calendar has no year after it, in which its range would end.
const Year = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9998 }))

const read = {
  product: reader(ProductFields),
  pinned: reader(Product.PinnedProduct),
  productId: reader(Product.ProductId),
  date: reader(LocalDateSchema),
  opening: reader(Opening),
  closing: reader(Closing),
  id: reader(Account.DepositAccountId),
  filter: reader(Filter),
  year: reader(Year),
  cash: reader(Cash),
  transfer: reader(Transfer),
  event: reader(FeeEvent),
  amount: reader(MoneySchema)
}

/** Products as a host gives them; whether their parts agree is for `DepositProducts` to say. */
export const productsOf = (given: ReadonlyArray<DepositProduct>) =>
  Effect.forEach(given, (each, index) =>
    read.product(each).pipe(
      inWhole(`/bank/products/${index}`),
      Effect.map((fields) => new Product.DepositProduct(fields))
    )
  )

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
  const use = <A, E, R>(f: (accounts: DepositAccounts["Service"]) => Effect.Effect<A, E, R>) => DepositAccounts.use(f)
  return {
    open: calls.reading(read.opening, (known) => use((accounts) => accounts.open(known))),
    close: calls.reading(read.closing, (known) => use((accounts) => accounts.close(known))),
    find: calls.reading(read.id, (id) => use((accounts) => accounts.find(id))),
    list: calls.paging(read.filter, (known, page) => use((accounts) => accounts.list(known, page))),
    balance: calls.reading(read.id, (id) => use((accounts) => accounts.balance(id))),
    block: calls.reading(read.id, (id) => use((accounts) => accounts.block(id))),
    unblock: calls.reading(read.id, (id) => use((accounts) => accounts.unblock(id))),
    statement: (id, days, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.id(id), readDays(days)]), (known) =>
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
