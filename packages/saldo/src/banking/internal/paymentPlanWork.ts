/**
 * Writing what becomes of payment plans, and the worker that orders their payments.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { changes } from "../../audit/changes.ts"
import { asSystem, Subject } from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"
import type { HolidayCalendar } from "../../time/HolidayCalendar.ts"
import * as LocalDate from "../../time/LocalDate.ts"
import type { Approval } from "../Approval.ts"
import type { Approvals } from "../Approvals.ts"
import type { BankCalendar } from "../BankCalendar.ts"
import { mask } from "../ExternalAccount.ts"
import { type PaymentPlan, PaymentPlanId, type PlannedPayment } from "../PaymentPlan.ts"
import * as Moves from "../paymentPlanMoves.ts"
import type { PaymentPlanStore, PlanKey } from "../PaymentPlanStore.ts"
import type { CreateRefusal, Payments } from "../Payments.ts"
import type { PaymentOrder } from "../PaymentOrder.ts"
import { isolated } from "./isolated.ts"
import type { SealedPlans } from "./sealedPayments.ts"

/** What the trail and approvals call a plan. */
export const planSubject = "payment-plan"

/** What one round of a worker did. */
export interface PlanRound {
  /** Payments that were ordered. */
  readonly ordered: number
  /** Payments that were refused; each is noted with its plan. */
  readonly refused: number
  /** Plans cancelled because nobody approved them in time. */
  readonly expired: number
}

/** What plans are written and worked on with. */
export interface PlanGround {
  readonly approvals: Approvals["Service"]
  readonly atomic: Atomic["Service"]
  readonly audit: AuditTrail["Service"]
  readonly businessDays: HolidayCalendar
  readonly calendar: BankCalendar["Service"]
  readonly payments: Payments["Service"]
  readonly plans: SealedPlans
  readonly store: PaymentPlanStore["Service"]
}

/** The plan as the trail shows it: account numbers masked, names as what is personal. */
const shown = (plan: PaymentPlan) => ({
  accountId: plan.accountId,
  amount: plan.amount,
  creditorName: plan.creditor.name,
  creditorAccount: mask(plan.creditor.account),
  schedule: plan.schedule,
  state: plan.state,
  reason: plan.reason,
  approvalId: plan.approvalId,
  last: plan.last,
  next: plan.next
})

const recordOf = (action: AuditEntry["action"], before: PaymentPlan | null, after: PaymentPlan): AuditEntry => ({
  action,
  subject: { type: planSubject, id: after.id },
  onBehalfOf: new Subject({ tenant: after.tenant, id: after.customerId }),
  changes: changes(before === null ? null : shown(before), shown(after), {
    "/creditorName": "personal",
    "/creditorAccount": "personal"
  })
})

/** Writes plans, and works on them. What writes is part of the caller's transaction, which has locked the plan. */
export const makePlanWork = ({
  approvals,
  atomic,
  audit,
  businessDays,
  calendar,
  payments,
  plans,
  store
}: PlanGround) => {
  const moment = Effect.map(Effect.all([DateTime.now, calendar.today]), ([at, today]): Moves.PlanMoment => ({
    at,
    today,
    calendar: businessDays
  }))

  const insert = Effect.fnUntraced(function* (plan: PaymentPlan) {
    const inserted = yield* plans.insert(plan)
    if (!inserted) return yield* Effect.die(new RangeError(`The payment plan ${plan.id} is there already`))
    yield* audit.record(recordOf("banking.create-payment-plan", null, plan))
    return plan
  })

  const write = Effect.fnUntraced(function* (action: AuditEntry["action"], before: PaymentPlan, after: PaymentPlan) {
    const saved = yield* plans.save(after)
    if (!saved) return yield* Effect.die(new RangeError(`The payment plan ${after.id} changed while it was locked`))
    yield* audit.record(recordOf(action, before, after))
    return after
  })

  const noted = (
    { id: planId, tenant }: PaymentPlan,
    occurrence: NonNullable<PaymentPlan["next"]>,
    at: DateTime.Utc,
    outcome: Result.Result<PaymentOrder, CreateRefusal>
  ): PlannedPayment => ({
    tenant,
    planId,
    ...occurrence,
    at,
    orderId: Result.isSuccess(outcome) ? outcome.success.id : null,
    refusal: Result.isFailure(outcome) ? { tag: outcome.failure._tag, message: outcome.failure.message } : null
  })

  /** Orders the next payment of a plan that is locked, or notes why it is refused. Undefined when nothing was due. */
  const orderNext = Effect.fnUntraced(function* (plan: PaymentPlan) {
    const now = yield* moment
    if (!Moves.isDue(plan, now.today)) return undefined
    const { next } = plan
    if (next === null) {
      // The calendar may know more by now.
      yield* write("banking.follow-payment-plan", plan, Moves.goOn(plan, now))
      return undefined
    }
    const { accountId, amount, approvalId, createdBy, creditor, id: planId, message } = plan
    const executeOn = LocalDate.max(next.dueOn, now.today)
    const terms = { accountId, amount, creditor, executeOn, ...(message === undefined ? {} : { message }) }
    const draft = { terms, createdBy, consented: approvalId !== null, plan: { planId, number: next.number } }
    // A savepoint: what a refused order has written is undone, and the note of it stays.
    const outcome = yield* Effect.result(atomic.run(payments.place(draft)))
    const isNew = yield* store.note(noted(plan, next, now.at, outcome))
    if (!isNew) return yield* Effect.die(new RangeError(`The payment ${next.number} of ${planId} was ordered before`))
    const action = Result.isSuccess(outcome) ? "banking.follow-payment-plan" : "banking.refuse-planned-payment"
    yield* write(action, plan, Moves.goOn(plan, now))
    return Result.isSuccess(outcome) ? "ordered" : "refused"
  })

  const step = ({ id, tenant }: PlanKey) =>
    atomic
      .runLocking(
        Effect.flatMap(plans.lock(tenant, id), (found) =>
          Option.isSome(found) ? orderNext(found.value) : Effect.undefined
        )
      )
      .pipe(asSystem(tenant))

  /** Orders all that is due of a plan, each payment in a transaction of its own. */
  const follow = Effect.fnUntraced(function* (key: PlanKey) {
    const done = { ordered: 0, refused: 0 }
    for (;;) {
      const outcome = yield* step(key)
      if (outcome === undefined) return done
      done[outcome] += 1
    }
  })

  /** Ends an approval that nobody gave, and the plan that waits for it. */
  const expire = ({ id: approvalId, subject, tenant }: Approval) =>
    atomic
      .runLocking(
        Effect.gen(function* () {
          const found = yield* plans.lock(tenant, PaymentPlanId.make(subject.id))
          const { state } = yield* Effect.orDie(approvals.expire(approvalId))
          if (state !== "expired" || Option.isNone(found) || found.value.state !== "created") return
          const moved = Moves.cancel(found.value, "not approved in time", yield* DateTime.now)
          yield* write("banking.cancel-payment-plan", found.value, yield* Effect.orDie(Effect.fromResult(moved)))
        })
      )
      .pipe(asSystem(tenant))

  const work = Effect.fn("PaymentPlans.work")(function* (limit = 100) {
    const overdue = yield* approvals.overdue(planSubject, limit)
    yield* Effect.forEach(overdue, (approval) => isolated(`Ending ${approval.id}`, expire(approval)), { discard: true })
    const due = yield* store.due(yield* calendar.today, limit)
    const rounds = yield* Effect.forEach(due, (key) => isolated(`Following ${key.id}`, follow(key)))
    const sum = (what: "ordered" | "refused") => rounds.reduce((total, round) => total + (round?.[what] ?? 0), 0)
    return { ordered: sum("ordered"), refused: sum("refused"), expired: overdue.length }
  })

  return { insert, moment, work, write }
}
