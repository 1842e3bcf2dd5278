import * as fc from "fast-check"
import { orderOf, reachesOn, strayOf } from "saldo/ledger/valueOrder"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"

const dayOf = (number: number): LocalDate.LocalDate => LocalDate.addDays(LocalDate.of("2020-01-01"), number)

/** Days of booking and of value, mostly the same, and sometimes far from each other; clocks may be set back. */
const booked = fc.array(
  fc.record({
    today: fc.integer({ min: 0, max: 60 }),
    gap: fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 }), fc.integer({ min: -3000, max: 3000 }))
  }),
  { maxLength: 40 }
)

describe("the order of value dates", () => {
  it("gives the lines up to a date by those before a place and those astray on it", () => {
    fc.assert(
      fc.property(booked, fc.integer({ min: -3100, max: 3100 }), (days, asked) => {
        const valueOn = dayOf(asked)
        let latest = ""
        const lines = days.map(({ gap, today }, index) => {
          const date = dayOf(today + gap)
          const order = orderOf(date, latest, dayOf(today))
          const stray = strayOf(order, date, latest)
          if (order === "first") latest = date
          return { index, date, order, stray }
        })
        const later = lines.find(({ date, order }) => order === "first" && date > valueOn)
        const before = later === undefined ? lines.length : later.index
        const reaches = reachesOn(valueOn)
        const astray = lines.filter(
          ({ stray }) =>
            stray !== undefined &&
            stray.since <= valueOn &&
            stray.until > valueOn &&
            reaches.some(({ earliest, reach }) => reach === stray.reach && stray.since >= earliest)
        )
        const sum = astray.reduce((count, { order }) => count + (order === "ahead" ? -1 : 1), before)
        expect(sum).toBe(lines.filter(({ date }) => date <= valueOn).length)
      }),
      { numRuns: 2000 }
    )
  })

  it("passes over few lines that are not astray on the date", () => {
    const asked = dayOf(4000)
    const strays = Array.from({ length: 8000 }, (_, day) =>
      [1, 5, 17, 65, 257].map((gap) => strayOf("back", dayOf(day - gap), dayOf(day)))
    ).flat()
    const inReach = strays.filter((stray) =>
      reachesOn(asked).some(
        ({ earliest, reach }) => stray?.reach === reach && stray.since >= earliest && stray.since <= asked
      )
    )
    const astray = inReach.filter((stray) => stray !== undefined && stray.until > asked)
    expect(astray).toHaveLength(1 + 5 + 17 + 65 + 257)
    expect(inReach.length).toBeLessThanOrEqual(4 * astray.length)
  })

  it("is of every date there is", () => {
    expect(reachesOn(LocalDate.of("0001-01-01")).map(({ earliest }) => earliest)).toEqual(["", "", "", "", "", ""])
    expect(strayOf("ahead", "2020-01-01", "")).toEqual({ since: "", until: "2020-01-01", reach: 6 })
    expect(strayOf("same", "2020-01-01", "2020-01-01")).toBeUndefined()
    expect(strayOf("first", "2020-01-02", "2020-01-01")).toBeUndefined()
  })
})
