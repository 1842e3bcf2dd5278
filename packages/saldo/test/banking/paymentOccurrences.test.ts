import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { following, nextAfter, occurrencesIn } from "saldo/banking/paymentOccurrences"
import { PaymentSchedule } from "saldo/banking/PaymentSchedule"
import * as BusinessDay from "saldo/time/BusinessDay"
import { isBusinessDay } from "saldo/time/businessDays"
import * as DateRange from "saldo/time/DateRange"
import { everyDay, type HolidayCalendar, weekendsOnly } from "saldo/time/HolidayCalendar"
import { sweden } from "saldo/time/holidaysSweden"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"

const date = (text: string) => LocalDate.of(text)

const schedule = (startOn: string, more: Partial<PaymentSchedule> = {}): PaymentSchedule => ({
  startOn: date(startOn),
  recurrence: { kind: "months", every: 1, day: LocalDate.day(date(startOn)) },
  ends: { kind: "never" },
  adjustment: "unadjusted",
  skipped: [],
  pauses: [],
  ...more
})

const all = (one: PaymentSchedule, until: string, calendar: HolidayCalendar = everyDay) =>
  Result.getOrThrow(occurrencesIn(one, calendar, { start: date("2000-01-01"), end: date(until) }))

const dues = (one: PaymentSchedule, until: string, calendar?: HolidayCalendar) =>
  all(one, until, calendar).map(({ dueOn }) => dueOn)

describe("occurrencesIn", () => {
  it("goes back to the day of the first date after a short month", () => {
    expect(dues(schedule("2026-01-31"), "2026-06-01")).toEqual([
      "2026-01-31",
      "2026-02-28",
      "2026-03-31",
      "2026-04-30",
      "2026-05-31"
    ])
    expect(dues(schedule("2024-02-29", { recurrence: { kind: "months", every: 12, day: 29 } }), "2029-01-01")).toEqual([
      "2024-02-29",
      "2025-02-28",
      "2026-02-28",
      "2027-02-28",
      "2028-02-29"
    ])
  })

  it("pays once, on a business day", () => {
    const once = schedule("2026-06-19", { recurrence: { kind: "once" }, adjustment: "following" })
    expect(all(once, "2030-01-01", sweden)).toEqual([{ number: 1, scheduledOn: "2026-06-19", dueOn: "2026-06-22" }])
  })

  it("pays every so many weeks, on the weekday of the first day", () => {
    const weekly = (every: number) =>
      dues(schedule("2026-03-04", { recurrence: { kind: "weeks", every } }), "2026-04-15")
    expect(weekly(1)).toEqual(["2026-03-04", "2026-03-11", "2026-03-18", "2026-03-25", "2026-04-01", "2026-04-08"])
    expect(weekly(3)).toEqual(["2026-03-04", "2026-03-25"])
  })

  it("counts months from that of the first payment", () => {
    const quarterly = { recurrence: { kind: "months", every: 3, day: 25 } } as const
    expect(dues(schedule("2026-01-25", quarterly), "2026-12-01")).toEqual([
      "2026-01-25",
      "2026-04-25",
      "2026-07-25",
      "2026-10-25"
    ])
    expect(dues(schedule("2026-01-26", quarterly), "2026-12-01")).toEqual([
      "2026-02-25",
      "2026-05-25",
      "2026-08-25",
      "2026-11-25"
    ])
  })

  it("pays on the last day, or on the last business day", () => {
    expect(
      dues(schedule("2026-01-10", { recurrence: { kind: "months", every: 1, day: "last" } }), "2026-04-01")
    ).toEqual(["2026-01-31", "2026-02-28", "2026-03-31"])
    const business = { recurrence: { kind: "months", every: 1, day: "lastBusinessDay" } } as const
    expect(dues(schedule("2026-01-10", business), "2026-06-01", sweden)).toEqual([
      "2026-01-30",
      "2026-02-27",
      "2026-03-31",
      "2026-04-30",
      "2026-05-29"
    ])
    // Saturday the 31st is past the last business day of January.
    const quarterly = { recurrence: { kind: "months", every: 3, day: "lastBusinessDay" } } as const
    expect(dues(schedule("2026-01-31", quarterly), "2026-09-01", sweden)).toEqual([
      "2026-02-27",
      "2026-05-29",
      "2026-08-31"
    ])
  })

  it("ends after so many payments, or on a day, by the day for which they are scheduled", () => {
    expect(dues(schedule("2026-01-31", { ends: { kind: "after", payments: 2 } }), "2030-01-01")).toEqual([
      "2026-01-31",
      "2026-02-28"
    ])
    const until = schedule("2026-01-31", { ends: { kind: "on", date: date("2026-02-28") }, adjustment: "following" })
    expect(dues(until, "2030-01-01", weekendsOnly)).toEqual(["2026-02-02", "2026-03-02"])
  })

  it("leaves out what is skipped or paused, and keeps the numbers of the rest", () => {
    const changed = schedule("2026-01-15", {
      ends: { kind: "after", payments: 8 },
      skipped: [date("2026-02-15")],
      pauses: [{ from: date("2026-04-15"), through: date("2026-05-15") }]
    })
    expect(all(changed, "2030-01-01").map(({ number, dueOn }) => [number, dueOn])).toEqual([
      [1, "2026-01-15"],
      [3, "2026-03-15"],
      [6, "2026-06-15"],
      [7, "2026-07-15"],
      [8, "2026-08-15"]
    ])
    const stopped = schedule("2026-01-15", { pauses: [{ from: date("2026-03-01"), through: null }] })
    expect(dues(stopped, "9999-12-31")).toEqual(["2026-01-15", "2026-02-15"])
  })

  it("pays the first one later where its rule would have it paid before the start", () => {
    const preceding = schedule("2026-01-31", { adjustment: "preceding" })
    expect(dues(preceding, "2026-04-01", weekendsOnly)).toEqual(["2026-02-02", "2026-02-27", "2026-03-31"])
  })

  it("holds what a business day moves into the range, and not what is due on its end", () => {
    const monthly = (adjustment: PaymentSchedule["adjustment"]) => schedule("2025-10-31", { adjustment })
    const within = (adjustment: PaymentSchedule["adjustment"], start: string, end: string) =>
      Result.getOrThrow(occurrencesIn(monthly(adjustment), weekendsOnly, DateRange.of(date(start), date(end)))).map(
        ({ dueOn }) => dueOn
      )
    expect(within("following", "2026-02-01", "2026-02-28")).toEqual(["2026-02-02"])
    expect(within("following", "2026-01-01", "2026-02-02")).toEqual([])
    expect(within("preceding", "2026-02-01", "2026-02-28")).toEqual(["2026-02-27"])
    expect(within("preceding", "2026-02-01", "2026-02-27")).toEqual([])
    const next = nextAfter(monthly("following"), weekendsOnly, date("2026-02-01"))
    expect(Option.map(Result.getOrThrow(next), ({ scheduledOn }) => scheduledOn)).toEqual(Option.some("2026-01-31"))
  })

  it("keeps two payments apart that fall on one day", () => {
    const closed: HolidayCalendar = {
      id: "fair",
      name: "Fair",
      weekend: [],
      rules: [
        {
          kind: "dates",
          name: "Fair",
          dates: [...DateRange.dates({ start: date("2026-03-02"), end: date("2026-03-12") })]
        }
      ]
    }
    const weekly = schedule("2026-03-02", { recurrence: { kind: "weeks", every: 1 }, adjustment: "following" })
    expect(all(weekly, "2026-03-14", closed).map(({ number, dueOn }) => [number, dueOn])).toEqual([
      [1, "2026-03-12"],
      [2, "2026-03-12"]
    ])
  })

  it("says when the calendar does not know a year, and only when it matters", () => {
    const short: HolidayCalendar = { ...weekendsOnly, id: "short", lastYear: 2026 }
    const monthly = schedule("2026-10-03", { adjustment: "following" })
    const beyond = Result.getFailure(nextAfter(monthly, short, date("2026-12-04")))
    expect(Option.map(beyond, ({ _tag, calendar, from }) => [_tag, calendar, from])).toEqual(
      Option.some(["ScheduleBeyondCalendar", "short", "2027-01-03"])
    )
    expect(dues(monthly, "2026-11-01", short)).toEqual(["2026-10-05"])
    const business = schedule("2026-11-03", { recurrence: { kind: "months", every: 1, day: "lastBusinessDay" } })
    expect(dues(business, "2026-12-01", short)).toEqual(["2026-11-30"])
    expect(Result.isFailure(nextAfter(business, short, date("2026-12-31")))).toBe(true)
  })
})

describe("nextAfter", () => {
  it("gives the first one due after a date, and none after the last", () => {
    const two = schedule("2026-01-31", { ends: { kind: "after", payments: 2 } })
    const next = (after: string) => Result.getOrThrow(nextAfter(two, everyDay, date(after)))
    expect(next("2025-06-01")).toEqual(Option.some({ number: 1, scheduledOn: "2026-01-31", dueOn: "2026-01-31" }))
    expect(Option.map(next("2026-01-31"), ({ number }) => number)).toEqual(Option.some(2))
    expect(next("2026-02-28")).toEqual(Option.none())
  })
})

const any: fc.Arbitrary<PaymentSchedule> = fc
  .record({
    startOn: DateArbitrary.localDate({ min: date("2020-01-01"), max: date("2030-12-31") }),
    recurrence: fc.oneof<fc.Arbitrary<PaymentSchedule["recurrence"]>[]>(
      fc.constant({ kind: "once" }),
      fc.record({ kind: fc.constant("weeks" as const), every: fc.integer({ min: 1, max: 9 }) }),
      fc.record({
        kind: fc.constant("months" as const),
        every: fc.constantFrom(1, 2, 3, 6, 12),
        day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constantFrom("last" as const, "lastBusinessDay" as const))
      })
    ),
    payments: fc.option(fc.integer({ min: 1, max: 30 })),
    adjustment: DateArbitrary.convention,
    pause: fc.option(fc.tuple(fc.nat(500), fc.nat(200)))
  })
  .map(({ adjustment, pause, payments, recurrence, startOn }) => ({
    startOn,
    recurrence,
    adjustment,
    ends: payments === null ? { kind: "never" } : { kind: "after", payments },
    skipped: [],
    pauses:
      pause === null
        ? []
        : [{ from: LocalDate.addDays(startOn, pause[0]), through: LocalDate.addDays(startOn, pause[0] + pause[1]) }]
  }))

const range = (one: PaymentSchedule) => ({ start: one.startOn, end: LocalDate.addDays(one.startOn, 1500) })

describe("properties", () => {
  it("payments come in order, not before the start, on business days, at most as many as agreed", () => {
    fc.assert(
      fc.property(any, fc.constantFrom(sweden, weekendsOnly), (one, calendar) => {
        const found = Result.getOrThrow(occurrencesIn(one, calendar, range(one)))
        for (const [index, { dueOn, number, scheduledOn }] of found.entries()) {
          const previous = found[index - 1]
          expect(scheduledOn >= one.startOn && dueOn >= one.startOn).toBe(true)
          if (previous !== undefined) {
            expect(number > previous.number && scheduledOn > previous.scheduledOn && dueOn >= previous.dueOn).toBe(true)
          }
          if (one.adjustment !== "unadjusted") expect(isBusinessDay(calendar, dueOn)).toBe(true)
          expect(one.pauses.some(({ from, through }) => scheduledOn >= from && scheduledOn <= (through ?? from))).toBe(
            false
          )
          if (one.ends.kind === "after") expect(number).toBeLessThanOrEqual(one.ends.payments)
        }
      })
    )
  })

  it("monthly dates are the first date's, so many months on", () => {
    fc.assert(
      fc.property(
        DateArbitrary.localDate({ max: date("2080-01-01") }),
        fc.constantFrom(1, 3, 6, 12),
        (startOn, every) => {
          const one = schedule(startOn, {
            recurrence: { kind: "months", every, day: LocalDate.day(startOn) },
            ends: { kind: "after", payments: 9 }
          })
          expect(all(one, "9999-12-31").map(({ scheduledOn }) => scheduledOn)).toEqual(
            LocalDate.monthlySeries(startOn, 9, every)
          )
        }
      )
    )
  })

  it("asking for the next one again and again gives the list", () => {
    fc.assert(
      fc.property(any, (one) => {
        const { end, start } = range(one)
        const listed = Result.getOrThrow(occurrencesIn(one, sweden, { start, end })).map(({ dueOn }) => dueOn)
        const asked: Array<LocalDate.LocalDate> = []
        let after = LocalDate.addDays(start, -1)
        for (;;) {
          const next = Option.getOrUndefined(Result.getOrThrow(nextAfter(one, sweden, after)))
          if (next === undefined || next.dueOn >= end) break
          asked.push(next.dueOn)
          after = next.dueOn
        }
        expect(asked).toEqual([...new Set(listed)])
      })
    )
  })

  it("going from one payment to the following gives the list, with all that fall on one day", () => {
    fc.assert(
      fc.property(any, (one) => {
        const { end, start } = range(one)
        const listed = Result.getOrThrow(occurrencesIn(one, sweden, { start, end }))
        const gone: Array<(typeof listed)[number]> = []
        let last: (typeof listed)[number] | null = null
        for (;;) {
          const next: Option.Option<(typeof listed)[number]> = Result.getOrThrow(following(one, sweden, last))
          if (Option.isNone(next) || next.value.dueOn >= end) break
          last = next.value
          if (last.dueOn >= start) gone.push(last)
        }
        expect(gone).toEqual(listed)
      })
    )
  })

  it("each due date is its scheduled one after adjustment, unless that lies before the start", () => {
    fc.assert(
      fc.property(any, (one) => {
        for (const { dueOn, scheduledOn } of Result.getOrThrow(occurrencesIn(one, sweden, range(one)))) {
          const moved = BusinessDay.adjust(one.adjustment, sweden, scheduledOn)
          expect(dueOn).toBe(moved < one.startOn ? BusinessDay.adjust("following", sweden, scheduledOn) : moved)
        }
      })
    )
  })

  it("comes back from JSON as it was", () => {
    const codec = Schema.toCodecJson(PaymentSchedule)
    fc.assert(
      fc.property(any, (one) => {
        const text = JSON.stringify(Schema.encodeSync(codec)(one))
        expect(Schema.decodeUnknownSync(codec)(JSON.parse(text))).toEqual(one)
      })
    )
    const pause = { ...schedule("2026-01-01"), pauses: [{ from: "2026-02-02", through: "2026-02-01" }] }
    expect(() => Schema.decodeSync(codec)(pause)).toThrow("a pause from 2026-02-02 cannot end before")
  })
})
