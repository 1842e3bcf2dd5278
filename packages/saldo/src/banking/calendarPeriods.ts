/** The calendar periods that limits and free allowances start anew with. */
import * as LocalDate from "../time/LocalDate.ts"
import type { CalendarPeriod } from "./CalendarPeriod.ts"

const lastDay = LocalDate.of(9999, 12, 31)
const months = { month: 1, quarter: 3, year: 12 } as const

/**
 * The first day of the period that holds a date.
 *
 * @example
 * import { startOf } from "saldo/banking/calendarPeriods"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * startOf("quarter", LocalDate.of("2026-05-17")) // => "2026-04-01"
 */
export const startOf = (period: CalendarPeriod, date: LocalDate.LocalDate): LocalDate.LocalDate => {
  if (period === "day") return date
  // The calendar's first day is a Monday, so that no week starts before it.
  if (period === "week") return LocalDate.addDays(date, 1 - LocalDate.dayOfWeek(date))
  const month = LocalDate.month(date)
  return LocalDate.of(LocalDate.year(date), month - ((month - 1) % months[period]), 1)
}

/** The first day of the next period; the last day of the calendar when there is none. */
export const nextStart = (period: CalendarPeriod, date: LocalDate.LocalDate): LocalDate.LocalDate => {
  const start = startOf(period, date)
  if (period === "day" || period === "week") {
    return LocalDate.addDays(start, Math.min(period === "day" ? 1 : 7, LocalDate.daysBetween(start, lastDay)))
  }
  const isLast = LocalDate.year(start) === 9999 && LocalDate.month(start) + months[period] > 12
  return isLast ? lastDay : LocalDate.addMonths(start, months[period])
}

/** Says whether two dates lie in the same period. */
export const samePeriod = (period: CalendarPeriod, left: LocalDate.LocalDate, right: LocalDate.LocalDate): boolean =>
  startOf(period, left) === startOf(period, right)
