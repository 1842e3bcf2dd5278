/**
 * The payments and approvals of an open Saldo.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Consent from "../../banking/Approval.ts"
import { Approvals as ApprovalsUseCase } from "../../banking/Approvals.ts"
import { approvePermission } from "../../banking/BankAccess.ts"
import { CustomerId } from "../../banking/Customer.ts"
import { DepositAccountId } from "../../banking/DepositAccount.ts"
import { planSubject } from "../../banking/internal/paymentPlanWork.ts"
import * as Order from "../../banking/PaymentOrder.ts"
import { Payments as PaymentsUseCase, PaymentWish } from "../../banking/Payments.ts"
import { PaymentOrderState } from "../../banking/PaymentStatus.ts"
import { Actor, asSystem } from "../../core/Actor.ts"
import { CommandKey } from "../../core/Command.ts"
import { type BankCalls, managing } from "./bankCalls.ts"
import type { Approvals, Payments } from "./bankPayments.ts"
import { InputInvalid, RailMissing } from "./callOptions.ts"
import { RailEvent } from "./railLayers.ts"
import { externalAccount } from "./readExternalAccount.ts"
import { reader, readLimit, withParts } from "./reading.ts"

const Wish = Schema.Struct({ key: CommandKey, ...PaymentWish.fields })
const Decision = Schema.Struct({
  key: CommandKey,
  id: Order.PaymentOrderId,
  approve: Schema.Boolean,
  comment: Schema.NullOr(Schema.String)
})
const Cancellation = Schema.Struct({ key: CommandKey, id: Order.PaymentOrderId })
const Filter = Schema.Struct({
  customerId: Schema.optionalKey(CustomerId),
  accountId: Schema.optionalKey(DepositAccountId),
  state: Schema.optionalKey(PaymentOrderState),
  disputed: Schema.optionalKey(Schema.Boolean)
})
const Request = Schema.Struct({
  subject: Consent.ApprovalSubject,
  withinMs: Schema.Int.check(Schema.isGreaterThan(0))
})
const Verdict = Schema.Struct({
  state: Schema.Literals(["approved", "declined"]),
  comment: Schema.NullOr(Schema.String)
})

const read = {
  wish: withParts({ "/creditor/account": externalAccount })(reader(Wish)),
  decision: reader(Decision),
  cancellation: reader(Cancellation),
  id: reader(Order.PaymentOrderId),
  filter: reader(Filter),
  rail: reader(Schema.NonEmptyString),
  event: reader(RailEvent),
  request: reader(Request),
  verdict: reader(Verdict),
  approvalId: reader(Consent.ApprovalId),
  type: reader(Schema.NonEmptyString)
}

/** The payments of an open Saldo; one that may not work takes orders for another process, which may. */
export const makePayments = (calls: BankCalls, mayWork: boolean): Payments => {
  const use = <A, E, R>(f: (payments: PaymentsUseCase["Service"]) => Effect.Effect<A, E, R>) => PaymentsUseCase.use(f)
  const working = mayWork ? Effect.void : Effect.fail(new RailMissing())
  return {
    create: (wish, options) =>
      calls.run(
        Effect.flatMap(read.wish(wish), (known) => use((payments) => payments.create(known))),
        options
      ),
    decide: calls.reading(read.decision, (known) => use((payments) => payments.decide(known))),
    cancel: calls.reading(read.cancellation, (known) => use((payments) => payments.cancel(known))),
    find: calls.reading(read.id, (id) => use((payments) => payments.find(id))),
    list: calls.paging(read.filter, (known, page) => use((payments) => payments.list(known, page))),
    hear: (rail, event, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.rail(rail), read.event(event)]), (known) =>
          use((payments) => payments.hear(...known))
        ),
        options
      ),
    strays: (options) =>
      calls.run(
        use((payments) => payments.strays),
        options
      ),
    work: calls.reading(readLimit, (limit) =>
      managing(
        Effect.andThen(
          working,
          use((payments) => payments.work(limit))
        )
      )
    )
  }
}

// What follows from these decisions happens with them, in the use case that asked.
const ofTheBank = new Set(["payment", planSubject])

const hostsOwn = (type: string) =>
  ofTheBank.has(type)
    ? Effect.fail(new InputInvalid("", `consent to a ${type} is given and withdrawn by the methods for a ${type}`))
    : Effect.void

const visible = Effect.fnUntraced(function* (id: Consent.ApprovalId) {
  const found = yield* ApprovalsUseCase.use((approvals) => approvals.find(id))
  const actor = yield* Actor
  return found.requestedBy === actor.id || actor.may(approvePermission)
    ? found
    : yield* new Consent.ApprovalNotFound({ approvalId: id })
})

const expireOverdue = Effect.fnUntraced(function* (subjectType: string, limit: number) {
  const approvals = yield* ApprovalsUseCase
  const overdue = yield* approvals.overdue(subjectType, limit)
  const ended = yield* Effect.forEach(overdue, ({ id, tenant }) => approvals.expire(id).pipe(asSystem(tenant)))
  return ended.filter(({ state }) => state === "expired").length
})

/** The approvals of an open Saldo. */
export const makeApprovals = (calls: BankCalls): Approvals => {
  const use = <A, E, R>(f: (approvals: ApprovalsUseCase["Service"]) => Effect.Effect<A, E, R>) =>
    ApprovalsUseCase.use(f)
  const guarded = (id: string) =>
    Effect.flatMap(read.approvalId(id), visible).pipe(Effect.tap(({ subject }) => hostsOwn(subject.type)))
  return {
    request: calls.reading(read.request, ({ subject, withinMs }) =>
      Effect.andThen(
        hostsOwn(subject.type),
        use((approvals) => approvals.request({ subject, within: Duration.millis(withinMs) }))
      )
    ),
    decide: (id, verdict, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.verdict(verdict), guarded(id)]), ([known, approval]) =>
          use((approvals) => approvals.decide(approval.id, known))
        ),
        options
      ),
    withdraw: (id, options) =>
      calls.run(
        Effect.flatMap(guarded(id), (approval) => use((approvals) => approvals.withdraw(approval.id))),
        options
      ),
    waiting: calls.paging(read.type, (known, page) => use((approvals) => approvals.waiting(known, page))),
    find: calls.reading(read.approvalId, visible),
    expireOverdue: (subjectType, limit, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.type(subjectType), readLimit(limit)]), ([type, most = 100]) =>
          managing(Effect.andThen(hostsOwn(type), expireOverdue(type, most)))
        ),
        options
      )
  }
}
