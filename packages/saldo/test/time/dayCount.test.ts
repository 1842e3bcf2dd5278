import { describe, expect, it } from "@effect/vitest"
import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as fc from "fast-check"
import type { DayCount, SimpleConvention } from "saldo/time/dayCount"
import { conventions, days, yearFraction } from "saldo/time/dayCount"
import * as LocalDate from "saldo/time/LocalDate"
import type { Ratio } from "../../src/time/internal/ratio.ts"
import { ratio, sum } from "../../src/time/internal/ratio.ts"
import vectors from "../fixtures/dates.json" with { type: "json" }

const d = (text: string): LocalDate.LocalDate => LocalDate.of(text)

const simple: ReadonlyArray<SimpleConvention> = [
  "30/360 Bond Basis",
  "30E/360",
  "30/360 US",
  "ACT/360",
  "ACT/365 Fixed",
  "ACT/ACT ISDA",
  "ACT/ACT AFB"
]

interface Inputs {
  readonly convention?: string
  readonly terminationDate?: string
  readonly refStart?: string
  readonly refEnd?: string
}

const frequencies = { 1: 12, 2: 6, 3: 4, 4: 3, 6: 2, 12: 1 } as const

/** The vectors give a reference period: its length is the frequency, and the bound with the later day is the coupon date. */
const icma = (refStart: string, refEnd: string): DayCount => {
  const months = LocalDate.monthsBetween(d(refStart), d(refEnd))
  const frequency = Object.entries(frequencies).find(([, length]) => length === months)?.[0]
  const couponDate = LocalDate.day(d(refStart)) >= LocalDate.day(d(refEnd)) ? d(refStart) : d(refEnd)
  if (frequency === "1") return { convention: "ACT/ACT ICMA", couponDate, frequency: 1 }
  if (frequency === "2") return { convention: "ACT/ACT ICMA", couponDate, frequency: 2 }
  throw new TypeError(`no frequency has reference periods of ${months} months`)
}

const dayCountOf = (inputs: Inputs): DayCount => {
  const known = simple.find((name) => name === inputs.convention)
  if (known !== undefined) return known
  if (inputs.convention === "30E/360 ISDA" && inputs.terminationDate !== undefined) {
    return { convention: "30E/360 ISDA", terminationDate: d(inputs.terminationDate) }
  }
  if (inputs.convention === "ACT/ACT ICMA" && inputs.refStart !== undefined && inputs.refEnd !== undefined) {
    return icma(inputs.refStart, inputs.refEnd)
  }
  throw new TypeError(`the vectors name an unknown convention: ${JSON.stringify(inputs)}`)
}

const toNumber = ({ numerator, denominator }: Ratio): number => Number(numerator) / Number(denominator)

describe("published vectors", () => {
  const counted = vectors.filter(({ kind }) => kind === "daycount.days")
  const fractions = vectors.filter(({ kind }) => kind === "daycount.yearFraction")

  it("are all here", () => {
    expect([counted.length, fractions.length]).toEqual([60, 14])
  })

  it.each(counted)("$id: days", ({ inputs, expected }) => {
    expect(days(dayCountOf(inputs), d(inputs.start ?? ""), d(inputs.end ?? ""))).toBe(expected.days)
  })

  it.each(fractions)("$id: year fraction", ({ inputs, expected, tolerance }) => {
    const fraction = yearFraction(dayCountOf(inputs), d(inputs.start ?? ""), d(inputs.end ?? ""))
    expect(Math.abs(toNumber(fraction) - Number(expected.yearFraction))).toBeLessThanOrEqual(Number(tolerance))
  })
})

describe("cases of our own, where the published ones are thin", () => {
  const cases: ReadonlyArray<readonly [DayCount, string, string, Ratio]> = [
    // Split at 1 January, not at 31 December; the leap year first, last, both and between.
    ["ACT/ACT ISDA", "2023-12-12", "2024-01-12", sum(ratio(20, 365), ratio(11, 366))],
    ["ACT/ACT ISDA", "2024-12-12", "2025-01-12", sum(ratio(20, 366), ratio(11, 365))],
    ["ACT/ACT ISDA", "2024-12-31", "2025-01-01", ratio(1, 366)],
    ["ACT/ACT ISDA", "2023-12-31", "2024-01-01", ratio(1, 365)],
    ["ACT/ACT ISDA", "2020-07-01", "2024-07-01", sum(ratio(184 + 182, 366), ratio(3, 1))],
    ["ACT/ACT ISDA", "2021-07-01", "2026-07-01", ratio(5, 1)],
    ["ACT/ACT ISDA", "2024-01-01", "2025-01-01", ratio(1, 1)],
    // The rest is 366 days long only if it holds 29 February: first day in, last day out.
    ["ACT/ACT AFB", "2024-02-29", "2024-03-01", ratio(1, 366)],
    ["ACT/ACT AFB", "2024-02-28", "2024-02-29", ratio(1, 365)],
    ["ACT/ACT AFB", "2024-03-01", "2024-12-31", ratio(305, 365)],
    ["ACT/ACT AFB", "2004-02-28", "2008-02-27", ratio(3 * 366 + 365, 366)],
    ["ACT/ACT AFB", "2004-02-29", "2008-02-28", ratio(4, 1)],
    ["ACT/ACT AFB", "2007-02-28", "2008-02-29", ratio(1, 1)],
    ["ACT/ACT AFB", "1994-02-10", "1997-06-30", sum(ratio(3, 1), ratio(140, 365))],
    // The end of February, with and without the end-of-month rule.
    [{ convention: "30E/360 ISDA", terminationDate: d("2024-02-29") }, "2024-02-29", "2024-02-29", ratio(0, 1)],
    ["30/360 US", "2007-02-28", "2008-02-29", ratio(360, 360)],
    ["30/360 Bond Basis", "2007-02-28", "2008-02-29", ratio(361, 360)],
    ["30/360 US", "2008-02-29", "2008-03-31", ratio(30, 360)],
    ["30/360 US", "2008-02-29", "2008-03-30", ratio(30, 360)],
    ["30/360 US", "2007-02-28", "2007-03-31", ratio(30, 360)],
    ["30/360 US", "2008-02-28", "2008-03-31", ratio(33, 360)],
    ["30/360 Bond Basis", "2008-02-29", "2008-03-31", ratio(32, 360)],
    ["30/360 Bond Basis", "2026-01-31", "2026-03-31", ratio(60, 360)],
    ["30/360 Bond Basis", "2026-01-29", "2026-03-31", ratio(62, 360)],
    ["30E/360", "2026-01-29", "2026-03-31", ratio(61, 360)],
    [{ convention: "30E/360 ISDA", terminationDate: d("2030-01-01") }, "2023-02-28", "2024-02-29", ratio(360, 360)],
    [{ convention: "30E/360 ISDA", terminationDate: d("2024-02-29") }, "2023-02-28", "2024-02-29", ratio(359, 360)],
    ["ACT/365 Fixed", "2024-01-01", "2025-01-01", ratio(366, 365)],
    ["ACT/360", "2024-01-01", "2025-01-01", ratio(366, 360)],
    [
      { convention: "ACT/ACT ICMA", couponDate: d("2003-01-15"), frequency: 2 },
      "2002-08-15",
      "2003-07-15",
      sum(ratio(1, 2), ratio(153, 368))
    ],
    // Coupons on the last days of the months: 28 February to 31 August is one whole period.
    [
      { convention: "ACT/ACT ICMA", couponDate: d("2023-08-31"), frequency: 2 },
      "2023-02-28",
      "2023-08-31",
      ratio(1, 2)
    ],
    [
      { convention: "ACT/ACT ICMA", couponDate: d("2023-04-30"), frequency: 2 },
      "2023-04-30",
      "2023-10-31",
      sum(ratio(1, 2), ratio(1, 2 * 183))
    ],
    [
      { convention: "ACT/ACT ICMA", couponDate: d("2023-04-30"), frequency: 2, endOfMonth: true },
      "2023-04-30",
      "2023-10-31",
      ratio(1, 2)
    ],
    [
      { convention: "ACT/ACT ICMA", couponDate: d("2023-02-28"), frequency: 1, endOfMonth: true },
      "2020-02-29",
      "2024-02-29",
      ratio(4, 1)
    ],
    // The length of the year comes from the interest period: 29 February out on its first day, in on its last.
    [
      { convention: "ACT/365L", frequency: "annual", period: { start: d("2023-03-01"), end: d("2024-02-29") } },
      "2023-03-01",
      "2024-02-29",
      ratio(365, 366)
    ],
    [
      { convention: "ACT/365L", frequency: "annual", period: { start: d("2024-02-29"), end: d("2025-02-28") } },
      "2024-02-29",
      "2025-02-28",
      ratio(365, 365)
    ],
    [
      { convention: "ACT/365L", frequency: "annual", period: { start: d("2023-02-28"), end: d("2024-02-28") } },
      "2023-02-28",
      "2024-02-28",
      ratio(365, 365)
    ],
    [
      { convention: "ACT/365L", frequency: "other", period: { start: d("2023-12-01"), end: d("2024-03-01") } },
      "2023-12-01",
      "2023-12-31",
      ratio(30, 366)
    ],
    [
      { convention: "ACT/365L", frequency: "other", period: { start: d("2024-12-01"), end: d("2025-03-01") } },
      "2024-12-01",
      "2024-12-31",
      ratio(30, 365)
    ]
  ]

  it.each(cases)("%j from %s to %s", (dayCount, start, end, expected) => {
    expect(yearFraction(dayCount, d(start), d(end))).toEqual(expected)
  })

  it("names every convention once", () => {
    expect(new Set(conventions).size).toBe(10)
    expect(conventions).toEqual(expect.arrayContaining([...simple]))
  })

  it("does not compile without what a convention needs", () => {
    // @ts-expect-error the termination date is missing
    const isda: DayCount = { convention: "30E/360 ISDA" }
    // @ts-expect-error the coupon date is missing
    const bond: DayCount = { convention: "ACT/ACT ICMA", frequency: 2 }
    // @ts-expect-error 5 coupons a year do not divide twelve months
    const odd: DayCount = { convention: "ACT/ACT ICMA", couponDate: d("2026-01-01"), frequency: 5 }
    // @ts-expect-error a convention with needs is no bare name
    const bare: DayCount = "ACT/365L"
    expect([isda, bond, odd, bare]).toHaveLength(4)
  })
})

describe("properties", () => {
  const frequency = fc.constantFrom(1, 2, 3, 4, 6, 12)
  const dayCount: fc.Arbitrary<DayCount> = fc.oneof(
    fc.constantFrom(...simple),
    DateArbitrary.localDate().map((terminationDate): DayCount => ({ convention: "30E/360 ISDA", terminationDate })),
    fc.record({
      convention: fc.constant("ACT/ACT ICMA" as const),
      couponDate: DateArbitrary.localDate(),
      frequency,
      endOfMonth: fc.boolean()
    }),
    fc.record({
      convention: fc.constant("ACT/365L" as const),
      frequency: fc.constantFrom("annual" as const, "other" as const),
      period: DateArbitrary.dateRange()
    })
  )
  const near = { min: LocalDate.of("2019-01-01"), max: LocalDate.of("2029-12-31") }
  const negative = ({ numerator, denominator }: Ratio): Ratio => ({ numerator: 0n - numerator, denominator })

  it("are antisymmetric, in lowest terms and zero over no time", () => {
    fc.assert(
      fc.property(dayCount, DateArbitrary.localDate(), DateArbitrary.localDate(), (basis, start, end) => {
        const fraction = yearFraction(basis, start, end)
        expect(yearFraction(basis, end, start)).toEqual(negative(fraction))
        expect(days(basis, end, start)).toBe(0 - days(basis, start, end))
        expect(sum(fraction, { numerator: 0n, denominator: 1n })).toEqual(fraction)
        expect(fraction.denominator > 0n).toBe(true)
      }),
      { numRuns: 2000 }
    )
    fc.assert(
      fc.property(dayCount, DateArbitrary.localDate(), (basis, date) => {
        expect(days(basis, date, date)).toBe(0)
        expect(yearFraction(basis, date, date)).toEqual({ numerator: 0n, denominator: 1n })
      })
    )
  })

  it("ACT/360, ACT/365 Fixed, ACT/ACT ISDA and ACT/ACT ICMA add up over parts of an interval", () => {
    const additive = dayCount.filter(
      (basis) =>
        basis === "ACT/360" ||
        basis === "ACT/365 Fixed" ||
        basis === "ACT/ACT ISDA" ||
        (typeof basis !== "string" && basis.convention !== "30E/360 ISDA")
    )
    const three = fc
      .tuple(DateArbitrary.localDate(), DateArbitrary.localDate(), DateArbitrary.localDate())
      .map((dates) => [...dates].sort(LocalDate.compare))
    fc.assert(
      fc.property(additive, three, (basis, [first, middle, last]) => {
        if (first === undefined || middle === undefined || last === undefined) throw new TypeError("three dates")
        const parts = sum(yearFraction(basis, first, middle), yearFraction(basis, middle, last))
        expect(parts).toEqual(yearFraction(basis, first, last))
      }),
      { numRuns: 2000 }
    )
  })

  it("ACT/ACT ISDA is the sum of its days, each over the length of its own year", () => {
    fc.assert(
      fc.property(DateArbitrary.orderedDates(near), ([start, end]) => {
        let [leap, common] = [0, 0]
        for (let date = start; date < end; date = LocalDate.addDays(date, 1)) {
          if (LocalDate.isLeapYear(LocalDate.year(date))) leap++
          else common++
        }
        expect(yearFraction("ACT/ACT ISDA", start, end)).toEqual(sum(ratio(leap, 366), ratio(common, 365)))
      }),
      { numRuns: 200 }
    )
  })

  it("ACT/ACT ICMA is the sum of its days, each over the length of its own coupon period", () => {
    fc.assert(
      fc.property(
        DateArbitrary.orderedDates({ min: near.min, max: LocalDate.of("2022-12-31") }),
        DateArbitrary.localDate(near),
        frequency,
        ([start, end], couponDate, coupons) => {
          const boundaries = Array.from({ length: 361 }, (_, n) =>
            LocalDate.addMonths(couponDate, ((n - 180) * 12) / coupons)
          )
          let expected: Ratio = { numerator: 0n, denominator: 1n }
          boundaries.slice(1).forEach((to, n) => {
            const from = boundaries[n] ?? to
            const overlap = LocalDate.daysBetween(LocalDate.max(from, start), LocalDate.min(to, end))
            if (overlap > 0) expected = sum(expected, ratio(overlap, coupons * LocalDate.daysBetween(from, to)))
          })
          expect(yearFraction({ convention: "ACT/ACT ICMA", couponDate, frequency: coupons }, start, end)).toEqual(
            expected
          )
        }
      ),
      { numRuns: 200 }
    )
  })

  it("ACT/ACT AFB is whole over whole years, and between the 365th and the 366th part of the rest", () => {
    const notEndOfFebruary = DateArbitrary.localDate().filter(
      (date) => LocalDate.month(date) !== 2 || LocalDate.day(date) < 28
    )
    fc.assert(
      fc.property(notEndOfFebruary, fc.integer({ min: 1, max: 60 }), (start, years) => {
        expect(yearFraction("ACT/ACT AFB", start, LocalDate.addYears(start, years))).toEqual(ratio(years, 1))
      })
    )
    fc.assert(
      fc.property(DateArbitrary.orderedDates(), ([start, end]) => {
        const years = toNumber(yearFraction("ACT/ACT AFB", start, end))
        const actual = LocalDate.daysBetween(start, end)
        expect(years).toBeGreaterThanOrEqual(actual / 366 - 1e-9)
        expect(years).toBeLessThanOrEqual(actual / 365 + 1e-9)
      })
    )
  })

  it("ACT/ACT AFB is what counting back year by year gives", () => {
    const counted = (start: LocalDate.LocalDate, end: LocalDate.LocalDate): Ratio => {
      let [rest, whole] = [end, 0]
      for (;;) {
        const back = LocalDate.addYears(rest, -1)
        const year = LocalDate.year(back)
        const date = LocalDate.isLeapYear(year) && back.endsWith("-02-28") ? LocalDate.of(year, 2, 29) : back
        if (date < start) break
        rest = date
        whole++
      }
      let leapDays = 0
      for (let date = start; date < rest; date = LocalDate.addDays(date, 1)) if (date.endsWith("-02-29")) leapDays++
      return sum(ratio(whole, 1), ratio(LocalDate.daysBetween(start, rest), leapDays > 0 ? 366 : 365))
    }
    fc.assert(
      fc.property(DateArbitrary.orderedDates(near), ([start, end]) => {
        expect(yearFraction("ACT/ACT AFB", start, end)).toEqual(counted(start, end))
      }),
      { numRuns: 1000 }
    )
  })

  it("30/360 counts 30 days a month from the same day, and is off the calendar by a day or so a month at most", () => {
    const thirty = fc.oneof(
      fc.constantFrom<DayCount>("30/360 Bond Basis", "30E/360", "30/360 US"),
      DateArbitrary.localDate().map((terminationDate): DayCount => ({ convention: "30E/360 ISDA", terminationDate }))
    )
    fc.assert(
      fc.property(thirty, DateArbitrary.localDate(), fc.integer({ min: 0, max: 480 }), (basis, start, months) => {
        const seed = LocalDate.day(start) > 27 ? LocalDate.startOfMonth(start) : start
        expect(days(basis, seed, LocalDate.addMonths(seed, months))).toBe(30 * months)
      })
    )
    fc.assert(
      fc.property(thirty, DateArbitrary.orderedDates(), (basis, [start, end]) => {
        const monthsTouched = LocalDate.monthsBetween(start, end) + 2
        expect(Math.abs(days(basis, start, end) - LocalDate.daysBetween(start, end))).toBeLessThanOrEqual(
          monthsTouched + 2
        )
      })
    )
  })
})
