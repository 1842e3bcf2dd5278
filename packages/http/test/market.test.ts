import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Served, served, servedWithMarket } from "./world.ts"

const as = "machine:market"
const on = "/api/v1/market"

interface Event {
  readonly _tag: string
  readonly [key: string]: unknown
}

/** The events of a stream, in order. */
const eventsOf = (text: string): ReadonlyArray<Event> =>
  text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Event)

layer(servedWithMarket, { excludeTestServices: true })("the market over HTTP", (it) => {
  it.effect("is collected with its progress told, once for a key", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const collect = call("POST", `${on}/collections`, { as, key: "today", body: {} })
      const collected = yield* collect
      expect(collected.headers.get("content-type")).toBe("text/event-stream")
      expect(collected.headers.get("content-encoding")).toBeNull()
      const events = eventsOf(collected.text)
      expect(events.map(({ _tag }) => _tag)).toEqual(["Progress", "Progress", "Progress", "Done"])
      const done = events.at(-1)
      const seen = (yield* call("GET", `${on}/statistics`, { as })).body.listings
      expect(seen).toBeGreaterThan(40)
      expect(done).toMatchObject({ collection: { complete: true, total: seen, counts: { seen, inserted: seen } } })
      expect(eventsOf((yield* collect).text)).toEqual([done])
      const other = eventsOf(
        (yield* call("POST", `${on}/collections`, { as, key: "today", body: { maxPages: 1 } })).text
      )
      expect(other).toMatchObject([{ _tag: "Failed", code: "IdempotencyMismatch" }])
    })
  )

  it.effect("is listed, searched and counted, and every loan has its history", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      yield* call("POST", `${on}/collections`, { as, key: "before", body: {} })
      const page = yield* call("GET", `${on}/listings?limit=20&platform=kameo`, { as })
      expect(page.body.items).toHaveLength(20)
      const next = /^<([^>]+)>/u.exec(page.headers.get("link") ?? "")?.[1] ?? ""
      const second = yield* call("GET", next, { as })
      expect(second.body.items).toHaveLength(20)
      const [{ listing }] = page.body.items
      expect(listing).not.toHaveProperty("raw")
      expect(listing).toMatchObject({
        amount: { amount: expect.any(String), currency: expect.any(String) },
        annualRate: { kind: "annual", percent: expect.any(String) }
      })
      const loan = `${on}/listings/kameo/${listing.loanId}`
      expect((yield* call("GET", loan, { as })).body.listing.raw).toContain(String(listing.loanId))
      expect((yield* call("GET", `${loan}/history`, { as })).body).toMatchObject([{ version: 1, changes: [] }])
      const found = yield* call("POST", `${on}/listings/search`, {
        as,
        body: {
          filter: { amount: { minimum: { amount: "1.00", currency: "SEK" } }, text: listing.title },
          sort: [{ by: "amount", direction: "descending" }],
          limit: 5
        }
      })
      expect(found.status).toBe(200)
      expect(found.body.items.length).toBeGreaterThan(0)
      const wrong = yield* call("POST", `${on}/listings/search`, {
        as,
        body: { filter: { durationMonths: { minimum: 2, maximum: 1 } } }
      })
      expect(wrong.body).toMatchObject({ code: "FilterInvalid", status: 422 })
      const statistics = yield* call("GET", `${on}/statistics`, { as })
      expect(statistics.body).toMatchObject({
        listings: expect.any(Number),
        currencies: [{ currency: expect.any(String), sought: { median: { amount: expect.any(String) } } }, {}]
      })
      expect((yield* call("GET", `${on}/listings/kameo/none`, { as })).body).toMatchObject({ code: "ListingNotFound" })
      expect((yield* call("GET", `${on}/listings`, { as: "customer" })).body).toMatchObject({ code: "NotPermitted" })
    })
  )
})

layer(served(), { excludeTestServices: true })("without a platform", (it) => {
  it.effect("nothing is collected", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const answer = yield* call("POST", `${on}/collections`, { as, key: "k", body: {} })
      expect(answer.body).toMatchObject({ code: "PlatformNotConnected", status: 501 })
      expect((yield* call("POST", `${on}/collections`, { as: "teller", key: "k", body: {} })).status).toBe(403)
    })
  )
})
