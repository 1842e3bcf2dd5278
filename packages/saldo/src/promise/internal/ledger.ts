/**
 * The ledger, without Effect.
 */
import type { IdempotencyMismatch } from "../../core/Command.ts"
import type * as Opening from "../../ledger/AccountOpening.ts"
import type * as Holds from "../../ledger/Hold.ts"
import type * as Journal from "../../ledger/JournalEntry.ts"
import type * as Verification from "../../ledger/journalVerification.ts"
import type * as Accounts from "../../ledger/LedgerAccount.ts"
import type * as Commands from "../../ledger/LedgerCommand.ts"
import type * as Filter from "../../ledger/LedgerFilter.ts"
import type * as Refusal from "../../ledger/LedgerRefusal.ts"
import type * as Report from "../../ledger/LedgerReport.ts"
import type { CallOptions, Page, PageOptions } from "./callOptions.ts"
import type { Plain } from "./plain.ts"

/** An account of a ledger. */
export type LedgerAccount = Plain<Accounts.LedgerAccount>
/** An account to be opened. */
export type AccountOpening = Plain<Opening.AccountOpening>
/** What is to become different about an account. */
export type AccountChange = Plain<Opening.AccountChange>
/** Operations that take effect together or not at all, once for their key. */
export type LedgerCommand = Plain<Commands.LedgerCommand>
/** An entry in its place in the journal. */
export type JournalEntry = Plain<Journal.JournalEntry>
/** One line of an account's activity. */
export type AccountLine = Plain<Journal.AccountLine>
/** A hold. */
export type Hold = Plain<Holds.Hold>
/** What an account holds. */
export type Balance = Plain<Report.Balance>
/** A page of an account's statement. */
export type Statement = Plain<Report.Statement>
/** Every account with its balance, and the sums that prove the books. */
export type TrialBalance = Plain<Report.TrialBalance>
/** What a command would come to. */
export type Plan = Plain<Report.Plan>
/** What a verification of the journal found. */
export type JournalVerdict = Plain<Verification.JournalVerdict>
/** As of when a balance is meant. */
export type AsOf = Plain<Filter.AsOf>
/** Which accounts to give. */
export type AccountFilter = Plain<Filter.AccountFilter>
/** Which entries to give. */
export type EntryFilter = Plain<Filter.EntryFilter>
/** Which lines of an account to give. */
export type LineFilter = Plain<Filter.LineFilter>
/** Which holds to give. */
export type HoldFilter = Plain<Filter.HoldFilter>

/** An operation as a command of its own, by its key. */
type Keyed<Kind extends Commands.Operation> = Plain<
  Omit<Kind, "_tag"> & Pick<Commands.LedgerCommand, "key" | "expectedVersions">
>

/** What a command booked, and whether an earlier call with its key did. */
export interface Committed {
  readonly entries: ReadonlyArray<JournalEntry>
  readonly replayed: boolean
}

/** What came of one of several commands. */
export type Outcome =
  | ({ readonly ok: true } & Committed)
  | {
      readonly ok: false
      readonly reason: Plain<Refusal.LedgerRefusal | IdempotencyMismatch>
      readonly replayed: boolean
    }

/**
 * The books of the actor's tenant. Commands reject with the refusal, whose `_tag` says what happened, or with
 * `CommandInvalid`, `IdempotencyMismatch`, `InputInvalid` or `NotPermitted`.
 */
export interface Ledger {
  readonly openAccount: (opening: AccountOpening, options?: CallOptions) => Promise<LedgerAccount>
  readonly changeAccount: (id: string, change: AccountChange, options?: CallOptions) => Promise<LedgerAccount>
  readonly account: (id: string, options?: CallOptions) => Promise<LedgerAccount>
  readonly accountByCode: (code: string, options?: CallOptions) => Promise<LedgerAccount>
  readonly accounts: (filter?: AccountFilter, options?: PageOptions) => Promise<Page<LedgerAccount>>
  readonly commit: (command: LedgerCommand, options?: CallOptions) => Promise<Committed>
  readonly commitAll: (commands: ReadonlyArray<LedgerCommand>, options?: CallOptions) => Promise<ReadonlyArray<Outcome>>
  readonly plan: (command: LedgerCommand, options?: CallOptions) => Promise<Plan>
  readonly post: (command: Keyed<Commands.Post>, options?: CallOptions) => Promise<JournalEntry>
  readonly placeHold: (command: Keyed<Commands.PlaceHold>, options?: CallOptions) => Promise<JournalEntry>
  readonly capture: (command: Keyed<Commands.Capture>, options?: CallOptions) => Promise<JournalEntry>
  readonly voidHold: (command: Keyed<Commands.VoidHold>, options?: CallOptions) => Promise<JournalEntry>
  readonly reverse: (command: Keyed<Commands.Reverse>, options?: CallOptions) => Promise<JournalEntry>
  /** Ends holds whose time has run out, and says how many; it also happens by itself every second. */
  readonly expireHolds: (limit?: number, options?: CallOptions) => Promise<number>
  readonly balance: (id: string, asOf?: AsOf, options?: CallOptions) => Promise<Balance>
  readonly statement: (
    id: string,
    period: { readonly from: string; readonly to: string },
    options?: PageOptions
  ) => Promise<Statement>
  readonly activity: (id: string, filter?: LineFilter, options?: PageOptions) => Promise<Page<AccountLine>>
  readonly trialBalance: (asOf?: AsOf, options?: CallOptions) => Promise<TrialBalance>
  readonly entry: (id: string, options?: CallOptions) => Promise<JournalEntry>
  readonly entries: (filter?: EntryFilter, options?: PageOptions) => Promise<Page<JournalEntry>>
  readonly hold: (id: string, options?: CallOptions) => Promise<Hold>
  readonly holds: (filter?: HoldFilter, options?: PageOptions) => Promise<Page<Hold>>
  /** Recomputes the whole journal; `findings` is empty when it is whole. */
  readonly verify: (options?: CallOptions) => Promise<JournalVerdict>
  /** The journal and its accounts as JSON lines without line ends. */
  readonly exportLines: (options?: CallOptions) => AsyncIterable<string>
}
