/**
 * The bank as a host composes it: customers, their accounts and their payments over the same stores.
 */
import type { RailSimulator } from "@saldo/testing/RailSimulator"
import * as Layer from "effect/Layer"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { AccountHolders } from "saldo/banking/AccountHolders"
import { Approvals } from "saldo/banking/Approvals"
import { BankBooks } from "saldo/banking/BankBooks"
import { BankCalendar } from "saldo/banking/BankCalendar"
import { Beneficiaries } from "saldo/banking/Beneficiaries"
import { CustomerObligations } from "saldo/banking/CustomerObligations"
import { Customers } from "saldo/banking/Customers"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import type { DepositProduct } from "saldo/banking/DepositProduct"
import { DepositProducts } from "saldo/banking/DepositProducts"
import { DepositStatements } from "saldo/banking/DepositStatements"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { PaymentAccounts } from "saldo/banking/PaymentAccounts"
import { type PaymentPolicy, permissive } from "saldo/banking/PaymentPolicy"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { Payments } from "saldo/banking/Payments"
import { PersonalData } from "saldo/banking/PersonalData"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import { Idempotency } from "saldo/core/Idempotency"
import { Ledger } from "saldo/ledger/Ledger"
import type * as SqlStores from "saldo/sql/SqlStores"
import { ring } from "./customerBank.ts"
import { current, product } from "./depositBank.ts"

/** What a test wants to be different. */
export interface WholeBankOptions {
  readonly products?: ReadonlyArray<DepositProduct>
  readonly policy?: Partial<PaymentPolicy>
}

/** Every use case of the bank over stores and a rail. */
export const wholeBank = <E, R>(
  stores: Layer.Layer<SqlStores.Stores, E, R>,
  { rail }: Pick<RailSimulator, "rail">,
  { policy = {}, products = [product(), current()] }: WholeBankOptions = {}
) =>
  Payments.layerWith({ ...permissive, ...policy }).pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        DepositAccounts.layer,
        DepositTransactions.layer,
        DepositEndOfDay.layer,
        DepositStatements.layer,
        Customers.layer,
        Beneficiaries.layer,
        Approvals.layer,
        PaymentAccounts.layer
      )
    ),
    Layer.provideMerge(Layer.mergeAll(BankBooks.layer, AccountHolders.layer, CustomerObligations.layer)),
    Layer.provideMerge(Layer.mergeAll(Ledger.layer, PersonalData.layer, DepositProducts.layerOf(products))),
    Layer.provideMerge(Layer.mergeAll(AuditTrail.layer, Idempotency.layer, BankCalendar.layer)),
    Layer.provideMerge(
      Layer.mergeAll(WrappingKeys.layer(ring), KycVerifier.layerReference, Layer.succeed(PaymentRail, rail))
    ),
    Layer.provideMerge(stores)
  )
