/**
 * The use cases of a bank as one layer, on the stores of `SqlStores`, `layerMemory` or a host's own. A host may compose
 * single layers instead.
 */
import * as Layer from "effect/Layer"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { Idempotency } from "../core/Idempotency.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { AccountHolders, type HolderTags } from "./AccountHolders.ts"
import { Approvals } from "./Approvals.ts"
import { BankBooks } from "./BankBooks.ts"
import { BankCalendar } from "./BankCalendar.ts"
import { Beneficiaries } from "./Beneficiaries.ts"
import { CustomerObligations } from "./CustomerObligations.ts"
import { Customers } from "./Customers.ts"
import { DepositAccounts } from "./DepositAccounts.ts"
import { DepositEndOfDay } from "./DepositEndOfDay.ts"
import type { DepositProduct } from "./DepositProduct.ts"
import { DepositProducts } from "./DepositProducts.ts"
import { DepositStatements } from "./DepositStatements.ts"
import { DepositTransactions } from "./DepositTransactions.ts"
import { LastingData } from "./LastingData.ts"
import { PaymentAccounts } from "./PaymentAccounts.ts"
import { PaymentPlans } from "./PaymentPlans.ts"
import { type PaymentPolicy, permissive } from "./PaymentPolicy.ts"
import { Payments } from "./Payments.ts"
import { PersonalData } from "./PersonalData.ts"
import { StatementReconciliation } from "./StatementReconciliation.ts"

/** How a bank keeps accounts. */
export interface AccountOptions {
  /** Every version of every product that was ever offered, each product's in order. */
  readonly products: ReadonlyArray<DepositProduct>
  /** IANA name of the time zone by whose calendar the bank and its books have days; UTC when left out. */
  readonly timeZone?: string
  /** Marks of customers, for fees that some do not pay; none when left out. */
  readonly tags?: HolderTags
}

/** How a bank keeps accounts and pays. */
export interface BankOptions extends AccountOptions {
  /** No limits and no approval when left out. */
  readonly payments?: PaymentPolicy
}

/**
 * Customers, their deposit accounts, and the books: a bank that pays nobody outside. Beside the stores it needs
 * `WrappingKeys` and a `KycVerifier`.
 */
export const layerAccounts = ({ products, tags, timeZone = "UTC" }: AccountOptions) => {
  const ground = Layer.mergeAll(
    BankBooks.layer,
    AccountHolders.layerWith(tags === undefined ? {} : { tags }),
    CustomerObligations.layer,
    DepositProducts.layerOf(products),
    BankCalendar.layerOf(timeZone),
    Idempotency.layer
  ).pipe(
    Layer.provideMerge(Layer.merge(Ledger.layerWith({ timeZone }), PersonalData.layer)),
    Layer.provideMerge(AuditTrail.layer)
  )
  return Layer.mergeAll(
    Customers.layer,
    Beneficiaries.layer,
    DepositAccounts.layer,
    DepositTransactions.layer,
    DepositEndOfDay.layer,
    DepositStatements.layer
  ).pipe(Layer.provideMerge(ground))
}

/** Every use case of a bank. Beside what `layerAccounts` needs it needs a `PaymentRail`. */
export const layer = ({ payments = permissive, ...accounts }: BankOptions) =>
  Layer.merge(PaymentPlans.layer, StatementReconciliation.layer).pipe(
    Layer.provideMerge(Payments.layerWith(payments)),
    Layer.provideMerge(Layer.mergeAll(Approvals.layer, LastingData.layer, PaymentAccounts.layer)),
    Layer.provideMerge(layerAccounts(accounts))
  )
