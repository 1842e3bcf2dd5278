/**
 * What a statement of the bank's own bank tells about payments that left in files. Pure.
 */
import type { BankStatement, EntryDetail, StatementEntry } from "saldo/banking/BankStatement"
import type { RailEvent } from "saldo/banking/RailEvent"
import * as Money from "saldo/money/Money"

/** The amount of one payment of an entry: its own, or the entry's when there is no other. */
const amountOf = ({ amount: whole, details }: StatementEntry, { amount }: EntryDetail): Money.Money | undefined => {
  const found = amount ?? (details.length === 1 ? whole : undefined)
  return found === undefined ? undefined : Money.abs(found)
}

/**
 * An entry that left the account settles the payments in it. One that came is a return when the bank says so; any other
 * came from somebody else, whose ids are not ours.
 */
const newsOf = (entry: StatementEntry, detail: EntryDetail, id: string): RailEvent | undefined => {
  const { endToEndId, returnReason } = detail
  if (endToEndId === null || entry.status !== "BOOK") return undefined
  if (Money.isNegative(entry.amount)) {
    return entry.reversal ? undefined : { _tag: "Reported", id, endToEndId, report: { status: "ACSC", reason: null } }
  }
  const amount = amountOf(entry, detail)
  if (amount === undefined || (returnReason === null && !entry.reversal)) return undefined
  const returnId = detail.transactionId ?? detail.servicerReference ?? entry.servicerReference ?? id
  return { _tag: "Returned", id, endToEndId, returnId, amount, reason: returnReason }
}

/** The events of a statement; each has the same id however often the statement is read. */
export const newsIn = ({ entries, header }: BankStatement): ReadonlyArray<RailEvent> =>
  entries.flatMap((entry) =>
    entry.details.flatMap((detail, index) => newsOf(entry, detail, `${header.id} ${entry.position}.${index + 1}`) ?? [])
  )
