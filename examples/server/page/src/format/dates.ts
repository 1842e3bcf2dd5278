/**
 * Days and instants for people. Days are calendar dates as the bank writes them; they have no time zone to go wrong in.
 */
import * as LocalDate from "saldo/time/LocalDate"

const atNoonUtc = (day: string): Date => new Date(`${day}T12:00:00Z`)

const styles = {
  short: { day: "numeric", month: "short" },
  medium: { day: "numeric", month: "short", year: "numeric" },
  month: { month: "short", year: "2-digit" }
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

/** Writes a calendar date. */
export const showDay = (day: string, locale: string, style: keyof typeof styles = "medium"): string =>
  new Intl.DateTimeFormat(locale, { ...styles[style], timeZone: "UTC" }).format(atNoonUtc(day))

/** Writes an instant in the reader's time zone. */
export const showInstant = (instant: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(instant))

/** Writes an instant to the second. */
export const showExact = (instant: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(instant))

/** Writes the time of day of an instant in the reader's time zone, to the second. */
export const showTime = (instant: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(new Date(instant))

/** The calendar date of an instant where the reader is. */
export const dayOf = (instant: Date): LocalDate.LocalDate =>
  LocalDate.of(instant.getFullYear(), instant.getMonth() + 1, instant.getDate())

/** Today where the reader is. */
export const today = (): LocalDate.LocalDate => dayOf(new Date())

/** Spans of days that people look at. The end is the day after the last one. */
export type SpanName = "month" | "quarter" | "year" | "two-years"

const monthsOf: Record<SpanName, number> = { month: 1, quarter: 3, year: 12, "two-years": 24 }

/** The days from so long ago to today. */
export const spanUntil = (
  last: LocalDate.LocalDate,
  name: SpanName
): { readonly start: LocalDate.LocalDate; readonly end: LocalDate.LocalDate } => ({
  start: LocalDate.addMonths(last, -monthsOf[name]),
  end: LocalDate.addDays(last, 1)
})

/** A typed date, or undefined when it is none. */
export const readDay = (text: string): LocalDate.LocalDate | undefined => {
  const day = LocalDate.parse(text)
  return day instanceof Error ? undefined : day
}
