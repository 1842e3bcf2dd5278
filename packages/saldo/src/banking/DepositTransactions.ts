import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { AuditEntry } from "../audit/AuditRecord.ts"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, asSystem, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Command from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { Idempotency, type NotExecuted } from "../core/Idempotency.ts"
import { EntryId } from "../ledger/JournalEntry.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { type AccountId, text } from "../ledger/LedgerAccount.ts"
import type { Post } from "../ledger/LedgerCommand.ts"
import { AccountUnavailable, InsufficientFunds, LedgerOverflow } from "../ledger/LedgerRefusal.ts"
import * as Money from "../money/Money.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import { AccountHolders } from "./AccountHolders.ts"
import * as BankAccess from "./BankAccess.ts"
import { BankBooks } from "./BankBooks.ts"
import { BankCalendar } from "./BankCalendar.ts"
import { type DepositAccount, DepositAccountId } from "./DepositAccount.ts"
import { DepositAccountStore } from "./DepositAccountStore.ts"
import { DepositProducts } from "./DepositProducts.ts"
import * as Refusal from "./DepositRefusal.ts"
import type { FeeItem } from "./fees.ts"
import { makeOnce } from "../audit/internal/commandOnce.ts"
import { findWithin, ledgerKey, lockAll, productOf, requireAmount, requireOpen } from "./internal/depositAccess.ts"
import { makeDepositDays } from "./internal/depositDays.ts"
import { announcedOf, events, incoming, withdrawalsUsed } from "./depositAllowances.ts"
import { kinds, moving } from "./internal/ledgerLines.ts"

const description = text(140)

/** Money over the counter, in or out. */
export const CashTransaction = Schema.Struct({
  accountId: DepositAccountId,
  amount: MoneySchema,
  description: Schema.optionalKey(description)
})

/** Money over the counter. */
export type CashTransaction = typeof CashTransaction.Type

/** Money from one account of the bank to another. */
export const DepositTransfer = Schema.Struct({
  from: DepositAccountId,
  to: DepositAccountId,
  amount: MoneySchema,
  description: Schema.optionalKey(description)
})

/** Money from one account of the bank to another. */
export type DepositTransfer = typeof DepositTransfer.Type

/** What was moved and what it cost. */
export const DepositReceipt = Schema.Struct({
  /** The entry that moved the amount. The fee has one of its own, booked with it. */
  entryId: EntryId,
  amount: MoneySchema,
  /** What the account was charged beside the amount. */
  fee: MoneySchema
})

/** What was moved and what it cost. */
export type DepositReceipt = typeof DepositReceipt.Type

const refusal = Schema.Union([
  Refusal.DepositAccountNotFound,
  Refusal.DepositAccountNotOpen,
  Refusal.DepositAmountInvalid,
  Refusal.AccountHolderUnsuitable,
  Refusal.OpeningDepositTooSmall,
  Refusal.WithdrawalsUsedUp,
  Refusal.WithdrawalNotAnnounced,
  Refusal.DestinationUnsuitable,
  InsufficientFunds,
  AccountUnavailable,
  LedgerOverflow
])

/** Why money was not moved. */
export type TransactionRefusal = typeof refusal.Type

const actions = {
  deposit: "banking.deposit",
  withdraw: "banking.withdraw",
  transfer: "banking.transfer",
  announce: "banking.announce-withdrawal"
} as const

const command = <Input>(operation: string, input: Schema.Codec<Input, unknown>) =>
  Command.make({ operation, input, success: DepositReceipt, refusal })
const Deposit = command(actions.deposit, CashTransaction)
const Withdraw = command(actions.withdraw, CashTransaction)
const Transfer = command(actions.transfer, DepositTransfer)
const Announce = Command.make({ operation: actions.announce, input: CashTransaction, success: Schema.Void, refusal })

type Keyed<Input> = Input & { readonly key: Command.CommandKey }
type Acting<A> = Effect.Effect<A, TransactionRefusal | NotExecuted | NotPermitted, Actor>

/**
 * Use case: money in and out of deposit accounts.
 *
 * The fees of the product are charged in the ledger command that moves the money, so that there is enough for both or
 * nothing happens; an overdraft is used as far as the product grants it. Each command happens once for its key.
 *
 * @effect-expect-leaking Actor
 */
export class DepositTransactions extends Context.Service<
  DepositTransactions,
  {
    /** Cash in. Whoever says so must have counted it: needs `bank:transact` and `bank:any-customer`. */
    readonly deposit: (deposit: Keyed<CashTransaction>) => Acting<DepositReceipt>
    /** Cash out; needs what `deposit` needs. */
    readonly withdraw: (withdrawal: Keyed<CashTransaction>) => Acting<DepositReceipt>
    /** From an account within reach to any account of the bank. Needs `bank:transact`. */
    readonly transfer: (transfer: Keyed<DepositTransfer>) => Acting<DepositReceipt>
    /** Announces that so much will be withdrawn, for accounts with notice. Needs `bank:transact`. */
    readonly announce: (announced: Keyed<CashTransaction>) => Acting<void>
    /** What an event such as `withdrawal` would cost today, fee by fee. Needs `bank:read`. */
    readonly quote: (
      id: DepositAccountId,
      event: string,
      amount: Money.Money
    ) => Effect.Effect<
      ReadonlyArray<FeeItem>,
      Refusal.DepositAccountNotFound | Refusal.DepositAmountInvalid | NotPermitted,
      Actor
    >
  }
>()("saldo/banking/DepositTransactions") {
  /** Transactions on the accounts in the store in scope. */
  static readonly layer: Layer.Layer<
    DepositTransactions,
    never,
    | AccountHolders
    | Atomic
    | AuditTrail
    | BankBooks
    | BankCalendar
    | DepositAccountStore
    | DepositProducts
    | Idempotency
    | Ledger
  > = Layer.effect(
    this,
    Effect.suspend(() => make)
  )
}

interface Movement {
  readonly account: DepositAccount
  readonly event: string
  readonly from: AccountId
  readonly to: AccountId
  readonly amount: Money.Money
  readonly code: string
  readonly description: string | undefined
  readonly key: Command.CommandKey
  readonly action: AuditEntry["action"]
  readonly today: LocalDate
}

const subjectOf = (id: string) => ({ type: "deposit-account", id })

const make = Effect.gen(function* () {
  const store = yield* DepositAccountStore
  const products = yield* DepositProducts
  const holders = yield* AccountHolders
  const bankBooks = yield* BankBooks
  const calendar = yield* BankCalendar
  const ledger = yield* Ledger
  const audit = yield* AuditTrail
  const once = makeOnce({ atomic: yield* Atomic, audit, idempotency: yield* Idempotency })
  const { quote } = makeDepositDays({ ledger, bankBooks, holders, products, store })

  const remember = (account: DepositAccount, event: string, on: LocalDate, amount: Money.Money) =>
    Effect.flatMap(Id.make("depev"), (id) =>
      store.addEvent({ id, tenant: account.tenant, accountId: account.id, event, on, amount })
    )

  const requireActiveHolder = Effect.fnUntraced(function* ({ customerId, tenant }: DepositAccount) {
    const holder = yield* holders.find(tenant, customerId)
    const active = holder._tag === "Some" && holder.value.active
    if (!active) return yield* new Refusal.AccountHolderUnsuitable({ customerId, reason: "inactive" })
  })

  /** The first money on an account is as much as its product asks for. */
  const requireOpening = Effect.fnUntraced(function* (account: DepositAccount, amount: Money.Money) {
    const { minimumOpening } = productOf(products, account)
    if (amount.amount >= minimumOpening.amount) return
    const past = yield* store.events(account.tenant, account.id, account.openedOn)
    if (past.some(({ event }) => incoming.has(event))) return
    return yield* new Refusal.OpeningDepositTooSmall({ accountId: account.id, minimum: minimumOpening, given: amount })
  })

  /** What a withdrawal costs beyond its own fees when the allowance is used up, and whether it may be made at all. */
  const requireAllowed = Effect.fnUntraced(function* (account: DepositAccount, amount: Money.Money, on: LocalDate) {
    const { id: accountId, openedOn, tenant } = account
    const { noticeDays, withdrawals } = productOf(products, account)
    if (noticeDays === 0 && withdrawals === null) return undefined
    const past = yield* store.events(tenant, accountId, openedOn)
    if (noticeDays > 0) {
      const announced = Money.fromMinor(announcedOf(past, noticeDays, on), account.currency)
      if (announced.amount < amount.amount) {
        return yield* new Refusal.WithdrawalNotAnnounced({ accountId, noticeDays, announced, requested: amount })
      }
    }
    if (withdrawals === null || withdrawalsUsed(past, withdrawals.per, on) < withdrawals.count) return undefined
    if (withdrawals.excess.kind === "charge") return withdrawals.excess.event
    return yield* new Refusal.WithdrawalsUsedUp({ accountId, count: withdrawals.count, per: withdrawals.per })
  })

  /** The fees of events, as operations of the command that moves the money. */
  const charges = Effect.fnUntraced(function* (
    account: DepositAccount,
    names: ReadonlyArray<string>,
    amount: Money.Money,
    on: LocalDate
  ) {
    const { currency, ledgerAccountId, tenant } = account
    const quotes = yield* Effect.forEach(names, (event) => quote(account, { event, on, amount }))
    const items = quotes.flatMap(({ items }) => items).filter((item) => !Money.isZero(item.amount))
    const total = Money.fromMinor(
      items.reduce((sum, item) => sum + item.amount.amount, 0n),
      currency
    )
    if (items.length === 0) return { total, operations: [] }
    const fees = yield* bankBooks.account(tenant, "fees", currency)
    const operations = items.map((item): Post =>
      moving(ledgerAccountId, fees.id, item.amount, { code: kinds.fee, description: item.label })
    )
    return { total, operations }
  })

  /** Moves the money and charges the fees together, and remembers that it happened. */
  const move = Effect.fnUntraced(function* (movement: Movement, extra: ReadonlyArray<string>) {
    const { account, action, amount, code, description, event, from, key, to, today } = movement
    const fee = yield* charges(account, [event, ...extra], amount, today)
    const described = { code, ...(description === undefined ? {} : { description }) }
    const operations = [moving(from, to, amount, described), ...fee.operations]
    const { entries } = yield* ledger.commit({ key: ledgerKey(action, key), operations }).pipe(
      Effect.catchIf(
        (error) => !Schema.is(Schema.Union([InsufficientFunds, AccountUnavailable, LedgerOverflow]))(error),
        (error) => Effect.die(error)
      ),
      asSystem(account.tenant)
    )
    yield* remember(account, event, today, amount)
    yield* Effect.forEach(extra, (name) => remember(account, name, today, amount))
    const [entry] = entries
    if (entry === undefined) return yield* Effect.die(new RangeError("The ledger booked nothing and refused nothing"))
    const receipt: DepositReceipt = { entryId: entry.id, amount, fee: fee.total }
    yield* audit.record({ action, subject: subjectOf(account.id), changes: changes(null, receipt) })
    return receipt
  })

  const lockOne = Effect.fnUntraced(function* (tenant: string, accountId: DepositAccountId, amount: Money.Money) {
    const [account] = yield* lockAll(store, tenant, [accountId])
    if (account === undefined) return yield* new Refusal.DepositAccountNotFound({ accountId })
    yield* requireOpen(account)
    yield* requireAmount(amount, account)
    yield* requireActiveHolder(account)
    return account
  })

  const cash = (direction: "deposit" | "withdraw") => {
    const [action, kind, known] =
      direction === "deposit"
        ? ([actions.deposit, kinds.deposit, Deposit] as const)
        : ([actions.withdraw, kinds.withdrawal, Withdraw] as const)
    return Effect.fn(`DepositTransactions.${direction}`)(function* ({ key, ...input }: Keyed<CashTransaction>) {
      const { accountId, amount, description } = input
      yield* Actor.require(BankAccess.anyCustomerPermission)
      const { tenant } = yield* findWithin(store, BankAccess.transactPermission, accountId)
      const act = Effect.gen(function* () {
        const account = yield* lockOne(tenant, accountId, amount)
        const today = yield* calendar.today
        const extra = direction === "deposit" ? undefined : yield* requireAllowed(account, amount, today)
        if (direction === "deposit") yield* requireOpening(account, amount)
        const till = (yield* bankBooks.account(tenant, "cash", account.currency)).id
        const [from, to] = direction === "deposit" ? [till, account.ledgerAccountId] : [account.ledgerAccountId, till]
        const movement = { account, event: kind, from, to, amount, code: kind, description, key, action, today }
        return yield* move(movement, extra === undefined ? [] : [extra])
      })
      return yield* once(known, { key, input, action, subject: subjectOf(accountId), act })
    })
  }

  const transfer = Effect.fn("DepositTransactions.transfer")(function* ({ key, ...input }: Keyed<DepositTransfer>) {
    const { amount, description, from, to } = input
    const { tenant } = yield* findWithin(store, BankAccess.transactPermission, from)
    const act = Effect.gen(function* () {
      if (from === to) return yield* new Refusal.DestinationUnsuitable({ accountId: from, reason: "same-account" })
      const [source, target] = yield* lockAll(store, tenant, [from, to])
      if (source === undefined) return yield* new Refusal.DepositAccountNotFound({ accountId: from })
      if (target === undefined) return yield* new Refusal.DepositAccountNotFound({ accountId: to })
      yield* requireOpen(source)
      yield* requireOpen(target)
      yield* requireAmount(amount, source)
      yield* requireActiveHolder(source)
      if (target.currency !== source.currency) {
        return yield* new Refusal.DestinationUnsuitable({ accountId: from, reason: "other-currency" })
      }
      const today = yield* calendar.today
      const extra = yield* requireAllowed(source, amount, today)
      yield* requireOpening(target, amount)
      const movement = {
        account: source,
        event: source.customerId === target.customerId ? events.ownTransfer : events.transfer,
        from: source.ledgerAccountId,
        to: target.ledgerAccountId,
        amount,
        code: kinds.transfer,
        description,
        key,
        action: actions.transfer,
        today
      }
      const receipt = yield* move(movement, extra === undefined ? [] : [extra])
      yield* remember(target, events.transferIn, today, amount)
      return receipt
    })
    return yield* once(Transfer, { key, input, action: actions.transfer, subject: subjectOf(from), act })
  })

  const announce = Effect.fn("DepositTransactions.announce")(function* ({ key, ...input }: Keyed<CashTransaction>) {
    const { accountId, amount } = input
    const { tenant } = yield* findWithin(store, BankAccess.transactPermission, accountId)
    const act = Effect.gen(function* () {
      const account = yield* lockOne(tenant, accountId, amount)
      yield* remember(account, events.announced, yield* calendar.today, amount)
      yield* audit.record({
        action: actions.announce,
        subject: subjectOf(accountId),
        changes: changes(null, { amount })
      })
    })
    yield* once(Announce, { key, input, action: actions.announce, subject: subjectOf(accountId), act })
  })

  return DepositTransactions.of({
    deposit: cash("deposit"),
    withdraw: cash("withdraw"),
    transfer,
    announce,
    quote: Effect.fn("DepositTransactions.quote")(function* (id, event, amount) {
      const account = yield* findWithin(store, BankAccess.readPermission, id)
      if (amount.amount < 0n || amount.currency !== account.currency) yield* requireAmount(amount, account)
      const facts = { event, on: yield* calendar.today, amount }
      return (yield* quote(account, facts)).items
    })
  })
})
