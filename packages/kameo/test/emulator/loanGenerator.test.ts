import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import type { Origin } from "@saldo/kameo/emulator/LoanBook"
import { type GeneratedLoans, generate, usualOrigins } from "@saldo/kameo/emulator/loanGenerator"
import { loanState, subscribedAmount } from "@saldo/kameo/emulator/loanLife"
import * as Stockholm from "@saldo/kameo/emulator/stockholmTime"

const anchor = Date.UTC(2026, 2, 10, 11)
const everywhere = new Set<Origin>(["SE", "NO", "DK"])
const base: GeneratedLoans = { count: 300, seed: 1, anchor, newPerDay: 0, origins: usualOrigins }

describe("generated loans", () => {
  it("are the same for the same seed and others for another", () => {
    const slice = (seed: number) => generate({ ...base, seed }).slice(everywhere, 0, 50, anchor)
    expect(slice(7)).toEqual(slice(7))
    expect(slice(7)).not.toEqual(slice(8))
  })

  it("come in listing order with unique ids, whatever the page size, for any seed and count", () =>
    fc.assert(
      fc.property(
        fc.nat({ max: 0xffffffff }),
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 1, max: 100 }),
        fc.subarray<Origin>(["SE", "NO", "DK"]),
        (seed, count, limit, chosen) => {
          const origins = new Set(chosen)
          const book = generate({ ...base, seed, count })
          const loans = []
          for (let offset = 0; offset < count + limit; offset += limit)
            loans.push(...book.slice(origins, offset, limit, anchor))
          expect(loans).toHaveLength(book.count(origins, anchor))
          const ids = loans.map((loan) => Number(loan["loan_application_id"]))
          expect(new Set(ids).size).toBe(ids.length)
          const instants = loans.map((loan) => Date.parse(String(loan["listing_date"])))
          for (let index = 1; index < loans.length; index++) {
            const [newer = 0, older = 0] = [instants[index - 1], instants[index]]
            expect(older < newer || (older === newer && (ids[index] ?? 0) < (ids[index - 1] ?? 0))).toBe(true)
          }
          for (const id of ids.slice(0, 20)) {
            expect(book.find(id, anchor)).toEqual(loans[ids.indexOf(id)])
            expect(book.find(id + 10_000_000, anchor)).toBeUndefined()
          }
        }
      ),
      { numRuns: 60 }
    ))

  it("are a million without being held: any page costs the same, and origins add up", () => {
    const book = generate({ ...base, count: 1_000_000 })
    expect(book.count(everywhere, anchor)).toBe(1_000_000)
    const parts = (["SE", "DK", "NO"] as const).map((origin) => book.count(new Set([origin]), anchor))
    expect(parts).toEqual([700_000, 200_000, 100_000])
    const last = book.slice(everywhere, 999_990, 100, anchor)
    expect(last).toHaveLength(10)
    expect(Date.parse(String(last[0]?.["listing_date"]))).toBeGreaterThan(anchor - 6 * 365 * 86_400_000)
    expect(book.slice(everywhere, 1_000_000, 100, anchor)).toEqual([])
  })

  it("are believable: amounts, rates, durations, currencies, texts", () => {
    const loans = generate({ ...base, count: 2000 }).slice(everywhere, 0, 2000, anchor)
    const states = new Set<unknown>()
    for (const loan of loans) {
      const amount = Number(loan["application_amount"])
      expect(Number.isInteger(amount) && amount >= 600_000 && amount <= 30_000_000).toBe(true)
      expect(Number(loan["annual_interest_rate"])).toBeGreaterThanOrEqual(7)
      expect(Number(loan["annual_interest_rate"])).toBeLessThanOrEqual(13)
      expect(Number(loan["annual_interest_rate"]) * 4).toBe(Math.round(Number(loan["annual_interest_rate"]) * 4))
      expect(loan["risk_score"]).toMatch(/^[A-E]$/u)
      expect(loan["currency"]).toBe({ SE: "SEK", DK: "DKK", NO: "NOK" }[String(loan["available_kiis_languages"])])
      expect(loan["title"]).not.toMatch(/[%#]/u)
      expect(loan["teaser"]).toContain(`#${String(loan["loan_application_id"])} | `)
      expect(loan["image"]).toMatch(/^https:\/\/img\.kameo\.invalid\/\d+\/\d+\/[0-9a-f]{13}\.jpg$/u)
      expect(String(loan["subscription_ends_at"])).toMatch(/T23:59:00\+0[12]:00$/u)
      expect(Number(loan["fully_funded_state"]) === 1).toBe(Number(loan["subscribed_amount"]) >= amount)
      states.add((loan["subscription_state"] as { state_id: number }).state_id)
    }
    expect(states).toEqual(new Set([10, 11, 20, 30, 40, 50, 60, 90]))
    expect(new Set(loans.map((loan) => loan["title"])).size).toBeGreaterThan(1500)
  })
})

describe("a loan's life", () => {
  const start = Date.UTC(2026, 5, 1, 12)
  const end = start + 7 * 86_400_000
  const plans = fc.record({
    amount: fc.integer({ min: 1, max: 60 }).map((steps) => steps * 500_000),
    minAmount: fc.constant(500),
    listedAt: fc.constant(start - 86_400_000),
    startsAt: fc.constant(start),
    endsAt: fc.constant(end),
    bookBuildingMinutes: fc.constantFrom(0, 1440),
    durationMonths: fc.integer({ min: 1, max: 36 }),
    fate: fc.double({ min: 0, max: 0.999, noNaN: true }),
    demand: fc.double({ min: 0, max: 0.999, noNaN: true }),
    pace: fc.double({ min: 0, max: 0.999, noNaN: true })
  })

  it("subscribes from zero, never backwards, in steps of 500", () =>
    fc.assert(
      fc.property(plans, fc.array(fc.integer({ min: -2, max: 400 })), (plan, hours) => {
        let before = 0
        for (const hour of hours.toSorted((left, right) => left - right)) {
          const amount = subscribedAmount(plan, start + hour * 3_600_000)
          expect(amount % 500).toBe(0)
          expect(amount).toBeGreaterThanOrEqual(before)
          if (hour < 0) expect(amount).toBe(0)
          before = amount
        }
      })
    ))

  it("still gains after the window for some loans, and for none after three days", () => {
    const late = { ...baseOf(), pace: 0.9, demand: 0.5 }
    expect(subscribedAmount(late, end)).toBe(9_984_000)
    expect(subscribedAmount(late, end + 3 * 86_400_000)).toBe(10_000_000)
    expect(subscribedAmount(late, end + 30 * 86_400_000)).toBe(10_000_000)
    const onTime = { ...baseOf(), pace: 0.1, demand: 0.5 }
    expect(subscribedAmount(onTime, end)).toBe(10_000_000)
  })

  it("is over 100 % for the most wanted loans", () => {
    expect(subscribedAmount({ ...baseOf(), demand: 0.9 }, end)).toBeGreaterThan(13_000_000)
  })

  it("ends paid out and repaid, or closed when short, or cancelled", () => {
    const at = (changes: object, days: number) => loanState({ ...baseOf(), ...changes }, end + days * 86_400_000)
    expect([at({}, -8), at({}, -7), at({}, -3), at({}, 0), at({}, 20), at({}, 500)]).toEqual([10, 20, 20, 30, 50, 60])
    expect(at({ bookBuildingMinutes: 1440 }, -6.5)).toBe(11)
    expect([at({ demand: 0.01 }, 1), at({ demand: 0.01 }, 20)]).toEqual([30, 40])
    expect([at({ fate: 0.01 }, -7), at({ fate: 0.01 }, 0)]).toEqual([20, 90])
  })

  const baseOf = () => ({
    amount: 10_000_000,
    minAmount: 500,
    listedAt: start - 86_400_000,
    startsAt: start,
    endsAt: end,
    bookBuildingMinutes: 0,
    durationMonths: 12,
    fate: 0.5,
    demand: 0.5,
    pace: 0.5
  })
})

describe("Stockholm time", () => {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Stockholm",
    dateStyle: "short",
    timeStyle: "medium"
  })

  it("is what Intl says, at any instant since the rule began", () =>
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1997, 0, 1) / 1000, max: Date.UTC(2099, 0, 1) / 1000 }), (seconds) => {
        expect(Stockholm.formatLocal(seconds * 1000)).toBe(parts.format(seconds * 1000).replace(" ", "T"))
        expect(Date.parse(Stockholm.format(seconds * 1000))).toBe(seconds * 1000)
      }),
      { numRuns: 500 }
    ))

  it("changes its offset in the very second", () => {
    const spring = Date.UTC(2026, 2, 29, 1)
    const autumn = Date.UTC(2026, 9, 25, 1)
    expect([spring - 1, spring, autumn - 1, autumn].map(Stockholm.offsetMinutes)).toEqual([60, 120, 120, 60])
    expect(Stockholm.format(spring)).toBe("2026-03-29T03:00:00+02:00")
    expect(Stockholm.formatUtcMicros(Date.UTC(2026, 2, 6, 9, 12, 31, 7))).toBe("2026-03-06T09:12:31.007000Z")
  })

  it("gives the instant of a wall-clock time on both sides of the change", () => {
    for (const day of [20_540, 20_541, 20_542, 20_751, 20_752]) {
      for (const minutes of [10 * 60, 14 * 60, 23 * 60 + 59]) {
        const instant = Stockholm.instantOf(day, minutes)
        expect(Stockholm.localDay(instant)).toBe(day)
        expect(Stockholm.formatLocal(instant).slice(11, 16)).toBe(
          `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`
        )
      }
    }
  })
})
