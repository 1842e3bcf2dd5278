/** Calendar dates as days since 1970-01-01, which charts can measure. */
import * as LocalDate from "saldo/time/LocalDate"

/** The number of a day; text that is no date is a fault of the server, and throws. */
export const epochDay = (day: string): number => LocalDate.toEpochDay(LocalDate.of(day))

/** The day of a number. */
export const epochDayText = (day: number): string => LocalDate.fromEpochDay(day)
