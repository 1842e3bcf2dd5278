import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { Actor, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Command from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { Idempotency, type NotExecuted } from "../core/Idempotency.ts"
import type * as Page from "../core/Page.ts"
import type { DateRange } from "../time/DateRange.ts"
import { everyDay } from "../time/HolidayCalendar.ts"
import { ApprovalByRequester, ApprovalEnded, ApprovalNotFound } from "./Approval.ts"
import { Approvals } from "./Approvals.ts"
import * as BankAccess from "./BankAccess.ts"
import { BankCalendar } from "./BankCalendar.ts"
import { CustomerId } from "./Customer.ts"
import { makeOnce } from "../audit/internal/commandOnce.ts"
import { makePlanWork, type PlanRound, planSubject } from "./internal/paymentPlanWork.ts"
import { makeSealedPlans } from "./internal/sealedPayments.ts"
import { LastingData } from "./LastingData.ts"
import { PaymentAccounts } from "./PaymentAccounts.ts"
import { occurrencesIn } from "./paymentOccurrences.ts"
import {
  type PaymentPlan,
  PaymentPlanId,
  PaymentPlanNotFound,
  PaymentPlanTerms,
  PaymentPlanUnfit,
  type PlannedPayment
} from "./PaymentPlan.ts"
import * as Moves from "./paymentPlanMoves.ts"
import { type PaymentPlanFilter, PaymentPlanStore } from "./PaymentPlanStore.ts"
import { needsApproval } from "./PaymentPolicy.ts"
import { PayerNotFound, PayerUnavailable, PaymentTermsInvalid } from "./PaymentRefusal.ts"
import { Payments } from "./Payments.ts"
import { type Occurrence, PaymentSchedule, ScheduleBeyondCalendar } from "./PaymentSchedule.ts"
import { Text } from "../core/Text.ts"
import { workerTurn } from "../core/WorkerTurn.ts"

const createRefusal = Schema.Union([PayerNotFound, PayerUnavailable, PaymentTermsInvalid, ScheduleBeyondCalendar])
const changeRefusal = Schema.Union([PaymentPlanNotFound, PaymentPlanUnfit])
const decideRefusal = Schema.Union([changeRefusal, ApprovalByRequester, ApprovalEnded, ApprovalNotFound])

/** Why a plan was not made. */
export type PlanRefusal = typeof createRefusal.Type

const comment = Schema.NullOr(Text.check(Schema.isMinLength(1), Schema.isMaxLength(500)))
const { pauses, skipped } = PaymentSchedule.fields
const Replanning = Schema.Struct({ id: PaymentPlanId, skipped, pauses })

/** Which payments of a plan are left out from now on. */
export type Replanning = typeof Replanning.Type

// Only the id: what is remembered of a command is no place for account numbers.
const success = PaymentPlanId
const Create = Command.make({
  operation: "banking.create-payment-plan",
  // Whom it pays, and what is said to it, as a keyed digest.
  input: Schema.Struct({
    ...PaymentPlanTerms.mapFields(Struct.omit(["creditor", "message"])).fields,
    payee: Schema.String
  }),
  success,
  refusal: createRefusal
})
const Decide = Command.make({
  operation: "banking.decide-payment-plan",
  input: Schema.Struct({ id: PaymentPlanId, approve: Schema.Boolean, comment }),
  success,
  refusal: decideRefusal
})
const Change = Command.make({
  operation: "banking.change-payment-plan",
  input: Replanning,
  success,
  refusal: changeRefusal
})
const Cancel = Command.make({
  operation: "banking.cancel-payment-plan",
  input: Schema.Struct({ id: PaymentPlanId }),
  success,
  refusal: changeRefusal
})

type Keyed<Input> = Input & { readonly key: Command.CommandKey }
type Acting<E> = Effect.Effect<PaymentPlan, E | NotExecuted | NotPermitted, Actor>
type Reading<A, E = never> = Effect.Effect<A, E | NotPermitted, Actor>

/**
 * Use case: standing orders, which order the same payment again and again by a schedule.
 *
 * Each payment is ordered on the day on which it is due, or as soon after as a worker runs, exactly once however many do. It
 * is an order like any other, with limits and money as they are then. One that is refused is noted, with why, and the next
 * one comes all the same. Where payments need a second person, the plan does, once for all of its payments.
 *
 * Days move by the calendar of business days of the payment policy; where that calendar ends, a plan waits for a host that
 * knows more.
 */
export class PaymentPlans extends Context.Service<
  PaymentPlans,
  {
    /** Makes a plan for an account within reach. Needs `bank:pay`. */
    readonly create: (terms: Keyed<PaymentPlanTerms>) => Acting<PlanRefusal>
    /** Approves or declines a plan as the second person. Needs `bank:approve`. */
    readonly decide: (
      decision: Keyed<{ readonly id: PaymentPlanId; readonly approve: boolean; readonly comment: string | null }>
    ) => Acting<typeof decideRefusal.Type>
    /** Leaves out other payments than before. What has been ordered stays. Needs `bank:pay`. */
    readonly change: (replanning: Keyed<Replanning>) => Acting<typeof changeRefusal.Type>
    /** Ends a plan. What has been ordered stays. Needs `bank:pay`. */
    readonly cancel: (cancellation: Keyed<{ readonly id: PaymentPlanId }>) => Acting<typeof changeRefusal.Type>
    /** Needs `bank:read`, as all that follow up to `work`. */
    readonly find: (id: PaymentPlanId) => Reading<PaymentPlan, PaymentPlanNotFound>
    /** Newest first; without `bank:any-customer` the owner's. */
    readonly list: (
      filter?: PaymentPlanFilter,
      page?: Page.PageRequest
    ) => Reading<Page.Page<PaymentPlan>, Page.InvalidCursor | Page.CursorMismatch>
    /** What came of the payments of a plan so far, the last one first. */
    readonly payments: (
      id: PaymentPlanId,
      page?: Page.PageRequest
    ) => Reading<Page.Page<PlannedPayment>, PaymentPlanNotFound | Page.InvalidCursor | Page.CursorMismatch>
    /** The payments of a plan that fall due in a range of days, as it stands. */
    readonly upcoming: (
      id: PaymentPlanId,
      days: DateRange
    ) => Reading<ReadonlyArray<Occurrence>, PaymentPlanNotFound | ScheduleBeyondCalendar>
    /** One round for all tenants: orders what is due, of up to so many plans (100 when left out), and ends approvals. */
    readonly work: (limit?: number) => Effect.Effect<PlanRound>
  }
>()("saldo/banking/PaymentPlans") {
  /** Plans in the store in scope, for payments as they are handled in scope. */
  static readonly layer: Layer.Layer<PaymentPlans, never, PaymentPlanNeeds> = Layer.effect(
    this,
    Effect.suspend(() => make)
  )

  /** Works once a minute as long as the layer lives, in any number of processes. */
  static readonly layerWorker: Layer.Layer<never, never, PaymentPlans> = Layer.effectDiscard(
    Effect.flatMap(this, (plans) =>
      plans.work().pipe(
        workerTurn("payment-plans"),
        Effect.catchCause((cause) =>
          Effect.logWarning("Payment plans were not worked on and will be next time", cause)
        ),
        Effect.repeat(Schedule.spaced("1 minute")),
        Effect.forkScoped
      )
    )
  )
}

/** What payment plans are built on. */
export type PaymentPlanNeeds =
  | Approvals
  | Atomic
  | AuditTrail
  | BankCalendar
  | Idempotency
  | LastingData
  | PaymentAccounts
  | PaymentPlanStore
  | Payments

const isCustomer = Schema.is(CustomerId)

const make = Effect.gen(function* () {
  const accounts = yield* PaymentAccounts
  const approvals = yield* Approvals
  const atomic = yield* Atomic
  const audit = yield* AuditTrail
  const calendar = yield* BankCalendar
  const payments = yield* Payments
  const store = yield* PaymentPlanStore
  const sealed = makeSealedPlans(store, yield* LastingData)
  const once = makeOnce({ atomic, audit, idempotency: yield* Idempotency })
  const { policy } = payments
  const businessDays = policy.businessDays ?? everyDay
  const plans = makePlanWork({ approvals, atomic, audit, businessDays, calendar, payments, plans: sealed, store })

  const within = Effect.fnUntraced(function* (id: PaymentPlanId, found: Option.Option<PaymentPlan>) {
    const actor = yield* Actor
    return Option.isSome(found) && BankAccess.reaches(actor, found.value.customerId)
      ? found.value
      : yield* new PaymentPlanNotFound({ planId: id })
  })
  // Whose it is never changes, so whoever may not reach it is told so before a key is looked up.
  const find = (id: PaymentPlanId) =>
    Effect.flatMap(Actor, ({ tenant }) => Effect.flatMap(sealed.find(tenant, id), (found) => within(id, found)))
  const lock = (id: PaymentPlanId) =>
    Effect.flatMap(Actor, ({ tenant }) => Effect.flatMap(sealed.lock(tenant, id), (found) => within(id, found)))

  /** What an answered command is about. The plan may have gone further since, as a replay shows. */
  const present = (id: PaymentPlanId) => Effect.catchTag(find(id), "PaymentPlanNotFound", (gone) => Effect.die(gone))

  const payerOf = Effect.fnUntraced(function* (accountId: PaymentPlan["accountId"], look: typeof accounts.find) {
    const actor = yield* Actor
    const found = yield* look(actor.tenant, accountId)
    return Option.isSome(found) && BankAccess.reaches(actor, found.value.customerId)
      ? found.value
      : yield* new PayerNotFound({ accountId })
  })

  const check = Effect.fnUntraced(function* (terms: PaymentPlanTerms) {
    const payer = yield* payerOf(terms.accountId, accounts.lock)
    const wrong = (field: string, problem: string) => new PaymentTermsInvalid({ field, problem })
    if (!payer.usable) return yield* new PayerUnavailable({ accountId: terms.accountId })
    if (terms.amount.amount <= 0n) return yield* wrong("amount", "expected one above zero")
    if (terms.amount.currency !== payer.currency) return yield* wrong("amount", `expected one in ${payer.currency}`)
    const today = yield* calendar.today
    const { startOn } = terms.schedule
    if (startOn < today) return yield* wrong("schedule.startOn", `expected today, ${today}, or a later day`)
    const first = yield* Effect.fromResult(Moves.firstOf(terms.schedule, businessDays))
    return Option.isSome(first)
      ? { customerId: payer.customerId, first: first.value }
      : yield* wrong("schedule", "expected at least one payment before it ends")
  })

  const createNow = Effect.fnUntraced(function* (terms: PaymentPlanTerms) {
    const { customerId, first } = yield* check(terms)
    const actor = yield* Actor
    const id = yield* Id.make("plan")
    const at = yield* DateTime.now
    const approval = needsApproval(policy, terms.amount)
      ? yield* approvals.request({ subject: { type: planSubject, id }, within: policy.approvalWithin })
      : null
    return yield* plans.insert({
      id,
      tenant: actor.tenant,
      customerId,
      ...terms,
      state: approval === null ? "active" : "created",
      reason: null,
      approvalId: approval?.id ?? null,
      last: null,
      next: first,
      lookOn: approval === null ? first.dueOn : null,
      createdBy: actor.id,
      createdAt: at,
      changedAt: at,
      version: 1
    })
  })

  const aboutPlan = (action: `banking.${string}`, id: PaymentPlanId) => ({
    action,
    subject: { type: planSubject, id }
  })

  const create = Effect.fn("PaymentPlans.create")(function* ({ key, ...terms }: Keyed<PaymentPlanTerms>) {
    yield* Actor.require(BankAccess.payPermission)
    // A replay must not show what is out of reach.
    yield* payerOf(terms.accountId, accounts.find)
    const about = { action: "banking.create-payment-plan", subject: { type: "account", id: terms.accountId } } as const
    const act = Effect.map(createNow(terms), ({ id }) => id)
    const { tenant } = yield* Actor
    const input = { ...Struct.omit(terms, ["creditor", "message"]), payee: yield* sealed.digest(tenant, terms) }
    return yield* present(yield* once(Create, { key, input, act, ...about }))
  })

  const decide = Effect.fn("PaymentPlans.decide")(function* ({
    key,
    ...input
  }: Parameters<PaymentPlans["Service"]["decide"]>[0]) {
    yield* Actor.require(BankAccess.approvePermission)
    yield* find(input.id)
    const act = Effect.gen(function* () {
      const plan = yield* lock(input.id)
      if (plan.approvalId === null || plan.state !== "created") {
        return yield* new PaymentPlanUnfit({ planId: plan.id, state: plan.state, expected: ["created"] })
      }
      const state = input.approve ? "approved" : "declined"
      yield* approvals
        .decide(plan.approvalId, { state, comment: input.comment })
        .pipe(Effect.catchTag("NotPermitted", (lost) => Effect.die(lost)))
      const moment = yield* plans.moment
      const moved = input.approve ? Moves.activate(plan, moment) : Moves.cancel(plan, "declined", moment.at)
      const action = input.approve ? "banking.approve-payment-plan" : "banking.decline-payment-plan"
      return (yield* plans.write(action, plan, yield* Effect.fromResult(moved))).id
    })
    const about = aboutPlan("banking.decide-payment-plan", input.id)
    return yield* present(yield* once(Decide, { key, input, act, ...about }))
  })

  const change = Effect.fn("PaymentPlans.change")(function* ({ key, ...input }: Keyed<Replanning>) {
    yield* Actor.require(BankAccess.payPermission)
    yield* find(input.id)
    const about = aboutPlan("banking.change-payment-plan", input.id)
    const act = Effect.gen(function* () {
      const plan = yield* lock(input.id)
      const leftOut = { skipped: input.skipped, pauses: input.pauses }
      const moved = yield* Effect.fromResult(Moves.reschedule(plan, leftOut, yield* plans.moment))
      return (yield* plans.write(about.action, plan, moved)).id
    })
    return yield* present(yield* once(Change, { key, input, act, ...about }))
  })

  const cancel = Effect.fn("PaymentPlans.cancel")(function* ({ id, key }: Keyed<{ readonly id: PaymentPlanId }>) {
    yield* Actor.require(BankAccess.payPermission)
    yield* find(id)
    const about = aboutPlan("banking.cancel-payment-plan", id)
    const act = Effect.gen(function* () {
      const plan = yield* lock(id)
      const moved = Moves.cancel(plan, "cancelled by the customer", yield* DateTime.now)
      const after = yield* plans.write(about.action, plan, yield* Effect.fromResult(moved))
      if (plan.state === "created" && plan.approvalId !== null) yield* Effect.orDie(approvals.withdraw(plan.approvalId))
      return after.id
    })
    return yield* present(yield* once(Cancel, { key, input: { id }, act, ...about }))
  })

  const reading = <A, E, R>(read: Effect.Effect<A, E, R>) =>
    Effect.andThen(Actor.require(BankAccess.readPermission), read)

  return PaymentPlans.of({
    create,
    decide,
    change,
    cancel,
    find: (id) => reading(find(id)),
    list: Effect.fn("PaymentPlans.list")(function* (filter = {}, page = {}) {
      yield* Actor.require(BankAccess.readPermission)
      const actor = yield* Actor
      if (actor.may(BankAccess.anyCustomerPermission)) return yield* sealed.list(actor.tenant, filter, page)
      const { owner } = actor
      if (owner.tenant !== actor.tenant || (filter.customerId ?? owner.id) !== owner.id || !isCustomer(owner.id)) {
        return { items: [], next: null }
      }
      return yield* sealed.list(actor.tenant, { ...filter, customerId: owner.id }, page)
    }),
    payments: (id, page = {}) => reading(Effect.flatMap(find(id), ({ tenant }) => store.payments(tenant, id, page))),
    upcoming: Effect.fn("PaymentPlans.upcoming")(function* (id, days) {
      const { last, schedule, state } = yield* reading(find(id))
      if (state === "ended" || state === "cancelled") return []
      const all = occurrencesIn(schedule, businessDays, days)
      return (yield* Effect.fromResult(all)).filter(({ number }) => number > (last?.number ?? 0))
    }),
    work: plans.work
  })
})
