/**
 * The bank's own accounts with other banks, and whether these say what the ledger says, without Effect.
 */
import type * as Account from "../../banking/SettlementAccount.ts"
import type * as Command from "../../banking/SettlementCommand.ts"
import type * as Filter from "../../banking/SettlementFilter.ts"
import type * as Item from "../../banking/SettlementItem.ts"
import type * as Match from "../../banking/SettlementMatch.ts"
import type * as Report from "../../banking/SettlementReport.ts"
import type * as Act from "../../banking/StatementReconciliation.ts"
import type { CallOptions, Keyed, Page, PageOptions } from "./callOptions.ts"
import type { Given, Plain } from "./plain.ts"

/** An account that the bank has with another bank. */
export type SettlementAccount = Plain<Account.SettlementAccount>
/** A statement that was imported. */
export type SettlementStatement = Plain<Account.SettlementStatement>
/** A line of a statement or an entry of the ledger, and how it stands. */
export type SettlementItem = Plain<Item.SettlementItem>
/** Which items to give. */
export type SettlementItemFilter = Plain<Filter.SettlementItemFilter>
/** Lines and entries that are the same money, and how that is known. */
export type SettlementMatch = Plain<Match.SettlementMatch>
/** Which matches to give. */
export type SettlementMatchFilter = Plain<Filter.SettlementMatchFilter>
/** Items that may belong together, and why no rule could say so. */
export type SettlementReview = Plain<Match.SettlementReview>
/** Why an account is not the same here and at the other bank. */
export type SettlementReport = Plain<Report.SettlementReport>
/** What an import did. */
export type ImportReport = Plain<Act.ImportReport>
/** An account to be registered, by the number that its statements write. */
export type SettlementRegistration = Given<Command.SettlementRegistration>
/** Lines and entries that a person says are the same money. */
export type HandMatch = Plain<Command.HandMatch>
/** What a rule has found is right. */
export type ReviewAcceptance = Plain<Command.ReviewAcceptance>
/** Lines and entries to be looked for no longer. */
export type SettingAside = Plain<Command.SettingAside>
/** Lines and entries that were set aside, to be open again. */
export type TakingBack = Plain<Command.TakingBack>
/** A line to be booked against the bank's account for differences. */
export type WritingOff = Plain<Command.WritingOff>
/** A match to be undone. */
export type Undoing = Plain<Command.Undoing>

/**
 * Statements of other banks against the ledger. Acts need `bank:reconcile`, reads `bank:read` and `bank:any-customer`.
 * Reject with the refusal, such as `StatementGap`, `StatementAccountUnknown` or `MatchNotFound`, or with
 * `IdempotencyMismatch`, `CommandInProgress`, `InputInvalid` or `NotPermitted`.
 */
export interface Reconciliation {
  /** The account of a currency; the same number again gives the one that is there. */
  readonly register: (registration: Keyed<SettlementRegistration>, options?: CallOptions) => Promise<SettlementAccount>
  /** Imports a camt.053 document, all of its statements or none, and runs the rules. The same one again changes nothing. */
  readonly import: (document: string | Uint8Array, options?: CallOptions) => Promise<ImportReport>
  /** Takes the ledger's new entries over and runs the rules; gives the matches made. */
  readonly reconcile: (accountId: string, options?: CallOptions) => Promise<ReadonlyArray<SettlementMatch>>
  readonly match: (match: Keyed<HandMatch>, options?: CallOptions) => Promise<SettlementMatch>
  readonly accept: (acceptance: Keyed<ReviewAcceptance>, options?: CallOptions) => Promise<SettlementMatch>
  readonly setAside: (aside: Keyed<SettingAside>, options?: CallOptions) => Promise<void>
  readonly takeBack: (back: Keyed<TakingBack>, options?: CallOptions) => Promise<void>
  /** Books a line against the bank's account for differences, and matches it with that entry. */
  readonly writeOff: (line: Keyed<WritingOff>, options?: CallOptions) => Promise<SettlementMatch>
  /** Opens the items of a match again. */
  readonly undo: (undoing: Keyed<Undoing>, options?: CallOptions) => Promise<SettlementMatch>
  readonly accounts: (options?: CallOptions) => Promise<ReadonlyArray<SettlementAccount>>
  readonly report: (accountId: string, options?: CallOptions) => Promise<SettlementReport>
  /** Newest first. */
  readonly statements: (accountId: string, options?: PageOptions) => Promise<Page<SettlementStatement>>
  /** By day: with `state: "open"` what waits for its other side. */
  readonly items: (
    accountId: string,
    filter?: SettlementItemFilter,
    options?: PageOptions
  ) => Promise<Page<SettlementItem>>
  /** Those of the ids that the account has. */
  readonly itemsOf: (
    accountId: string,
    ids: ReadonlyArray<string>,
    options?: CallOptions
  ) => Promise<ReadonlyArray<SettlementItem>>
  readonly reviews: (accountId: string, options?: CallOptions) => Promise<ReadonlyArray<SettlementReview>>
  readonly findMatch: (id: string, options?: CallOptions) => Promise<SettlementMatch>
  /** Newest first. */
  readonly matches: (
    accountId: string,
    filter?: SettlementMatchFilter,
    options?: PageOptions
  ) => Promise<Page<SettlementMatch>>
}
