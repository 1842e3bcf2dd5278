import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Browser, browsing } from "./browser.ts"

interface Bid {
  readonly amount?: unknown
  readonly intention?: unknown
  readonly sequence_hash?: unknown
  readonly payment_options?: unknown
}

/** Logs in and gives calls that carry the access token. */
const bidder = (browser: Browser, instant = 0) =>
  Effect.gen(function* () {
    yield* browser.login(instant)
    const headers = { authorization: `Bearer ${yield* browser.accessToken()}`, "content-type": "application/json" }
    const post = (path: string, bid: Bid) =>
      browser.api(path, {
        method: "POST",
        headers,
        body: JSON.stringify({ amount: "1000", intention: "add", sequence_hash: "", payment_options: ["ip"], ...bid })
      })
    return {
      headers,
      preview: (id: number, bid: Bid = {}) => post(`/v1/bidding/${id}/load`, bid),
      submit: (id: number, bid: Bid) => post(`/v1/bidding/${id}/submit`, bid)
    }
  })

describe("bidding", () => {
  it.effect("shows a loan's bidding state to anybody", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        expect((yield* browser.api("/v1/bidding/5103/load")).json).toEqual({
          loan_id: 5103,
          current_bid: 0,
          min_bid: 500,
          max_bid: 5_000_000,
          total_bidders: 581,
          time_remaining: "6 dagar",
          interest_rate: 8.75,
          loan_amount: 5_000_000,
          funded_percentage: 145.01,
          subscription: {
            subscription_is_open: true,
            subscribed_amount: 7_250_500,
            total_amount: 5_000_000,
            investment_status: 11,
            investment_status_text: "Förhandsteckning"
          }
        })
      })
    )
  )

  it.effect("previews, then submits with the newest hash, and counts the bid and the cash", () =>
    browsing({ loans: "samples" }, (browser, emulator) =>
      Effect.gen(function* () {
        const bids = yield* bidder(browser)
        const preview = (yield* bids.preview(5101)).json
        expect(preview).toMatchObject({
          loan_id: 5101,
          bid_amount: 1000,
          estimated_return: 128,
          fees: 0,
          total_cost: 1000,
          payment_option: "ip",
          valid_until: "2026-03-10T11:05:00.000000Z",
          subscription: { subscribed_amount: 3_299_500 }
        })
        const submitted = yield* bids.submit(5101, { sequence_hash: preview.sequence_hash })
        expect(submitted.json).toEqual({
          data: { heading: "Tack för ditt bud", messages: [], show_open_banking_payment_initiation: false }
        })
        const loan = Effect.map(browser.api("/v1/loans/5101"), ({ json }) => json.data)
        expect(yield* loan).toMatchObject({ my_bid_amount: 1000, subscribed_amount: 3_300_500 })
        const cash = Effect.map(browser.transfer(), ({ json }) => json.content.data.accounts[0])
        expect(yield* cash).toMatchObject({ availableCash: "1 233 567,89", reservedCash: "1 000,00" })
        const more = (yield* bids.preview(5101, { amount: "2500" })).json
        yield* bids.submit(5101, { amount: "2500", sequence_hash: more.sequence_hash })
        expect((yield* loan).my_bid_amount).toBe(3500)
        const less = (yield* bids.preview(5101, { intention: "update" })).json
        yield* bids.submit(5101, { intention: "update", sequence_hash: less.sequence_hash })
        expect((yield* loan).my_bid_amount).toBe(1000)
        expect(yield* cash).toMatchObject({ availableCash: "1 233 567,89", reservedCash: "1 000,00" })
        yield* emulator.setLoans("samples")
        expect((yield* loan).my_bid_amount).toBe(0)
      })
    )
  )

  it.effect("takes a hash once, the newest only, for the same amount, for five minutes", () =>
    browsing({ loans: "samples" }, (browser, emulator) =>
      Effect.gen(function* () {
        const bids = yield* bidder(browser)
        const hash = (bid: Bid = {}) => Effect.map(bids.preview(5101, bid), ({ json }) => String(json.sequence_hash))
        const submit = (sequence_hash: string, bid: Bid = {}) =>
          Effect.map(bids.submit(5101, { ...bid, sequence_hash }), ({ status }) => status)
        const first = yield* hash()
        const second = yield* hash({ sequence_hash: first })
        expect(second).not.toBe(first)
        expect((yield* bids.preview(5101, { sequence_hash: first })).status).toBe(409)
        expect(yield* submit(first)).toBe(409)
        expect(yield* submit("")).toBe(409)
        expect(yield* submit(second, { amount: "2000" })).toBe(409)
        expect((yield* bids.submit(5103, { sequence_hash: second })).status).toBe(409)
        expect(yield* submit(second)).toBe(200)
        expect(yield* submit(second)).toBe(409)
        const third = yield* hash()
        yield* emulator.advanceClock("301 seconds")
        expect(yield* submit(third)).toBe(409)
      })
    )
  )

  it.effect("refuses bids without token, on unknown or closed loans, and amounts out of bounds", () =>
    browsing({ loans: "samples" }, (browser, emulator) =>
      Effect.gen(function* () {
        for (const path of ["/v1/bidding/5101/load", "/v1/bidding/5101/submit", "/v1/loan/subscription/5101"]) {
          const answer = yield* browser.api(path, { method: "POST", body: "{}" })
          expect([path, answer.status, answer.json]).toEqual([path, 401, { message: "Unauthenticated." }])
        }
        const bids = yield* bidder(browser)
        expect((yield* bids.preview(1)).status).toBe(404)
        const problem = (id: number, bid: Bid = {}) =>
          Effect.map(bids.preview(id, bid), ({ json, status }) => [status, json.errors])
        expect(yield* problem(5101, { amount: "499" })).toEqual([422, { amount: ["Too low."] }])
        expect(yield* problem(5101, { amount: "1234568" })).toEqual([422, { amount: ["Exceeds the available cash."] }])
        expect((yield* bids.preview(5101, { amount: "1234567" })).status).toBe(200)
        const account = { accountNo: "2000017", currencyCode: "SEK", availableMinor: 100_000n, reservedMinor: 0n }
        yield* emulator.setUser({ accounts: [account] })
        expect((yield* bids.preview(5101, { amount: "1000" })).status).toBe(200)
        expect((yield* bids.preview(5101, { amount: "1001" })).status).toBe(422)
        expect(yield* problem(5110, { amount: "500" })).toEqual([422, { amount: ["Exceeds the available cash."] }])
        expect(yield* problem(4840)).toEqual([422, { amount: ["The loan is not open for subscription."] }])
        for (const bid of [
          { amount: 1000 },
          { amount: "10.5" },
          { amount: "-1000" },
          { intention: "buy" },
          { sequence_hash: "zz" },
          { payment_options: [] },
          { payment_options: ["cash"] }
        ]) {
          expect([bid, (yield* bids.preview(5101, bid)).status]).toEqual([bid, 422])
        }
        const broken = yield* browser.api("/v1/bidding/5101/load", { method: "POST", headers: bids.headers, body: "{" })
        expect(broken.status).toBe(422)
      })
    )
  )

  it.effect("answers the subscription with dates in UTC with microseconds", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const { headers } = yield* bidder(browser)
        const answer = yield* browser.api("/v1/loan/subscription/4840", { method: "POST", headers })
        expect(answer.json.data.subscription).toEqual({
          loan_application_id: 4840,
          application_amount: 12_500_000,
          subscribed_amount: 12_300_000,
          listing_date: "2026-02-26T08:05:00.000000Z",
          subscription_starts_at: "2026-03-02T13:00:00.000000Z",
          subscription_ends_at: "2026-03-05T22:59:00.000000Z",
          investment_status: 30,
          investment_status_text: "Tilldelning"
        })
      })
    )
  )
})
