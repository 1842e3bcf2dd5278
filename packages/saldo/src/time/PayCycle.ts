/** When pay, rent and other regular money comes or goes: rules of recurrence, with an adjustment to business days. */
import type { Convention } from "./BusinessDay.ts"
import { adjust } from "./BusinessDay.ts"
import { addBusinessDays, nearestOpen } from "./businessDays.ts"
import type { DateRange } from "./DateRange.ts"
import type { HolidayCalendar } from "./HolidayCalendar.ts"
import { longestClosure, nthWeekdayOfMonth } from "./HolidayCalendar.ts"
import * as LocalDate from "./LocalDate.ts"

/** Every so many days from an anchor date, in both directions: every 14 days, weekly. */
export interface IntervalRule {
  readonly kind: "interval"
  readonly anchor: LocalDate.LocalDate
  readonly everyDays: number
}

/** On one or more days of each month, or of every n-th month from an anchor; a day a month lacks becomes its last. */
export interface MonthDayRule {
  readonly kind: "monthDay"
  readonly days: ReadonlyArray<number>
  readonly everyMonths?: { readonly months: number; readonly anchor: LocalDate.LocalDate }
}

/** On the n-th such weekday of each month; -1 is the last. A month without a fifth one has none. */
export interface NthWeekdayOfMonthRule {
  readonly kind: "nthWeekday"
  readonly weekday: LocalDate.Weekday
  readonly nth: 1 | 2 | 3 | 4 | 5 | -1
}

/** On the n-th business day of each month, or counted from the end: -1 is the last business day. */
export interface BusinessDayOfMonthRule {
  readonly kind: "businessDayOfMonth"
  readonly nth: number
  readonly calendar: HolidayCalendar
}

/** One rule of recurrence. */
export type PayRule = IntervalRule | MonthDayRule | NthWeekdayOfMonthRule | BusinessDayOfMonthRule

/** A rule, and what becomes of a date that is no business day; without `adjustment` it stays. */
export interface PayCycle {
  readonly rule: PayRule
  readonly adjustment?: { readonly convention: Convention; readonly calendar: HolidayCalendar }
}

/** The cycle's numbers make no recurrence. */
export class InvalidPayCycle extends Error {
  readonly _tag = "InvalidPayCycle"
  override readonly name = "InvalidPayCycle"
  constructor(reason: string) {
    super(`this is no pay cycle: ${reason}`)
  }
}

const reasonAgainst = (rule: PayRule): string | undefined => {
  if (rule.kind === "interval") {
    const fits = Number.isInteger(rule.everyDays) && rule.everyDays >= 1 && rule.everyDays <= 3660
    return fits ? undefined : "the interval must be a whole number of 1 to 3660 days"
  }
  if (rule.kind === "monthDay") {
    const every = rule.everyMonths?.months ?? 1
    if (!Number.isInteger(every) || every < 1 || every > 120) return "the months must be a whole number of 1 to 120"
    const fits = rule.days.length > 0 && rule.days.every((day) => Number.isInteger(day) && day >= 1 && day <= 31)
    return fits ? undefined : "the days must be one or more whole numbers of 1 to 31"
  }
  if (rule.kind === "businessDayOfMonth") {
    const fits = Number.isInteger(rule.nth) && rule.nth !== 0 && Math.abs(rule.nth) <= 31
    return fits ? undefined : "the business day must be 1 to 31, or -1 to -31 from the end of the month"
  }
  return undefined
}

/** A cycle from untrusted parts. */
export const make = (cycle: PayCycle): PayCycle | InvalidPayCycle => {
  const reason = reasonAgainst(cycle.rule)
  return reason === undefined ? cycle : new InvalidPayCycle(reason)
}

/** A cycle written in the code. Throws `InvalidPayCycle`. */
export const of = (cycle: PayCycle): PayCycle => {
  const made = make(cycle)
  if (made instanceof InvalidPayCycle) throw made
  return made
}

const businessDayOfMonth = (
  rule: BusinessDayOfMonthRule,
  firstOfMonth: LocalDate.LocalDate
): ReadonlyArray<LocalDate.LocalDate> => {
  const step = rule.nth < 0 ? -1 : 1
  const edge = step === 1 ? firstOfMonth : LocalDate.endOfMonth(firstOfMonth)
  const first = nearestOpen(rule.calendar, edge, step)
  const date = addBusinessDays(rule.calendar, first, rule.nth - step)
  return LocalDate.startOfMonth(date) === firstOfMonth ? [date] : []
}

const monthDays = (rule: MonthDayRule, first: LocalDate.LocalDate): ReadonlyArray<LocalDate.LocalDate> => {
  if (rule.everyMonths !== undefined) {
    const months = LocalDate.monthsBetween(LocalDate.startOfMonth(rule.everyMonths.anchor), first)
    if (months % rule.everyMonths.months !== 0) return []
  }
  const last = LocalDate.daysInMonth(LocalDate.year(first), LocalDate.month(first))
  const days = new Set(rule.days.map((day) => Math.min(day, last)))
  return [...days].sort((a, b) => a - b).map((day) => LocalDate.addDays(first, day - 1))
}

const inMonth = (
  rule: Exclude<PayRule, IntervalRule>,
  first: LocalDate.LocalDate
): ReadonlyArray<LocalDate.LocalDate> => {
  if (rule.kind === "monthDay") return monthDays(rule, first)
  if (rule.kind === "businessDayOfMonth") return businessDayOfMonth(rule, first)
  const date = nthWeekdayOfMonth(LocalDate.year(first), LocalDate.month(first), rule.weekday, rule.nth)
  return date === undefined ? [] : [date]
}

const lastDay = LocalDate.of(9999, 12, 31)

/** The rule's dates from a date on, in order, before any adjustment, until the calendar ends. */
function* unadjusted(rule: PayRule, from: LocalDate.LocalDate): Generator<LocalDate.LocalDate, void> {
  if (rule.kind === "interval") {
    const behind = LocalDate.daysBetween(rule.anchor, from)
    let day = LocalDate.toEpochDay(rule.anchor) + Math.ceil(behind / rule.everyDays) * rule.everyDays
    for (const end = LocalDate.toEpochDay(lastDay); day <= end; day += rule.everyDays) yield LocalDate.fromEpochDay(day)
    return
  }
  const start = LocalDate.startOfMonth(from)
  const months = LocalDate.monthsBetween(start, lastDay)
  for (let month = 0; month <= months; month++) {
    for (const date of inMonth(rule, LocalDate.addMonths(start, month))) if (date >= from) yield date
  }
}

/** The date moved by so many days, but not out of the calendar. */
const within = (date: LocalDate.LocalDate, days: number): LocalDate.LocalDate => {
  const first = LocalDate.toEpochDay(LocalDate.of(1, 1, 1))
  const last = LocalDate.toEpochDay(lastDay)
  return LocalDate.fromEpochDay(Math.min(last, Math.max(first, LocalDate.toEpochDay(date) + days)))
}

/**
 * Goes through the cycle's dates from `from` (included) to `to` (not included; left out, to the end of the calendar), in
 * order and as they are asked for. Two dates that an adjustment moves to the same day are one. An adjustment may bring a
 * date in from outside, so that its calendar must know the month before `from` and the one after `to` as well. Throws
 * `InvalidPayCycle`, and what `BusinessDay.adjust` throws.
 *
 * @example
 * import { sweden } from "saldo/time/holidaysSweden"
 * import * as LocalDate from "saldo/time/LocalDate"
 * import * as PayCycle from "saldo/time/PayCycle"
 *
 * const salary = PayCycle.of({
 *   rule: { kind: "monthDay", days: [25] },
 *   adjustment: { convention: "preceding", calendar: sweden }
 * })
 * PayCycle.next(salary, LocalDate.of("2026-12-01")) // => "2026-12-23"
 */
export function* occurrences(
  cycle: PayCycle,
  from: LocalDate.LocalDate,
  to?: LocalDate.LocalDate
): Generator<LocalDate.LocalDate, void> {
  const { rule, adjustment } = of(cycle)
  // An adjustment moves a date by at most the longest closure, so that far beyond either end nothing can come in.
  const margin = adjustment === undefined ? 0 : longestClosure
  const stop = to === undefined ? undefined : within(to, margin)
  let previous: LocalDate.LocalDate | undefined
  for (const date of unadjusted(rule, within(from, -margin))) {
    if (stop !== undefined && date > stop) return
    const due = adjustment === undefined ? date : adjust(adjustment.convention, adjustment.calendar, date)
    if (due < from || due === previous || (to !== undefined && due >= to)) continue
    previous = due
    yield due
  }
}

/** The first date of the cycle after a date, or undefined when the calendar ends before it. */
export const next = (cycle: PayCycle, after: LocalDate.LocalDate): LocalDate.LocalDate | undefined => {
  if (after === lastDay) return undefined
  for (const date of occurrences(cycle, LocalDate.addDays(after, 1))) return date
  return undefined
}

/** The last date of the cycle on or before a date, or undefined when the calendar begins after it. */
export const latest = (cycle: PayCycle, onOrBefore: LocalDate.LocalDate): LocalDate.LocalDate | undefined => {
  const first = LocalDate.of(1, 1, 1)
  // Most cycles come round within a month; the window grows for those that do not.
  for (let span = 70; ; span *= 4) {
    const from = within(onOrBefore, -span)
    let found: LocalDate.LocalDate | undefined
    for (const date of occurrences(cycle, from)) {
      if (date > onOrBefore) break
      found = date
    }
    if (found !== undefined || from === first) return found
  }
}

/** The days from the cycle's last date on or before a date to its next one: the pay period that holds the date. */
export const periodOf = (cycle: PayCycle, date: LocalDate.LocalDate): DateRange | undefined => {
  const start = latest(cycle, date)
  const end = next(cycle, date)
  return start === undefined || end === undefined ? undefined : { start, end }
}
