/** The periods in which limits and free allowances are counted. */
import * as Schema from "effect/Schema"

/** A day, a week from Monday, a calendar month, a quarter or a year. */
export const CalendarPeriod = Schema.Literals(["day", "week", "month", "quarter", "year"])

/** A day, a week from Monday, a calendar month, a quarter or a year. */
export type CalendarPeriod = typeof CalendarPeriod.Type
