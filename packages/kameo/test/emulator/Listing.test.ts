import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { readFileSync } from "node:fs"
import { sampleLoans } from "@saldo/kameo/emulator/sampleLoans"
import { aliasPath, type Browser, browsing, type Json } from "./browser.ts"

const all = "subscription_origin_sweden=1&subscription_origin_norway=1&subscription_origin_denmark=1"

const samples: ReadonlyArray<{ readonly loan: Record<string, unknown> }> = JSON.parse(
  readFileSync(new URL("../fixtures/kameo-sample-loans.json", import.meta.url), "utf8")
).samples

/** Every loan of the listing, page by page until a page is empty. */
const everything = (browser: Browser, query: string, limit = 100) =>
  Effect.gen(function* () {
    const loans: Array<Json> = []
    for (let page = 1; ; page++) {
      const { json } = yield* browser.listing(`${query}&limit=${limit}&page=${page}`)
      if (json.data.investment_options.length === 0) return loans
      loans.push(...json.data.investment_options)
    }
  })

describe("the listing", () => {
  it.effect("holds the 25 sample loans, in their order, to the last key", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        expect(sampleLoans).toEqual(samples.map(({ loan }) => loan))
        const loans = yield* everything(browser, all, 12)
        expect(loans).toEqual(samples.map(({ loan }) => loan))
        expect(loans.map((loan) => Object.keys(loan))).toEqual(samples.map(({ loan }) => Object.keys(loan)))
      })
    )
  )

  it.effect("is written compactly, non-ASCII escaped in lower case, slashes bare", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const { bytes, text, json } = yield* browser.listing(`${all}&limit=100`)
        expect(bytes.every((byte) => byte < 128)).toBe(true)
        expect(text).toContain(String.raw`f\u00f6r att bel\u00e5na`)
        expect(text).toContain(String.raw`\ud83c\udfd7`)
        expect(text).toContain("https://img.kameo.invalid/")
        expect(text.startsWith(`{"data":{"investment_options":[{"title":"`)).toBe(true)
        expect(JSON.stringify(json).length).toBe(JSON.stringify(JSON.parse(text)).length)
        expect(text).not.toMatch(/": |, "/u)
      })
    )
  )

  it.effect("counts pages, echoes them, and is empty but fine past the end", () =>
    browsing({ loans: { count: 30, origins: { SE: 10, DK: 0, NO: 0 } } }, (browser) =>
      Effect.gen(function* () {
        const paging = (query: string) =>
          Effect.map(browser.listing(query), ({ json }) => {
            const { investment_options, ...rest } = json.data
            expect(investment_options).toHaveLength(rest.result_count)
            return rest
          })
        const page = { current_page: 1, per_page: 12, total: 30, last_page: 3 }
        expect(yield* paging("")).toEqual({ result_count: 12, ...page })
        expect(yield* paging("page=3&limit=12")).toEqual({ result_count: 6, ...page, current_page: 3 })
        expect(yield* paging("page=4&limit=12")).toEqual({ result_count: 0, ...page, current_page: 4 })
        expect(yield* paging("page=999999")).toEqual({ result_count: 0, ...page, current_page: 999_999 })
        expect(yield* paging("limit=3")).toEqual({ ...page, result_count: 3, per_page: 3, last_page: 10 })
        expect(yield* paging("limit=1000")).toEqual({ ...page, result_count: 30, per_page: 100, last_page: 1 })
        expect(yield* paging("limit=0")).toMatchObject({ result_count: 1, per_page: 1 })
        expect(yield* paging("limit=-5")).toMatchObject({ result_count: 1, per_page: 1 })
      })
    )
  )

  it.effect("has one last page when there is no loan at all", () =>
    browsing({ loans: 0 }, (browser) =>
      Effect.gen(function* () {
        const { json } = yield* browser.listing("")
        expect(json).toEqual({
          data: { investment_options: [], result_count: 0, current_page: 1, per_page: 12, total: 0, last_page: 1 }
        })
      })
    )
  )

  it.effect("refuses pages below one and parameters that are no numbers, with the framework's body", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        for (const query of [
          "page=0",
          "page=-1",
          "page=abc",
          "limit=abc",
          "limit=1.5",
          "subscription_origin_sweden=2"
        ]) {
          const { headers, json, status } = yield* browser.listing(query)
          expect([query, status]).toEqual([query, 422])
          expect(headers["content-type"]).toBe("application/json")
          expect(json.message).toBe("The given data was invalid.")
          expect(Object.keys(json.errors)).toEqual([query.split("=")[0]])
        }
      })
    )
  )

  it.effect("filters by origin: Sweden and Denmark unless asked otherwise", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const currencies = (query: string) =>
          Effect.map(everything(browser, query), (loans) =>
            [...new Set(loans.map((loan): string => loan.currency ?? "none"))].toSorted().join(" ")
          )
        const origins = (sweden: number, norway: number, denmark: number) =>
          `subscription_origin_sweden=${sweden}&subscription_origin_norway=${norway}&subscription_origin_denmark=${denmark}`
        expect(yield* currencies("")).toBe("DKK SEK none")
        expect(yield* currencies(origins(1, 0, 1))).toBe("DKK SEK none")
        expect(yield* currencies(origins(0, 1, 0))).toBe("NOK")
        expect(yield* currencies(origins(0, 0, 1))).toBe("DKK")
        expect(yield* currencies(origins(0, 0, 0))).toBe("")
        expect((yield* everything(browser, all)).length).toBe(25)
      })
    )
  )

  it.effect("speaks the language of the request", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const textIn = (language: string) =>
          Effect.map(
            browser.listing("limit=1", { "accept-language": language }),
            ({ json }) => json.data.investment_options[0].subscription_state
          )
        expect(yield* textIn("sv")).toEqual({ state_id: 30, status_text_localized: "Tilldelning" })
        expect(yield* textIn("da-DK,en;q=0.5")).toEqual({ state_id: 30, status_text_localized: "Tildeling" })
        expect(yield* textIn("fr, en")).toEqual({ state_id: 30, status_text_localized: "Allocation" })
        expect(yield* textIn("fr")).toEqual({ state_id: 30, status_text_localized: "Tilldelning" })
      })
    )
  )

  it.effect("does not care about Accept, as the API was seen to do", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        const { headers, json } = yield* browser.listing("", { accept: "text/html" })
        expect([headers["content-type"], typeof json]).toEqual(["application/json", "object"])
      })
    )
  )

  it.effect("is the same on the site's alias, behind the login", () =>
    browsing({ loans: 40 }, (browser, emulator) =>
      Effect.gen(function* () {
        expect((yield* browser.site(aliasPath)).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
        yield* browser.login(0)
        const accept = { headers: { accept: "application/json" } }
        const alias = yield* browser.site(`${aliasPath}?limit=5&page=2`, accept)
        expect(alias.text).toBe((yield* browser.listing("limit=5&page=2")).text)
        expect(alias.headers["content-type"]).toBe("application/json; charset=utf-8")
        expect(alias.headers["x-ratelimit-limit"]).toBeUndefined()
        expect((yield* browser.site(`${aliasPath}?page=0`, accept)).status).toBe(422)
      })
    )
  )

  it.effect("gives single loans, questions, and 404 as the framework does", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const loan = yield* browser.api("/v1/loans/4840")
        expect(loan.json).toEqual({ data: samples[0]?.loan })
        expect((yield* browser.api("/v1/loans/5101")).json.data.subscribed_amount).toBe(3_299_500)
        const questions = yield* browser.api("/v1/q-a?loan_application_id=4840")
        expect(Object.keys(questions.json.data)).toEqual(["settings", "my_questions", "other_questions"])
        expect(questions.json.data.settings.can_create_question).toBe(false)
        for (const path of [
          "/v1/loans/1",
          "/v1/q-a?loan_application_id=1",
          "/v1/q-a",
          "/v1/bidding/1/load",
          "/v1/nothing"
        ]) {
          const answer = yield* browser.api(path)
          expect([path, answer.status, answer.json]).toEqual([path, 404, { message: "Not Found." }])
        }
      })
    )
  )
})

describe("the rate limit", () => {
  it.effect("is one counter over every path of the API, 60 in 60 seconds", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const remaining: Array<string | undefined> = []
        for (const path of [
          "/v1/loans/listing/investment-options",
          "/v1/q-a?loan_application_id=4840",
          "/v1/bidding/4840/load"
        ]) {
          const { headers } = yield* browser.api(path)
          expect(headers["x-ratelimit-limit"]).toBe("60")
          remaining.push(String(headers["x-ratelimit-remaining"]))
        }
        expect(remaining).toEqual(["59", "58", "57"])
        yield* TestClock.adjust("40 seconds")
        for (let used = 3; used < 60; used++) yield* browser.listing("limit=1")
        const over = yield* browser.listing("limit=1")
        expect([over.status, over.json]).toEqual([429, { message: "Too Many Attempts." }])
        expect(over.headers).toMatchObject({
          "retry-after": "20",
          "x-ratelimit-limit": "60",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": "60"
        })
        yield* TestClock.adjust("20 seconds")
        expect((yield* browser.listing("limit=1")).headers["x-ratelimit-remaining"]).toBe("59")
      })
    )
  )

  it.effect("counts callers with a login apart", () =>
    browsing({ rateLimit: 2 }, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        const authorization = `Bearer ${yield* browser.accessToken()}`
        yield* browser.listing()
        yield* browser.listing()
        expect((yield* browser.listing()).status).toBe(429)
        expect((yield* browser.listing("", { authorization })).headers["x-ratelimit-remaining"]).toBe("1")
      })
    )
  )
})

describe("the loans' life", () => {
  const start = DateTime.makeUnsafe("2026-03-10T12:00:00+01:00")

  it.effect("passes through every state as the clock moves, and stands still while it does", () =>
    browsing({ loans: 200, rateLimit: 10_000 }, (browser, emulator) =>
      Effect.gen(function* () {
        const seen = new Map<number, Array<number>>()
        const first = yield* everything(browser, all)
        expect(yield* everything(browser, all)).toEqual(first)
        for (let day = 0; day < 40; day += 1) {
          for (const loan of yield* everything(browser, all)) {
            const states = seen.get(loan.loan_application_id) ?? []
            if (states.at(-1) !== loan.subscription_state.state_id) states.push(loan.subscription_state.state_id)
            seen.set(loan.loan_application_id, states)
          }
          yield* emulator.advanceClock("24 hours")
        }
        yield* emulator.advanceClock("2000 days")
        const last = yield* everything(browser, all)
        expect(last.every((loan) => [40, 60, 90].includes(loan.subscription_state.state_id))).toBe(true)
        const lives = new Set([...seen.values()].map((states) => states.join(" ")))
        for (const life of ["10 11 20 30 50", "10 20 30 50", "20 30 50"]) expect(lives).toContain(life)
        expect([...lives].some((life) => life.endsWith("90"))).toBe(true)
        expect([...lives].some((life) => life.endsWith("40"))).toBe(true)
        for (const life of lives) expect(life).toMatch(/^(10)? ?(11)? ?(20)? ?(30)? ?(40|50|90)? ?(60)?$/u)
        yield* emulator.setClock(start)
        expect(yield* everything(browser, all)).toEqual(first)
      })
    )
  )

  it.effect("lists new loans as days pass, when asked to", () =>
    browsing({ loans: { count: 20, newPerDay: 5 } }, (browser, emulator) =>
      Effect.gen(function* () {
        const before = yield* everything(browser, all)
        yield* emulator.advanceClock("2 days")
        const after = yield* everything(browser, all)
        expect([before.length, after.length]).toEqual([20, 30])
        const ids = after.map((loan) => loan.loan_application_id)
        expect(ids.slice(10)).toEqual(before.map((loan) => loan.loan_application_id))
        expect(ids).toEqual(ids.toSorted((left, right) => right - left))
      })
    )
  )
})
