import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { isBusinessDay } from "saldo/time/businessDays"
import * as HolidayCalendar from "saldo/time/HolidayCalendar"
import { calendarById, calendars } from "saldo/time/holidayCalendars"
import { HolidayCalendarSchema } from "saldo/time/HolidayCalendarSchema"
import { sweden } from "saldo/time/holidaysSweden"
import { target } from "saldo/time/holidaysTarget"
import * as LocalDate from "saldo/time/LocalDate"

const decode = Schema.decodeUnknownSync(HolidayCalendarSchema)
const throughJson = (calendar: HolidayCalendar.HolidayCalendar): HolidayCalendar.HolidayCalendar =>
  decode(JSON.parse(JSON.stringify(Schema.encodeSync(HolidayCalendarSchema)(calendar))))

const calendar = (rule: unknown): unknown => ({ id: "own", name: "Own", weekend: [6, 7], rules: [rule] })

describe("HolidayCalendarSchema", () => {
  it.each(calendars)("gives back $id", (known) => {
    expect(throughJson(known)).toEqual(known)
  })

  it("gives back a union that works", () => {
    const union = throughJson(HolidayCalendar.union(sweden, target))
    expect(isBusinessDay(union, LocalDate.of("2025-06-06"))).toBe(false)
    expect(isBusinessDay(union, LocalDate.of("2025-06-05"))).toBe(true)
  })

  it.each([
    [{ kind: "fixed", name: "x", month: 4, day: 31 }, "month 4 has 30 days at most"],
    [{ kind: "fixed", name: "x", month: 13, day: 1 }, "month"],
    [{ kind: "weekdayOnOrAfter", name: "x", month: 2, day: 29, weekday: 1 }, "has only 28 days in every year"],
    [{ kind: "nthWeekday", name: "x", month: 2, weekday: 8, nth: 1 }, "weekday"],
    [{ kind: "nthWeekday", name: "x", month: 2, weekday: 1, nth: 6 }, "nth"],
    [{ kind: "dates", name: "x", dates: ["2023-02-29"] }, "the day must be 01 to 28"],
    [{ kind: "weekly", name: "x" }, "kind"]
  ])("refuses the rule %j", (rule, reason) => {
    expect(() => decode(calendar(rule))).toThrow(reason)
  })

  it("refuses a week of seven days off", () => {
    expect(() => decode({ id: "own", name: "Own", weekend: [1, 2, 3, 4, 5, 6, 7], rules: [] })).toThrow(
      "at least one day"
    )
  })
})

describe("calendarById", () => {
  it("finds a calendar by the id that is stored", () => {
    expect(new Set(calendars.map(({ id }) => id)).size).toBe(calendars.length)
    for (const known of calendars) expect(calendarById(known.id)).toBe(known)
    const own = HolidayCalendar.extend(sweden, "SE-OWN", [])
    expect(calendarById("SE-OWN", [...calendars, own])).toBe(own)
  })

  it("says which there are", () => {
    expect(calendarById("SV")).toMatchObject({
      _tag: "UnknownCalendar",
      message: expect.stringContaining("the known ones are SE, NO, DK, GB-EAW, US-FED, TARGET")
    })
  })
})
