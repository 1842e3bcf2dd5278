/**
 * How accounts, balances and entries are written in tables, as a ledger on paper would have them. Pure.
 */
import type { JournalEntry } from "saldo/ledger/JournalEntry"
import type { Statement } from "saldo/ledger/LedgerReport"
import { formatMoney } from "saldo/money/formatMoney"
import * as Money from "saldo/money/Money"
import { type Column, plain, table } from "./chart.ts"
import type { ShownBalance, ShownLedgerAccount, ShownTrialBalance } from "./desk/Books.ts"

/** An amount with all its decimals, grouped, without its currency: that stands in a column of its own. */
export const figure = (money: Money.Money): string =>
  formatMoney(money, { locale: "sv-SE", currency: "code" }).replace(/\s*[A-Z]{3}$/u, "")

/** As `figure`, and nothing where the amount is zero, as in a column of debits beside one of credits. */
const side = (money: Money.Money): string => (Money.isZero(money) ? "" : figure(money))

/** A line under each column of figures, as wide as the widest of them. */
export const ruledOff = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  totals: ReadonlyArray<ReadonlyArray<string>>,
  columns: ReadonlyArray<number>
) => {
  const width = (column: number) => Math.max(...[...rows, ...totals].map((row) => (row[column] ?? "").length))
  const cells = rows[0] ?? totals[0] ?? []
  const rule = cells.map((_, column) => (columns.includes(column) ? "─".repeat(width(column)) : ""))
  return [...rows, rule, ...totals]
}

const stateOf = ({ closed, creditsBlocked, debitsBlocked, frozen }: ShownLedgerAccount): string =>
  [
    ...(closed ? ["closed"] : []),
    ...(frozen ? ["frozen"] : []),
    ...(debitsBlocked ? ["no debits"] : []),
    ...(creditsBlocked ? ["no credits"] : [])
  ].join(", ")

const accountColumns: ReadonlyArray<Column> = [
  { heading: "Code" },
  { heading: "Name", flexible: true },
  { heading: "Type" },
  { heading: "Balance", align: "right" },
  { heading: "Available", align: "right" },
  { heading: "Currency" },
  { heading: "State" }
]

/** Accounts with what they hold. */
export const accountTable = (balances: ReadonlyArray<ShownBalance>, width: number | null): string =>
  table(
    accountColumns,
    balances.map(({ account, available, balance }) => [
      account.code,
      plain(account.name),
      account.type,
      figure(balance),
      available === null ? "" : figure(available),
      account.currency,
      stateOf(account)
    ]),
    width
  )

/** What one account holds, a line for each part. */
export const balanceText = ({ account, available, balance, pendingIn, pendingOut }: ShownBalance): string => {
  const lines = [
    ["Balance", figure(balance)],
    ...(Money.isZero(pendingOut) ? [] : [["Held", figure(pendingOut)]]),
    ...(Money.isZero(pendingIn) ? [] : [["Announced", figure(pendingIn)]]),
    ...(available === null ? [] : [["Available", figure(available)]])
  ]
  const widest = Math.max(...lines.map(([, amount = ""]) => amount.length))
  const head = `${account.code}  ${plain(account.name)}`
  return [
    head,
    ...lines.map(([name = "", amount = ""]) => `${name.padEnd(10)} ${amount.padStart(widest)} ${account.currency}`)
  ].join("\n")
}

/** A statement with its opening and closing balance. */
export const statementTable = (
  { account, closing, from, items, next, opening, to }: Statement,
  width: number | null
): string => {
  const rows = items.map(({ amount, balance, bookedAt, code, description, valueOn }) => [
    bookedAt.slice(0, 10),
    valueOn,
    plain(description ?? code ?? ""),
    figure(amount),
    figure(balance)
  ])
  const first = ["", "", "Opening balance", "", figure(opening)]
  const last = ["", "", "Closing balance", "", figure(closing)]
  const columns: ReadonlyArray<Column> = [
    { heading: "Booked" },
    { heading: "Value" },
    { heading: "Text", flexible: true },
    { heading: "Amount", align: "right" },
    { heading: "Balance", align: "right" }
  ]
  const lines = next === null ? ruledOff([first, ...rows], [last], [4]) : [first, ...rows]
  const title = `${account.code}  ${plain(account.name)}, ${account.currency}, ${from} to ${to}`
  return `${title}\n\n${table(columns, lines, width)}`
}

/** The accounts in two columns, with equal sums under them for each currency. */
export const trialBalanceTable = ({ balanced, lines, totals }: ShownTrialBalance, width: number | null): string => {
  const columns: ReadonlyArray<Column> = [
    { heading: "Code" },
    { heading: "Account", flexible: true },
    { heading: "Debit", align: "right" },
    { heading: "Credit", align: "right" },
    { heading: "Currency" }
  ]
  const parts = totals.map(({ credit, currency, debit }) => {
    const rows = lines
      .filter(({ account }) => account.currency === currency)
      .map((line) => [line.account.code, plain(line.account.name), side(line.debit), side(line.credit), currency])
    return table(columns, ruledOff(rows, [["", "", figure(debit), figure(credit), currency]], [2, 3]), width)
  })
  const verdict = balanced ? "The books balance." : "The books do not balance: run `saldo ledger verify`."
  return [...parts, verdict].join("\n\n")
}

/** An entry with its postings, debits before credits. */
export const entryText = (
  entry: Pick<JournalEntry, "description" | "lines" | "valueOn">,
  codes: ReadonlyMap<string, string>
): string => {
  const rows = entry.lines.map(({ accountId, posted, side: at }) => [
    codes.get(accountId) ?? accountId,
    at === "debit" ? figure(posted) : "",
    at === "credit" ? figure(posted) : "",
    posted.currency
  ])
  const columns: ReadonlyArray<Column> = [
    { heading: "Account" },
    { heading: "Debit", align: "right" },
    { heading: "Credit", align: "right" },
    { heading: "Currency" }
  ]
  return table(columns, rows, null)
}

/** A balance as flat data: amounts as decimal text beside one currency code. */
export const balanceRecord = ({ account, available, balance, pendingIn, pendingOut }: ShownBalance) => ({
  accountId: account.id,
  code: account.code,
  name: account.name,
  type: account.type,
  currency: account.currency,
  balance: Money.toDecimal(balance),
  available: available === null ? null : Money.toDecimal(available),
  pendingOut: Money.toDecimal(pendingOut),
  pendingIn: Money.toDecimal(pendingIn),
  closed: account.closed,
  frozen: account.frozen,
  version: account.version
})
