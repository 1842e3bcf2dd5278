/**
 * The standing orders and payment files of an open Saldo.
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CustomerId } from "../../banking/Customer.ts"
import { DepositAccountId } from "../../banking/DepositAccount.ts"
import { Bic, ExternalAccount } from "../../banking/ExternalAccount.ts"
import {
  type PaymentFileNeeds,
  PaymentFiles as PaymentFilesUseCase,
  PaymentFileWish
} from "../../banking/PaymentFiles.ts"
import { PaymentPlanId, PaymentPlanState, PaymentPlanTerms } from "../../banking/PaymentPlan.ts"
import { PaymentPlans as PaymentPlansUseCase } from "../../banking/PaymentPlans.ts"
import { PaymentSchedule } from "../../banking/PaymentSchedule.ts"
import { CommandKey } from "../../core/Command.ts"
import { type BankCalls, managing } from "./bankCalls.ts"
import type { PaymentFileOptions, PaymentFiles, PaymentPlans } from "./bankPlans.ts"
import { externalAccount } from "./readExternalAccount.ts"
import { readDays, reader, readLimit, withParts } from "./reading.ts"

const key = { key: CommandKey }
const Party = Schema.Struct({ name: Schema.String, organisationId: Schema.optionalKey(Schema.String) })

const read = {
  terms: withParts({ "/creditor/account": externalAccount })(
    reader(Schema.Struct({ ...key, ...PaymentPlanTerms.fields }))
  ),
  decision: reader(
    Schema.Struct({ ...key, id: PaymentPlanId, approve: Schema.Boolean, comment: Schema.NullOr(Schema.String) })
  ),
  replanning: reader(
    Schema.Struct({
      ...key,
      id: PaymentPlanId,
      skipped: PaymentSchedule.fields.skipped,
      pauses: PaymentSchedule.fields.pauses
    })
  ),
  cancellation: reader(Schema.Struct({ ...key, id: PaymentPlanId })),
  id: reader(PaymentPlanId),
  filter: reader(
    Schema.Struct({
      customerId: Schema.optionalKey(CustomerId),
      accountId: Schema.optionalKey(DepositAccountId),
      state: Schema.optionalKey(PaymentPlanState)
    })
  ),
  wish: reader(Schema.Struct({ ...key, ...PaymentFileWish.fields })),
  messageId: reader(Schema.String),
  debtor: withParts({ "/account": externalAccount })(
    reader(
      Schema.Struct({
        debtor: Party,
        account: ExternalAccount,
        bic: Schema.optionalKey(Bic),
        initiator: Schema.optionalKey(Party)
      })
    )
  )
}

/** The standing orders of an open Saldo. */
export const makePlans = (calls: BankCalls): PaymentPlans => {
  const use = <A, E, R>(f: (plans: PaymentPlansUseCase["Service"]) => Effect.Effect<A, E, R>) =>
    PaymentPlansUseCase.use(f)
  return {
    create: (terms, options) =>
      calls.run(
        Effect.flatMap(read.terms(terms), (known) => use((plans) => plans.create(known))),
        options
      ),
    decide: calls.reading(read.decision, (known) => use((plans) => plans.decide(known))),
    change: calls.reading(read.replanning, (known) => use((plans) => plans.change(known))),
    cancel: calls.reading(read.cancellation, (known) => use((plans) => plans.cancel(known))),
    find: calls.reading(read.id, (id) => use((plans) => plans.find(id))),
    list: calls.paging(read.filter, (known, page) => use((plans) => plans.list(known, page))),
    payments: calls.paging(read.id, (known, page) => use((plans) => plans.payments(known, page))),
    upcoming: (id, days, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.id(id), readDays(days)]), (known) => use((plans) => plans.upcoming(...known))),
        options
      ),
    work: calls.reading(readLimit, (limit) => managing(use((plans) => plans.work(limit))))
  }
}

/** The payment files of an open Saldo. */
export const makePaymentFiles = (calls: BankCalls): PaymentFiles => ({
  export: calls.reading(read.wish, (known) => PaymentFilesUseCase.use((files) => files.export(known))),
  find: calls.reading(read.messageId, (known) => PaymentFilesUseCase.use((files) => files.find(known)))
})

/** Files by what the host says; without a word of it no account is known to pay from. What it says wrongly is a defect. */
export const filesLayer = ({ debtorOf = () => undefined, ...options }: Partial<PaymentFileOptions> = {}): Layer.Layer<
  PaymentFilesUseCase,
  never,
  PaymentFileNeeds
> =>
  PaymentFilesUseCase.layerWith({
    ...options,
    debtorOf: Effect.fnUntraced(function* (tenant, accountId) {
      const found = yield* Effect.promise(async () => debtorOf({ tenant, accountId }))
      return found === undefined ? Option.none() : Option.some(yield* Effect.orDie(read.debtor(found)))
    })
  })
