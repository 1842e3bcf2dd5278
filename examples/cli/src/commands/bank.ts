/**
 * `saldo bank`: customers, their accounts, payments, and what other banks say of them.
 */
import * as Command from "effect/cli/Command"
import { accounts } from "./bankAccounts.ts"
import { transfer } from "./bankCash.ts"
import { customers } from "./bankCustomers.ts"
import { payments } from "./bankPayments.ts"
import { products } from "./bankProducts.ts"
import { reconcile } from "./bankReconcile.ts"

/** The group. */
export const bank = Command.make("bank").pipe(
  Command.withDescription("Run a bank: customers, accounts, transfers, payments, reconciliation"),
  Command.withSubcommands([customers, products, accounts, transfer, payments, reconcile])
)
