/** The fault switches of records and pages, seen from outside over real HTTP. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { browsing, type Answer } from "./browser.ts"
import { idsOf, loansOf, swedish } from "./faultSupport.ts"

describe("faults of records and pages", () => {
  it.effect("renameKeys: no record has a key of the real API", () =>
    browsing({ loans: swedish, faults: ["renameKeys"] }, (browser) =>
      Effect.gen(function* () {
        const camel = loansOf(yield* browser.listing())[0]
        expect(Object.keys(camel)).toHaveLength(22)
        expect(camel).not.toHaveProperty("loan_application_id")
        expect(camel).toMatchObject({ loanApplicationId: expect.any(Number), applicationAmount: expect.any(Number) })
        const legacy = loansOf(yield* browser.listingWith("renameKeys=legacy"))[0]
        expect(legacy).toMatchObject({ id: camel.loanApplicationId, amount: camel.applicationAmount })
        expect(legacy).not.toHaveProperty("application_amount")
      })
    )
  )

  it.effect("shape: the loans are nested otherwise", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        const loans = loansOf(yield* browser.listing("limit=2"))
        const shape = (name: string) => Effect.map(browser.listingWith(`shape=${name}`, "limit=2"), ({ json }) => json)
        expect(yield* shape("list")).toEqual({
          data: loans,
          pagination: { current_page: 1, total_pages: 15, total_items: 30 }
        })
        const paging = { result_count: 2, current_page: 1, per_page: 2, total: 30, last_page: 15 }
        expect(yield* shape("loans")).toEqual({ data: { loans, ...paging } })
        expect(yield* shape("object")).toEqual({ data: { investment_options: loans, ...paging } })
        expect(yield* shape("unknown")).toEqual({ data: { investments: loans, ...paging } })
      })
    )
  )

  it.effect("dateFormat: dates are written otherwise, the instant stays", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const date = (format: string) =>
          Effect.map(
            browser.listingWith(`dateFormat=${format}`, "limit=1"),
            (answer) => loansOf(answer)[0].subscription_starts_at
          )
        expect(yield* date("utc")).toBe("2026-03-02T13:00:00.000000Z")
        expect(yield* date("local")).toBe("2026-03-02T14:00:00")
        expect(yield* date("compact")).toBe("2026-03-02T14:00:00+0100")
        expect(yield* date("fraction")).toBe("2026-03-02T14:00:00.000+01:00")
        expect(yield* date("unix")).toBe(Date.UTC(2026, 2, 2, 13) / 1000)
        expect(Number.isNaN(Date.parse(yield* date("invalid")))).toBe(true)
        const nulls = loansOf(yield* browser.listingWith("dateFormat", "limit=100"))
        expect(nulls.find((loan) => loan.loan_application_id === 5108)?.listing_date).toBeNull()
      })
    )
  )

  it.effect("fundedFlagLies: the flag is 0 on a fully subscribed loan", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const flags = (answer: Answer) =>
          loansOf(answer)
            .filter((loan) => loan.subscribed_amount === loan.application_amount)
            .map((loan) => loan.fully_funded_state)
        expect(flags(yield* browser.listing("limit=100"))).toContain(1)
        const lying = flags(yield* browser.listingWith("fundedFlagLies", "limit=100"))
        expect(lying.length).toBeGreaterThan(2)
        expect(new Set(lying)).toEqual(new Set([0]))
      })
    )
  )

  it.effect("lateSubscriptions: closed loans still gain for three days", () =>
    browsing({ loans: "samples", faults: ["lateSubscriptions"] }, (browser, emulator) =>
      Effect.gen(function* () {
        const subscribed = Effect.map(browser.api("/v1/loans/5104"), ({ json }) => json.data.subscribed_amount)
        expect(yield* subscribed).toBe(3_750_000 + 36 * 500)
        yield* emulator.advanceClock("1 hour")
        expect(yield* subscribed).toBe(3_750_000 + 37 * 500)
        yield* emulator.advanceClock("90 days")
        expect(yield* subscribed).toBe(3_750_000 + 72 * 500)
        expect((yield* browser.api("/v1/loans/5101")).json.data.subscribed_amount).toBe(3_299_500)
      })
    )
  )

  it.effect("failOnPage: one page is an error, always or the first times", () =>
    browsing({ loans: swedish, faults: ["failOnPage=2"] }, (browser, emulator) =>
      Effect.gen(function* () {
        const statuses = Effect.gen(function* () {
          const seen: Array<number> = []
          for (const page of [1, 2, 2, 2, 3]) seen.push((yield* browser.listing(`page=${page}`)).status)
          return seen
        })
        expect(yield* statuses).toEqual([200, 500, 500, 500, 200])
        yield* emulator.setFaults(["failOnPage=2x2"])
        expect(yield* statuses).toEqual([200, 500, 500, 200, 200])
        expect((yield* browser.listingWith("failOnPage=1")).json).toEqual({ message: "Server Error" })
      })
    )
  )

  it.effect("duplicateAcrossPages: a page begins with the last loan of the page before", () =>
    browsing({ loans: swedish, faults: ["duplicateAcrossPages"] }, (browser) =>
      Effect.gen(function* () {
        const pages = [
          yield* browser.listing("page=1"),
          yield* browser.listing("page=2"),
          yield* browser.listing("page=3")
        ]
        const ids = pages.map(idsOf)
        expect(ids.map((page) => page.length)).toEqual([12, 13, 7])
        expect([ids[1]?.[0], ids[2]?.[0]]).toEqual([ids[0]?.at(-1), ids[1]?.at(-1)])
        expect(new Set(ids.flat()).size).toBe(30)
        expect(idsOf(yield* browser.listing("page=4"))).toEqual([])
      })
    )
  )

  it.effect("ignorePage: every page is the first, without end", () =>
    browsing({ loans: swedish, faults: ["ignorePage"] }, (browser) =>
      Effect.gen(function* () {
        const first = yield* browser.listing("page=1")
        expect((yield* browser.listing("page=99")).text).toBe(first.text)
        expect(first.json.data).toMatchObject({ current_page: 1, last_page: 3 })
      })
    )
  )

  it.effect("dropPaging: total and last_page are missing, or strings", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        const keys = Object.keys((yield* browser.listingWith("dropPaging")).json.data)
        expect(keys).toEqual(["investment_options", "result_count", "current_page", "per_page"])
        expect((yield* browser.listingWith("dropPaging=strings")).json.data).toMatchObject({
          total: "30",
          last_page: "3"
        })
      })
    )
  )

  it.effect("shiftPages: a new loan moves every later page by one", () =>
    browsing({ loans: swedish, faults: ["shiftPages"] }, (browser) =>
      Effect.gen(function* () {
        const first = yield* browser.listing("page=1")
        const second = yield* browser.listing("page=2")
        const third = yield* browser.listing("page=3")
        expect(idsOf(second)[0]).toBe(idsOf(first).at(-1))
        expect(idsOf(third)[0]).toBe(idsOf(second).at(-1))
        expect([first, second, third].map(({ json }) => json.data.total)).toEqual([30, 31, 32])
        expect(new Set([first, second, third].flatMap(idsOf)).size).toBe(30)
      })
    )
  )

  it.effect("language: the status text is Danish whatever was asked for", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const asked = { "accept-language": "sv", "x-emu-fault": "language=da" }
        expect(loansOf(yield* browser.listing("limit=1", asked))[0].subscription_state).toEqual({
          state_id: 30,
          status_text_localized: "Tildeling"
        })
      })
    )
  )

  it.effect("stateId: every loan has a state nobody knows", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        const states = loansOf(yield* browser.listingWith("stateId")).map((loan) => loan.subscription_state)
        expect(states.every((state) => state.state_id === 77 && state.status_text_localized === "Status 77")).toBe(true)
      })
    )
  )

  it.effect("currency: every loan has a currency nobody expects", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        expect(loansOf(yield* browser.listingWith("currency=XTS")).every((loan) => loan.currency === "XTS")).toBe(true)
      })
    )
  )
})
