/**
 * Dates as Kameo writes them: ISO 8601 with a numeric offset in the listing, with microseconds and `Z` elsewhere, and
 * possibly without an offset, which then means Swedish local time.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

const pattern = new RegExp(
  "^\\d{4}-\\d{2}-\\d{2}" + // the date
    "(?:[Tt ]\\d{2}:\\d{2}(?::(\\d{2})(?:[.,](\\d{1,9}))?)?" + // the time, to the minute, second or below
    "\\s*([Zz]|[-+\\u2212]\\d{2}(?::?\\d{2})?)?)?$", // the offset
  "u"
)

const stockholm = DateTime.zoneMakeNamedUnsafe("Europe/Stockholm")

const daysInMonth = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

// Answers minutes east of Greenwich, or undefined when the offset lies outside ISO 8601's range.
const offsetMinutes = (offset: string): number | undefined => {
  if (offset === "Z" || offset === "z") return 0
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3).replace(":", "") || "0")
  if (hours > 18 || minutes > 59) return undefined
  return (offset.startsWith("+") ? 1 : -1) * (hours * 60 + minutes)
}

/**
 * Reads an ISO 8601 instant; a time without an offset is Swedish local time, with the earlier instant where a clock
 * change repeats it. Fractions below a millisecond are cut. Fails with a sentence fragment without the value.
 *
 * @example
 * ```ts
 * import * as DateTime from "effect/DateTime"
 * import * as Result from "effect/Result"
 * import { kameoInstant } from "@saldo/kameo/kameoDates"
 *
 * DateTime.formatIso(Result.getOrThrow(kameoInstant("2026-03-06T10:12:31+01:00"))) // => "2026-03-06T09:12:31.000Z"
 * DateTime.formatIso(Result.getOrThrow(kameoInstant("2026-07-06T10:12:31"))) // => "2026-07-06T08:12:31.000Z"
 * ```
 */
export const kameoInstant = (value: unknown): Result.Result<DateTime.Utc, string> => {
  if (typeof value !== "string") return Result.fail("a date is expected as ISO 8601 text")
  const text = value.trim()
  const match = pattern.exec(text)
  if (match === null) return Result.fail("the text is not an ISO 8601 date")
  const [, seconds = "0", fraction = "", offset] = match
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8, 10))
  // Where a text has a date only, these are empty, which counts as zero.
  const hour = Number(text.slice(11, 13))
  const minute = Number(text.slice(14, 16))
  const second = Number(seconds)
  const real =
    month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) && hour < 24 && minute < 60 && second < 60
  // Below the year 100, JavaScript's calendar takes a year for one of the twentieth century.
  if (!real || year < 100) return Result.fail("the calendar or the clock has no such date")
  const millisecond = Number(fraction.slice(0, 3).padEnd(3, "0"))
  const local = Date.UTC(year, month - 1, day, hour, minute, second, millisecond)
  if (offset !== undefined) {
    const minutes = offsetMinutes(offset)
    return minutes === undefined
      ? Result.fail("the offset is not a time zone")
      : Result.succeed(DateTime.makeUnsafe(local - minutes * 60_000))
  }
  const zoned = DateTime.makeZoned(local, {
    timeZone: stockholm,
    adjustForTimeZone: true,
    disambiguation: "compatible"
  })
  return Result.fromOption(Option.map(zoned, DateTime.toUtc), () => "the date is out of range")
}
