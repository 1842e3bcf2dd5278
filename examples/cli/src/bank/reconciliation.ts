/**
 * How the bank's accounts with other banks, and what of them is reconciled, are written in tables and as data. Pure.
 */
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import { explainMatch } from "saldo/banking/matchExplanation"
import type { SettlementAccount } from "saldo/banking/SettlementAccount"
import type { SettlementItem } from "saldo/banking/SettlementItem"
import type { SettlementMatch, SettlementReview } from "saldo/banking/SettlementMatch"
import type { SettlementReport, SettlementTotal } from "saldo/banking/SettlementReport"
import * as Money from "saldo/money/Money"
import { figure, ruledOff } from "../books.ts"
import { type Column, plain, table } from "../chart.ts"
import { shortId } from "./shortId.ts"

/** The number as it may be shown: its last four characters. */
const masked = ({ number }: SettlementAccount): string => `••••${Redacted.value(number).slice(-4)}`

/** The account as data; its number is masked. */
export const settlementRecord = (account: SettlementAccount) => ({
  settlementAccountId: account.id,
  currency: account.currency,
  number: masked(account),
  ledgerAccountId: account.ledgerAccountId,
  statements: account.statements,
  last:
    account.last === null
      ? null
      : { statementId: account.last.statementId, closing: Money.toDecimal(account.last.closing), on: account.last.on }
})

const totalRecord = ({ amount, count }: SettlementTotal) => ({ count, amount: Money.toDecimal(amount) })

/** The report as data. */
export const reportRecord = (report: SettlementReport) => ({
  ...settlementRecord(report.account),
  statement: Money.toDecimal(report.statement),
  book: Money.toDecimal(report.book),
  difference: Money.toDecimal(report.difference),
  lines: {
    open: totalRecord(report.lines.open),
    matched: totalRecord(report.lines.matched),
    setAside: totalRecord(report.lines.setAside)
  },
  entries: {
    open: totalRecord(report.entries.open),
    matched: totalRecord(report.entries.matched),
    setAside: totalRecord(report.entries.setAside)
  },
  reviews: report.reviews,
  unexplained: Money.toDecimal(report.unexplained),
  later: Money.toDecimal(report.later)
})

/** The report as a bridge from the books to the statement: what stands in one and not in the other. */
export const reportText = (report: SettlementReport): string => {
  const { account, book, difference, entries, later, lines, statement, unexplained } = report
  const named = (name: string, { amount, count }: SettlementTotal, sign: (money: Money.Money) => Money.Money) =>
    count === 0 ? [] : [[`${name} (${count})`, figure(sign(amount))]]
  const same = (money: Money.Money) => money
  const rows = [
    ["By the books", figure(book)],
    ...named("Lines without an entry", lines.open, same),
    ...named("Lines set aside", lines.setAside, same),
    ...named("Entries without a line", entries.open, Money.negate),
    ...named("Entries set aside", entries.setAside, Money.negate),
    ...(Money.isZero(unexplained) ? [] : [["Unexplained: run `saldo ledger verify`", figure(unexplained)]])
  ]
  const waiting = Object.values(report.reviews).reduce((sum, count) => sum + count, 0)
  const { last } = account
  const of = last === null || last.on === null ? "" : ` of ${last.on}`
  const heading = last === null ? "no statement yet" : `statement ${plain(last.statementId)}${of}`
  return [
    `${account.currency} ${masked(account)}, ${heading}`,
    "",
    table(
      [{ heading: "" }, { heading: account.currency, align: "right" }],
      ruledOff(rows, [["By the statement", figure(statement)]], [1])
    ),
    "",
    Money.isZero(difference)
      ? "The books and the statement agree."
      : `They differ by ${figure(difference)} ${account.currency}, which is what stands between them.`,
    ...(waiting === 0 ? [] : [`${waiting} to be looked at: \`saldo bank reconcile reviews\`.`]),
    ...(Money.isZero(later)
      ? []
      : [`Booked since: ${figure(later)} ${account.currency}; \`saldo bank reconcile run\` takes it over.`])
  ].join("\n")
}

const text = (value: Redacted.Redacted | null): string => (value === null ? "" : plain(Redacted.value(value)))

/** What tells an item from others: who is on the other side, and what was written. */
const aboutOf = ({ facts }: SettlementItem): string => {
  const written =
    facts._tag === "Line"
      ? [
          text(facts.counterparty),
          facts.reference ?? "",
          text(facts.message),
          facts.position === 0 ? "Opening balance" : ""
        ]
      : [text(facts.counterparty), facts.reference ?? "", facts.code ?? ""]
  return written.filter((part) => part !== "").join(", ")
}

const stateText = ({ aside, automatic, state }: SettlementItem): string => {
  if (aside !== null) return `set aside: ${plain(aside.reason)}`
  return state === "open" && !automatic ? "open, for a person" : state
}

const itemColumns: ReadonlyArray<Column> = [
  { heading: "Item" },
  { heading: "Side" },
  { heading: "On" },
  { heading: "Amount", align: "right" },
  { heading: "About", flexible: true },
  { heading: "State", flexible: true }
]

/** Lines and entries, one below the other. */
export const itemTable = (items: ReadonlyArray<SettlementItem>, width: number | null): string =>
  table(
    itemColumns,
    items.map((item) => [
      shortId(item.facts.id),
      item.facts._tag === "Line" ? "statement" : "books",
      item.facts.on,
      figure(item.facts.amount),
      aboutOf(item),
      stateText(item)
    ]),
    width
  )

/** An item as data. The other party's account number stays out. */
export const itemRecord = (item: SettlementItem) => {
  const { facts } = item
  const common = {
    itemId: facts.id,
    side: facts._tag === "Line" ? "statement" : "books",
    on: facts.on,
    amount: Money.toDecimal(facts.amount),
    currency: facts.amount.currency,
    reference: facts.reference,
    endToEndId: facts.endToEndId,
    counterparty: facts.counterparty === null ? null : Redacted.value(facts.counterparty),
    state: item.state,
    matchId: item.matchId,
    automatic: item.automatic,
    aside: item.aside === null ? null : { reason: item.aside.reason, by: item.aside.by }
  }
  return facts._tag === "Line"
    ? { ...common, position: facts.position, message: facts.message === null ? null : Redacted.value(facts.message) }
    : { ...common, sequence: facts.sequence, code: facts.code, paymentId: facts.paymentId }
}

/** Why a person must decide, in words. */
const reviewReasons: Readonly<Record<SettlementReview["reason"], string>> = {
  severalCandidates: "Each of these could be the other's",
  amountDiffers: "The same id, and other amounts",
  idsDiffer: "The amounts agree, and an id does not",
  sumOnly: "Nothing but the sum speaks for it"
}

/** A review with the items that it is about. */
export interface ReviewedItems {
  readonly review: SettlementReview
  readonly items: ReadonlyArray<SettlementItem>
}

/** Reviews, each with its items. */
export const reviewText = (reviews: ReadonlyArray<ReviewedItems>, width: number | null): string =>
  reviews
    .map(({ items, review }) => {
      const { difference, id, reason } = review
      const by = Money.isZero(difference) ? "" : `, ${figure(difference)} ${difference.currency} apart`
      return `Review ${shortId(id)}: ${reviewReasons[reason]}${by}.\n\n${itemTable(items, width)}`
    })
    .join("\n\n")

/** A review as data. */
export const reviewRecord = ({ items, review }: ReviewedItems) => ({
  reviewId: review.id,
  reason: review.reason,
  rule: review.rule,
  difference: Money.toDecimal(review.difference),
  items: items.map(itemRecord)
})

/** Matches with what speaks for each. */
export const matchTable = (matches: ReadonlyArray<SettlementMatch>, width: number | null): string =>
  table(
    [{ heading: "Match" }, { heading: "Made" }, { heading: "By", flexible: true }, { heading: "Why", flexible: true }],
    matches.map((match) => [
      shortId(match.id),
      DateTime.formatIsoDateUtc(match.madeAt),
      plain(match.madeBy),
      (match.undone === null ? "" : `undone by ${plain(match.undone.by)}: ${plain(match.undone.reason)}; `) +
        explainMatch(match)
    ]),
    width
  )

/** A match as data. */
export const matchRecord = (match: SettlementMatch) => ({
  matchId: match.id,
  rule: match.rule,
  lines: match.lines,
  entries: match.entries,
  agreed: match.agreed,
  differed: match.differed,
  score: match.score,
  byPerson: match.byPerson,
  comment: match.comment,
  madeBy: match.madeBy,
  madeAt: DateTime.formatIso(match.madeAt),
  why: explainMatch(match),
  undone: match.undone === null ? null : { by: match.undone.by, reason: match.undone.reason }
})
