/** What earlier events of a deposit account leave for a withdrawal: announcements, and withdrawals of a period. */
import * as LocalDate from "../time/LocalDate.ts"
import type { CalendarPeriod } from "./CalendarPeriod.ts"
import { samePeriod } from "./calendarPeriods.ts"
import type { DepositEvent } from "./DepositAccount.ts"

/** The events of transactions, which a product's fees may be for. */
export const events = {
  deposit: "deposit",
  withdrawal: "withdrawal",
  /** To another customer's account. */
  transfer: "transfer",
  /** Between accounts of one customer. */
  ownTransfer: "own-transfer",
  transferIn: "transfer-in",
  announced: "withdrawal-announced"
} as const

/** The events that bring money onto an account. */
export const incoming: ReadonlySet<string> = new Set([events.deposit, events.transferIn])

/** The events that take money from an account: what an allowance of withdrawals counts, and what needs an announcement. */
export const outgoing: ReadonlySet<string> = new Set([events.withdrawal, events.transfer, events.ownTransfer])

type Happened = Pick<DepositEvent, "amount" | "event" | "on">

/** How many withdrawals were made in the period of a day. */
export const withdrawalsUsed = (past: ReadonlyArray<Happened>, per: CalendarPeriod, on: LocalDate.LocalDate): number =>
  past.filter((one) => outgoing.has(one.event) && samePeriod(per, one.on, on)).length

/**
 * How much may be withdrawn on a day, in minor units: what was announced so many days before, less what was withdrawn.
 * Everything that was withdrawn counts, so that an announcement is used once.
 */
export const announcedOf = (past: ReadonlyArray<Happened>, noticeDays: number, on: LocalDate.LocalDate): bigint => {
  const latest = LocalDate.addDays(on, -noticeDays)
  return past.reduce((sum, one) => {
    if (outgoing.has(one.event)) return sum - one.amount.amount
    return one.event === events.announced && one.on <= latest ? sum + one.amount.amount : sum
  }, 0n)
}
