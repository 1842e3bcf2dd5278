import * as Layer from "effect/Layer"
import type * as Migrator from "effect/sql/Migrator"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { AuditStore } from "../audit/AuditStore.ts"
import * as SqlAuditStore from "../audit/SqlAuditStore.ts"
import type { ApprovalStore } from "../banking/ApprovalStore.ts"
import type { CustomerStore } from "../banking/CustomerStore.ts"
import type { DataKeyStore } from "../banking/DataKeyStore.ts"
import type { DepositAccountStore } from "../banking/DepositAccountStore.ts"
import type { PaymentOrderStore } from "../banking/PaymentOrderStore.ts"
import type { PaymentPlanStore } from "../banking/PaymentPlanStore.ts"
import type { ReconciliationStore } from "../banking/ReconciliationStore.ts"
import * as SqlApprovalStore from "../banking/SqlApprovalStore.ts"
import * as SqlCustomerStore from "../banking/SqlCustomerStore.ts"
import * as SqlDataKeyStore from "../banking/SqlDataKeyStore.ts"
import * as SqlDepositAccountStore from "../banking/SqlDepositAccountStore.ts"
import * as SqlPaymentOrderStore from "../banking/SqlPaymentOrderStore.ts"
import * as SqlPaymentPlanStore from "../banking/SqlPaymentPlanStore.ts"
import * as SqlReconciliationStore from "../banking/SqlReconciliationStore.ts"
import type { Atomic } from "../core/Atomic.ts"
import type { IdempotencyStore } from "../core/IdempotencyStore.ts"
import * as SqlAtomic from "../core/SqlAtomic.ts"
import * as SqlIdempotencyStore from "../core/SqlIdempotencyStore.ts"
import type { ApiKeyStore } from "../identity/ApiKeyStore.ts"
import type { AttemptStore } from "../identity/AttemptStore.ts"
import type { IdentityTokenStore } from "../identity/IdentityTokenStore.ts"
import type { SessionStore } from "../identity/SessionStore.ts"
import type { SigningKeyStore } from "../identity/SigningKeyStore.ts"
import * as SqlApiKeyStore from "../identity/SqlApiKeyStore.ts"
import * as SqlAttemptStore from "../identity/SqlAttemptStore.ts"
import * as SqlIdentityTokenStore from "../identity/SqlIdentityTokenStore.ts"
import * as SqlSessionStore from "../identity/SqlSessionStore.ts"
import * as SqlSigningKeyStore from "../identity/SqlSigningKeyStore.ts"
import * as SqlUserStore from "../identity/SqlUserStore.ts"
import type { UserStore } from "../identity/UserStore.ts"
import type { LedgerStore } from "../ledger/LedgerStore.ts"
import * as SqlLedgerStore from "../ledger/SqlLedgerStore.ts"
import type { CollectionRuns } from "../lending/CollectionRuns.ts"
import type { LoanListingStore } from "../lending/LoanListingStore.ts"
import * as SqlCollectionRuns from "../lending/SqlCollectionRuns.ts"
import * as SqlLoanListingStore from "../lending/SqlLoanListingStore.ts"
import * as SqlWebhookStore from "../notifications/SqlWebhookStore.ts"
import type { WebhookStore } from "../notifications/WebhookStore.ts"
import * as Migrations from "./Migrations.ts"

/** The stores of every domain, and the transaction that spans them. */
export type Stores =
  | ApiKeyStore
  | ApprovalStore
  | Atomic
  | AttemptStore
  | AuditStore
  | CollectionRuns
  | CustomerStore
  | DataKeyStore
  | DepositAccountStore
  | IdempotencyStore
  | IdentityTokenStore
  | LedgerStore
  | LoanListingStore
  | PaymentOrderStore
  | PaymentPlanStore
  | ReconciliationStore
  | SessionStore
  | SigningKeyStore
  | UserStore
  | WebhookStore

/** Every store on the host's database, which is first brought up to date. A host may take single layers instead. */
export const layer: Layer.Layer<Stores, Migrator.MigrationError | SqlError, SqlClient.SqlClient> = Layer.mergeAll(
  SqlAuditStore.layer,
  SqlDepositAccountStore.layer,
  SqlLedgerStore.layer,
  SqlCustomerStore.layer,
  SqlDataKeyStore.layer,
  SqlApprovalStore.layer,
  SqlPaymentOrderStore.layer,
  SqlPaymentPlanStore.layer,
  SqlReconciliationStore.layer,
  SqlUserStore.layer,
  SqlIdentityTokenStore.layer,
  SqlSessionStore.layer,
  SqlSigningKeyStore.layer,
  SqlApiKeyStore.layer,
  SqlAttemptStore.layer,
  SqlWebhookStore.layer,
  SqlLoanListingStore.layer,
  SqlCollectionRuns.layer,
  SqlIdempotencyStore.layer
).pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))
