import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Result from "effect/Result"
import type * as Stream from "effect/Stream"
import type { IdempotencyMismatch } from "../core/Command.ts"
import type { CursorMismatch, InvalidCursor, Page, PageRequest } from "../core/Page.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import type { Hold, HoldId } from "./Hold.ts"
import type { AccountLine, EntryId, JournalBlock, JournalEntry, JournalHead } from "./JournalEntry.ts"
import type { AccountCode, AccountId, AccountSettings, Counters, LedgerAccount } from "./LedgerAccount.ts"
import { makeMemoryLedger } from "./internal/memoryLedger.ts"
import type { AccountFilter, AsOf, EntryFilter, HoldFilter, LineFilter } from "./LedgerFilter.ts"
import type { LedgerCommand } from "./LedgerCommand.ts"
import type { LedgerRefusal } from "./LedgerRefusal.ts"

/** Commands of one tenant to be carried out in their order, each on its own: one that is refused does not stop the next. */
export interface CommitRequest {
  readonly tenant: string
  /** Checked with `checkCommand` already, with different keys. */
  readonly commands: ReadonlyArray<LedgerCommand>
  /** The time of arrival: booking times are never before it, and holds expire by it. */
  readonly now: DateTime.Utc
  /** The date of `now` in the ledger's time zone: the value date of commands that name none. */
  readonly today: LocalDate
}

/** What a command booked, and whether that was decided now or by an earlier call. */
export interface Committed {
  readonly entries: ReadonlyArray<JournalEntry>
  readonly replayed: boolean
}

/** Why a command has booked nothing: the refusal, now or remembered, or other content under its key. */
export interface NotCommitted {
  readonly reason: LedgerRefusal | IdempotencyMismatch
  readonly replayed: boolean
}

/** What came of one command. */
export type CommitOutcome = Result.Result<Committed, NotCommitted>

/** One line of a trial balance. */
export interface TrialBalanceRow {
  readonly account: LedgerAccount
  /** As of the asked time, where `account.counters` are those of now. */
  readonly counters: Counters
}

/** The failures of a page. */
export type PageFailure = InvalidCursor | CursorMismatch

/**
 * Port: keeps one journal per tenant, with its accounts and holds.
 *
 * Contract:
 * - `openAccount` inserts once: it gives back the account that is there when the id or the code is taken, and then writes
 *   nothing; of concurrent callers one inserts.
 * - `changeAccount` lets the function see the account as nobody else can change it meanwhile, and writes what it returns;
 *   the version grows by one, unless the settings are the same. `None` when there is no such account.
 * - `commit` carries out commands as `decide` says, on accounts, holds and entries as nobody else can change them
 *   meanwhile: concurrent commits have the outcome of some order, one after another. Per command: a key that was used
 *   before gives the outcome of then (`replayed`), or `IdempotencyMismatch` when the content differs, with the pointer of
 *   the first difference; a refusal writes nothing but itself under its key; otherwise its entries, lines, counters and
 *   holds are written together. All commands of one call are written in one transaction, as one block of the chain
 *   (imported ones as a block each).
 * - Booking times strictly increase along sequence numbers, which have no gaps: an entry is visible only when every entry
 *   with a smaller number is. What `knownAt` selects never changes once the journal's head is later.
 * - Inside `Atomic.run` everything is part of that transaction. Outside of one, each call is a transaction of its own.
 * - Every read is scoped to the tenant: the ids of another one are not found.
 * - Lists are in the order of their sequence (accounts: of their code; holds: of their id), paged by keyset.
 */
export class LedgerStore extends Context.Service<
  LedgerStore,
  {
    readonly openAccount: (account: LedgerAccount) => Effect.Effect<Option.Option<LedgerAccount>>
    readonly changeAccount: <E>(
      tenant: string,
      id: AccountId,
      change: (account: LedgerAccount) => Result.Result<AccountSettings, E>
    ) => Effect.Effect<Option.Option<Result.Result<LedgerAccount, E>>>
    readonly commit: (request: CommitRequest) => Effect.Effect<ReadonlyArray<CommitOutcome>>

    readonly findAccount: (tenant: string, id: AccountId) => Effect.Effect<Option.Option<LedgerAccount>>
    readonly findAccountByCode: (tenant: string, code: AccountCode) => Effect.Effect<Option.Option<LedgerAccount>>
    readonly listAccounts: (
      tenant: string,
      filter: AccountFilter,
      page: PageRequest
    ) => Effect.Effect<Page<LedgerAccount>, PageFailure>
    /** Counters as of a time; `None` when there is no such account. In O(log n) of the account's lines plus backdated ones. */
    readonly counters: (tenant: string, id: AccountId, asOf: AsOf) => Effect.Effect<Option.Option<Counters>>
    /** Every account of the tenant by code, with its counters as of a time. */
    readonly trialBalance: (tenant: string, asOf: AsOf) => Effect.Effect<ReadonlyArray<TrialBalanceRow>>
    readonly listLines: (
      tenant: string,
      id: AccountId,
      filter: LineFilter,
      page: PageRequest
    ) => Effect.Effect<Page<AccountLine>, PageFailure>
    readonly findEntry: (tenant: string, id: EntryId) => Effect.Effect<Option.Option<JournalEntry>>
    readonly findReversal: (tenant: string, of: EntryId) => Effect.Effect<Option.Option<EntryId>>
    readonly listEntries: (
      tenant: string,
      filter: EntryFilter,
      page: PageRequest
    ) => Effect.Effect<Page<JournalEntry>, PageFailure>
    readonly findHold: (tenant: string, id: HoldId) => Effect.Effect<Option.Option<Hold>>
    readonly listHolds: (
      tenant: string,
      filter: HoldFilter,
      page: PageRequest
    ) => Effect.Effect<Page<Hold>, PageFailure>
    /** Open holds of every tenant whose time has run out at `now`, the oldest first, `limit` of them at most. */
    readonly dueHolds: (now: DateTime.Utc, limit: number) => Effect.Effect<ReadonlyArray<Hold>>
    readonly head: (tenant: string) => Effect.Effect<JournalHead>
    /** The blocks of the chain from the first to the last, with flat memory. */
    readonly blocks: (tenant: string) => Stream.Stream<JournalBlock>
  }
>()("saldo/ledger/LedgerStore") {
  /** Ledgers of this process, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<LedgerStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemoryLedger)
  )
}
