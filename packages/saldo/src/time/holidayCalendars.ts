import type { HolidayCalendar } from "./HolidayCalendar.ts"
import { everyDay, weekendsOnly } from "./HolidayCalendar.ts"
import { denmark } from "./holidaysDenmark.ts"
import { norway } from "./holidaysNorway.ts"
import { sweden } from "./holidaysSweden.ts"
import { target } from "./holidaysTarget.ts"
import { englandAndWales } from "./holidaysUnitedKingdom.ts"
import { federalReserve } from "./holidaysUnitedStates.ts"

/** No calendar has that id. */
export class UnknownCalendar extends Error {
  readonly _tag = "UnknownCalendar"
  override readonly name = "UnknownCalendar"
  readonly id: string
  constructor(id: string, known: ReadonlyArray<string>) {
    super(`there is no calendar ${JSON.stringify(id.slice(0, 40))}; the known ones are ${known.join(", ")}`)
    this.id = id
  }
}

/** All calendars that Saldo knows by rule. */
export const calendars: ReadonlyArray<HolidayCalendar> = [
  sweden,
  norway,
  denmark,
  englandAndWales,
  federalReserve,
  target,
  weekendsOnly,
  everyDay
]

/**
 * The calendar with an id, as a stored loan names it; among Saldo's own, or among a host's.
 *
 * @example
 * import { calendarById } from "saldo/time/holidayCalendars"
 * import { sweden } from "saldo/time/holidaysSweden"
 *
 * calendarById("SE") === sweden // => true
 */
export const calendarById = (
  id: string,
  among: ReadonlyArray<HolidayCalendar> = calendars
): HolidayCalendar | UnknownCalendar =>
  among.find((calendar) => calendar.id === id) ??
  new UnknownCalendar(
    id,
    among.map((calendar) => calendar.id)
  )
