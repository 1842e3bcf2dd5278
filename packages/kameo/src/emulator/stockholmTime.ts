/**
 * Swedish local time for instants, in the notation of the listing.
 *
 * The rule of the European Union since 1996: summer time from the last Sunday of March to the last Sunday of October, both
 * at 01:00 UTC. `Intl` gives the same answers but is too slow for a million loans.
 */
import * as LocalDate from "saldo/time/LocalDate"

const minuteMillis = 60_000
const dayMillis = 86_400_000

const changes = new Map<number, readonly [spring: number, autumn: number]>()

const lastSunday = (year: number, month: number): number => {
  const lastDay = LocalDate.toEpochDay(LocalDate.endOfMonth(LocalDate.of(year, month, 1)))
  // Day 0 of the epoch was a Thursday, so day 3 was a Sunday.
  return lastDay - ((((lastDay - 3) % 7) + 7) % 7)
}

const changesOf = (year: number): readonly [number, number] => {
  const known = changes.get(year)
  if (known !== undefined) return known
  const found = [3, 10].map((month) => lastSunday(year, month) * dayMillis + 60 * minuteMillis)
  const pair = [found[0] ?? 0, found[1] ?? 0] as const
  changes.set(year, pair)
  return pair
}

/** Minutes that Stockholm is ahead of UTC at an instant (unix milliseconds): 60 in winter, 120 in summer. */
export const offsetMinutes = (instant: number): 60 | 120 => {
  const year = LocalDate.year(LocalDate.fromEpochDay(Math.floor(instant / dayMillis)))
  const [spring, autumn] = changesOf(year)
  return instant >= spring && instant < autumn ? 120 : 60
}

/** The Stockholm calendar day, counted from 1970-01-01, on which an instant falls. */
export const localDay = (instant: number): number =>
  Math.floor((instant + offsetMinutes(instant) * minuteMillis) / dayMillis)

/** The instant of a Stockholm wall-clock time; `minutes` from midnight, outside the hours in which the clock changes. */
export const instantOf = (epochDay: number, minutes: number): number => {
  const wall = epochDay * dayMillis + minutes * minuteMillis
  return wall - offsetMinutes(wall - 60 * minuteMillis) * minuteMillis
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`)

const wallText = (wall: number): string => {
  const seconds = Math.floor(wall / 1000) - Math.floor(wall / dayMillis) * 86_400
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${LocalDate.fromEpochDay(Math.floor(wall / dayMillis))}T${time}`
}

/** The text without an offset, `2026-03-06T10:12:31`, in Stockholm time. */
export const formatLocal = (instant: number): string => wallText(instant + offsetMinutes(instant) * minuteMillis)

/** The listing's notation, `2026-03-06T10:12:31+01:00`, in Stockholm time. */
export const format = (instant: number): string =>
  `${formatLocal(instant)}${offsetMinutes(instant) === 60 ? "+01:00" : "+02:00"}`

/** The notation of the subscription call, `2026-03-06T09:12:31.000000Z`: UTC with microseconds. */
export const formatUtcMicros = (instant: number): string =>
  `${wallText(instant)}.${String(((instant % 1000) + 1000) % 1000).padStart(3, "0")}000Z`
