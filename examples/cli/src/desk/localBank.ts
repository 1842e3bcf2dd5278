/**
 * The bank of a database of one's own: the use cases themselves.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApprovalUseCase from "saldo/banking/Approvals"
import { BankCalendar } from "saldo/banking/BankCalendar"
import * as CustomerUseCase from "saldo/banking/Customers"
import type { DepositAccount } from "saldo/banking/DepositAccount"
import * as AccountUseCase from "saldo/banking/DepositAccounts"
import * as StatementUseCase from "saldo/banking/DepositStatements"
import * as TransactionUseCase from "saldo/banking/DepositTransactions"
import * as PaymentUseCase from "saldo/banking/Payments"
import * as LocalDate from "saldo/time/LocalDate"
import * as Desk from "./BankDesk.ts"

const shown = ({ accrual, tenant: _tenant, ...account }: DepositAccount): Desk.ShownAccount => ({
  ...account,
  interestThrough: LocalDate.addDays(accrual.state.nextOn, -1)
})

const showing = Effect.map(shown)

const accounts = Layer.effect(
  Desk.DepositAccounts,
  Effect.map(AccountUseCase.DepositAccounts, (use) => ({
    balance: use.balance,
    block: (id) => showing(use.block(id)),
    close: (closing) => showing(use.close(closing)),
    find: (id) => showing(use.find(id)),
    list: (filter, page) =>
      Effect.map(use.list(filter, page), ({ items, next }) => ({ items: items.map(shown), next })),
    open: (opening) => showing(use.open(opening)),
    unblock: (id) => showing(use.unblock(id))
  }))
)

/** The desk over the use cases in scope. */
export const layer = Layer.mergeAll(
  accounts,
  Layer.effect(Desk.Approvals, ApprovalUseCase.Approvals),
  Layer.effect(Desk.Customers, CustomerUseCase.Customers),
  Layer.effect(Desk.DepositStatements, StatementUseCase.DepositStatements),
  Layer.effect(Desk.DepositTransactions, TransactionUseCase.DepositTransactions),
  Layer.effect(Desk.Payments, PaymentUseCase.Payments),
  Layer.effect(
    Desk.Today,
    Effect.map(BankCalendar, ({ today }) => today)
  )
)
