/**
 * How deposit accounts, receipts and statements are written in tables and as data. Pure.
 */
import type { DepositReceipt } from "saldo/banking/DepositTransactions"
import type { Statement } from "saldo/banking/Statement"
import type { Balance } from "saldo/ledger/LedgerReport"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { figure, ruledOff } from "../books.ts"
import { type Column, plain, table } from "../chart.ts"
import type { ShownAccount } from "../desk/BankDesk.ts"
import { shortId } from "./shortId.ts"

/** An account with what it holds, and what its holder is called. */
export interface HeldAccount {
  readonly account: ShownAccount
  readonly holder: string
  readonly balance: Pick<Balance, "available" | "balance" | "pendingIn" | "pendingOut">
}

const columns: ReadonlyArray<Column> = [
  { heading: "Account" },
  { heading: "Name", flexible: true },
  { heading: "Holder", flexible: true },
  { heading: "Balance", align: "right" },
  { heading: "Available", align: "right" },
  { heading: "Currency" },
  { heading: "State" }
]

/** Accounts, a line each. */
export const heldAccountTable = (accounts: ReadonlyArray<HeldAccount>, width: number | null): string =>
  table(
    columns,
    accounts.map(({ account, balance, holder }) => [
      shortId(account.id),
      plain(account.name),
      plain(holder),
      figure(balance.balance),
      balance.available === null ? "" : figure(balance.available),
      account.currency,
      account.state
    ]),
    width
  )

/** An account as data. */
export const heldAccountRecord = ({ account, balance }: Omit<HeldAccount, "holder">) => ({
  accountId: account.id,
  customerId: account.customerId,
  product: account.product,
  name: account.name,
  currency: account.currency,
  balance: Money.toDecimal(balance.balance),
  available: balance.available === null ? null : Money.toDecimal(balance.available),
  pendingOut: Money.toDecimal(balance.pendingOut),
  pendingIn: Money.toDecimal(balance.pendingIn),
  ledgerAccountId: account.ledgerAccountId,
  state: account.state,
  openedOn: account.openedOn,
  closedOn: account.closedOn,
  interestThrough: account.interestThrough
})

/** What was moved and what it cost, as data. */
export const receiptRecord = ({ amount, entryId, fee }: DepositReceipt) => ({
  entryId,
  amount: Money.toDecimal(amount),
  fee: Money.toDecimal(fee),
  currency: amount.currency
})

const statementColumns: ReadonlyArray<Column> = [
  { heading: "Booked" },
  { heading: "Value" },
  { heading: "Kind" },
  { heading: "Text", flexible: true },
  { heading: "Amount", align: "right" },
  { heading: "Balance", align: "right" }
]

/** A statement with its opening and closing balance, and what came in and went out. */
export const depositStatementText = (
  { account, holder }: Omit<HeldAccount, "balance">,
  { closing, end, lines, opening, start, total }: Statement,
  width: number | null
): string => {
  const rows = lines.map(({ amount, balanceAfter, bookedOn, description, kind, valueOn }) => [
    bookedOn,
    valueOn,
    plain(kind),
    plain(description),
    figure(amount),
    figure(balanceAfter)
  ])
  const first = ["", "", "", "Opening balance", "", figure(opening)]
  const last = ["", "", "", "Closing balance", figure(total.net), figure(closing)]
  const drawn = table(statementColumns, ruledOff([first, ...rows], [last], [4, 5]), width)
  const title = [
    `${account.id}  ${plain(account.name)}, ${account.currency}`,
    plain(holder),
    `${start} to ${LocalDate.addDays(end, -1)}`
  ]
  return `${title.join("\n")}\n\n${drawn}\n\nIn ${figure(total.credits)}, out ${figure(Money.abs(total.debits))} ${account.currency}.`
}

/** A statement as data. */
export const depositStatementRecord = (
  account: ShownAccount,
  { byKind, closing, end, lines, opening, start, total }: Statement
) => ({
  accountId: account.id,
  currency: account.currency,
  from: start,
  to: LocalDate.addDays(end, -1),
  opening: Money.toDecimal(opening),
  closing: Money.toDecimal(closing),
  credits: Money.toDecimal(total.credits),
  debits: Money.toDecimal(total.debits),
  byKind: byKind.map(({ credits, debits, kind, lines: count }) => ({
    kind,
    lines: count,
    credits: Money.toDecimal(credits),
    debits: Money.toDecimal(debits)
  })),
  items: lines.map(({ amount, balanceAfter, ...line }) => ({
    ...line,
    amount: Money.toDecimal(amount),
    balance: Money.toDecimal(balanceAfter)
  }))
})
