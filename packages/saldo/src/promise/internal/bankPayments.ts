/**
 * Payments to other banks and the consent of second persons, without Effect.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Consent from "../../banking/Approval.ts"
import { Approvals as ApprovalsUseCase } from "../../banking/Approvals.ts"
import { approvePermission, managePermission } from "../../banking/BankAccess.ts"
import { CustomerId } from "../../banking/Customer.ts"
import { DepositAccountId } from "../../banking/DepositAccount.ts"
import * as Order from "../../banking/PaymentOrder.ts"
import { type PaymentRound as Round, Payments as PaymentsUseCase, PaymentWish } from "../../banking/Payments.ts"
import { PaymentOrderState } from "../../banking/PaymentStatus.ts"
import type * as Rails from "../../banking/RailEvent.ts"
import { Actor, asSystem } from "../../core/Actor.ts"
import { CommandKey } from "../../core/Command.ts"
import type { BankCalls } from "./bankCalls.ts"
import type { CallOptions, Page, PageOptions } from "./callOptions.ts"
import { InputInvalid, RailMissing } from "./callOptions.ts"
import { externalAccount, type ExternalAccountGiven } from "./externalAccount.ts"
import type { Plain } from "./plain.ts"
import { pageOf, reader, withParts } from "./reading.ts"
import { RailEvent as Event, type RailEvent } from "./rail.ts"

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

/** A payment order. */
export type PaymentOrder = Plain<Order.PaymentOrder>
/** Which payment orders to give. */
export type PaymentFilter = Plain<typeof Filter.Type>
/** What one round of a worker did. */
export type PaymentRound = Plain<Round>
/** What a rail told about a payment that we know nothing of. */
export type StrayEvent = Plain<Rails.StrayEvent>
/** A consent that is asked for, given or refused. */
export type Approval = Plain<Consent.Approval>

/** A payment to be ordered; executed today when no day is given. */
export interface PaymentGiven extends Omit<Plain<typeof Wish.Type>, "creditor"> {
  readonly creditor: { readonly name: string; readonly account: ExternalAccountGiven }
}

/**
 * Payments to other banks. Reject with the refusal, such as `PayerNotFound`, `PaymentLimitExceeded` or
 * `InsufficientFunds`, or with `IdempotencyMismatch`, `AccountNumberInvalid`, `InputInvalid` or `NotPermitted`.
 */
export interface Payments {
  readonly create: (wish: PaymentGiven, options?: CallOptions) => Promise<PaymentOrder>
  /** Approves or declines as the second person. Rejects with `ApprovalByRequester` for the one who ordered. */
  readonly decide: (decision: Plain<typeof Decision.Type>, options?: CallOptions) => Promise<PaymentOrder>
  /** Takes an order back, until it is sent. */
  readonly cancel: (cancellation: Plain<typeof Cancellation.Type>, options?: CallOptions) => Promise<PaymentOrder>
  readonly find: (id: string, options?: CallOptions) => Promise<PaymentOrder>
  readonly list: (filter?: PaymentFilter, options?: PageOptions) => Promise<Page<PaymentOrder>>
  /** Takes in what a rail told in another way than by its events, and says whether it was about an order of the tenant. */
  readonly hear: (rail: string, event: RailEvent, options?: CallOptions) => Promise<boolean>
  /** What the rail told about payments that we know nothing of. Rejects with `RailMissing` where there is no rail. */
  readonly strays: (options?: CallOptions) => Promise<ReadonlyArray<StrayEvent>>
  /** One round: hears the rail, asks it, sends what is due. It also happens by itself every second. Rejects with `RailMissing`. */
  readonly work: (limit?: number, options?: CallOptions) => Promise<PaymentRound>
}

/**
 * Consent by a second person, to anything of the host's own. What the bank itself asks consent to, such as payments, is
 * decided where it belongs, and only shown here.
 */
export interface Approvals {
  readonly request: (request: Plain<typeof Request.Type>, options?: CallOptions) => Promise<Approval>
  /** Rejects with `ApprovalByRequester`, `ApprovalEnded` or `ApprovalNotFound`. */
  readonly decide: (id: string, verdict: Plain<typeof Verdict.Type>, options?: CallOptions) => Promise<Approval>
  /** Ends one that waits because nobody wants it any more: for whoever asked, and those who may decide. */
  readonly withdraw: (id: string, options?: CallOptions) => Promise<Approval>
  /** Those that wait in the tenant, oldest first. */
  readonly waiting: (subjectType: string, options?: PageOptions) => Promise<Page<Approval>>
  /** For whoever asked, and those who may decide. */
  readonly find: (id: string, options?: CallOptions) => Promise<Approval>
  /** Ends those of all tenants whose time has run out, and says how many. */
  readonly expireOverdue: (subjectType: string, limit?: number, options?: CallOptions) => Promise<number>
}

const read = {
  wish: withParts({ "/creditor/account": externalAccount })(reader(Wish)),
  decision: reader(Decision),
  cancellation: reader(Cancellation),
  id: reader(Order.PaymentOrderId),
  filter: reader(Filter),
  rail: reader(Schema.NonEmptyString),
  event: reader(Event),
  request: reader(Request),
  verdict: reader(Verdict),
  approvalId: reader(Consent.ApprovalId),
  type: reader(Schema.NonEmptyString)
}

/** The payments of an open Saldo; without a rail it takes orders for another process, which has one. */
export const makePayments = (calls: BankCalls, hasRail: boolean): Payments => {
  const use = <A, E, R>(f: (payments: PaymentsUseCase["Service"]) => Effect.Effect<A, E, R>) => PaymentsUseCase.use(f)
  const onRail = hasRail ? Effect.void : Effect.fail(new RailMissing())
  return {
    create: calls.reading(read.wish, (known) => use((payments) => payments.create(known))),
    decide: calls.reading(read.decision, (known) => use((payments) => payments.decide(known))),
    cancel: calls.reading(read.cancellation, (known) => use((payments) => payments.cancel(known))),
    find: calls.reading(read.id, (id) => use((payments) => payments.find(id))),
    list: (filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.filter(filter), pageOf(options)]), (known) =>
          use((payments) => payments.list(...known))
        ),
        options
      ),
    hear: (rail, event, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.rail(rail), read.event(event)]), (known) =>
          use((payments) => payments.hear(...known))
        ),
        options
      ),
    strays: (options) =>
      calls.run(
        Effect.andThen(
          onRail,
          use((payments) => payments.strays)
        ),
        options
      ),
    work: (limit, options) =>
      calls.run(
        Effect.andThen(
          Effect.andThen(Actor.require(managePermission), onRail),
          use((payments) => payments.work(limit))
        ),
        options
      )
  }
}

// What follows from these decisions happens with them, in the use case that asked.
const ofTheBank = new Set(["payment"])

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
        Effect.flatMap(Effect.all([guarded(id), read.verdict(verdict)]), ([approval, known]) =>
          use((approvals) => approvals.decide(approval.id, known))
        ),
        options
      ),
    withdraw: (id, options) =>
      calls.run(
        Effect.flatMap(guarded(id), (approval) => use((approvals) => approvals.withdraw(approval.id))),
        options
      ),
    waiting: (subjectType, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.type(subjectType), pageOf(options)]), (known) =>
          use((approvals) => approvals.waiting(...known))
        ),
        options
      ),
    find: calls.reading(read.approvalId, visible),
    expireOverdue: (subjectType, limit = 100, options = {}) =>
      calls.run(
        Effect.gen(function* () {
          yield* Actor.require(managePermission)
          const type = yield* read.type(subjectType)
          yield* hostsOwn(type)
          const overdue = yield* use((approvals) => approvals.overdue(type, limit))
          const ended = yield* Effect.forEach(overdue, ({ id, tenant }) =>
            use((approvals) => approvals.expire(id)).pipe(asSystem(tenant))
          )
          return ended.filter(({ state }) => state === "expired").length
        }),
        options
      )
  }
}
