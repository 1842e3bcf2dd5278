/**
 * The ledger, without Effect.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Opening from "../../ledger/AccountOpening.ts"
import * as Holds from "../../ledger/Hold.ts"
import type * as Verification from "../../ledger/journalVerification.ts"
import * as Journal from "../../ledger/JournalEntry.ts"
import { Ledger as LedgerUseCase } from "../../ledger/Ledger.ts"
import * as Accounts from "../../ledger/LedgerAccount.ts"
import * as Commands from "../../ledger/LedgerCommand.ts"
import * as Filter from "../../ledger/LedgerFilter.ts"
import type * as Refusal from "../../ledger/LedgerRefusal.ts"
import type * as Report from "../../ledger/LedgerReport.ts"
import type { CommitOutcome } from "../../ledger/LedgerStore.ts"
import type { IdempotencyMismatch } from "../../core/Command.ts"
import { LocalDateSchema } from "../../time/LocalDateSchema.ts"
import type { CallOptions, Page, PageOptions } from "./callOptions.ts"
import type { Calls } from "./calls.ts"
import type { Plain } from "./plain.ts"
import { pageOf, reader } from "./reading.ts"

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

const keyed = {
  key: Commands.LedgerCommand.fields.key,
  expectedVersions: Commands.LedgerCommand.fields.expectedVersions
}
const { _tag: _post, ...post } = Commands.Post.fields
const { _tag: _placeHold, ...placeHold } = Commands.PlaceHold.fields
const { _tag: _capture, ...capture } = Commands.Capture.fields
const { _tag: _voidHold, ...voidHold } = Commands.VoidHold.fields
const { _tag: _reverse, ...reverse } = Commands.Reverse.fields

const read = {
  post: reader(Schema.Struct({ ...keyed, ...post })),
  placeHold: reader(Schema.Struct({ ...keyed, ...placeHold })),
  capture: reader(Schema.Struct({ ...keyed, ...capture })),
  voidHold: reader(Schema.Struct({ ...keyed, ...voidHold })),
  reverse: reader(Schema.Struct({ ...keyed, ...reverse })),
  opening: reader(Opening.AccountOpening),
  change: reader(Opening.AccountChange),
  command: reader(Commands.LedgerCommand),
  commands: reader(Schema.Array(Commands.LedgerCommand)),
  accountId: reader(Accounts.AccountId),
  code: reader(Accounts.AccountCode),
  entryId: reader(Journal.EntryId),
  holdId: reader(Holds.HoldId),
  asOf: reader(Filter.AsOf),
  accounts: reader(Filter.AccountFilter),
  entries: reader(Filter.EntryFilter),
  lines: reader(Filter.LineFilter),
  holds: reader(Filter.HoldFilter),
  period: reader(Schema.Struct({ from: LocalDateSchema, to: LocalDateSchema }))
}

const outcomeOf = (outcome: CommitOutcome) =>
  Result.isSuccess(outcome) ? { ok: true as const, ...outcome.success } : { ok: false as const, ...outcome.failure }

/** The ledger of an open Saldo. */
export const makeLedger = (calls: Calls): Ledger => {
  const use = <A, E, R>(f: (ledger: LedgerUseCase["Service"]) => Effect.Effect<A, E, R>) => LedgerUseCase.use(f)
  return {
    openAccount: calls.reading(read.opening, (known) => use((ledger) => ledger.openAccount(known))),
    changeAccount: (id, change, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.change(change)]), (known) =>
          use((ledger) => ledger.changeAccount(...known))
        ),
        options
      ),
    account: calls.reading(read.accountId, (known) => use((ledger) => ledger.account(known))),
    accountByCode: calls.reading(read.code, (known) => use((ledger) => ledger.accountByCode(known))),
    accounts: (filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accounts(filter), pageOf(options)]), (known) =>
          use((ledger) => ledger.accounts(...known))
        ),
        options
      ),
    commit: calls.reading(read.command, (known) => use((ledger) => ledger.commit(known))),
    commitAll: (commands, options) =>
      calls.run(
        Effect.flatMap(read.commands(commands), (known) =>
          use((ledger) => Effect.map(ledger.commitAll(known), (outcomes) => outcomes.map(outcomeOf)))
        ),
        options
      ),
    plan: calls.reading(read.command, (known) => use((ledger) => ledger.plan(known))),
    post: calls.reading(read.post, (known) => use((ledger) => ledger.post(known))),
    placeHold: calls.reading(read.placeHold, (known) => use((ledger) => ledger.placeHold(known))),
    capture: calls.reading(read.capture, (known) => use((ledger) => ledger.capture(known))),
    voidHold: calls.reading(read.voidHold, (known) => use((ledger) => ledger.voidHold(known))),
    reverse: calls.reading(read.reverse, (known) => use((ledger) => ledger.reverse(known))),
    expireHolds: (limit, options) =>
      calls.run(
        use((ledger) => ledger.expireHolds(limit)),
        options
      ),
    balance: (id, asOf = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.asOf(asOf)]), (known) =>
          use((ledger) => ledger.balance(...known))
        ),
        options
      ),
    statement: (id, period, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.period(period), pageOf(options)]), (known) =>
          use((ledger) => ledger.statement(...known))
        ),
        options
      ),
    activity: (id, filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.lines(filter), pageOf(options)]), (known) =>
          use((ledger) => ledger.activity(...known))
        ),
        options
      ),
    trialBalance: (asOf = {}, options = {}) =>
      calls.run(
        Effect.flatMap(read.asOf(asOf), (known) => use((ledger) => ledger.trialBalance(known))),
        options
      ),
    entry: calls.reading(read.entryId, (known) => use((ledger) => ledger.entry(known))),
    entries: (filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.entries(filter), pageOf(options)]), (known) =>
          use((ledger) => ledger.entries(...known))
        ),
        options
      ),
    hold: calls.reading(read.holdId, (known) => use((ledger) => ledger.hold(known))),
    holds: (filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.holds(filter), pageOf(options)]), (known) =>
          use((ledger) => ledger.holds(...known))
        ),
        options
      ),
    verify: (options) =>
      calls.run(
        use((ledger) => ledger.verify),
        options
      ),
    exportLines: (options) =>
      calls.iterate(Stream.unwrap(Effect.map(LedgerUseCase, (ledger) => ledger.exportLines)), options)
  }
}
