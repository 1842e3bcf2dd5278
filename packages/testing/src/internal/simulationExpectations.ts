/**
 * What the paper says that an action must come to, and takes down as having happened.
 */
import type { PlannedAction } from "./simulationPlan.ts"
import type { Outcome } from "./simulationTally.ts"
import type { World } from "./simulationWorld.ts"

/** What each command of an action comes to now; undefined when whoever or whatever it is about is not there. */
export const expected = (
  { clock, notes, orders, plan, schedules, tally }: World,
  { act, day, number }: PlannedAction
): ReadonlyArray<Outcome> | undefined => {
  const { now } = clock
  switch (act.act) {
    case "join":
      return tally.join(act, day)
    case "renew":
      return tally.renew(act, day)
    case "restrict":
    case "lift":
      return tally.restrict(act, now)
    case "leave":
      return tally.leave(act, day, orders.owedBy(act.customer) || schedules.owedBy(act.customer))
    case "deposit":
      return tally.deposit(act, number, day, now)
    case "withdraw":
      return tally.withdraw(act, number, day, now)
    case "transfer":
      return tally.transfer(act, number, day, now)
    case "reserve":
      return tally.reserve(act, number, now)
    case "capture":
      return notes.holds.has(act.of) ? tally.settle(act.of, act.percent, day, now) : undefined
    case "release":
      return notes.holds.has(act.of) ? tally.settle(act.of, undefined, day, now) : undefined
    case "reverse":
      return tally.reverse(act, day)
    case "pay":
      return orders.pay(act, number, day, now)
    case "decide":
      return orders.decide(act, now) ?? schedules.decide(act, now)
    case "schedule":
      return schedules.schedule(act, number, day, now)
    case "unschedule":
      return schedules.cancel(act.of)
    case "cancel":
      return orders.cancel(act.of)
    case "repeat": {
      const altered = act.altered && plan.get(act.of)?.act.act === "deposit"
      const before = notes.answers.get(act.of)
      return before === undefined || !altered ? before?.map(({ outcome }) => outcome) : ["IdempotencyMismatch"]
    }
    case "work":
    case "night":
      tally.work(day, now)
      schedules.work(now)
      return ["done"]
    case "endOfDay":
      tally.endDay(day)
      return ["done"]
  }
}
