import * as LocalDate from "./LocalDate.ts"

/** Days from `start` on and before `end`: half-open, so that neighbouring ranges share no day and leave none out. */
export interface DateRange {
  readonly start: LocalDate.LocalDate
  readonly end: LocalDate.LocalDate
}

/** The end lies before the start. */
export class InvalidDateRange extends Error {
  readonly _tag = "InvalidDateRange"
  override readonly name = "InvalidDateRange"
  readonly start: LocalDate.LocalDate
  readonly end: LocalDate.LocalDate
  constructor(start: LocalDate.LocalDate, end: LocalDate.LocalDate) {
    super(`a range of dates cannot start on ${start} and end on ${end}: the end must not be earlier than the start`)
    this.start = start
    this.end = end
  }
}

/** A range from untrusted dates; the same date twice makes an empty range. */
export const make = (start: LocalDate.LocalDate, end: LocalDate.LocalDate): DateRange | InvalidDateRange =>
  end < start ? new InvalidDateRange(start, end) : { start, end }

/** A range written in the code. Throws `InvalidDateRange`. */
export const of = (start: LocalDate.LocalDate, end: LocalDate.LocalDate): DateRange => {
  const range = make(start, end)
  if (range instanceof InvalidDateRange) throw range
  return range
}

/** The days of one calendar month. Throws `DateOutOfRange` for December 9999, whose end is no date. */
export const month = (date: LocalDate.LocalDate): DateRange => {
  const start = LocalDate.startOfMonth(date)
  return { start, end: LocalDate.addMonths(start, 1) }
}

/** The number of days. */
export const days = (range: DateRange): number => LocalDate.daysBetween(range.start, range.end)

/** Says whether the range holds the date. */
export const contains = (range: DateRange, date: LocalDate.LocalDate): boolean =>
  date >= range.start && date < range.end

/** The days that both ranges hold, or undefined when there are none. */
export const intersection = (left: DateRange, right: DateRange): DateRange | undefined => {
  const start = LocalDate.max(left.start, right.start)
  const end = LocalDate.min(left.end, right.end)
  return start < end ? { start, end } : undefined
}

/** Goes through the dates of a range in order. */
export function* dates(range: DateRange): Generator<LocalDate.LocalDate, void> {
  const end = LocalDate.toEpochDay(range.end)
  for (let day = LocalDate.toEpochDay(range.start); day < end; day++) yield LocalDate.fromEpochDay(day)
}

/**
 * Cuts a range at each first of a month, as for budgets and statements.
 *
 * @example
 * import * as DateRange from "saldo/time/DateRange"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * const range = DateRange.of(LocalDate.of("2026-01-20"), LocalDate.of("2026-02-10"))
 * DateRange.splitByMonth(range).map(DateRange.days) // => [12, 9]
 */
export const splitByMonth = (range: DateRange): ReadonlyArray<DateRange> => {
  const pieces: Array<DateRange> = []
  let start = range.start
  while (start < range.end) {
    const last = LocalDate.endOfMonth(start)
    const end = last < range.end ? LocalDate.min(range.end, LocalDate.addDays(last, 1)) : range.end
    pieces.push({ start, end })
    start = end
  }
  return pieces
}
