import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, asSystem, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import type { CommandKey } from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { Idempotency, type NotExecuted } from "../core/Idempotency.ts"
import type * as Page from "../core/Page.ts"
import { Ledger } from "../ledger/Ledger.ts"
import * as Money from "../money/Money.ts"
import * as BankAccess from "./BankAccess.ts"
import { BankBooks } from "./BankBooks.ts"
import { BankCalendar } from "./BankCalendar.ts"
import { type Camt053Failure, parseCamt053 } from "./camt053.ts"
import { makeOnce } from "../audit/internal/commandOnce.ts"
import { makeActs } from "./internal/settlementActs.ts"
import * as Commands from "./internal/settlementCommands.ts"
import { makeSealedOrders } from "./internal/sealedPayments.ts"
import { makeTakeOver } from "./internal/settlementEntries.ts"
import { makeImport, type StatementImport, type StatementRefusal } from "./internal/settlementImport.ts"
import { bareNumber, maskNumber } from "./internal/settlementLines.ts"
import { makeRules } from "./internal/settlementRules.ts"
import { LastingData } from "./LastingData.ts"
import { PaymentOrderStore } from "./PaymentOrderStore.ts"
import type { ReconciliationOptions } from "./Reconciliation.ts"
import { ReconciliationStore } from "./ReconciliationStore.ts"
import type { SettlementAccount, SettlementAccountId, SettlementStatement } from "./SettlementAccount.ts"
import type * as Input from "./SettlementCommand.ts"
import { settlementReport } from "./settlementDifference.ts"
import type { SettlementItemFilter, SettlementMatchFilter } from "./SettlementFilter.ts"
import type { SettlementItem, SettlementItemId } from "./SettlementItem.ts"
import type { SettlementMatch, SettlementMatchId, SettlementReview } from "./SettlementMatch.ts"
import {
  type MatchNotFound,
  SettlementAccountInvalid,
  SettlementAccountNotFound,
  SettlementAccountTaken
} from "./SettlementRefusal.ts"
import type { SettlementReport } from "./SettlementReport.ts"

/** What an import did: each statement of the document, and the matches that the rules made afterwards. */
export interface ImportReport {
  readonly statements: ReadonlyArray<StatementImport>
  readonly matches: ReadonlyArray<SettlementMatch>
}

type Keyed<Wish> = Wish & { readonly key: CommandKey }
type Acting<A, E> = Effect.Effect<A, E | NotExecuted | NotPermitted, Actor>
type Reading<A, E = never> = Effect.Effect<A, E | NotPermitted, Actor>
type PageFailure = Page.InvalidCursor | Page.CursorMismatch
type OnAccount = SettlementAccountNotFound | NotPermitted

/**
 * Use case: the bank's own accounts with other banks, and whether these say what the ledger says.
 *
 * A statement is imported once, and only where the one before it ended. Its lines are matched with the ledger's entries on
 * `bank.settlement.<currency>`: rules match what has one reading only, each match says what it rests on, and whatever has
 * several readings is kept as a review for a person. A line or an entry is in one match at most, and both sides of a match
 * come to the same. So the difference between the closing balance and the ledger is, at any time, the sum of what is open
 * and of what was set aside.
 *
 * What a person has undone or taken back is not matched by a rule again. Acts need `bank:reconcile`; reads need `bank:read`
 * and `bank:any-customer`, as lines name customers' payers and payees. Account numbers and names are neither in the trail
 * nor in errors.
 *
 * @effect-expect-leaking Actor
 */
export class StatementReconciliation extends Context.Service<
  StatementReconciliation,
  {
    /** Registers the account of a currency; the same number again gives the one that is there. Needs `bank:manage`. */
    readonly register: (
      registration: Keyed<Input.SettlementRegistration>
    ) => Acting<SettlementAccount, Commands.RegisterRefusal>
    /**
     * Imports the statements of a camt.053 document, all or none, takes the ledger's new entries over, and runs the rules. A
     * statement that is there already is given as it is.
     */
    readonly import: (
      document: string | Uint8Array
    ) => Effect.Effect<ImportReport, Camt053Failure | StatementRefusal | NotPermitted, Actor>
    /** Takes the ledger's new entries over and runs the rules; gives the matches made. Running it again does nothing more. */
    readonly reconcile: (id: SettlementAccountId) => Effect.Effect<ReadonlyArray<SettlementMatch>, OnAccount, Actor>
    readonly match: (match: Keyed<Input.HandMatch>) => Acting<SettlementMatch, Commands.MatchRefusal>
    readonly accept: (acceptance: Keyed<Input.ReviewAcceptance>) => Acting<SettlementMatch, Commands.AcceptRefusal>
    readonly setAside: (aside: Keyed<Input.SettingAside>) => Acting<void, Commands.ItemRefusal>
    readonly takeBack: (back: Keyed<Input.TakingBack>) => Acting<void, Commands.ItemRefusal>
    /**
     * Books a line against `bank.reconciliation-differences.<currency>` and matches it with that entry. Needs `bank:manage`
     * too, as it costs the bank money.
     */
    readonly writeOff: (line: Keyed<Input.WritingOff>) => Acting<SettlementMatch, Commands.WriteOffRefusal>
    /** Opens the items of a match again. The entry of a write-off is reversed, which needs `bank:manage` too. */
    readonly undo: (undoing: Keyed<Input.Undoing>) => Acting<SettlementMatch, Commands.UndoRefusal>

    /** By currency. */
    readonly accounts: Reading<ReadonlyArray<SettlementAccount>>
    readonly report: (id: SettlementAccountId) => Reading<SettlementReport, SettlementAccountNotFound>
    /** Newest first. */
    readonly statements: (
      id: SettlementAccountId,
      page?: Page.PageRequest
    ) => Reading<Page.Page<SettlementStatement>, PageFailure>
    /** By day: with `state: "open"` what waits for its other side. */
    readonly items: (
      id: SettlementAccountId,
      filter?: SettlementItemFilter,
      page?: Page.PageRequest
    ) => Reading<Page.Page<SettlementItem>, PageFailure>
    /** Those of the ids that the account has, such as those that a review or a match names. */
    readonly itemsOf: (
      id: SettlementAccountId,
      ids: ReadonlyArray<SettlementItemId>
    ) => Reading<ReadonlyArray<SettlementItem>>
    readonly reviews: (id: SettlementAccountId) => Reading<ReadonlyArray<SettlementReview>>
    readonly findMatch: (id: SettlementMatchId) => Reading<SettlementMatch, MatchNotFound>
    /** Newest first. */
    readonly matches: (
      id: SettlementAccountId,
      filter?: SettlementMatchFilter,
      page?: Page.PageRequest
    ) => Reading<Page.Page<SettlementMatch>, PageFailure>
  }
>()("saldo/banking/StatementReconciliation") {
  /** Reconciliation that looks as far as is said. */
  static readonly layerWith = (
    options: ReconciliationOptions
  ): Layer.Layer<StatementReconciliation, never, ReconciliationNeeds> =>
    Layer.effect(
      this,
      Effect.suspend(() => make(options))
    )

  /** Reconciliation that looks five days around where no reference binds a line and an entry. */
  static readonly layer: Layer.Layer<StatementReconciliation, never, ReconciliationNeeds> = this.layerWith({})
}

/** What reconciliation is built on. */
export type ReconciliationNeeds =
  | Atomic
  | AuditTrail
  | BankBooks
  | BankCalendar
  | Idempotency
  | LastingData
  | Ledger
  | PaymentOrderStore
  | ReconciliationStore

const makeRegister = Effect.gen(function* () {
  const audit = yield* AuditTrail
  const books = yield* BankBooks
  const store = yield* ReconciliationStore

  return Effect.fnUntraced(function* ({ currency, number: written }: Input.SettlementRegistration) {
    const { tenant } = yield* Actor
    const number = Redacted.value(written)
    if (number === "") return yield* new SettlementAccountInvalid({ field: "number" })
    if (Money.tryFromMinor(0n, currency) instanceof Error)
      return yield* new SettlementAccountInvalid({ field: "currency" })
    const account: SettlementAccount = {
      id: yield* Id.make("nostro"),
      tenant,
      currency,
      ledgerAccountId: (yield* books.account(tenant, "settlement", currency)).id,
      number: Redacted.make(number, { label: "account number" }),
      registeredAt: yield* DateTime.now,
      statements: 0,
      last: null,
      taken: null
    }
    if (!(yield* store.insertAccount(account))) {
      const found = (yield* store.accounts(tenant)).find((each) => each.currency === currency)
      if (found === undefined)
        return yield* Effect.die(new RangeError(`The account in ${currency} is there and is not`))
      return Redacted.value(found.number) === number
        ? found.id
        : yield* new SettlementAccountTaken({ accountId: found.id, currency })
    }
    const { id, ledgerAccountId } = account
    yield* audit.record({
      action: "banking.register-settlement-account",
      subject: { type: "settlement-account", id },
      changes: changes(null, { currency, ledgerAccountId, number: maskNumber(account) })
    })
    return id
  })
})

const makeReads = Effect.gen(function* () {
  const atomic = yield* Atomic
  const ledger = yield* Ledger
  const store = yield* ReconciliationStore
  const reader = Effect.andThen(
    Effect.andThen(Actor.require(BankAccess.readPermission), Actor.require(BankAccess.anyCustomerPermission)),
    Effect.map(Actor, ({ tenant }) => tenant)
  )
  const reading = <A, E>(read: (tenant: string) => Effect.Effect<A, E>) => Effect.flatMap(reader, read)

  /** In one transaction, so that all of it is of one moment. */
  const report = Effect.fnUntraced(function* (accountId: SettlementAccountId) {
    const tenant = yield* reader
    const [account] = yield* store.lockAccounts(tenant, [accountId])
    if (account === undefined) return yield* new SettlementAccountNotFound({ accountId })
    const { ledgerAccountId, taken } = account
    const balance = (asOf?: Parameters<Ledger["Service"]["balance"]>[1]) =>
      ledger.balance(ledgerAccountId, asOf).pipe(asSystem(tenant), Effect.orDie)
    return settlementReport({
      account,
      sums: yield* store.sums(tenant, accountId),
      reviews: yield* store.reviews(tenant, accountId),
      book: taken === null ? 0n : (yield* balance({ knownAt: taken.bookedAt })).balance.amount,
      bookNow: (yield* balance()).balance.amount
    })
  })

  return {
    allowed: Effect.asVoid(reader),
    accounts: reading(store.accounts),
    report: (id) => atomic.runLocking(report(id)),
    statements: (id, page = {}) => reading((tenant) => store.listStatements(tenant, id, page)),
    items: (id, filter = {}, page = {}) => reading((tenant) => store.listItems(tenant, id, filter, page)),
    itemsOf: (id, ids) => reading((tenant) => store.findItems(tenant, id, ids)),
    reviews: (id) => reading((tenant) => store.reviews(tenant, id)),
    matches: (id, filter = {}, page = {}) => reading((tenant) => store.listMatches(tenant, id, filter, page))
  } satisfies Partial<StatementReconciliation["Service"]> & { readonly allowed: unknown }
})

const make = Effect.fnUntraced(function* (options: ReconciliationOptions) {
  const atomic = yield* Atomic
  const audit = yield* AuditTrail
  const bankBooks = yield* BankBooks
  const calendar = yield* BankCalendar
  const ledger = yield* Ledger
  const orders = makeSealedOrders(yield* PaymentOrderStore, yield* LastingData)
  const store = yield* ReconciliationStore
  const once = makeOnce({ atomic, audit, idempotency: yield* Idempotency })
  const takeOver = makeTakeOver({ audit, ledger, orders, store })
  const rules = makeRules({ audit, store }, options)
  const acts = makeActs({ audit, bankBooks, calendar, ledger, rules, store, takeOver })
  const importAll = makeImport({ audit, calendar, store })
  const registerNew = yield* makeRegister
  const { allowed, ...reads } = yield* makeReads

  const refresh = Effect.fnUntraced(function* (account: SettlementAccount) {
    const after = yield* takeOver(account)
    return yield* rules.run(after)
  })

  const importDocument = Effect.fn("StatementReconciliation.import")(function* (document: string | Uint8Array) {
    yield* Actor.require(BankAccess.reconcilePermission)
    const parsed = yield* Effect.fromResult(parseCamt053(document))
    const act = Effect.gen(function* () {
      const { changed, statements } = yield* importAll(parsed)
      return { statements, matches: (yield* Effect.forEach(changed, refresh)).flat() }
    })
    return yield* atomic.runLocking(act).pipe(
      // What the act recorded is undone with it.
      Effect.tapError(({ _tag: reason, statementId: id }) =>
        audit.record({
          action: "banking.import-statement",
          subject: { type: "bank-statement", id },
          outcome: "refused",
          reason
        })
      )
    )
  })

  const reconcile = Effect.fn("StatementReconciliation.reconcile")(function* (id: SettlementAccountId) {
    yield* Actor.require(BankAccess.reconcilePermission)
    return yield* atomic.runLocking(Effect.flatMap(acts.lock(id), refresh))
  })

  const register = Effect.fn("StatementReconciliation.register")(function* ({
    currency,
    key,
    number
  }: Keyed<Input.SettlementRegistration>) {
    yield* Actor.require(BankAccess.managePermission)
    const { tenant } = yield* Actor
    const input = { currency, number: Redacted.make(bareNumber(Redacted.value(number))) }
    const subject = { type: "settlement-account", id: currency }
    const about = { action: "banking.register-settlement-account", subject } as const
    const id = yield* once(Commands.Register, { key, input, act: registerNew(input), ...about })
    return yield* Effect.orDie(Effect.flatMap(store.findAccount(tenant, id), Effect.fromOption))
  })

  return StatementReconciliation.of({
    ...reads,
    ...makeCommands(acts, once),
    findMatch: (id) => Effect.andThen(allowed, acts.found(id)),
    import: importDocument,
    reconcile,
    register
  })
})

/** The acts of persons, each once for its key. */
const makeCommands = (acts: ReturnType<typeof makeActs>, once: ReturnType<typeof makeOnce>) => {
  const allowed = Actor.require(BankAccess.reconcilePermission)
  /** A match as it is now, which may have been undone since the command was answered. */
  const present = (id: SettlementMatchId) => Effect.orDie(acts.found(id))
  const onAccount = (id: string) => ({ type: "settlement-account", id })

  return {
    match: Effect.fn("StatementReconciliation.match")(function* ({ key, ...input }: Keyed<Input.HandMatch>) {
      yield* allowed
      const { accountId, comment = null } = input
      const action = "banking.match-by-hand"
      const act = Effect.flatMap(acts.lock(accountId), (account) =>
        acts.match(account, input, { action, rule: "byHand", comment })
      )
      return yield* present(
        yield* once(Commands.MatchByHand, { key, input, act, action, subject: onAccount(accountId) })
      )
    }),
    accept: Effect.fn("StatementReconciliation.accept")(function* ({ key, ...input }: Keyed<Input.ReviewAcceptance>) {
      yield* allowed
      const about = { action: "banking.accept-review", subject: onAccount(input.accountId) } as const
      return yield* present(yield* once(Commands.AcceptReview, { key, input, act: acts.accept(input), ...about }))
    }),
    setAside: Effect.fn("StatementReconciliation.setAside")(function* ({ key, ...input }: Keyed<Input.SettingAside>) {
      yield* allowed
      const about = { action: "banking.set-aside", subject: onAccount(input.accountId) } as const
      yield* once(Commands.SetAside, { key, input, act: acts.setAside(input), ...about })
    }),
    takeBack: Effect.fn("StatementReconciliation.takeBack")(function* ({ key, ...input }: Keyed<Input.TakingBack>) {
      yield* allowed
      const about = { action: "banking.take-back", subject: onAccount(input.accountId) } as const
      yield* once(Commands.TakeBack, { key, input, act: acts.takeBack(input), ...about })
    }),
    writeOff: Effect.fn("StatementReconciliation.writeOff")(function* ({ key, ...input }: Keyed<Input.WritingOff>) {
      yield* allowed
      yield* Actor.require(BankAccess.managePermission)
      const about = { action: "banking.write-off", subject: onAccount(input.accountId) } as const
      return yield* present(yield* once(Commands.WriteOff, { key, input, act: acts.writeOff(key, input), ...about }))
    }),
    undo: Effect.fn("StatementReconciliation.undo")(function* ({ key, ...input }: Keyed<Input.Undoing>) {
      yield* allowed
      const { matchId, reason } = input
      const { rule } = yield* acts.found(matchId)
      if (rule === "writeOff") yield* Actor.require(BankAccess.managePermission)
      const about = { action: "banking.undo-match", subject: { type: "settlement-match", id: matchId } } as const
      return yield* present(yield* once(Commands.UndoMatch, { key, input, act: acts.undo(matchId, reason), ...about }))
    })
  } satisfies Partial<StatementReconciliation["Service"]>
}
