import * as Result from "effect/Result"
import type { CommandKey } from "../core/Command.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import { type BookingTime, fromMicros, toMicros } from "./BookingTime.ts"
import { type Decided, decidePost, decideReverse, type Moment } from "./decideEntry.ts"
import { decideCapture, decideEnd, decidePlaceHold } from "./decideHold.ts"
import type { Hold, HoldId } from "./Hold.ts"
import type { EntryId } from "./JournalEntry.ts"
import type { AccountId, LedgerAccount } from "./LedgerAccount.ts"
import type { LedgerCommand, Operation } from "./LedgerCommand.ts"
import { type DecidedEntry, LedgerDraft, type LedgerLookup } from "./ledgerDraft.ts"
import * as Refusal from "./LedgerRefusal.ts"

/** In what a batch of commands is decided. */
export interface DecisionContext {
  readonly tenant: string
  readonly today: LocalDate
  /** The time of arrival, in microseconds since the Unix epoch. */
  readonly nowMicros: number
  /** When the journal's last entry was booked, in microseconds; null when there is none. Read only for imported commands. */
  readonly lastBookedMicros: number | null
  /** Unused ids: one for each operation of the batch. */
  readonly entryIds: ReadonlyArray<EntryId>
}

/** What becomes of one command. */
export interface DecidedCommand {
  readonly key: CommandKey
  /** The entries to book, in order, or why there are none. */
  readonly outcome: Result.Result<ReadonlyArray<DecidedEntry>, Refusal.LedgerRefusal>
  /** When an imported command is booked, in microseconds; null for the ledger's own time. */
  readonly importedMicros: number | null
}

/** What becomes of a batch, and what every changed account and hold is afterwards. */
export interface Decision {
  readonly commands: ReadonlyArray<DecidedCommand>
  readonly accounts: ReadonlyMap<AccountId, LedgerAccount>
  readonly holds: ReadonlyMap<HoldId, Hold>
}

const decideOperation = (draft: LedgerDraft, tenant: string, operation: Operation, moment: Moment): Decided<void> => {
  switch (operation._tag) {
    case "Post":
      return decidePost(draft, operation, moment)
    case "PlaceHold":
      return decidePlaceHold(draft, tenant, operation, moment)
    case "Capture":
      return decideCapture(draft, operation, moment)
    case "VoidHold":
    case "ExpireHold":
      return decideEnd(draft, operation, moment)
    case "Reverse":
      return decideReverse(draft, operation, moment)
  }
}

const versionsHold = (draft: LedgerDraft, { expectedVersions = [] }: LedgerCommand): Decided<void> => {
  for (const { accountId, version: expected } of expectedVersions) {
    const actual = draft.account(accountId)?.version
    if (actual === undefined) return Result.fail(new Refusal.AccountNotFound({ accountId }))
    if (actual !== expected) return Result.fail(new Refusal.VersionConflict({ accountId, expected, actual }))
  }
  return Result.succeed(undefined)
}

const importInOrder = (importedAt: BookingTime, count: number, last: number | null, now: number): Decided<void> => {
  const at = toMicros(importedAt)
  if ((last === null || at > last) && at + count - 1 <= now) return Result.succeed(undefined)
  const after = last === null ? null : fromMicros(last)
  return Result.fail(new Refusal.ImportOutOfOrder({ importedAt, after, now: fromMicros(now) }))
}

const decide = (draft: LedgerDraft, command: LedgerCommand, tenant: string, moments: ReadonlyArray<Moment>) => {
  const versions = versionsHold(draft, command)
  if (Result.isFailure(versions)) return versions
  for (const [index, operation] of command.operations.entries()) {
    const moment = moments[index]
    if (moment === undefined) throw new RangeError("A batch needs one unused entry id for each of its operations")
    const decided = decideOperation(draft, tenant, operation, moment)
    if (Result.isFailure(decided)) return decided
  }
  return draft.boundsKept()
}

/**
 * Decides commands in their order, each on what those before it left; the one place where the rules of the ledger are.
 *
 * An operation is refused for the first of its reasons: ids that are taken or missing, then its accounts in order (missing,
 * of another currency, closed, frozen, blocked), then dates; the bounds of accounts are checked last, by the net effect of
 * the whole command. A refused command leaves nothing. The commands must have passed `checkCommand`, and their keys must not
 * have been used.
 */
export const decideAll = (
  lookup: LedgerLookup,
  commands: ReadonlyArray<LedgerCommand>,
  context: DecisionContext
): Decision => {
  const batch = new LedgerDraft(lookup)
  const { entryIds, nowMicros, tenant, today } = context
  let last = context.lastBookedMicros
  let used = 0
  const decided = commands.map((command): DecidedCommand => {
    const { importedAt, key, operations } = command
    const importedMicros = importedAt === undefined ? null : toMicros(importedAt)
    const nowMs = Math.floor((importedMicros ?? nowMicros) / 1000)
    const moments = entryIds.slice(used, used + operations.length).map((entryId) => ({ today, nowMs, entryId }))
    used += operations.length
    const draft = new LedgerDraft(batch)
    const inOrder =
      importedAt === undefined
        ? Result.succeed(undefined)
        : importInOrder(importedAt, operations.length, last, nowMicros)
    const outcome = Result.flatMap(inOrder, () => decide(draft, command, tenant, moments))
    if (Result.isFailure(outcome)) return { key, importedMicros, outcome: Result.fail(outcome.failure) }
    draft.mergeInto(batch)
    const first = importedMicros ?? Math.max(nowMicros, (last ?? 0) + 1)
    last = first + operations.length - 1
    return { key, importedMicros, outcome: Result.succeed(draft.booked) }
  })
  return { commands: decided, accounts: batch.accounts, holds: batch.holds }
}
