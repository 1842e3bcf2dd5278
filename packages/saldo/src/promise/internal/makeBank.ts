/**
 * The bank of an open Saldo.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as BankUseCases from "../../banking/BankUseCases.ts"
import { Customers } from "../../banking/Customers.ts"
import { PaymentLimit } from "../../banking/PaymentLimit.ts"
import { type PaymentPolicy, permissive } from "../../banking/PaymentPolicy.ts"
import { PaymentPlans } from "../../banking/PaymentPlans.ts"
import { Payments } from "../../banking/Payments.ts"
import { WrappingKeys } from "../../banking/WrappingKeys.ts"
import { Idempotency } from "../../core/Idempotency.ts"
import { MoneySchema } from "../../money/MoneySchema.ts"
import { HolidayCalendarSchema } from "../../time/HolidayCalendarSchema.ts"
import type { Bank, BankOptions, PaymentRules } from "./bank.ts"
import type { BankCalls } from "./bankCalls.ts"
import { keyRing } from "./keyRing.ts"
import { makeAccounts, makeProducts, makeTransactions, productsOf } from "./makeBankAccounts.ts"
import { makeBeneficiaries, makeCustomers } from "./makeBankCustomers.ts"
import { makeApprovals, makePayments } from "./makeBankPayments.ts"
import { filesLayer, makePaymentFiles, makePlans } from "./makeBankPlans.ts"
import { makeReconciliation } from "./makeBankReconciliation.ts"
import { kycLayer, railLayer } from "./railLayers.ts"
import { inWhole, reader } from "./reading.ts"

const Rules = Schema.Struct({
  limits: Schema.optionalKey(Schema.Array(PaymentLimit)),
  approval: Schema.optionalKey(
    Schema.Union([Schema.Literals(["never", "always"]), Schema.Struct({ above: Schema.Array(MoneySchema) })])
  ),
  approvalWithinMs: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  askEveryMs: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  businessDays: Schema.optionalKey(HolidayCalendarSchema),
  handover: Schema.optionalKey(Schema.Literals(["rail", "file"]))
})

const readRules = reader(Rules)

const policyOf = (given: PaymentRules) =>
  Effect.map(
    readRules(given).pipe(inWhole("/bank/payments")),
    ({ approval, approvalWithinMs, askEveryMs, businessDays, handover, limits }): PaymentPolicy => ({
      limits: limits ?? permissive.limits,
      approval: approval ?? permissive.approval,
      approvalWithin: approvalWithinMs === undefined ? permissive.approvalWithin : Duration.millis(approvalWithinMs),
      askEvery: askEveryMs === undefined ? permissive.askEvery : Duration.millis(askEveryMs),
      ...(businessDays === undefined ? {} : { businessDays }),
      ...(handover === undefined ? {} : { handover })
    })
  )

/** The use cases of a bank, with its ledger and trail, on the stores of an open Saldo. */
export const bankLayer = (
  { files, keys, kyc, payments: rules = {}, products: given, rail, tags }: BankOptions,
  timeZone: string | undefined
) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const useCases = BankUseCases.layer({
        products: yield* productsOf(given),
        payments: yield* policyOf(rules),
        ...(tags === undefined
          ? {}
          : { tags: (tenant, customerId) => Effect.sync(() => tags({ tenant, customerId })) }),
        ...(timeZone === undefined ? {} : { timeZone })
      })
      return filesLayer(files).pipe(Layer.provideMerge(useCases))
    })
  ).pipe(
    Layer.provide([
      WrappingKeys.layer(keyRing(keys)),
      kycLayer(kyc),
      railLayer(rail, rules.handover === "file" ? "files" : "none")
    ])
  )

/** Whether orders leave from here: over the rail, or in files. */
const mayWork = ({ payments, rail }: BankOptions): boolean => rail !== undefined || payments?.handover === "file"

/** What the clock does in a bank. */
export const bankWorkers = (options: BankOptions) => {
  const always = Layer.mergeAll(Customers.layerExpiry, PaymentPlans.layerWorker, Idempotency.layerPurge)
  return mayWork(options) ? Layer.merge(always, Payments.layerWorker) : always
}

/** The bank of an open Saldo. */
export const makeBank = (calls: BankCalls, options: BankOptions): Bank => ({
  customers: makeCustomers(calls),
  beneficiaries: makeBeneficiaries(calls),
  products: makeProducts(calls),
  accounts: makeAccounts(calls),
  transactions: makeTransactions(calls),
  payments: makePayments(calls, mayWork(options)),
  plans: makePlans(calls),
  files: makePaymentFiles(calls),
  reconciliation: makeReconciliation(calls),
  approvals: makeApprovals(calls)
})
