import * as LocalDate from "./LocalDate.ts"

/**
 * Easter Sunday of the Western churches in a year of the Gregorian calendar.
 *
 * The anonymous algorithm published in Nature, 20 April 1876, in the form of Jean Meeus, "Astronomical Algorithms",
 * chapter 8. Names of the steps: the Golden Number, the century and its leap-day and moon corrections, the epact, the
 * days to Sunday.
 *
 * @example
 * import { easterSunday } from "saldo/time/easter"
 *
 * easterSunday(2026) // => "2026-04-05"
 */
export const easterSunday = (year: number): LocalDate.LocalDate => {
  const golden = year % 19
  const century = Math.trunc(year / 100)
  const yearOfCentury = year % 100
  const skippedLeapDays = Math.trunc(century / 4)
  const moonCorrection = Math.trunc((century - Math.trunc((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - skippedLeapDays - moonCorrection + 15) % 30
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.trunc(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7
  const late = Math.trunc((golden + 11 * epact + 22 * toSunday) / 451)
  const total = epact + toSunday - 7 * late + 114
  return LocalDate.of(year, Math.trunc(total / 31), (total % 31) + 1)
}
