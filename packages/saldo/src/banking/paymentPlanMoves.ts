/**
 * What becomes of a payment plan when something happens to it. The one place where the state of a plan changes.
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { HolidayCalendar } from "../time/HolidayCalendar.ts"
import * as LocalDate from "../time/LocalDate.ts"
import { following } from "./paymentOccurrences.ts"
import { type PaymentPlan, type PaymentPlanState, PaymentPlanUnfit } from "./PaymentPlan.ts"
import type { Occurrence, PaymentSchedule, ScheduleBeyondCalendar } from "./PaymentSchedule.ts"

/** When a plan is changed, and by which calendar its payments fall. */
export interface PlanMoment {
  readonly at: DateTime.Utc
  readonly today: LocalDate.LocalDate
  readonly calendar: HolidayCalendar
}

type Moved = Result.Result<PaymentPlan, PaymentPlanUnfit>

const changed = (plan: PaymentPlan, change: Partial<PaymentPlan>, at: DateTime.Utc): PaymentPlan => ({
  ...plan,
  ...change,
  changedAt: at,
  version: plan.version + 1
})

const requireState = (plan: PaymentPlan, expected: ReadonlyArray<PaymentPlanState>): Moved =>
  expected.includes(plan.state)
    ? Result.succeed(plan)
    : Result.fail(new PaymentPlanUnfit({ planId: plan.id, state: plan.state, expected }))

/** The first payment of a schedule, if it has one. */
export const firstOf = (
  schedule: PaymentSchedule,
  calendar: HolidayCalendar
): Result.Result<Option.Option<Occurrence>, ScheduleBeyondCalendar> => following(schedule, calendar, null)

/** Whether payments come when pauses until further notice are over. */
const isOnlyPaused = ({ last, schedule }: PaymentPlan, calendar: HolidayCalendar): boolean => {
  const pauses = schedule.pauses.filter(({ through }) => through !== null)
  if (pauses.length === schedule.pauses.length) return false
  const next = following({ ...schedule, pauses }, calendar, last)
  return Result.isFailure(next) || Option.isSome(next.success)
}

type Course = Pick<PaymentPlan, "lookOn" | "next" | "state">

/** What comes next for an active plan. Where the calendar ends, it is looked at again when that day has come. */
const courseOf = (plan: PaymentPlan, { calendar, today }: PlanMoment): Course => {
  const found = following(plan.schedule, calendar, plan.last)
  if (Result.isFailure(found)) {
    const tomorrow = LocalDate.addDays(today, 1)
    return { state: "active", next: null, lookOn: LocalDate.max(found.failure.from, tomorrow) }
  }
  if (Option.isSome(found.success)) {
    return { state: "active", next: found.success.value, lookOn: found.success.value.dueOn }
  }
  return { state: isOnlyPaused(plan, calendar) ? "active" : "ended", next: null, lookOn: null }
}

/** Whoever must consent has consented: payments are made from now on. */
export const activate = (plan: PaymentPlan, moment: PlanMoment): Moved =>
  Result.map(requireState(plan, ["created"]), () => changed(plan, courseOf(plan, moment), moment.at))

/** No more payments are made. */
export const cancel = (plan: PaymentPlan, reason: string, at: DateTime.Utc): Moved =>
  Result.map(requireState(plan, ["created", "active"]), () =>
    changed(plan, { state: "cancelled", reason, next: null, lookOn: null }, at)
  )

/** Whether something is to be done about a plan by a day. */
export const isDue = ({ lookOn, state }: PaymentPlan, today: LocalDate.LocalDate): boolean =>
  state === "active" && lookOn !== null && lookOn <= today

/** The next payment was ordered, or refused; or there was none, and the calendar is looked at again. */
export const goOn = (plan: PaymentPlan, moment: PlanMoment): PaymentPlan => {
  const { next } = plan
  const last = next === null ? plan.last : { number: next.number, scheduledOn: next.scheduledOn }
  return changed(plan, { last, ...courseOf({ ...plan, last }, moment) }, moment.at)
}

/**
 * Other payments are left out than before. What has been dealt with stays so, and nothing becomes due that was left out
 * until its day had passed.
 */
export const reschedule = (
  plan: PaymentPlan,
  leftOut: Pick<PaymentSchedule, "pauses" | "skipped">,
  moment: PlanMoment
): Moved =>
  Result.map(requireState(plan, ["created", "active"]), () => {
    const replanned = { ...plan, schedule: { ...plan.schedule, ...leftOut } }
    let course = courseOf(replanned, moment)
    let { last } = plan
    while (course.next !== null && course.next.dueOn < moment.today && course.next.number !== plan.next?.number) {
      last = { number: course.next.number, scheduledOn: course.next.scheduledOn }
      course = courseOf({ ...replanned, last }, moment)
    }
    const { schedule } = replanned
    return plan.state === "created"
      ? changed(plan, { schedule, last, next: course.next }, moment.at)
      : changed(plan, { schedule, last, ...course }, moment.at)
  })
