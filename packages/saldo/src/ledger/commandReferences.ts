import type { HoldId } from "./Hold.ts"
import type { EntryId } from "./JournalEntry.ts"
import type { AccountId } from "./LedgerAccount.ts"
import type { LedgerCommand, Operation } from "./LedgerCommand.ts"

/** What must be read before commands can be decided; the holds and entries found name further accounts. */
export interface CommandReferences {
  readonly accounts: ReadonlySet<AccountId>
  readonly holds: ReadonlySet<HoldId>
  /** Entries to be taken back, and ids that must be free. */
  readonly entries: ReadonlySet<EntryId>
}

/** What commands refer to, each id once. */
export const commandReferences = (commands: ReadonlyArray<LedgerCommand>): CommandReferences => {
  const accounts = new Set<AccountId>()
  const holds = new Set<HoldId>()
  const entries = new Set<EntryId>()
  const visit = (operation: Operation): void => {
    switch (operation._tag) {
      case "Post":
        for (const { accountId } of operation.postings) accounts.add(accountId)
        if (operation.entryId !== undefined) entries.add(operation.entryId)
        return
      case "PlaceHold":
        accounts.add(operation.debit).add(operation.credit)
        holds.add(operation.holdId)
        return
      case "Reverse":
        entries.add(operation.entryId)
        return
      default:
        holds.add(operation.holdId)
    }
  }
  for (const { expectedVersions = [], operations } of commands) {
    for (const { accountId } of expectedVersions) accounts.add(accountId)
    for (const operation of operations) visit(operation)
  }
  return { accounts, holds, entries }
}
