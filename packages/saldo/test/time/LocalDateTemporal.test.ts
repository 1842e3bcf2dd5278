import { describe, expect, it } from "@effect/vitest"
import * as LocalDate from "saldo/time/LocalDate"
import * as Polyfill from "temporal-polyfill"

const isTemporal = (value: unknown): value is typeof Polyfill.Temporal =>
  typeof value === "object" && value !== null && "PlainDate" in value

// Where the runtime has Temporal (Node 26) the proof is against it; elsewhere against the polyfill, so that it always runs.
const native: unknown = Reflect.get(globalThis, "Temporal")
const Temporal = isTemporal(native) ? native : Polyfill.Temporal

/** The Gregorian calendar repeats after 400 years, so that these are all the cases there are. */
const first = { year: 1801, epochDay: -61_726 }
const days = 146_097

describe(`four centuries against Temporal.PlainDate (${isTemporal(native) ? "native" : "polyfill"})`, () => {
  it("starts where it says", () => {
    expect(LocalDate.toEpochDay(LocalDate.of("1801-01-01"))).toBe(first.epochDay)
    expect(LocalDate.fromEpochDay(first.epochDay + days)).toBe("2201-01-01")
  })

  it("agrees on every day: text, day number, weekday, day of year, week, month length, leap year", () => {
    const wrong: Array<unknown> = []
    let plain = Temporal.PlainDate.from("1801-01-01")
    const oneDay = { days: 1 }
    for (let n = 0; n < days; n++) {
      const date = LocalDate.fromEpochDay(first.epochDay + n)
      const week = LocalDate.isoWeek(date)
      const agrees =
        date === plain.toString() &&
        LocalDate.parse(date) === date &&
        LocalDate.toEpochDay(date) === first.epochDay + n &&
        LocalDate.dayOfWeek(date) === plain.dayOfWeek &&
        LocalDate.dayOfYear(date) === plain.dayOfYear &&
        week.week === plain.weekOfYear &&
        week.year === plain.yearOfWeek &&
        LocalDate.day(LocalDate.endOfMonth(date)) === plain.daysInMonth &&
        LocalDate.isLeapYear(LocalDate.year(date)) === plain.inLeapYear
      if (!agrees) wrong.push({ date, plain: plain.toString(), week })
      plain = plain.add(oneDay)
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(plain.toString()).toBe("2201-01-01")
  })

  it("agrees on adding months from every fifth day, and from all month ends", () => {
    const wrong: Array<unknown> = []
    const amounts = [-1201, -25, -12, -1, 0, 1, 2, 11, 12, 13, 48, 1199]
    let cases = 0
    for (let n = 0; n < days; n++) {
      const date = LocalDate.fromEpochDay(first.epochDay + n)
      if (n % 5 !== 0 && LocalDate.day(date) < 28) continue
      const months = amounts[n % amounts.length] ?? 0
      const expected = Temporal.PlainDate.from(date).add({ months }).toString()
      if (LocalDate.addMonths(date, months) !== expected) wrong.push({ date, months, expected })
      cases++
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(cases).toBeGreaterThan(40_000)
  })

  it("agrees on every month distance of a leap day and a 31st over four centuries", () => {
    const wrong: Array<unknown> = []
    for (const seed of ["2000-02-29", "2023-01-31"]) {
      const date = LocalDate.of(seed)
      const plain = Temporal.PlainDate.from(seed)
      for (let months = -2400; months <= 2400; months++) {
        const expected = plain.add({ months }).toString()
        if (LocalDate.addMonths(date, months) !== expected) wrong.push({ seed, months, expected })
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })

  it("agrees on the days between dates far apart", () => {
    const wrong: Array<unknown> = []
    const last = Temporal.PlainDate.from("9999-12-31")
    for (let n = 0; n < days; n += 13) {
      const date = LocalDate.fromEpochDay(first.epochDay + n)
      const expected = Temporal.PlainDate.from(date).until(last).days
      if (LocalDate.daysBetween(date, LocalDate.of("9999-12-31")) !== expected) wrong.push({ date, expected })
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })
})
