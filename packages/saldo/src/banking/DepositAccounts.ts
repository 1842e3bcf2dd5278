import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { AuditEntry } from "../audit/AuditRecord.ts"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, asSystem, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Command from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { Idempotency, type NotExecuted } from "../core/Idempotency.ts"
import type { CursorMismatch, InvalidCursor, Page, PageRequest } from "../core/Page.ts"
import { AccountNotEmpty } from "../ledger/AccountOpening.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { AccountCode } from "../ledger/LedgerAccount.ts"
import { AccountUnavailable } from "../ledger/LedgerRefusal.ts"
import type { Balance } from "../ledger/LedgerReport.ts"
import * as Money from "../money/Money.ts"
import * as LocalDate from "../time/LocalDate.ts"
import { AccountHolders } from "./AccountHolders.ts"
import * as BankAccess from "./BankAccess.ts"
import { BankBooks } from "./BankBooks.ts"
import { BankCalendar } from "./BankCalendar.ts"
import { DepositAccount, DepositAccountId } from "./DepositAccount.ts"
import { type DepositAccountFilter, DepositAccountStore } from "./DepositAccountStore.ts"
import { depositCodeOf } from "./depositCode.ts"
import { ProductId } from "./DepositProduct.ts"
import { DepositProducts } from "./DepositProducts.ts"
import * as Refusal from "./DepositRefusal.ts"
import { start } from "./interestAccrual.ts"
import { makeOnce } from "../audit/internal/commandOnce.ts"
import { findWithin, ledgerKey, lockAll, requireOpen } from "./internal/depositAccess.ts"
import { makeDepositDays } from "./internal/depositDays.ts"
import { bookUnhindered, kinds, moving } from "./internal/ledgerLines.ts"

/** An account to be opened, by the product's version that is offered today. */
export const DepositOpening = Schema.Struct({
  customerId: DepositAccount.fields.customerId,
  productId: ProductId,
  /** The product's own name when left out. */
  name: Schema.optionalKey(DepositAccount.fields.name)
})

/** An account to be opened. */
export type DepositOpening = typeof DepositOpening.Type

/** An account to be closed. */
export const DepositClosing = Schema.Struct({
  accountId: DepositAccountId,
  /** Where the money goes; may be left out when nothing is left. */
  to: Schema.optionalKey(DepositAccountId)
})

/** An account to be closed. */
export type DepositClosing = typeof DepositClosing.Type

const openRefusal = Schema.Union([Refusal.AccountHolderUnsuitable, Refusal.ProductNotOffered])
const closeRefusal = Schema.Union([
  Refusal.DepositAccountNotFound,
  Refusal.DepositAccountNotOpen,
  Refusal.DestinationUnsuitable,
  Refusal.OverdraftNotRepaid,
  AccountNotEmpty,
  AccountUnavailable
])

const openAction = "banking.open-account"
const closeAction = "banking.close-account"

const Open = Command.make({
  operation: openAction,
  input: DepositOpening,
  success: DepositAccount,
  refusal: openRefusal
})
const Close = Command.make({
  operation: closeAction,
  input: DepositClosing,
  success: DepositAccount,
  refusal: closeRefusal
})

/** A command with the key that its caller names it by. */
export type Keyed<Input> = Input & { readonly key: Command.CommandKey }

type Acting<A, E> = Effect.Effect<A, E | NotPermitted, Actor>

/**
 * Use case: the accounts of a bank's customers, each on a product and with a ledger account of its own, which is a debt of
 * the bank to the customer.
 *
 * A customer sees its own accounts; those of others, and of other tenants, are not there. Each write happens once for its
 * key and is recorded in the trail with its refusals.
 *
 * @effect-expect-leaking Actor
 */
export class DepositAccounts extends Context.Service<
  DepositAccounts,
  {
    /** Opens an account for an active customer. Needs `bank:open`. */
    readonly open: (opening: Keyed<DepositOpening>) => Acting<DepositAccount, typeof openRefusal.Type | NotExecuted>
    /**
     * Closes an account: interest and fees through yesterday are booked, all that has accrued is posted, and what is left
     * goes to another account. Refused while money is held or the customer owes any. Needs `bank:open`.
     */
    readonly close: (closing: Keyed<DepositClosing>) => Acting<DepositAccount, typeof closeRefusal.Type | NotExecuted>
    /** Needs `bank:read`, as all that follow up to `block`. */
    readonly find: (id: DepositAccountId) => Acting<DepositAccount, Refusal.DepositAccountNotFound>
    /** By the order of opening; without `bank:any-customer`, the actor's own accounts. */
    readonly list: (
      filter?: DepositAccountFilter,
      page?: PageRequest
    ) => Acting<Page<DepositAccount>, InvalidCursor | CursorMismatch>
    /** What the customer has, and what of it is available: with the overdraft, less what is held. */
    readonly balance: (
      id: DepositAccountId
    ) => Acting<Pick<Balance, "available" | "balance" | "pendingIn" | "pendingOut">, Refusal.DepositAccountNotFound>
    /** Refuses money in and out until `unblock`. Both need `bank:manage`, and doing either again changes nothing. */
    readonly block: (
      id: DepositAccountId
    ) => Acting<DepositAccount, Refusal.DepositAccountNotFound | Refusal.DepositAccountNotOpen>
    readonly unblock: (
      id: DepositAccountId
    ) => Acting<DepositAccount, Refusal.DepositAccountNotFound | Refusal.DepositAccountNotOpen>
  }
>()("saldo/banking/DepositAccounts") {
  /** Accounts in the store in scope, on the products in scope. */
  static readonly layer: Layer.Layer<
    DepositAccounts,
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

const subjectOf = (id: string) => ({ type: "deposit-account", id })

/** What the trail shows of an account. */
const shown = ({ accrual: _accrual, id: _id, tenant: _tenant, ...rest }: DepositAccount) => rest

const make = Effect.gen(function* () {
  const store = yield* DepositAccountStore
  const products = yield* DepositProducts
  const holders = yield* AccountHolders
  const bankBooks = yield* BankBooks
  const calendar = yield* BankCalendar
  const ledger = yield* Ledger
  const audit = yield* AuditTrail
  const atomic = yield* Atomic
  const once = makeOnce({ atomic, audit, idempotency: yield* Idempotency })
  const days = makeDepositDays({ ledger, bankBooks, holders, products, store })

  const recordChange = (before: DepositAccount | null, after: DepositAccount, action: AuditEntry["action"]) =>
    audit.record({
      action,
      subject: subjectOf(after.id),
      changes: changes(before === null ? null : shown(before), shown(after), { "/name": "personal" })
    })

  const openNow = Effect.fnUntraced(function* (tenant: string, { customerId, name, productId }: DepositOpening) {
    const holder = yield* holders.lock(tenant, customerId)
    if (Option.isNone(holder)) return yield* new Refusal.AccountHolderUnsuitable({ customerId, reason: "missing" })
    if (!holder.value.active) return yield* new Refusal.AccountHolderUnsuitable({ customerId, reason: "inactive" })
    const today = yield* calendar.today
    const product = Option.getOrUndefined(products.offered(productId, today))
    if (product === undefined) return yield* new Refusal.ProductNotOffered({ productId, on: today })
    const { currency, overdraft, pinned } = product
    const id = yield* Id.make("dep")
    const parent = yield* bankBooks.account(tenant, "deposits", currency)
    const opened = yield* ledger
      .openAccount({
        code: AccountCode.make(depositCodeOf(id)),
        name: id,
        type: "liability",
        currency,
        parent: parent.id,
        bounds: { minimum: overdraft === null ? 0n : -overdraft.limit.amount, maximum: null }
      })
      .pipe(asSystem(tenant), Effect.orDie)
    const account: DepositAccount = {
      id,
      tenant,
      customerId,
      product: pinned,
      name: name ?? product.name,
      currency,
      ledgerAccountId: opened.id,
      state: "open",
      openedOn: today,
      closedOn: null,
      accrual: { state: start(today), knownAt: null }
    }
    yield* store.insert(account)
    yield* recordChange(null, account, openAction)
    return account
  })

  const open = Effect.fn("DepositAccounts.open")(function* ({ key, ...opening }: Keyed<DepositOpening>) {
    yield* Actor.require(BankAccess.openPermission)
    const actor = yield* Actor
    const { customerId } = opening
    if (!BankAccess.reaches(actor, customerId)) {
      return yield* new Refusal.AccountHolderUnsuitable({ customerId, reason: "missing" })
    }
    const subject = { type: "customer", id: customerId }
    return yield* once(Open, { key, input: opening, action: openAction, subject, act: openNow(actor.tenant, opening) })
  })

  /** Moves what is left, or says why that cannot be. */
  const moveRest = Effect.fnUntraced(function* (
    account: DepositAccount,
    to: DepositAccount | undefined,
    closing: { readonly on: LocalDate.LocalDate; readonly key: Command.CommandKey }
  ) {
    const { id: accountId, ledgerAccountId } = account
    const { balance } = yield* Effect.orDie(ledger.balance(ledgerAccountId))
    if (Money.isNegative(balance)) {
      return yield* new Refusal.OverdraftNotRepaid({ accountId, owed: Money.negate(balance) })
    }
    if (Money.isZero(balance)) return
    if (to === undefined) return yield* new Refusal.DestinationUnsuitable({ accountId, reason: "missing" })
    const described = { code: kinds.closing, valueOn: closing.on, allowFutureValue: true }
    const operation = moving(ledgerAccountId, to.ledgerAccountId, balance, described)
    yield* ledger.commit({ key: ledgerKey(closeAction, closing.key), operations: [operation] }).pipe(
      // Somebody froze one of the ledger accounts past the bank.
      Effect.catchIf(
        (error) => error._tag !== "AccountUnavailable",
        (error) => Effect.die(error)
      )
    )
  })

  const closeNow = Effect.fnUntraced(function* (
    tenant: string,
    { accountId, to }: DepositClosing,
    key: Command.CommandKey
  ) {
    if (accountId === to) return yield* new Refusal.DestinationUnsuitable({ accountId, reason: "same-account" })
    const ids = to === undefined ? [accountId] : [accountId, to]
    const [locked, destination] = yield* lockAll(store, tenant, ids)
    if (locked === undefined) return yield* new Refusal.DepositAccountNotFound({ accountId })
    yield* requireOpen(locked)
    if (destination !== undefined) {
      yield* requireOpen(destination)
      if (destination.currency !== locked.currency) {
        return yield* new Refusal.DestinationUnsuitable({ accountId, reason: "other-currency" })
      }
    }
    const { ledgerAccountId } = locked
    const today = yield* calendar.today
    const before = yield* Effect.orDie(ledger.balance(ledgerAccountId))
    if (!Money.isZero(before.pendingIn) || !Money.isZero(before.pendingOut)) {
      return yield* new AccountNotEmpty({ accountId: ledgerAccountId, reason: "pending" })
    }
    const taken = yield* days.throughDay(locked, LocalDate.addDays(today, -1))
    const fee = yield* days.quote(taken, { event: "closing", on: today, amount: Money.zero(locked.currency) })
    const fees = (yield* bankBooks.account(tenant, "fees", locked.currency)).id
    const charged = Money.isZero(fee.total) ? [] : [moving(ledgerAccountId, fees, fee.total, { code: kinds.fee })]
    yield* bookUnhindered(ledger, ledgerAccountId, `deposit closing ${accountId}`, charged)
    const settled = yield* days.settle(taken)
    yield* moveRest(settled, destination, { key, on: LocalDate.max(today, settled.accrual.state.nextOn) })
    yield* ledger.changeAccount(ledgerAccountId, { closed: true }).pipe(
      Effect.catchIf(
        (error) => error._tag !== "AccountNotEmpty",
        (error) => Effect.die(error)
      )
    )
    const closed: DepositAccount = { ...settled, state: "closed", closedOn: today }
    yield* store.save(closed)
    return closed
  })

  const close = Effect.fn("DepositAccounts.close")(function* ({ key, ...closing }: Keyed<DepositClosing>) {
    const before = yield* findWithin(store, BankAccess.openPermission, closing.accountId)
    const { tenant } = before
    const act = Effect.tap(closeNow(tenant, closing, key).pipe(asSystem(tenant)), (closed) =>
      recordChange(before, closed, closeAction)
    )
    const subject = subjectOf(closing.accountId)
    return yield* once(Close, { key, input: closing, action: closeAction, subject, act })
  })

  const setBlocked = (blocked: boolean) =>
    Effect.fnUntraced(function* (id: DepositAccountId) {
      const { tenant } = yield* findWithin(store, BankAccess.managePermission, id)
      const act = Effect.gen(function* () {
        const [account] = yield* lockAll(store, tenant, [id])
        if (account === undefined) return yield* new Refusal.DepositAccountNotFound({ accountId: id })
        if (account.state === "closed") return yield* requireOpen(account).pipe(Effect.as(account))
        const changed: DepositAccount = { ...account, state: blocked ? "blocked" : "open" }
        if (changed.state === account.state) return account
        yield* ledger.changeAccount(account.ledgerAccountId, { frozen: blocked }).pipe(asSystem(tenant), Effect.orDie)
        yield* store.save(changed)
        yield* recordChange(account, changed, blocked ? "banking.block-account" : "banking.unblock-account")
        return changed
      })
      return yield* atomic.runLocking(act)
    })

  const find = (id: DepositAccountId) => findWithin(store, BankAccess.readPermission, id)

  return DepositAccounts.of({
    open,
    close,
    find,
    list: Effect.fn("DepositAccounts.list")(function* (filter = {}, page = {}) {
      yield* Actor.require(BankAccess.readPermission)
      const actor = yield* Actor
      const own = filter.customerId ?? actor.owner.id
      if (actor.may(BankAccess.anyCustomerPermission)) return yield* store.list(actor.tenant, filter, page)
      if (!BankAccess.reaches(actor, own) || !Schema.is(DepositAccount.fields.customerId)(own)) {
        return { items: [], next: null }
      }
      return yield* store.list(actor.tenant, { ...filter, customerId: own }, page)
    }),
    balance: Effect.fn("DepositAccounts.balance")(function* (id) {
      const { ledgerAccountId, tenant } = yield* find(id)
      const found = yield* ledger.balance(ledgerAccountId).pipe(asSystem(tenant), Effect.orDie)
      const { available, balance, pendingIn, pendingOut } = found
      return { available, balance, pendingIn, pendingOut }
    }),
    block: setBlocked(true),
    unblock: setBlocked(false)
  })
})
