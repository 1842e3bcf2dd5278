/**
 * The time at which the ledger booked something: its own clock, to the microsecond, strictly increasing.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"

/** A booking time as text of ISO 8601 with six decimals, such as `2026-11-21T08:15:30.000123Z`; sorts as text. */
export const BookingTime = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/u, {
    expected: "a time with microseconds such as 2026-11-21T08:15:30.000123Z"
  })
).pipe(Schema.brand("saldo/ledger/BookingTime"))

/** A booking time as text of ISO 8601 with six decimals. */
export type BookingTime = typeof BookingTime.Type

/** The booking time of a count of microseconds since the Unix epoch. */
export const fromMicros = (micros: number): BookingTime => {
  const millis = Math.floor(micros / 1000)
  const rest = String(micros - millis * 1000).padStart(3, "0")
  // The text is of the pattern by construction.
  return `${DateTime.formatIso(DateTime.makeUnsafe(millis)).slice(0, -1)}${rest}Z` as BookingTime
}

/** The microseconds since the Unix epoch; exact until the year 2255. */
export const toMicros = (time: BookingTime): number =>
  DateTime.makeUnsafe(`${time.slice(0, 23)}Z`).epochMilliseconds * 1000 + Number(time.slice(23, 26))

/** The first booking time of an instant. */
export const fromInstant = (instant: DateTime.Utc): BookingTime => fromMicros(instant.epochMilliseconds * 1000)

/** The instant of a booking time, cut to milliseconds. */
export const toInstant = (time: BookingTime): DateTime.Utc => DateTime.makeUnsafe(`${time.slice(0, 23)}Z`)
