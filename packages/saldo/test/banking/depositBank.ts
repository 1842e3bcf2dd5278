/**
 * A small bank in memory or on a database, for tests of deposit accounts.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { type AccountHolder, AccountHolders } from "saldo/banking/AccountHolders"
import * as BankAccess from "saldo/banking/BankAccess"
import { BankBooks } from "saldo/banking/BankBooks"
import { BankCalendar } from "saldo/banking/BankCalendar"
import type { DepositAccount, DepositAccountId } from "saldo/banking/DepositAccount"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import { DepositProduct, ProductId } from "saldo/banking/DepositProduct"
import { DepositProducts } from "saldo/banking/DepositProducts"
import { DepositStatements } from "saldo/banking/DepositStatements"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { Fee } from "saldo/banking/Fee"
import { as, Identity, system } from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import { Idempotency } from "saldo/core/Idempotency"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { Ledger } from "saldo/ledger/Ledger"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { date, side, termsOf } from "./interestTermsOf.ts"

export const sek = (text: string): Money.Money => Money.of(text, "SEK")
export const key = (text: string): CommandKey => CommandKey.make(text)
export const tenant = "bank"

/** Somebody of the bank who may do everything that people may. */
export const officer = new Identity({
  kind: "user",
  tenant,
  id: "officer",
  roles: ["officer"],
  permissions: BankAccess.roles.officer
})

export type CustomerId = DepositAccount["customerId"]

/** A customer who acts for itself. */
export const customer = (id: CustomerId, name = tenant): Identity =>
  new Identity({ kind: "user", tenant: name, id, roles: ["customer"], permissions: BankAccess.roles.customer })

export const product = (more: Partial<DepositProduct> = {}): DepositProduct =>
  new DepositProduct({
    id: ProductId.make("savings"),
    version: 1,
    name: "Savings",
    kind: "savings",
    currency: "SEK",
    offeredFrom: date("2020-01-01"),
    interest: termsOf({ credit: side("2.5", { posting: "monthly" }) }),
    overdraft: null,
    fees: [],
    minimumOpening: sek("0.00"),
    noticeDays: 0,
    withdrawals: null,
    dormantAfterMonths: null,
    ...more
  })

export const flat = (id: string, event: string, amount: string, more: Partial<Fee> = {}): Fee =>
  Fee.make({
    id: Fee.fields.id.make(id),
    label: id,
    event,
    price: { kind: "flat", amount: sek(amount) },
    waivers: [],
    rounding: "halfEven",
    ...more
  })

/** A current account with an overdraft, for everything that a savings account has not. */
export const current = (more: Partial<DepositProduct> = {}): DepositProduct =>
  product({
    id: ProductId.make("current"),
    name: "Current",
    kind: "current",
    interest: termsOf({ debit: side("12", { posting: "monthly" }) }),
    overdraft: { limit: sek("1000.00") },
    ...more
  })

export interface BankOptions {
  readonly products?: ReadonlyArray<DepositProduct>
  /** What is known about a customer; everybody is active when left out. */
  readonly holder?: (id: CustomerId) => AccountHolder | undefined
}

export const memory = Layer.mergeAll(
  LedgerStore.layerMemory,
  AuditStore.layerMemory,
  IdempotencyStore.layerMemory,
  DepositAccountStore.layerMemory,
  Atomic.layerMemory
)

/** The use cases of the bank over stores. */
export const bankOn = <R, E>(
  stores: Layer.Layer<R | AuditStore | Atomic | DepositAccountStore | IdempotencyStore | LedgerStore, E>,
  { holder = () => ({ active: true, tags: [] }), products = [product(), current()] }: BankOptions = {}
) =>
  Layer.mergeAll(DepositAccounts.layer, DepositTransactions.layer, DepositEndOfDay.layer, DepositStatements.layer).pipe(
    Layer.provideMerge(BankBooks.layer),
    Layer.provideMerge(Ledger.layer),
    Layer.provideMerge(Layer.mergeAll(AuditTrail.layer, Idempotency.layer, BankCalendar.layer)),
    Layer.provideMerge(AccountHolders.layerOf((_, id) => Effect.succeed(Option.fromNullishOr(holder(id))))),
    Layer.provideMerge(DepositProducts.layerOf(products)),
    Layer.provideMerge(stores)
  )

export const bank = (options?: BankOptions) => Layer.fresh(bankOn(memory, options))

/** Goes to noon of a day. */
export const goTo = (on: LocalDate.LocalDate | string): Effect.Effect<void> =>
  TestClock.setTime((LocalDate.toEpochDay(LocalDate.of(on)) + 0.5) * 86_400_000)

/** Opens an account for a customer, a new one when left out. */
export const openFor = (productId = "savings", customerId?: CustomerId) =>
  Effect.gen(function* () {
    const id = customerId ?? (yield* Id.make("cust"))
    const name = yield* Id.make("key")
    const opening = { key: key(name), customerId: id, productId: ProductId.make(productId) }
    return yield* DepositAccounts.use((accounts) => accounts.open(opening))
  }).pipe(as(officer))

const cash = (kind: "deposit" | "withdraw") => (accountId: DepositAccountId, amount: string, name?: string) =>
  Effect.gen(function* () {
    const command = { key: key(name ?? (yield* Id.make("key"))), accountId, amount: sek(amount) }
    return yield* DepositTransactions.use((transactions) => transactions[kind](command))
  }).pipe(as(officer))

export const deposit = cash("deposit")
export const withdraw = cash("withdraw")

export const transfer = (from: DepositAccountId, to: DepositAccountId, amount: string, name?: string) =>
  Effect.gen(function* () {
    const command = { key: key(name ?? (yield* Id.make("key"))), from, to, amount: sek(amount) }
    return yield* DepositTransactions.use((transactions) => transactions.transfer(command))
  })

export const endOfDay = (through: string) => DepositEndOfDay.use((days) => days.run(date(through))).pipe(as(officer))

export const balanceOf = (id: DepositAccountId) =>
  DepositAccounts.use((accounts) => accounts.balance(id)).pipe(
    as(officer),
    Effect.map(({ balance }) => Money.toDecimal(balance))
  )

/** The trial balance of the tenant, by account code and in decimals on the normal side; fails when it does not balance. */
export const trialBalance = Effect.gen(function* () {
  const { balanced, lines } = yield* Ledger.use((ledger) => ledger.trialBalance())
  if (!balanced) return yield* Effect.die(new RangeError("the books do not balance"))
  return Object.fromEntries(
    lines.map(({ account, credit, debit }) => {
      const raw = Money.fromMinor(debit.amount - credit.amount, account.currency)
      const normal = account.type === "asset" || account.type === "expense" ? raw : Money.negate(raw)
      return [account.code, Money.toDecimal(normal)]
    })
  ) as Readonly<Record<string, string>>
}).pipe(as(system(tenant)))
