/**
 * The payments of a schedule. Dates come from `PayCycle`, which counts months from the first date (31 January, 28
 * February, 31 March) and never from one that was clamped; each is then moved to a business day by itself, so that two
 * payments that fall on one day remain two.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { adjust } from "../time/BusinessDay.ts"
import { nearestOpen } from "../time/businessDays.ts"
import type { DateRange } from "../time/DateRange.ts"
import { type HolidayCalendar, longestClosure, NoBusinessDay, YearNotCovered } from "../time/HolidayCalendar.ts"
import * as LocalDate from "../time/LocalDate.ts"
import * as PayCycle from "../time/PayCycle.ts"
import { type Occurrence, type PaymentSchedule, type Recurrence, ScheduleBeyondCalendar } from "./PaymentSchedule.ts"

type Monthly = Extract<Recurrence, { readonly kind: "months" }>

/** The dates of a monthly rule from a date on, in every month. */
const everyMonth = ({ day }: Monthly, calendar: HolidayCalendar): PayCycle.PayRule =>
  day === "lastBusinessDay"
    ? { kind: "businessDayOfMonth", nth: -1, calendar }
    : { kind: "monthDay", days: [day === "last" ? 31 : day] }

/** The days by the rule, from the first one on. Throws what `PayCycle.occurrences` throws. */
function* scheduled(
  { recurrence, startOn }: PaymentSchedule,
  calendar: HolidayCalendar
): Generator<LocalDate.LocalDate, void> {
  if (recurrence.kind === "once") {
    yield startOn
    return
  }
  if (recurrence.kind === "weeks") {
    const everyDays = 7 * recurrence.every
    yield* PayCycle.occurrences({ rule: { kind: "interval", anchor: startOn, everyDays } }, startOn)
    return
  }
  // Months are counted from that of the first date, which need not be the month that the schedule starts in.
  let first: LocalDate.LocalDate | undefined
  for (const date of PayCycle.occurrences({ rule: everyMonth(recurrence, calendar) }, startOn)) {
    first ??= LocalDate.startOfMonth(date)
    if (LocalDate.monthsBetween(first, date) % recurrence.every === 0) yield date
  }
}

const lies = (date: LocalDate.LocalDate, { from, through }: PaymentSchedule["pauses"][number]): boolean =>
  date >= from && (through === null || date <= through)

const isEnded = ({ ends, pauses }: PaymentSchedule, number: number, date: LocalDate.LocalDate): boolean =>
  (ends.kind === "after" && number > ends.payments) ||
  (ends.kind === "on" && date > ends.date) ||
  // Nothing comes after the beginning of a pause that has no end.
  pauses.some((pause) => pause.through === null && lies(date, pause))

const due = (schedule: PaymentSchedule, calendar: HolidayCalendar, date: LocalDate.LocalDate): LocalDate.LocalDate => {
  const moved = adjust(schedule.adjustment, calendar, date)
  // Only what lies ahead can still be paid: the first payment goes forward where its rule would take it back.
  return moved < schedule.startOn ? nearestOpen(calendar, date, 1) : moved
}

const isLeftOut = ({ pauses, skipped }: PaymentSchedule, date: LocalDate.LocalDate): boolean =>
  skipped.includes(date) || pauses.some((pause) => lies(date, pause))

/**
 * Goes through the payments in order as they are asked for, without those that are skipped or paused; after a failure
 * there are no more. What is scheduled before `from` is counted and left out.
 */
function* payments(
  schedule: PaymentSchedule,
  calendar: HolidayCalendar,
  from: LocalDate.LocalDate
): Generator<Result.Result<Occurrence, ScheduleBeyondCalendar>, void> {
  // Everything scheduled before it has been dealt with.
  let reached = schedule.startOn
  let number = 0
  try {
    for (const scheduledOn of scheduled(schedule, calendar)) {
      reached = scheduledOn
      number += 1
      if (isEnded(schedule, number, scheduledOn)) return
      if (scheduledOn >= from && !isLeftOut(schedule, scheduledOn)) {
        yield Result.succeed({ number, scheduledOn, dueOn: due(schedule, calendar, scheduledOn) })
      }
      reached = away(scheduledOn, 1)
    }
  } catch (error) {
    const isExpected =
      error instanceof YearNotCovered || error instanceof NoBusinessDay || error instanceof LocalDate.DateOutOfRange
    if (!isExpected) throw error
    yield Result.fail(new ScheduleBeyondCalendar({ calendar: calendar.id, from: reached, reason: error.message }))
  }
}

/** A date so many days away, but not out of the calendar. */
const away = (date: LocalDate.LocalDate, days: number): LocalDate.LocalDate => {
  const moved = LocalDate.toEpochDay(date) + days
  const first = LocalDate.toEpochDay(LocalDate.of(1, 1, 1))
  const last = LocalDate.toEpochDay(LocalDate.of(9999, 12, 31))
  return LocalDate.fromEpochDay(Math.min(last, Math.max(first, moved)))
}

/** How far a payment can be due from the day for which it is scheduled. */
const margin = ({ adjustment, recurrence }: PaymentSchedule): number =>
  adjustment === "unadjusted" || (recurrence.kind === "months" && recurrence.day === "lastBusinessDay")
    ? 0
    : longestClosure + 1

/** The payments that are due from `start` (included) to `end` (not included), in order. */
export const occurrencesIn = (
  schedule: PaymentSchedule,
  calendar: HolidayCalendar,
  { end, start }: DateRange
): Result.Result<ReadonlyArray<Occurrence>, ScheduleBeyondCalendar> => {
  const found: Array<Occurrence> = []
  // A payment moves by at most the longest closure, so that what is scheduled further out cannot be due within.
  const stop = away(end, margin(schedule))
  for (const payment of payments(schedule, calendar, away(start, -margin(schedule)))) {
    if (Result.isFailure(payment)) {
      if (payment.failure.from >= stop) break
      return Result.fail(payment.failure)
    }
    const { dueOn, scheduledOn } = payment.success
    if (scheduledOn >= stop) break
    if (dueOn >= start && dueOn < end) found.push(payment.success)
  }
  return Result.succeed(found)
}

/**
 * The first payment that is due after a date; none when the schedule has ended.
 *
 * @example
 * import * as Option from "effect/Option"
 * import * as Result from "effect/Result"
 * import { nextAfter } from "saldo/banking/paymentOccurrences"
 * import { sweden } from "saldo/time/holidaysSweden"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * const rent = {
 *   startOn: LocalDate.of("2025-10-31"),
 *   recurrence: { kind: "months", every: 1, day: 31 },
 *   ends: { kind: "never" },
 *   adjustment: "preceding",
 *   skipped: [],
 *   pauses: []
 * } as const
 * const next = Result.getOrThrow(nextAfter(rent, sweden, LocalDate.of("2026-02-01")))
 * Option.getOrThrow(next).dueOn // => "2026-02-27"
 */
export const nextAfter = (
  schedule: PaymentSchedule,
  calendar: HolidayCalendar,
  after: LocalDate.LocalDate
): Result.Result<Option.Option<Occurrence>, ScheduleBeyondCalendar> => {
  for (const payment of payments(schedule, calendar, away(after, -margin(schedule)))) {
    if (Result.isFailure(payment)) return Result.fail(payment.failure)
    if (payment.success.dueOn > after) return Result.succeed(Option.some(payment.success))
  }
  return Result.succeed(Option.none())
}

/**
 * The payment after one of a schedule, by its number, or the first; none when the schedule has ended. Of payments that are
 * due on one day this gives one after the other, where `nextAfter` would pass over the rest.
 */
export const following = (
  schedule: PaymentSchedule,
  calendar: HolidayCalendar,
  previous: Pick<Occurrence, "number" | "scheduledOn"> | null
): Result.Result<Option.Option<Occurrence>, ScheduleBeyondCalendar> => {
  for (const payment of payments(schedule, calendar, previous?.scheduledOn ?? schedule.startOn)) {
    if (Result.isFailure(payment)) return Result.fail(payment.failure)
    if (payment.success.number > (previous?.number ?? 0)) return Result.succeed(Option.some(payment.success))
  }
  return Result.succeed(Option.none())
}
