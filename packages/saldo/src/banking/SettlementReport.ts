/**
 * Why a settlement account is not the same here and at the other bank.
 */
import type { Money } from "../money/Money.ts"
import type { SettlementAccount } from "./SettlementAccount.ts"
import type { SettlementReview } from "./SettlementMatch.ts"

/** So many items, and what they come to. */
export interface SettlementTotal {
  readonly count: number
  readonly amount: Money
}

/** One side by how its items stand. */
export interface SettlementSide {
  readonly open: SettlementTotal
  readonly matched: SettlementTotal
  readonly setAside: SettlementTotal
}

/**
 * The account as both sides know it. What is matched is the same on both, so that the difference is what is open and what
 * is set aside:
 *
 * `difference = (lines.open − entries.open) + (lines.setAside − entries.setAside) + unexplained`.
 */
export interface SettlementReport {
  readonly account: SettlementAccount
  /** Where the statement imported last ended; zero before the first. */
  readonly statement: Money
  /** What the ledger held after the entry that was taken over last. */
  readonly book: Money
  /** `statement` less `book`. */
  readonly difference: Money
  readonly lines: SettlementSide
  readonly entries: SettlementSide
  /** How many reviews wait for a person, by their reason. */
  readonly reviews: Readonly<Record<SettlementReview["reason"], number>>
  /** What no item explains. Anything but zero means that somebody has changed what is stored. */
  readonly unexplained: Money
  /** What the ledger has booked since; the next run takes it over. */
  readonly later: Money
}
