/** Schedules in words. */
import type { PlanOrder } from "../../client/plans.ts"
import { showDay } from "../../format/dates.ts"
import { locale } from "../../settings.ts"
import { namedPlan, p } from "./words.ts"

type Schedule = PlanOrder["schedule"]

/** How a payment comes round. */
export const recurrenceText = ({ recurrence }: Schedule): string => {
  switch (recurrence.kind) {
    case "once":
      return p("every.once")
    case "weeks":
      if (recurrence.every === 1) return p("every.week")
      return recurrence.every === 2 ? p("every.fortnight") : p("every.weeks", { every: recurrence.every })
    case "months":
      if (recurrence.every === 1) return p("every.month")
      if (recurrence.every === 3) return p("every.quarter")
      return recurrence.every === 12 ? p("every.year") : p("every.months", { every: recurrence.every })
  }
}

/** When a plan ends. */
export const endText = ({ ends }: Schedule): string => {
  switch (ends.kind) {
    case "never":
      return p("ends.never")
    case "after":
      return p("ends.after.said", { count: ends.payments })
    case "on":
      return showDay(ends.date, locale())
  }
}

/** A schedule in pairs. */
export const scheduleFacts = (schedule: Schedule) =>
  [
    [p("every"), recurrenceText(schedule)],
    ...(schedule.recurrence.kind === "months" && typeof schedule.recurrence.day === "string"
      ? [[p("day"), namedPlan("day", schedule.recurrence.day)] as const]
      : []),
    [p("start"), showDay(schedule.startOn, locale())],
    [p("ends"), endText(schedule)],
    [p("adjustment"), namedPlan("adjustment", schedule.adjustment)]
  ] as const
