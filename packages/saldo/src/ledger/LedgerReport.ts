/**
 * What the ledger tells about its accounts.
 */
import type { Money } from "../money/Money.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import type { JournalEntry, AccountLine } from "./JournalEntry.ts"
import type { Counters, LedgerAccount } from "./LedgerAccount.ts"
import type { LedgerRefusal } from "./LedgerRefusal.ts"

/** What an account holds; every amount is on the account's normal side. */
export interface Balance {
  readonly account: LedgerAccount
  /** As of the asked time, where `account.counters` are those of now. */
  readonly counters: Counters
  readonly balance: Money
  /** What may leave the account: above its minimum, less what is held; null when it has no minimum. */
  readonly available: Money | null
  readonly pendingOut: Money
  readonly pendingIn: Money
}

/** A line of a statement: what it did to the balance, and the balance after it. */
export interface StatementLine extends AccountLine {
  /** On the account's normal side: negative when the balance fell. */
  readonly amount: Money
  readonly balance: Money
}

/** A page of an account's statement for days of booking; openings and closings are those of the whole period. */
export interface Statement {
  readonly account: LedgerAccount
  readonly from: LocalDate
  readonly to: LocalDate
  readonly opening: Money
  readonly closing: Money
  readonly items: ReadonlyArray<StatementLine>
  /** The cursor of the next page, null on the last. */
  readonly next: string | null
}

/** A line of a trial balance. One of `debit` and `credit` is zero. */
export interface TrialBalanceLine {
  readonly account: LedgerAccount
  readonly counters: Counters
  readonly debit: Money
  readonly credit: Money
  /** On the normal side, with all accounts that roll up into this one. */
  readonly rolledUp: Money
}

/** The sums of a trial balance in one currency. In books that balance they are equal, as the totals of pending sums are. */
export interface TrialBalanceTotal {
  readonly currency: string
  readonly debit: Money
  readonly credit: Money
}

/** Every account with its balance, and the sums that prove the books. */
export interface TrialBalance {
  readonly lines: ReadonlyArray<TrialBalanceLine>
  readonly totals: ReadonlyArray<TrialBalanceTotal>
  /** Whether debits are credits in every currency, posted and pending. */
  readonly balanced: boolean
}

/** What a command would do to one account. */
export interface PlannedEffect {
  readonly before: Balance
  readonly after: Balance
}

/** What a command would come to if it were carried out now: the entries and their effects, or the refusal. */
export type Plan =
  | {
      readonly _tag: "Accepted"
      readonly entries: ReadonlyArray<Omit<JournalEntry, "sequence" | "bookedAt">>
      readonly effects: ReadonlyArray<PlannedEffect>
    }
  | { readonly _tag: "Refused"; readonly refusal: LedgerRefusal }
