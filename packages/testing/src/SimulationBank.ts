/**
 * The bank that a simulation runs: every use case of banking over stores and a rail, with two products, a policy of
 * payments and the people who work there. It keeps nothing in memory that it needs, so that it can go down anywhere.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { AuditStore } from "saldo/audit/AuditStore"
import type { AuditTrail } from "saldo/audit/AuditTrail"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import { roles } from "saldo/banking/BankAccess"
import type { BankBooks } from "saldo/banking/BankBooks"
import * as BankUseCases from "saldo/banking/BankUseCases"
import type { Customers } from "saldo/banking/Customers"
import { CustomerStore } from "saldo/banking/CustomerStore"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import type { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import type { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import { DepositProduct, ProductId } from "saldo/banking/DepositProduct"
import type { DepositStatements } from "saldo/banking/DepositStatements"
import type { DepositTransactions } from "saldo/banking/DepositTransactions"
import { Fee } from "saldo/banking/Fee"
import { type InterestSide, InterestTerms } from "saldo/banking/InterestTerms"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { PaymentLimitId } from "saldo/banking/PaymentLimit"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import type { PaymentPlans } from "saldo/banking/PaymentPlans"
import { PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import type { PaymentPolicy } from "saldo/banking/PaymentPolicy"
import type { PaymentRail } from "saldo/banking/PaymentRail"
import type { Payments } from "saldo/banking/Payments"
import type { ReconciliationStore } from "saldo/banking/ReconciliationStore"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import { Identity } from "saldo/core/Actor"
import type { Atomic } from "saldo/core/Atomic"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { sha256 } from "saldo/core/sha256"
import type { Ledger } from "saldo/ledger/Ledger"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import * as LocalDate from "saldo/time/LocalDate"

/** What a bank keeps, and outlives it. */
export type BankStores =
  | ApprovalStore
  | Atomic
  | AuditStore
  | CustomerStore
  | DataKeyStore
  | DepositAccountStore
  | IdempotencyStore
  | LedgerStore
  | PaymentOrderStore
  | PaymentPlanStore
  | ReconciliationStore

/** What a bank does. */
export type BankServices =
  | AuditTrail
  | BankBooks
  | Customers
  | DepositAccounts
  | DepositEndOfDay
  | DepositStatements
  | DepositTransactions
  | Ledger
  | PaymentPlans
  | Payments

/** The stores at whose calls a simulation may break; a transaction breaks at the calls within it. */
export const ports = [
  ApprovalStore,
  AuditStore,
  CustomerStore,
  DataKeyStore,
  DepositAccountStore,
  IdempotencyStore,
  LedgerStore,
  PaymentOrderStore,
  PaymentPlanStore
] as const

/** The tenant that is simulated. */
export const tenant = "simulation"

/** The first simulated day. */
export const firstDay = LocalDate.of("2026-01-01")

const sek = (text: string) => Money.of(text, "SEK")

const tier = (from: string, percent: string) => ({ from: sek(from), rate: Rate.annualPercent(percent) })

const terms = (sides: Pick<InterestTerms, "credit" | "debit">): InterestTerms =>
  InterestTerms.make({
    currency: "SEK",
    dayCount: "ACT/365 Fixed",
    earnsFrom: "valueDate",
    rounding: "halfEven",
    periodsFrom: firstDay,
    ...sides
  })

const paidMonthly = { balance: "daily", compounding: "none", posting: "monthly" } as const

const fee = (id: string, event: string, price: Fee["price"]): Fee =>
  Fee.make({ id: Fee.fields.id.make(id), label: id, event, price, waivers: [], rounding: "halfEven" })

/** An account for daily use: an overdraft of 500.00 at 12 %, and fees for what is done with it. */
export const current = new DepositProduct({
  id: ProductId.make("current"),
  version: 1,
  name: "Current",
  kind: "current",
  currency: "SEK",
  offeredFrom: firstDay,
  interest: terms({
    credit: null,
    debit: { ...paidMonthly, rates: [{ from: firstDay, method: "band", tiers: [tier("0.00", "12")] }] }
  }),
  overdraft: { limit: sek("500.00") },
  fees: [
    fee("transfer", "transfer", { kind: "flat", amount: sek("1.25") }),
    fee("cash", "withdrawal", {
      kind: "percent",
      rate: Rate.periodicPercent("0.5"),
      minimum: sek("0.50"),
      maximum: sek("1.50")
    }),
    fee("month", "monthly", { kind: "flat", amount: sek("9.00") })
  ],
  minimumOpening: sek("0.00"),
  noticeDays: 0,
  withdrawals: null,
  dormantAfterMonths: null
})

/** What savings bear: 1 % up to 500.00 and 2.5 % above, 3 % above from July on. */
export const savingsRates: InterestSide = {
  ...paidMonthly,
  rates: [
    { from: firstDay, method: "band", tiers: [tier("0.00", "1"), tier("500.00", "2.5")] },
    { from: LocalDate.of("2026-07-01"), method: "band", tiers: [tier("0.00", "1"), tier("500.00", "3")] }
  ]
}

/** An account to save on, with two withdrawals a month free, and the interest changed as given. */
export const savingsWith = (change: Partial<InterestTerms>): DepositProduct =>
  new DepositProduct({
    id: ProductId.make("savings"),
    version: 1,
    name: "Savings",
    kind: "savings",
    currency: "SEK",
    offeredFrom: firstDay,
    interest: { ...terms({ credit: savingsRates, debit: null }), ...change },
    overdraft: null,
    fees: [fee("extra", "extra-withdrawal", { kind: "flat", amount: sek("25.00") })],
    minimumOpening: sek("100.00"),
    noticeDays: 0,
    withdrawals: { count: 2, per: "month", excess: { kind: "charge", event: "extra-withdrawal" } },
    dormantAfterMonths: null
  })

/** The account to save on. */
export const savings: DepositProduct = savingsWith({})

/** Payments above 300.00 wait two days for a second person; 600.00 a day and four payments a month may be made. */
export const policy: PaymentPolicy = {
  limits: [
    {
      id: PaymentLimitId.make("daily"),
      label: "Each day",
      measure: { kind: "amount", maximum: sek("600.00") },
      window: "day",
      perCounterparty: false
    },
    {
      id: PaymentLimitId.make("monthly"),
      label: "Each month",
      measure: { kind: "count", maximum: 4 },
      window: "month",
      perCounterparty: false
    }
  ],
  approval: { above: [sek("300.00")] },
  approvalWithin: "2 days",
  askEvery: "1 minute"
}

const somebody = (role: "customer" | "officer", id: string, bank = tenant): Identity =>
  new Identity({ kind: "user", tenant: bank, id, roles: [role], permissions: roles[role] })

/** Who works in the bank, and one who works in another one. */
export const staff = {
  officer: somebody("officer", "officer"),
  second: somebody("officer", "second"),
  stranger: somebody("officer", "stranger", "another bank")
} as const

/** A customer who acts for itself. */
export const customer = (id: string): Identity => somebody("customer", id)

const keys = WrappingKeys.layer({
  current: { id: "simulated", key: Redacted.make(sha256("the wrapping key of a simulation")) },
  index: Redacted.make(sha256("the index key of a simulation"))
})

/** A bank: what it does, over what it keeps and the rail of its payments. It is made anew whenever it has gone down. */
export type Bank = Layer.Layer<BankServices, never, BankStores | PaymentRail>

/** A bank with products and a policy of payments of its own. */
export const bankWith = (options: Partial<BankUseCases.BankOptions>): Bank =>
  Layer.orDie(BankUseCases.layer({ products: [current, savings], payments: policy, ...options })).pipe(
    Layer.provide(Layer.merge(keys, KycVerifier.layerReference))
  )

/** The bank as it should be. */
export const bank: Bank = bankWith({})

/** The bank over a store or a rail that does some things differently, to plant a bug. */
export const bankOver = <Self extends BankStores | PaymentRail, Service extends object>(
  service: Context.Key<Self, Service>,
  change: (right: Service) => Partial<Service>
): Bank =>
  Layer.provide(
    bank,
    Layer.effectContext(
      Effect.map(Effect.context<BankStores | PaymentRail>(), (around): Context.Context<BankStores | PaymentRail> => {
        const right = Context.get(around, service)
        return Context.add(around, service, { ...right, ...change(right) })
      })
    )
  )
