import { toMicros } from "./BookingTime.ts"
import { entryText } from "./entryText.ts"
import type { JournalBlock, JournalHead } from "./JournalEntry.ts"
import type { Counters, LedgerAccount } from "./LedgerAccount.ts"

/** The first line of an export, which says what follows. */
export const exportHeader = (tenant: string): string =>
  JSON.stringify({ type: "saldo-ledger-export", version: 1, tenant })

/**
 * The lines of a block: one for each entry with its place and its `entryText`, to the letter, as a string; then one with
 * the hash of the block.
 */
export const exportBlock = (tenant: string, { entries, hash }: JournalBlock): ReadonlyArray<string> => [
  ...entries.map((entry) =>
    JSON.stringify({
      type: "entry",
      sequence: entry.sequence,
      bookedAtMicros: toMicros(entry.bookedAt),
      content: entryText(tenant, entry.key, entry)
    })
  ),
  JSON.stringify({ type: "block", entries: entries.length, hash })
]

/** The line of an account: its counters as of the head, in minor units as text. */
export const exportAccount = (account: LedgerAccount, counters: Counters): string =>
  JSON.stringify({
    type: "account",
    id: account.id,
    code: account.code,
    accountType: account.type,
    currency: account.currency,
    debitsPosted: String(counters.debitsPosted),
    creditsPosted: String(counters.creditsPosted),
    debitsPending: String(counters.debitsPending),
    creditsPending: String(counters.creditsPending)
  })

/** The last line: how many entries there are, and the last hash of the chain. */
export const exportHead = ({ hash, sequence, tenant }: JournalHead, accounts: number): string =>
  JSON.stringify({ type: "head", tenant, sequence, hash, accounts })
