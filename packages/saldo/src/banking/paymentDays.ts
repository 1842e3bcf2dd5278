/** Days on which payments are executed. */
import * as Result from "effect/Result"
import { isBusinessDay, nearestOpen } from "../time/businessDays.ts"
import { type HolidayCalendar, NoBusinessDay, YearNotCovered } from "../time/HolidayCalendar.ts"
import * as LocalDate from "../time/LocalDate.ts"

/** What a calendar throws where it ends, as a failure with its message. */
const within = <A>(look: () => A): Result.Result<A, string> => {
  try {
    return Result.succeed(look())
  } catch (error) {
    const isExpected =
      error instanceof YearNotCovered || error instanceof NoBusinessDay || error instanceof LocalDate.DateOutOfRange
    if (!isExpected) throw error
    return Result.fail(error.message)
  }
}

/**
 * The first day from a date on on which payments are executed, which is the date itself without a calendar; or why the
 * calendar does not say.
 *
 * @example
 * import * as Result from "effect/Result"
 * import { executionDay } from "saldo/banking/paymentDays"
 * import { sweden } from "saldo/time/holidaysSweden"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * // Midsummer Eve is a Friday.
 * Result.getOrThrow(executionDay(sweden, LocalDate.of("2026-06-19"))) // => "2026-06-22"
 */
export const executionDay = (
  calendar: HolidayCalendar | undefined,
  from: LocalDate.LocalDate
): Result.Result<LocalDate.LocalDate, string> =>
  calendar === undefined ? Result.succeed(from) : within(() => nearestOpen(calendar, from, 1))

/** Whether payments are executed on a day, or why the calendar does not say. */
export const isExecutionDay = (
  calendar: HolidayCalendar | undefined,
  day: LocalDate.LocalDate
): Result.Result<boolean, string> =>
  calendar === undefined ? Result.succeed(true) : within(() => isBusinessDay(calendar, day))
