/**
 * What the calls of a bank need.
 */
import * as Effect from "effect/Effect"
import type { Approvals } from "../../banking/Approvals.ts"
import type { Beneficiaries } from "../../banking/Beneficiaries.ts"
import { managePermission } from "../../banking/BankAccess.ts"
import type { BankCalendar } from "../../banking/BankCalendar.ts"
import type { Customers } from "../../banking/Customers.ts"
import type { DepositAccounts } from "../../banking/DepositAccounts.ts"
import type { DepositEndOfDay } from "../../banking/DepositEndOfDay.ts"
import type { DepositProducts } from "../../banking/DepositProducts.ts"
import type { DepositStatements } from "../../banking/DepositStatements.ts"
import type { DepositTransactions } from "../../banking/DepositTransactions.ts"
import type { PaymentFiles } from "../../banking/PaymentFiles.ts"
import type { PaymentPlans } from "../../banking/PaymentPlans.ts"
import type { Payments } from "../../banking/Payments.ts"
import type { PersonalData } from "../../banking/PersonalData.ts"
import type { StatementReconciliation } from "../../banking/StatementReconciliation.ts"
import { Actor, type NotPermitted } from "../../core/Actor.ts"
import type { Idempotency } from "../../core/Idempotency.ts"
import type { Calls, Services } from "./calls.ts"

/** What a Saldo with a bank has beside what every Saldo has. */
export type BankServices =
  | Services
  | Approvals
  | BankCalendar
  | Beneficiaries
  | Customers
  | DepositAccounts
  | DepositEndOfDay
  | DepositProducts
  | DepositStatements
  | DepositTransactions
  | Idempotency
  | PaymentFiles
  | PaymentPlans
  | Payments
  | PersonalData
  | StatementReconciliation

/** The calls of one actor on a Saldo with a bank. */
export type BankCalls = Calls<BankServices>

/** What the clock does for all tenants, and a person may do who manages the bank. */
export const managing = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | NotPermitted, R | Actor> =>
  Effect.andThen(Actor.require(managePermission), effect)
