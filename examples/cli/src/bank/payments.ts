/**
 * How payment orders are written in tables and as data. Pure. Account numbers are masked unless they are asked for.
 */
import * as DateTime from "effect/DateTime"
import { mask, numberOf } from "saldo/banking/ExternalAccount"
import { paymentReasonNames, paymentStatusNames } from "saldo/banking/PaymentStatus"
import * as Money from "saldo/money/Money"
import { figure } from "../books.ts"
import { type Column, plain, table, wrap } from "../chart.ts"
import type { ShownApproval, ShownPayment } from "../desk/BankDesk.ts"
import { shortId } from "./shortId.ts"

/** What schemes of account numbers are called. */
const schemeNames = {
  Iban: "IBAN",
  Bankgiro: "bankgiro",
  Plusgiro: "plusgiro",
  SwedishAccount: "account",
  NorwegianAccount: "account"
} as const

const amountText = (amount: Money.Money): string => `${figure(amount)} ${amount.currency}`

const numberText = ({ account }: ShownPayment["creditor"], reveal: boolean): string =>
  `${schemeNames[account._tag]} ${reveal ? numberOf(account) : mask(account)}`

/** A reason in words where ISO 20022 has some. */
const reasonText = (reason: string): string => {
  const words = paymentReasonNames.get(reason)
  return words === undefined ? plain(reason) : `${reason} ${words}`
}

const stateText = ({ approvalId, dispute, reason, state }: ShownPayment): string =>
  (state === "created" && approvalId !== null ? "waits for consent" : state) +
  (reason === null ? "" : `: ${reasonText(reason)}`) +
  (dispute === null ? "" : " (look into it)")

const columns: ReadonlyArray<Column> = [
  { heading: "Payment" },
  { heading: "Receiver", flexible: true },
  { heading: "Account", flexible: true },
  { heading: "On" },
  { heading: "Amount", align: "right" },
  { heading: "State", flexible: true },
  { heading: "By", flexible: true }
]

/** Payment orders, a line each. */
export const paymentTable = (orders: ReadonlyArray<ShownPayment>, width: number | null): string =>
  table(
    columns,
    orders.map((order) => [
      shortId(order.id),
      plain(order.creditor.name),
      numberText(order.creditor, false),
      order.executeOn,
      amountText(order.amount),
      stateText(order),
      plain(order.createdBy)
    ]),
    width
  )

const messageText = ({ message }: ShownPayment): string => {
  if (message === undefined) return ""
  return message._tag === "Text" ? plain(message.text) : `reference ${plain(message.reference)}`
}

const consentText = (approval: ShownApproval | null): string => {
  if (approval === null) return ""
  const { comment, decidedBy, expiresAt, requestedBy, state } = approval
  const said = comment === null ? "" : `: ${plain(comment)}`
  return state === "waiting"
    ? `waits for somebody else than ${plain(requestedBy)}, until ${DateTime.formatIso(expiresAt).slice(0, 16).replace("T", " ")}`
    : `${state}${decidedBy === null ? "" : ` by ${plain(decidedBy)}`}${said}`
}

/** One payment order, a line for each thing that is known. */
export const paymentText = (
  order: ShownPayment,
  approval: ShownApproval | null,
  { reveal, width }: { readonly reveal: boolean; readonly width: number | null }
): string => {
  const { returned, status } = order
  const rows: ReadonlyArray<readonly [name: string, value: string]> = [
    ["Payment", order.id],
    ["Amount", amountText(order.amount)],
    ["From", order.accountId],
    ["To", plain(order.creditor.name)],
    ["Account", numberText(order.creditor, reveal)],
    ["Message", messageText(order)],
    ["On", order.executeOn],
    ["State", stateText(order)],
    ["Consent", consentText(approval)],
    ["Bank says", status === null ? "" : `${status} ${paymentStatusNames[status]}`],
    ["Left in", order.file === undefined ? "" : `${order.file.messageId}.xml for ${order.file.requestedOn}`],
    ["Returned", returned === null ? "" : amountText(returned.amount)],
    ["Look into", order.dispute === null ? "" : plain(order.dispute)],
    ["Ordered", `${DateTime.formatIso(order.createdAt).slice(0, 16).replace("T", " ")} by ${plain(order.createdBy)}`],
    ["Reference", order.endToEndId],
    ["UETR", order.uetr]
  ]
  const shown = rows.filter(([, value]) => value !== "")
  const widest = Math.max(...shown.map(([name]) => name.length)) + 2
  return shown.map(([name, value]) => name.padEnd(widest) + wrap(value, width, widest)).join("\n")
}

const instant = (at: DateTime.Utc | null) => (at === null ? null : DateTime.formatIso(at))

/** A payment order as data; the account number in full only when it is asked for. */
export const paymentRecord = (order: ShownPayment, reveal: boolean) => ({
  paymentId: order.id,
  customerId: order.customerId,
  accountId: order.accountId,
  amount: Money.toDecimal(order.amount),
  currency: order.amount.currency,
  creditor: {
    name: order.creditor.name,
    scheme: order.creditor.account._tag,
    account: reveal ? numberOf(order.creditor.account) : mask(order.creditor.account),
    masked: !reveal
  },
  message: order.message ?? null,
  executeOn: order.executeOn,
  state: order.state,
  waitsForConsent: order.state === "created" && order.approvalId !== null,
  status: order.status,
  reason: order.reason,
  dispute: order.dispute,
  returned:
    order.returned === null
      ? null
      : { amount: Money.toDecimal(order.returned.amount), reason: order.returned.reason, id: order.returned.returnId },
  endToEndId: order.endToEndId,
  uetr: order.uetr,
  createdBy: order.createdBy,
  createdAt: instant(order.createdAt),
  sentAt: instant(order.sentAt),
  file: order.file ?? null,
  version: order.version
})
