import { describe, expect, it } from "@effect/vitest"
import { easterSunday } from "saldo/time/easter"
import * as LocalDate from "saldo/time/LocalDate"

/**
 * A second way to the same day: Gauss's rule with the Gregorian corrections (C. F. Gauss 1816; Lichtenberg 1997), which
 * shares no step with the algorithm under test.
 */
const gauss = (year: number): LocalDate.LocalDate => {
  const k = Math.floor(year / 100)
  const m = 15 + Math.floor((3 * k + 3) / 4) - Math.floor((8 * k + 13) / 25)
  const s = 2 - Math.floor((3 * k + 3) / 4)
  const a = year % 19
  const d = (19 * a + m) % 30
  const r = Math.floor((d + Math.floor(a / 11)) / 29)
  const og = 21 + d - r
  const sz = 7 - ((((year + Math.floor(year / 4) + s) % 7) + 7) % 7)
  const oe = 7 - ((((og - sz) % 7) + 7) % 7)
  return LocalDate.addDays(LocalDate.of(year, 3, 1), og + oe - 1)
}

describe("easterSunday", () => {
  it.each([
    "1818-03-22",
    "1943-04-25",
    "1954-04-18",
    "1961-04-02",
    "1981-04-19",
    "2000-04-23",
    "2008-03-23",
    "2011-04-24",
    "2024-03-31",
    "2025-04-20",
    "2026-04-05",
    "2038-04-25",
    "2049-04-18",
    "2076-04-19",
    "2285-03-22"
  ])("%s", (date) => {
    expect(easterSunday(LocalDate.year(LocalDate.of(date)))).toBe(date)
  })

  it("is what Gauss's rule gives from the Gregorian reform to the year 9999, a Sunday from 22 March to 25 April", () => {
    const wrong: Array<unknown> = []
    for (let year = 1583; year <= 9999; year++) {
      const date = easterSunday(year)
      const inRange = date.slice(5) >= "03-22" && date.slice(5) <= "04-25"
      if (date !== gauss(year) || LocalDate.dayOfWeek(date) !== 7 || !inRange) wrong.push({ date, gauss: gauss(year) })
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })
})
