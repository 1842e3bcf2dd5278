/**
 * The filters of the ledger's lists, for what is at hand.
 */
import type { Hold } from "../Hold.ts"
import type { AccountLine, JournalEntry } from "../JournalEntry.ts"
import type { LedgerAccount } from "../LedgerAccount.ts"
import type { AccountFilter, EntryFilter, HoldFilter, LineFilter } from "../LedgerFilter.ts"

const hasMetadata = (
  own: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | undefined
): boolean => wanted === undefined || Object.entries(wanted).every(([name, value]) => own[name] === value)

const inRange = <T extends string>(value: T, from: T | undefined, to: T | undefined): boolean =>
  (from === undefined || value >= from) && (to === undefined || value <= to)

/** Whether a filter lets an account through. */
export const accountMatches = (account: LedgerAccount, filter: AccountFilter): boolean =>
  (filter.type === undefined || account.type === filter.type) &&
  (filter.currency === undefined || account.currency === filter.currency) &&
  (filter.parent === undefined || account.parent === filter.parent) &&
  (filter.closed === undefined || account.closed === filter.closed) &&
  (filter.codePrefix === undefined || account.code.startsWith(filter.codePrefix)) &&
  hasMetadata(account.metadata, filter.metadata)

/** Whether a filter lets an entry through. */
export const entryMatches = (entry: JournalEntry, filter: EntryFilter): boolean =>
  (filter.accountId === undefined || entry.lines.some(({ accountId }) => accountId === filter.accountId)) &&
  (filter.kind === undefined || entry.kind === filter.kind) &&
  (filter.code === undefined || entry.code === filter.code) &&
  (filter.holdId === undefined || entry.holdId === filter.holdId) &&
  inRange(entry.valueOn, filter.valueFrom, filter.valueTo) &&
  inRange(entry.bookedAt, filter.bookedFrom, filter.bookedTo) &&
  hasMetadata(entry.metadata, filter.metadata)

/** Whether a filter lets a line through. */
export const lineMatches = (line: AccountLine, filter: LineFilter): boolean =>
  inRange(line.valueOn, filter.valueFrom, filter.valueTo) &&
  inRange(line.bookedAt, filter.bookedFrom, filter.bookedTo) &&
  (filter.postedOnly !== true || line.posted.amount !== 0n)

/** Whether a filter lets a hold through. */
export const holdMatches = (hold: Hold, filter: HoldFilter): boolean =>
  (filter.accountId === undefined || hold.debit === filter.accountId || hold.credit === filter.accountId) &&
  (filter.state === undefined || hold.state === filter.state)
