import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as fc from "fast-check"
import { isBusinessDay } from "saldo/time/businessDays"
import { sweden } from "saldo/time/holidaysSweden"
import * as LocalDate from "saldo/time/LocalDate"
import * as PayCycle from "saldo/time/PayCycle"

const d = (text: string): LocalDate.LocalDate => LocalDate.of(text)

const between = (cycle: PayCycle.PayCycle, from: string, to: string): ReadonlyArray<string> => [
  ...PayCycle.occurrences(cycle, d(from), d(to))
]

const salary = PayCycle.of({
  rule: { kind: "monthDay", days: [25] },
  adjustment: { convention: "preceding", calendar: sweden }
})

describe("rules", () => {
  it("every 14 days from an anchor, in both directions", () => {
    const cycle: PayCycle.PayCycle = { rule: { kind: "interval", anchor: d("2026-01-09"), everyDays: 14 } }
    expect(between(cycle, "2025-12-20", "2026-02-06")).toEqual(["2025-12-26", "2026-01-09", "2026-01-23"])
    expect(between(cycle, "2026-01-09", "2026-01-10")).toEqual(["2026-01-09"])
    expect(PayCycle.next(cycle, d("2026-01-09"))).toBe("2026-01-23")
  })

  it("on a day of the month, clamped from the day itself each month", () => {
    const last: PayCycle.PayCycle = { rule: { kind: "monthDay", days: [31] } }
    expect(between(last, "2024-01-01", "2024-05-01")).toEqual(["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"])
    const twice: PayCycle.PayCycle = { rule: { kind: "monthDay", days: [31, 15, 30] } }
    expect(between(twice, "2026-02-01", "2026-04-01")).toEqual([
      "2026-02-15",
      "2026-02-28",
      "2026-03-15",
      "2026-03-30",
      "2026-03-31"
    ])
  })

  it("on a day of every n-th month", () => {
    const quarterly: PayCycle.PayCycle = {
      rule: { kind: "monthDay", days: [31], everyMonths: { months: 3, anchor: d("2026-02-17") } }
    }
    expect(between(quarterly, "2025-08-01", "2026-09-01")).toEqual([
      "2025-08-31",
      "2025-11-30",
      "2026-02-28",
      "2026-05-31",
      "2026-08-31"
    ])
  })

  it("on the n-th and on the last weekday of the month", () => {
    const last: PayCycle.PayCycle = { rule: { kind: "nthWeekday", weekday: 5, nth: -1 } }
    expect(between(last, "2026-01-01", "2026-04-01")).toEqual(["2026-01-30", "2026-02-27", "2026-03-27"])
    const fifth: PayCycle.PayCycle = { rule: { kind: "nthWeekday", weekday: 5, nth: 5 } }
    expect(between(fifth, "2026-01-01", "2026-08-01")).toEqual(["2026-01-30", "2026-05-29", "2026-07-31"])
  })

  it("on the last business day, or the second", () => {
    const last: PayCycle.PayCycle = { rule: { kind: "businessDayOfMonth", nth: -1, calendar: sweden } }
    expect(between(last, "2026-01-01", "2026-06-01")).toEqual([
      "2026-01-30",
      "2026-02-27",
      "2026-03-31",
      "2026-04-30",
      "2026-05-29"
    ])
    expect(PayCycle.next(last, d("2026-12-01"))).toBe("2026-12-30")
    const second: PayCycle.PayCycle = { rule: { kind: "businessDayOfMonth", nth: 2, calendar: sweden } }
    expect(between(second, "2026-01-01", "2026-02-28")).toEqual(["2026-01-05", "2026-02-03"])
    const far: PayCycle.PayCycle = { rule: { kind: "businessDayOfMonth", nth: 23, calendar: sweden } }
    expect(between(far, "2026-01-01", "2027-01-01")).toEqual(["2026-07-31"])
  })
})

describe("adjustment", () => {
  it("brings Swedish pay forward from weekends and holidays", () => {
    expect(between(salary, "2026-01-01", "2027-01-01")).toEqual([
      "2026-01-23",
      "2026-02-25",
      "2026-03-25",
      "2026-04-24",
      "2026-05-25",
      "2026-06-25",
      "2026-07-24",
      "2026-08-25",
      "2026-09-25",
      "2026-10-23",
      "2026-11-25",
      "2026-12-23"
    ])
  })

  it("finds a date that an adjustment moves into or out of the asked days", () => {
    expect(between(salary, "2026-10-23", "2026-10-24")).toEqual(["2026-10-23"])
    expect(between(salary, "2026-10-24", "2026-11-01")).toEqual([])
    const rent: PayCycle.PayCycle = {
      rule: { kind: "monthDay", days: [31] },
      adjustment: { convention: "following", calendar: sweden }
    }
    expect(between(rent, "2026-02-01", "2026-02-03")).toEqual(["2026-02-02"])
  })

  it("counts two dates moved to one day once", () => {
    const daily: PayCycle.PayCycle = {
      rule: { kind: "interval", anchor: d("2026-01-01"), everyDays: 1 },
      adjustment: { convention: "following", calendar: sweden }
    }
    expect(between(daily, "2026-04-02", "2026-04-09")).toEqual(["2026-04-02", "2026-04-07", "2026-04-08"])
  })
})

describe("questions", () => {
  it("next, latest and the pay period", () => {
    expect(PayCycle.next(salary, d("2026-12-22"))).toBe("2026-12-23")
    expect(PayCycle.next(salary, d("2026-12-23"))).toBe("2027-01-25")
    expect(PayCycle.latest(salary, d("2026-12-23"))).toBe("2026-12-23")
    expect(PayCycle.latest(salary, d("2026-12-22"))).toBe("2026-11-25")
    expect(PayCycle.periodOf(salary, d("2026-12-01"))).toEqual({ start: "2026-11-25", end: "2026-12-23" })
    const rare: PayCycle.PayCycle = { rule: { kind: "interval", anchor: d("2020-01-01"), everyDays: 3660 } }
    expect(PayCycle.latest(rare, d("2029-12-31"))).toBe("2020-01-01")
  })

  it("end with the calendar", () => {
    const monthly: PayCycle.PayCycle = { rule: { kind: "monthDay", days: [1] } }
    expect(PayCycle.next(monthly, d("9999-12-01"))).toBeUndefined()
    expect(PayCycle.next(monthly, d("9999-12-31"))).toBeUndefined()
    expect(PayCycle.latest({ rule: { kind: "monthDay", days: [20] } }, d("0001-01-19"))).toBeUndefined()
  })

  it("is lazy: the first of a cycle without an end costs no more than itself", () => {
    const daily: PayCycle.PayCycle = { rule: { kind: "interval", anchor: d("2026-01-01"), everyDays: 1 } }
    const seen: Array<string> = []
    for (const date of PayCycle.occurrences(daily, d("0001-01-01"))) {
      seen.push(date)
      if (seen.length === 2) break
    }
    expect(seen).toEqual(["0001-01-01", "0001-01-02"])
  })

  it.each([
    [{ kind: "interval", anchor: d("2026-01-01"), everyDays: 0 }, "1 to 3660 days"],
    [{ kind: "interval", anchor: d("2026-01-01"), everyDays: 1.5 }, "1 to 3660 days"],
    [{ kind: "monthDay", days: [] }, "whole numbers of 1 to 31"],
    [{ kind: "monthDay", days: [0] }, "whole numbers of 1 to 31"],
    [{ kind: "monthDay", days: [1], everyMonths: { months: 0, anchor: d("2026-01-01") } }, "1 to 120"],
    [{ kind: "businessDayOfMonth", nth: 0, calendar: sweden }, "1 to 31, or -1 to -31"]
  ] satisfies ReadonlyArray<readonly [PayCycle.PayRule, string]>)("refuses %j", (rule, reason) => {
    expect(PayCycle.make({ rule })).toMatchObject({ _tag: "InvalidPayCycle", message: expect.stringContaining(reason) })
    expect(() => [...PayCycle.occurrences({ rule }, d("2026-01-01"), d("2026-02-01"))]).toThrow(
      PayCycle.InvalidPayCycle
    )
  })
})

describe("properties", () => {
  const rule: fc.Arbitrary<PayCycle.PayRule> = fc.oneof(
    fc.record({
      kind: fc.constant("interval" as const),
      anchor: DateArbitrary.localDate(),
      everyDays: fc.integer({ min: 1, max: 60 })
    }),
    fc.record({
      kind: fc.constant("monthDay" as const),
      days: fc.array(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 3 })
    }),
    fc.record({
      kind: fc.constant("nthWeekday" as const),
      weekday: fc.constantFrom(1, 2, 3, 4, 5, 6, 7),
      nth: fc.constantFrom(1, 2, 3, 4, 5, -1)
    }),
    fc.record({
      kind: fc.constant("businessDayOfMonth" as const),
      nth: fc.constantFrom(1, 2, 15, -1, -2, -5),
      calendar: DateArbitrary.calendar
    })
  )
  const cycle: fc.Arbitrary<PayCycle.PayCycle> = fc.oneof(
    fc.record({ rule }),
    fc.record({
      rule,
      adjustment: fc.record({ convention: DateArbitrary.convention, calendar: DateArbitrary.calendar })
    })
  )
  const bounds = { min: LocalDate.of("2018-01-01"), max: LocalDate.of("2022-12-31") }

  it("dates rise, lie within the asked days, and asking in two parts gives the same", () => {
    fc.assert(
      fc.property(cycle, DateArbitrary.dateRange(bounds), DateArbitrary.localDate(bounds), (made, range, date) => {
        const all = [...PayCycle.occurrences(made, range.start, range.end)]
        expect(all).toEqual([...new Set(all)].sort(LocalDate.compare))
        expect(all.every((due) => due >= range.start && due < range.end)).toBe(true)
        const cut = LocalDate.min(LocalDate.max(date, range.start), range.end)
        const parts = [...PayCycle.occurrences(made, range.start, cut), ...PayCycle.occurrences(made, cut, range.end)]
        expect(parts).toEqual(all)
      }),
      { numRuns: 300 }
    )
  })

  it("adjusted dates are business days, and next and latest are neighbours", () => {
    fc.assert(
      fc.property(cycle, DateArbitrary.localDate(bounds), (made, date) => {
        const next = PayCycle.next(made, date)
        const latest = PayCycle.latest(made, date)
        if (next === undefined || latest === undefined) throw new TypeError("these cycles have no end")
        expect(latest <= date && date < next).toBe(true)
        expect(PayCycle.next(made, latest)).toBe(next)
        const convention = made.adjustment?.convention ?? "unadjusted"
        const open = made.adjustment === undefined || isBusinessDay(made.adjustment.calendar, next)
        expect(open || convention === "unadjusted").toBe(true)
      }),
      { numRuns: 300 }
    )
  })
})
