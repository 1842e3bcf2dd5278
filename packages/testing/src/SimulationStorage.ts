/**
 * Where a simulated bank keeps what it must not lose. What is kept outlives the bank: when it has gone down, its stores are
 * built anew over the same database.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import { AuditStore } from "saldo/audit/AuditStore"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import { CustomerStore } from "saldo/banking/CustomerStore"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import { PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import { ReconciliationStore } from "saldo/banking/ReconciliationStore"
import { Atomic } from "saldo/core/Atomic"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlStores from "saldo/sql/SqlStores"
import type { BankStores } from "./SimulationBank.ts"

/** A storage for one run, and the layer by which a process that starts opens it. */
export type SimulationStorage = Effect.Effect<Layer.Layer<BankStores, unknown>, unknown, Scope.Scope>

/** Tables in memory, which stay when the bank goes down; what was not committed is rolled back. */
export const memory: SimulationStorage = Effect.map(
  Layer.build(
    Layer.fresh(
      Layer.mergeAll(
        ApprovalStore.layerMemory,
        Atomic.layerMemory,
        AuditStore.layerMemory,
        CustomerStore.layerMemory,
        DataKeyStore.layerMemory,
        DepositAccountStore.layerMemory,
        IdempotencyStore.layerMemory,
        LedgerStore.layerMemory,
        PaymentOrderStore.layerMemory,
        PaymentPlanStore.layerMemory,
        ReconciliationStore.layerMemory
      )
    )
  ),
  Layer.succeedContext
)

/**
 * A database: an effect that makes an empty one, and gives the layer that connects to it. Each process that starts connects
 * anew, and everything of the last one is closed.
 */
export const database = <E, E2>(
  empty: Effect.Effect<Layer.Layer<SqlClient.SqlClient, E>, E2, Scope.Scope>
): SimulationStorage => Effect.map(empty, (client) => Layer.fresh(Layer.provide(SqlStores.layer, client)))
