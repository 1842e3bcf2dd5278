import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { Actor, asSystem, type NotPermitted, Permission } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import { CommandKey, type IdempotencyMismatch } from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import type { Page, PageRequest } from "../core/Page.ts"
import { workerTurn } from "../core/WorkerTurn.ts"
import type * as LocalDate from "../time/LocalDate.ts"
import type {
  AccountChange,
  AccountNotEmpty,
  AccountOpening,
  AccountTaken,
  ParentUnsuitable
} from "./AccountOpening.ts"
import { toMicros } from "./BookingTime.ts"
import { checkCommand } from "./checkCommand.ts"
import { decideAll } from "./decideAll.ts"
import type { Hold, HoldId } from "./Hold.ts"
import { makeAccounts } from "./internal/ledgerAccounts.ts"
import { makeCommitAlone, makeCommitTogether } from "./internal/ledgerCommits.ts"
import { exportJournal, verifyJournal } from "./internal/ledgerJournal.ts"
import { calendarOf, lookUp, makeReads } from "./internal/ledgerReads.ts"
import type { JournalVerdict } from "./journalVerification.ts"
import type { AccountLine, EntryId, JournalEntry } from "./JournalEntry.ts"
import type { AccountCode, AccountId, LedgerAccount } from "./LedgerAccount.ts"
import type { Capture, LedgerCommand, Operation, PlaceHold, Post, Reverse, VoidHold } from "./LedgerCommand.ts"
import {
  type AccountNotFound,
  CommandInvalid,
  type EntryNotFound,
  type HoldNotFound,
  type LedgerRefusal,
  type VersionConflict
} from "./LedgerRefusal.ts"
import type { Balance, Plan, Statement, TrialBalance } from "./LedgerReport.ts"
import { balanceBy } from "./ledgerReports.ts"
import type { AccountFilter, AsOf, EntryFilter, HoldFilter, LineFilter } from "./LedgerFilter.ts"
import { type CommitOutcome, type Committed, LedgerStore, type PageFailure } from "./LedgerStore.ts"

/** To open, change, freeze, block and close accounts. */
export const configurePermission = Permission.make("ledger:configure")

/** To read accounts, balances, entries and holds. */
export const readPermission = Permission.make("ledger:read")

/** To post, hold, capture, void and reverse. */
export const postPermission = Permission.make("ledger:post")

/** How the ledger reckons. */
export interface LedgerOptions {
  /** IANA name of the time zone whose calendar gives the value date of commands that name none; UTC when left out. */
  readonly timeZone?: string
}

/** An operation as a command of its own, by its key. */
export type Keyed<Kind extends Operation> = Omit<Kind, "_tag"> & Pick<LedgerCommand, "key" | "expectedVersions">

/** Why a command was not carried out. */
export type CommitFailure = LedgerRefusal | IdempotencyMismatch | CommandInvalid | NotPermitted

type Reading<A, E = never> = Effect.Effect<A, E | NotPermitted, Actor>

/**
 * Use case: the books of the actor's tenant.
 *
 * Every write is recorded in the audit trail in its own transaction, refusals with their reason included. Inside the host's
 * `Atomic.run` or `runLocking` a command is part of that transaction; outside, commands of one tenant that come at the same
 * time share one, and each has its own outcome.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import { AuditStore } from "saldo/audit/AuditStore"
 * import { AuditTrail } from "saldo/audit/AuditTrail"
 * import * as Actor from "saldo/core/Actor"
 * import { Atomic } from "saldo/core/Atomic"
 * import { CommandKey } from "saldo/core/Command"
 * import { Ledger } from "saldo/ledger/Ledger"
 * import { AccountCode } from "saldo/ledger/LedgerAccount"
 * import { LedgerStore } from "saldo/ledger/LedgerStore"
 * import * as Money from "saldo/money/Money"
 *
 * const program = Effect.gen(function*() {
 *   const ledger = yield* Ledger
 *   const open = (code: string, type: "asset" | "liability") =>
 *     ledger.openAccount({ code: AccountCode.make(code), name: code, type, currency: "SEK" })
 *   const [cash, anna] = [yield* open("cash", "asset"), yield* open("anna", "liability")]
 *   const amount = Money.of("100.00", "SEK")
 *   yield* ledger.post({
 *     key: CommandKey.make("first deposit"),
 *     postings: [{ accountId: cash.id, side: "debit", amount }, { accountId: anna.id, side: "credit", amount }]
 *   })
 *   return (yield* ledger.balance(anna.id)).balance.toString()
 * })
 * const layer = Ledger.layer.pipe(
 *   Layer.provideMerge(AuditTrail.layer),
 *   Layer.provideMerge(Layer.mergeAll(LedgerStore.layerMemory, AuditStore.layerMemory, Atomic.layerMemory))
 * )
 * await Effect.runPromise(program.pipe(Actor.as(Actor.system("demo")), Effect.provide(layer))) // => "100.00 SEK"
 * ```
 */
export class Ledger extends Context.Service<
  Ledger,
  {
    /** Opens an account; with the id of one that is there, it gives that one. Needs `ledger:configure`. */
    readonly openAccount: (
      opening: AccountOpening
    ) => Effect.Effect<LedgerAccount, AccountTaken | ParentUnsuitable | CommandInvalid | NotPermitted, Actor>
    /** Changes an account: its name, parent, bounds, metadata; freezes, blocks, closes it and back. Needs `ledger:configure`. */
    readonly changeAccount: (
      id: AccountId,
      change: AccountChange
    ) => Effect.Effect<
      LedgerAccount,
      AccountNotFound | AccountNotEmpty | ParentUnsuitable | VersionConflict | CommandInvalid | NotPermitted,
      Actor
    >
    /** Carries out a command, all or nothing, once for its key. Needs `ledger:post`. */
    readonly commit: (command: LedgerCommand) => Effect.Effect<Committed, CommitFailure, Actor>
    /**
     * Carries out commands in their order and one transaction, each on its own: one that is refused does not stop the next.
     * The keys must differ, and an invalid command stops all. Needs `ledger:post`.
     */
    readonly commitAll: (
      commands: ReadonlyArray<LedgerCommand>
    ) => Effect.Effect<ReadonlyArray<CommitOutcome>, CommandInvalid | NotPermitted, Actor>
    /** What a command would come to now if its key is new; writes nothing. Needs `ledger:read`. */
    readonly plan: (command: LedgerCommand) => Reading<Plan, CommandInvalid>

    /** One entry posted. */
    readonly post: (command: Keyed<Post>) => Effect.Effect<JournalEntry, CommitFailure, Actor>
    /** Money set aside. */
    readonly placeHold: (command: Keyed<PlaceHold>) => Effect.Effect<JournalEntry, CommitFailure, Actor>
    /** Held money moved. */
    readonly capture: (command: Keyed<Capture>) => Effect.Effect<JournalEntry, CommitFailure, Actor>
    /** Held money given back. */
    readonly voidHold: (command: Keyed<VoidHold>) => Effect.Effect<JournalEntry, CommitFailure, Actor>
    /** An entry taken back. */
    readonly reverse: (command: Keyed<Reverse>) => Effect.Effect<JournalEntry, CommitFailure, Actor>
    /** Ends up to so many holds (100 when left out) of all tenants whose time has run out, and says how many. */
    readonly expireHolds: (limit?: number) => Effect.Effect<number>

    /** All reads need `ledger:read` and see the actor's tenant alone. */
    readonly account: (id: AccountId) => Reading<LedgerAccount, AccountNotFound>
    readonly accountByCode: (code: AccountCode) => Reading<LedgerAccount, AccountNotFound>
    readonly accounts: (filter?: AccountFilter, page?: PageRequest) => Reading<Page<LedgerAccount>, PageFailure>
    /** What an account holds: now, at a value date, as known at a booking time. */
    readonly balance: (id: AccountId, asOf?: AsOf) => Reading<Balance, AccountNotFound>
    /** The lines that an account was booked on days of the ledger's calendar, first and last counted. */
    readonly statement: (
      id: AccountId,
      period: { readonly from: LocalDate.LocalDate; readonly to: LocalDate.LocalDate },
      page?: PageRequest
    ) => Reading<Statement, AccountNotFound | PageFailure>
    readonly activity: (
      id: AccountId,
      filter?: LineFilter,
      page?: PageRequest
    ) => Reading<Page<AccountLine>, AccountNotFound | PageFailure>
    readonly trialBalance: (asOf?: AsOf) => Reading<TrialBalance>
    readonly entry: (id: EntryId) => Reading<JournalEntry, EntryNotFound>
    readonly entries: (filter?: EntryFilter, page?: PageRequest) => Reading<Page<JournalEntry>, PageFailure>
    readonly hold: (id: HoldId) => Reading<Hold, HoldNotFound>
    readonly holds: (filter?: HoldFilter, page?: PageRequest) => Reading<Page<Hold>, PageFailure>
    /** Recomputes every hash, sum and order of the journal, with memory that grows with accounts alone. */
    readonly verify: Reading<JournalVerdict>
    /** The journal and its accounts as JSON lines without line ends, for `verify-journal.mjs` or any other verifier. */
    readonly exportLines: Stream.Stream<string, NotPermitted, Actor>
  }
>()("saldo/ledger/Ledger") {
  /** The books in a store, by the calendar of a time zone. */
  static readonly layerWith = (options: LedgerOptions): Layer.Layer<Ledger, never, LedgerStore | AuditTrail | Atomic> =>
    Layer.effect(
      this,
      Effect.suspend(() => make(options))
    )

  /** The books in a store, by the calendar of UTC. */
  static readonly layer: Layer.Layer<Ledger, never, LedgerStore | AuditTrail | Atomic> = this.layerWith({})

  /** Ends holds whose time has run out, once a second as long as the layer lives; any number of processes may. */
  static readonly layerExpiry: Layer.Layer<never, never, Ledger> = Layer.effectDiscard(
    Effect.flatMap(this, (ledger) =>
      ledger.expireHolds().pipe(
        Effect.repeat({ while: (ended) => ended > 0 }),
        workerTurn("hold-expiry"),
        Effect.catchCause((cause) => Effect.logWarning("Overdue holds were not ended and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 second")),
        Effect.forkScoped
      )
    )
  )
}

const only = ({ entries }: Committed): Effect.Effect<JournalEntry> => {
  const [entry] = entries
  return entry === undefined
    ? Effect.die(new RangeError("The store booked nothing and said so to nobody"))
    : Effect.succeed(entry)
}

const reader = Effect.andThen(
  Actor.require(readPermission),
  Effect.map(Actor, (actor) => actor.tenant)
)

const make = Effect.fnUntraced(function* ({ timeZone = "UTC" }: LedgerOptions) {
  const store = yield* LedgerStore
  const audit = yield* AuditTrail
  const atomic = yield* Atomic
  const calendar = calendarOf(timeZone)
  const commitTogether = makeCommitTogether(store, audit, atomic)

  const arrive = Effect.fnUntraced(function* (tenant: string) {
    const now = yield* DateTime.now
    return { tenant, now, today: calendar.dateOf(now) }
  })

  const commitAlone = makeCommitAlone(commitTogether, arrive)

  const check = (command: LedgerCommand) => Effect.fromResult(checkCommand(command))

  const commit = Effect.fn("Ledger.commit")(function* (command: LedgerCommand) {
    yield* Actor.require(postPermission)
    yield* check(command)
    const context = yield* Effect.context<Actor>()
    const { tenant } = yield* Actor
    const sent = { command, context }
    const outcome = (yield* atomic.inTransaction)
      ? (yield* commitTogether(yield* arrive(tenant), [sent]))[0]
      : yield* commitAlone(sent, tenant)
    if (outcome === undefined) return yield* Effect.die(new RangeError("The store gave no outcome for a command"))
    return yield* Effect.fromResult(Result.mapError(outcome, ({ reason }) => reason))
  })

  const commitAll = Effect.fn("Ledger.commitAll")(function* (commands: ReadonlyArray<LedgerCommand>) {
    yield* Actor.require(postPermission)
    const keys = new Map<string, number>()
    for (const [index, command] of commands.entries()) {
      yield* Effect.mapError(
        check(command),
        ({ path, problem }) => new CommandInvalid({ path: `/${index}${path}`, problem })
      )
      const first = keys.get(command.key)
      if (first !== undefined) {
        return yield* new CommandInvalid({
          path: `/${index}/key`,
          problem: `expected another key than that of /${first}`
        })
      }
      keys.set(command.key, index)
    }
    if (commands.length === 0) return []
    const context = yield* Effect.context<Actor>()
    const arrival = yield* arrive((yield* Actor).tenant)
    return yield* commitTogether(
      arrival,
      commands.map((command) => ({ command, context }))
    )
  })

  const plan = Effect.fn("Ledger.plan")(function* (
    command: LedgerCommand
  ): Effect.fn.Return<Plan, CommandInvalid | NotPermitted, Actor> {
    yield* Actor.require(readPermission)
    yield* check(command)
    const { tenant } = yield* Actor
    const { now, today } = yield* arrive(tenant)
    const head = yield* store.head(tenant)
    const lookup = yield* lookUp(store, tenant, [command])
    const decision = decideAll(lookup, [command], {
      tenant,
      today,
      nowMicros: now.epochMilliseconds * 1000,
      lastBookedMicros: head.bookedAt === null ? null : toMicros(head.bookedAt),
      entryIds: yield* Effect.replicateEffect(Id.make("entry"), command.operations.length)
    })
    const outcome = decision.commands[0]?.outcome ?? Result.succeed([])
    if (Result.isFailure(outcome)) return { _tag: "Refused", refusal: outcome.failure }
    return {
      _tag: "Accepted",
      entries: outcome.success.map(({ content }) => ({ ...content, tenant, key: command.key })),
      effects: [...decision.accounts.values()].flatMap((after) => {
        const before = lookup.account(after.id)
        return before === undefined
          ? []
          : [{ before: balanceBy(before, before.counters), after: balanceBy(after, after.counters) }]
      })
    }
  })

  const one = <Kind extends Operation>(operation: Kind, { expectedVersions, key }: Keyed<Kind>) =>
    Effect.flatMap(
      commit({ key, operations: [operation], ...(expectedVersions === undefined ? {} : { expectedVersions }) }),
      only
    )

  const alone =
    <Kind extends Operation>(tag: Kind["_tag"]) =>
    (command: Keyed<Kind>) => {
      const { expectedVersions: _versions, key: _key, ...fields } = command
      // The tag and the other fields of a kind make an operation of the kind.
      return one({ _tag: tag, ...fields } as unknown as Kind, command)
    }

  const expire = (holdId: HoldId, key: string) =>
    commit({ key: CommandKey.make(key), operations: [{ _tag: "ExpireHold", holdId }] })

  const end = ({ id, tenant }: Hold) =>
    expire(id, `expire ${id}`).pipe(
      // Somebody used the sweep's key, too early or for something else; the money must not stay held for that.
      Effect.catchTag(["HoldTimeMismatch", "IdempotencyMismatch"], () =>
        Effect.flatMap(Id.make("entry"), (unused) => expire(id, `expire ${id} ${unused}`))
      ),
      asSystem(tenant),
      // Somebody captured or voided it first, or another sweep ended it.
      Effect.map(({ replayed }) => (replayed ? 0 : 1)),
      Effect.catchTag("HoldEnded", () => Effect.succeed(0)),
      Effect.orDie
    )

  /** One hold, or one tenant, must not keep the others waiting. */
  const endIfPossible = (hold: Hold) =>
    Effect.catchCause(end(hold), (cause) =>
      Effect.as(Effect.logError("An overdue hold was not ended and will be next time", cause), 0).pipe(
        Effect.annotateLogs({ tenant: hold.tenant, holdId: hold.id })
      )
    )

  const expireHolds = Effect.fn("Ledger.expireHolds")(function* (limit = 100) {
    const due = yield* store.dueHolds(yield* DateTime.now, limit)
    // Within the host's transaction a failure is the host's, which undoes everything.
    const ended = yield* Effect.forEach(due, (yield* atomic.inTransaction) ? end : endIfPossible)
    return ended.reduce<number>((sum, count) => sum + count, 0)
  })

  return Ledger.of({
    ...makeAccounts({ store, audit, atomic, permission: configurePermission }),
    ...makeReads(store, calendar, readPermission),
    verify: Effect.flatMap(reader, (tenant) => verifyJournal(store, tenant)).pipe(Effect.withSpan("Ledger.verify")),
    exportLines: Stream.unwrap(Effect.map(reader, (tenant) => exportJournal(store, tenant))),
    commit,
    commitAll,
    plan,
    post: alone<Post>("Post"),
    placeHold: alone<PlaceHold>("PlaceHold"),
    capture: alone<Capture>("Capture"),
    voidHold: alone<VoidHold>("VoidHold"),
    reverse: alone<Reverse>("Reverse"),
    expireHolds
  })
})
