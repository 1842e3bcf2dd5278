/** Why a settlement account is not the same here and at the other bank, from the sums of its items. */
import * as Money from "../money/Money.ts"
import type { SettlementAccount } from "./SettlementAccount.ts"
import type { SettlementSum } from "./SettlementFilter.ts"
import type { SettlementReview } from "./SettlementMatch.ts"
import type { SettlementReport, SettlementSide, SettlementTotal } from "./SettlementReport.ts"

/** What is known about an account. Amounts are in minor units of its currency. */
export interface SettlementStanding {
  readonly account: SettlementAccount
  readonly sums: ReadonlyArray<SettlementSum>
  readonly reviews: ReadonlyArray<SettlementReview>
  /** What the ledger held after the entry taken over last, and what it holds now. */
  readonly book: bigint
  readonly bookNow: bigint
}

/** The report of an account. */
export const settlementReport = ({ account, book, bookNow, reviews, sums }: SettlementStanding): SettlementReport => {
  const money = (amount: bigint) => Money.fromMinor(amount, account.currency)
  const totalOf = (side: SettlementSum["side"], state: SettlementSum["state"]): SettlementTotal => {
    const sum = sums.find((each) => each.side === side && each.state === state)
    return { count: sum?.count ?? 0, amount: money(sum?.amount ?? 0n) }
  }
  const sideOf = (side: SettlementSum["side"]): SettlementSide => ({
    open: totalOf(side, "open"),
    matched: totalOf(side, "matched"),
    setAside: totalOf(side, "setAside")
  })
  const [lines, entries] = [sideOf("line"), sideOf("entry")]
  const statement = account.last?.closing.amount ?? 0n
  const between = (state: "open" | "setAside") => lines[state].amount.amount - entries[state].amount.amount
  const countOf = (reason: SettlementReview["reason"]) => reviews.filter((review) => review.reason === reason).length
  return {
    account,
    statement: money(statement),
    book: money(book),
    difference: money(statement - book),
    lines,
    entries,
    reviews: {
      severalCandidates: countOf("severalCandidates"),
      amountDiffers: countOf("amountDiffers"),
      idsDiffer: countOf("idsDiffer"),
      sumOnly: countOf("sumOnly")
    },
    unexplained: money(statement - book - between("open") - between("setAside")),
    later: money(bookNow - book)
  }
}
