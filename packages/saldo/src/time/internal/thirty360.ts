import * as LocalDate from "../LocalDate.ts"

/** The conventions that count twelve months of 30 days. */
export type Convention30 = "30/360 Bond Basis" | "30E/360" | "30E/360 ISDA" | "30/360 US"

const isEndOfFebruary = (date: LocalDate.LocalDate): boolean =>
  LocalDate.month(date) === 2 && LocalDate.isEndOfMonth(date)

const firstDay = (convention: Convention30, start: LocalDate.LocalDate): number => {
  const day = Math.min(LocalDate.day(start), 30)
  const movesFebruary = convention === "30E/360 ISDA" || convention === "30/360 US"
  return movesFebruary && isEndOfFebruary(start) ? 30 : day
}

const lastDay = (
  convention: Convention30,
  start: LocalDate.LocalDate,
  first: number,
  end: LocalDate.LocalDate,
  terminationDate: LocalDate.LocalDate | undefined
): number => {
  const day = LocalDate.day(end)
  if (convention === "30E/360") return Math.min(day, 30)
  if (convention === "30E/360 ISDA") {
    return isEndOfFebruary(end) && end !== terminationDate ? 30 : Math.min(day, 30)
  }
  if (convention === "30/360 US" && isEndOfFebruary(start) && isEndOfFebruary(end)) return 30
  return day === 31 && first === 30 ? 30 : day
}

/**
 * Days between two dates in months of 30 days, for `start` before `end`: 360 a year, 30 a month and the difference of
 * the days of the month, after each convention's changes to the two days (see `DayCount`).
 */
export const days30 = (
  convention: Convention30,
  start: LocalDate.LocalDate,
  end: LocalDate.LocalDate,
  terminationDate?: LocalDate.LocalDate
): number => {
  const first = firstDay(convention, start)
  const last = lastDay(convention, start, first, end, terminationDate)
  const months = 12 * (LocalDate.year(end) - LocalDate.year(start)) + LocalDate.month(end) - LocalDate.month(start)
  return 30 * months + last - first
}
