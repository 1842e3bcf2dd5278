/**
 * A small bank that pays over a simulated rail, for tests of payments.
 */
import type { RailSimulator } from "@saldo/testing/RailSimulator"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { AuditStore } from "saldo/audit/AuditStore"
import { Approvals } from "saldo/banking/Approvals"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import { BankBooks } from "saldo/banking/BankBooks"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import type { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import { ProductId } from "saldo/banking/DepositProduct"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { parseExternalAccount } from "saldo/banking/ExternalAccount"
import { LastingData } from "saldo/banking/LastingData"
import { PaymentAccounts } from "saldo/banking/PaymentAccounts"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import { type PaymentPolicy, permissive } from "saldo/banking/PaymentPolicy"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { Payments } from "saldo/banking/Payments"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import { as, Identity, system } from "saldo/core/Actor"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { Ledger } from "saldo/ledger/Ledger"
import type { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlStores from "saldo/sql/SqlStores"
import { ring } from "./customerBank.ts"
import { type BankOptions, bankOn, customer, key, memory, officer, sek, tenant } from "./depositBank.ts"

export type PaymentStores =
  | ApprovalStore
  | AuditStore
  | Atomic
  | DataKeyStore
  | DepositAccountStore
  | IdempotencyStore
  | LedgerStore
  | PaymentOrderStore
  | PaymentPlanStore

export const memoryStores: Layer.Layer<PaymentStores> = Layer.mergeAll(
  memory,
  ApprovalStore.layerMemory,
  DataKeyStore.layerMemory,
  PaymentOrderStore.layerMemory,
  PaymentPlanStore.layerMemory
)

export const sqlStores = SqlStores.layer

/** The bank over stores and a rail. */
export const payingBank = <E>(
  stores: Layer.Layer<PaymentStores, E>,
  { rail }: Pick<RailSimulator, "rail">,
  policy: Partial<PaymentPolicy> = {},
  options: BankOptions = {}
) =>
  PaymentPlans.layer.pipe(
    Layer.provideMerge(Payments.layerWith({ ...permissive, ...policy })),
    Layer.provideMerge(Layer.mergeAll(Approvals.layer, LastingData.layer, PaymentAccounts.layer)),
    Layer.provideMerge(bankOn(stores, options)),
    Layer.provide(Layer.merge(WrappingKeys.layer(ring), Layer.succeed(PaymentRail, rail)))
  )

export const creditor = {
  name: "Bo Ek",
  account: Result.getOrThrow(parseExternalAccount({ scheme: "Iban", text: "SE4550000000058398257466" }))
}

/** Somebody else of the bank. */
export const second = new Identity({
  kind: "user",
  tenant,
  id: "second",
  roles: ["officer"],
  permissions: officer.permissions
})

/** A customer with so much on an account without overdraft. */
export const opened = Effect.fnUntraced(function* (name: string, balance: string) {
  const [accounts, transactions] = [yield* DepositAccounts, yield* DepositTransactions]
  const customerId = yield* Id.make("cust")
  const account = yield* accounts
    .open({ key: key(`open ${name}`), customerId, productId: ProductId.make("savings"), name })
    .pipe(as(officer))
  yield* transactions
    .deposit({ key: key(`deposit ${name}`), accountId: account.id, amount: sek(balance) })
    .pipe(as(officer))
  return { account, anna: customer(customerId), customerId }
})

/** What an account and the bank's settlement account hold, and what is set aside. */
export const standing = Effect.fnUntraced(
  function* (ledgerAccountId: Parameters<Ledger["Service"]["balance"]>[0]) {
    const [ledger, books] = [yield* Ledger, yield* BankBooks]
    const settlement = yield* books.account(tenant, "settlement", "SEK")
    const own = yield* ledger.balance(ledgerAccountId)
    const settled = yield* ledger.balance(settlement.id)
    return {
      balance: own.balance.toString(),
      available: String(own.available),
      settlement: settled.balance.toString()
    }
  },
  as(system(tenant))
)
