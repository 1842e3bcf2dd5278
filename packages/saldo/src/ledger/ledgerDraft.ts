import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import { availableOf, highOf, lowOf, roomOf, standingOf } from "./accountStanding.ts"
import type { Hold, HoldId } from "./Hold.ts"
import type { EntryContent, EntryId, Line } from "./JournalEntry.ts"
import type { AccountId, Counters, LedgerAccount } from "./LedgerAccount.ts"
import {
  AccountNotFound,
  InsufficientFunds,
  LedgerOverflow,
  type LedgerRefusal,
  MaximumExceeded
} from "./LedgerRefusal.ts"

/** What a command may look up: as a store has locked and read it, or as commands before it left it. */
export interface LedgerLookup {
  readonly account: (id: AccountId) => LedgerAccount | undefined
  readonly hold: (id: HoldId) => Hold | undefined
  readonly entry: (id: EntryId) => EntryContent | undefined
  /** The entry that took another one back. */
  readonly reversal: (id: EntryId) => EntryId | undefined
}

/** An entry as it was decided, with the counters of each line's account right after the line. */
export interface DecidedEntry {
  readonly content: EntryContent
  readonly after: ReadonlyArray<Counters>
}

const largest = 2n ** 63n - 1n

const added = (counters: Counters, { pending, posted, side }: Line): Counters =>
  side === "debit"
    ? {
        ...counters,
        debitsPosted: counters.debitsPosted + posted.amount,
        debitsPending: counters.debitsPending + pending.amount
      }
    : {
        ...counters,
        creditsPosted: counters.creditsPosted + posted.amount,
        creditsPending: counters.creditsPending + pending.amount
      }

const fits = ({ creditsPending, creditsPosted, debitsPending, debitsPosted }: Counters): boolean =>
  debitsPosted <= largest && creditsPosted <= largest && debitsPending <= largest && creditsPending <= largest

const minimumKept = (before: LedgerAccount, after: LedgerAccount): Result.Result<void, LedgerRefusal> => {
  const [was, is] = [standingOf(before.type, before.counters), standingOf(after.type, after.counters)]
  const left = availableOf(is, after.bounds)
  // An account that is below its minimum already may still be filled.
  if (left === null || left >= 0n || lowOf(is) >= lowOf(was)) return Result.succeed(undefined)
  const available = availableOf(was, after.bounds) ?? 0n
  return Result.fail(
    new InsufficientFunds({
      accountId: after.id,
      available: Money.fromMinor(available < 0n ? 0n : available, after.currency),
      requested: Money.fromMinor(lowOf(was) - lowOf(is), after.currency)
    })
  )
}

const maximumKept = (before: LedgerAccount, after: LedgerAccount): Result.Result<void, LedgerRefusal> => {
  const [was, is] = [standingOf(before.type, before.counters), standingOf(after.type, after.counters)]
  const left = roomOf(is, after.bounds)
  if (left === null || left >= 0n || highOf(is) <= highOf(was)) return Result.succeed(undefined)
  const room = roomOf(was, after.bounds) ?? 0n
  return Result.fail(
    new MaximumExceeded({
      accountId: after.id,
      room: Money.fromMinor(room < 0n ? 0n : room, after.currency),
      requested: Money.fromMinor(highOf(is) - highOf(was), after.currency)
    })
  )
}

/** What a command has come to so far: what it changed, over what it found. Dropped as a whole when it is refused. */
export class LedgerDraft implements LedgerLookup {
  readonly accounts = new Map<AccountId, LedgerAccount>()
  readonly holds = new Map<HoldId, Hold>()
  readonly booked: Array<DecidedEntry> = []
  private readonly entries = new Map<EntryId, EntryContent>()
  private readonly reversals = new Map<EntryId, EntryId>()
  private readonly below: LedgerLookup

  constructor(below: LedgerLookup) {
    this.below = below
  }

  account(id: AccountId): LedgerAccount | undefined {
    return this.accounts.get(id) ?? this.below.account(id)
  }

  hold(id: HoldId): Hold | undefined {
    return this.holds.get(id) ?? this.below.hold(id)
  }

  entry(id: EntryId): EntryContent | undefined {
    return this.entries.get(id) ?? this.below.entry(id)
  }

  reversal(id: EntryId): EntryId | undefined {
    return this.reversals.get(id) ?? this.below.reversal(id)
  }

  /** Books an entry: adds its lines to the counters of their accounts. */
  book(content: EntryContent): Result.Result<void, LedgerRefusal> {
    const after: Array<Counters> = []
    for (const line of content.lines) {
      const account = this.account(line.accountId)
      if (account === undefined) return Result.fail(new AccountNotFound({ accountId: line.accountId }))
      const counters = added(account.counters, line)
      if (!fits(counters)) return Result.fail(new LedgerOverflow({ accountId: account.id }))
      this.accounts.set(account.id, { ...account, counters, version: account.version + 1 })
      after.push(counters)
    }
    this.booked.push({ content, after })
    this.entries.set(content.id, content)
    if (content.reverses !== null) this.reversals.set(content.reverses, content.id)
    return Result.succeed(undefined)
  }

  /** Whether every account that the command touched keeps its bounds, by the net effect of the whole command. */
  boundsKept(): Result.Result<void, LedgerRefusal> {
    for (const [id, after] of this.accounts) {
      if (after.bounds.minimum === null && after.bounds.maximum === null) continue
      const before = this.below.account(id)
      if (before === undefined) continue
      const kept = Result.flatMap(minimumKept(before, after), () => maximumKept(before, after))
      if (Result.isFailure(kept)) return kept
    }
    return Result.succeed(undefined)
  }

  /** Makes what an accepted command changed part of what it found. */
  mergeInto(target: LedgerDraft): void {
    for (const [id, account] of this.accounts) target.accounts.set(id, account)
    for (const [id, hold] of this.holds) target.holds.set(id, hold)
    for (const [id, entry] of this.entries) target.entries.set(id, entry)
    for (const [id, by] of this.reversals) target.reversals.set(id, by)
  }
}
