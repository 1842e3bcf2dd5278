/** Every fault switch, seen from outside over real HTTP. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib"
import { faultNames } from "@saldo/kameo/emulator/Fault"
import { aliasPath, type Answer, browsing, codeAt, type Json, listingPath, send } from "./browser.ts"

const loansOf = (answer: Answer): ReadonlyArray<Json> => answer.json.data.investment_options
const idsOf = (answer: Answer) => loansOf(answer).map((loan) => loan.loan_application_id)
const swedish = { count: 30, origins: { SE: 10, DK: 0, NO: 0 } }

/** What a request that gets no complete answer fails with. */
const broken = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  Effect.promise(() =>
    send(url, { headers }).then(
      (answer) => `answered ${answer.status}`,
      (error: NodeJS.ErrnoException) => error.code ?? error.message
    )
  )

const tested = new Set<string>()

const fault = (name: string, title: string, test: () => Effect.Effect<void, unknown>) => {
  tested.add(name)
  it.effect(`${name}: ${title}`, () => test())
}

describe("faults of records and pages", () => {
  fault("renameKeys", "no record has a key of the real API", () =>
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

  fault("shape", "the loans are nested otherwise", () =>
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

  fault("dateFormat", "dates are written otherwise, the instant stays", () =>
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

  fault("fundedFlagLies", "the flag is 0 on a fully subscribed loan", () =>
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

  fault("lateSubscriptions", "closed loans still gain for three days", () =>
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

  fault("failOnPage", "one page is an error, always or the first times", () =>
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

  fault("duplicateAcrossPages", "a page begins with the last loan of the page before", () =>
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

  fault("ignorePage", "every page is the first, without end", () =>
    browsing({ loans: swedish, faults: ["ignorePage"] }, (browser) =>
      Effect.gen(function* () {
        const first = yield* browser.listing("page=1")
        expect((yield* browser.listing("page=99")).text).toBe(first.text)
        expect(first.json.data).toMatchObject({ current_page: 1, last_page: 3 })
      })
    )
  )

  fault("dropPaging", "total and last_page are missing, or strings", () =>
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

  fault("shiftPages", "a new loan moves every later page by one", () =>
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

  fault("language", "the status text is Danish whatever was asked for", () =>
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

  fault("stateId", "every loan has a state nobody knows", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        const states = loansOf(yield* browser.listingWith("stateId")).map((loan) => loan.subscription_state)
        expect(states.every((state) => state.state_id === 77 && state.status_text_localized === "Status 77")).toBe(true)
      })
    )
  )

  fault("currency", "every loan has a currency nobody expects", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        expect(loansOf(yield* browser.listingWith("currency=XTS")).every((loan) => loan.currency === "XTS")).toBe(true)
      })
    )
  )
})

describe("faults of the login", () => {
  fault("landing", "the site lands elsewhere, on a page that exists", () =>
    browsing({ faults: ["landing=/valkommen/investerare"] }, (browser, emulator) =>
      Effect.gen(function* () {
        const done = yield* browser.login(0)
        expect(done.headers.location).toBe(`${emulator.wwwUrl}/valkommen/investerare`)
        expect((yield* browser.site("/valkommen/investerare")).status).toBe(200)
        expect((yield* browser.transfer()).status).toBe(200)
      })
    )
  )

  fault("drop2faSession", "a right code leads back to the login", () =>
    browsing({ faults: ["drop2faSession"] }, (browser, emulator) =>
      Effect.gen(function* () {
        expect((yield* browser.login(0)).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
        expect((yield* browser.transfer()).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
      })
    )
  )

  fault("totpSkew", "the server's clock is ahead, in its codes and its Date header", () =>
    browsing({ faults: ["totpSkew=90"] }, (browser) =>
      Effect.gen(function* () {
        const now = 1_000_000_000
        yield* TestClock.setTime(now)
        const refused = yield* browser.login(now)
        expect(refused.status).toBe(200)
        expect(Date.parse(refused.headers.date ?? "") - now).toBe(90_000)
        expect((yield* browser.login(now + 90_000)).status).toBe(302)
      })
    )
  )

  fault("lockAfter", "wrong passwords lock the account", () =>
    browsing({ faults: ["lockAfter=2"] }, (browser) =>
      Effect.gen(function* () {
        expect((yield* browser.password("fel")).status).toBe(200)
        expect((yield* browser.password()).status).toBe(302)
        yield* browser.password("fel")
        yield* browser.password("fel")
        expect((yield* browser.password()).text).toContain("låst")
      })
    )
  )

  fault("expireAfter", "a login is good for n requests on both hosts", () =>
    browsing({ loans: swedish, faults: ["expireAfter=2"] }, (browser, emulator) =>
      Effect.gen(function* () {
        const statuses = Effect.gen(function* () {
          const authorization = `Bearer ${yield* browser.accessToken()}`
          const seen: Array<number> = [(yield* browser.transfer()).status]
          for (const page of [1, 2, 3]) seen.push((yield* browser.listing(`page=${page}`, { authorization })).status)
          return seen
        })
        yield* browser.login(0)
        expect(yield* statuses).toEqual([200, 200, 401, 401])
        expect((yield* browser.transfer()).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
        yield* browser.login(30_000)
        expect(yield* statuses).toEqual([200, 200, 401, 401])
        yield* emulator.setUser({})
        yield* emulator.setFaults(["expireAfter=2x1"])
        yield* browser.login(0)
        expect(yield* statuses).toEqual([200, 200, 401, 401])
        yield* browser.login(30_000)
        expect(yield* statuses).toEqual([200, 200, 200, 200])
        expect((yield* browser.listing()).status).toBe(200)
      })
    )
  )

  fault("listingNeedsLogin", "the listing is not public", () =>
    browsing({ faults: ["listingNeedsLogin"] }, (browser) =>
      Effect.gen(function* () {
        const refused = yield* browser.listing()
        expect([refused.status, refused.json]).toEqual([401, { message: "Unauthenticated." }])
        yield* browser.login(0)
        const authorization = `Bearer ${yield* browser.accessToken()}`
        expect((yield* browser.listing("", { authorization })).status).toBe(200)
      })
    )
  )

  fault("strictAccept", "the site's calls are HTML unless JSON is named", () =>
    browsing({ faults: ["strictAccept"] }, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        expect((yield* browser.transfer()).headers["content-type"]).toBe("application/json; charset=utf-8")
        const page = yield* browser.transfer({ accept: "text/html,*/*;q=0.8" })
        expect(page.headers["content-type"]).toBe("text/html; charset=utf-8")
        expect(page.json).toBeUndefined()
      })
    )
  )

  fault("ezjscEnvelope", "the alias wraps its answer", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        const alias = (fault: string) =>
          browser.site(aliasPath, { headers: { accept: "application/json", "x-emu-fault": fault } })
        const bare = (yield* alias("ezjscEnvelope=off")).json
        expect(Object.keys(bare)).toEqual(["data"])
        expect((yield* alias("ezjscEnvelope")).json).toEqual({
          error_text: "",
          content: { message: null, data: bare.data }
        })
      })
    )
  )

  fault("bigHtml", "the dashboard is n megabytes with the account number near its end", () =>
    browsing({ faults: ["bigHtml=3"] }, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        const { bytes, text } = yield* browser.site("/investor/dashboard")
        expect(bytes.length).toBeGreaterThan(3 * 1_048_576)
        expect(text.lastIndexOf("account-number")).toBeGreaterThan(3 * 1_000_000)
      })
    )
  )
})

describe("faults of the transport", () => {
  fault("status", "an error status for the next requests, within its reach", () =>
    browsing({ faults: ["status=503x2"] }, (browser, emulator) =>
      Effect.gen(function* () {
        expect((yield* browser.site("/user/login")).status).toBe(200)
        const first = yield* browser.listing()
        expect([first.status, first.headers["retry-after"], first.json]).toEqual([
          503,
          "1",
          { message: "Server Error" }
        ])
        expect((yield* browser.listing()).status).toBe(503)
        expect((yield* browser.listing()).status).toBe(200)
        yield* emulator.setFaults(["status=500@www"])
        expect((yield* browser.listing()).status).toBe(200)
        const page = yield* browser.site("/user/login")
        expect([page.status, page.headers["content-type"]]).toEqual([500, "text/html; charset=utf-8"])
        yield* emulator.setFaults(["status=429x1@all"])
        expect((yield* browser.listing()).json).toEqual({ message: "Too Many Attempts." })
      })
    )
  )

  fault("rateLimit", "fewer requests in sixty seconds", () =>
    browsing({ faults: ["rateLimit=2"] }, (browser) =>
      Effect.gen(function* () {
        expect((yield* browser.listing()).headers["x-ratelimit-limit"]).toBe("2")
        yield* browser.listing()
        const over = yield* browser.listing()
        expect([over.status, over.headers["retry-after"]]).toEqual([429, "60"])
        yield* TestClock.adjust("60 seconds")
        expect((yield* browser.listing()).status).toBe(200)
      })
    )
  )

  fault("delayMs", "the answer waits on the clock", () =>
    browsing({ faults: ["delayMs=5000"] }, (browser) =>
      Effect.gen(function* () {
        let answered = false
        const waiting = yield* Effect.forkChild(
          Effect.tap(browser.listing(), () => Effect.sync(() => (answered = true))),
          { startImmediately: true }
        )
        // A page is not delayed; its answer proves that the server had time to answer the listing.
        yield* browser.site("/user/login")
        yield* TestClock.adjust("4999 millis")
        yield* browser.site("/user/login")
        expect(answered).toBe(false)
        yield* TestClock.adjust("1 millis")
        expect((yield* Fiber.join(waiting)).status).toBe(200)
      })
    )
  )

  fault("reset", "the connection is reset", () =>
    browsing({ faults: ["reset=x1"] }, (browser, emulator) =>
      Effect.gen(function* () {
        expect(yield* broken(emulator.apiUrl + listingPath)).toBe("ECONNRESET")
        expect((yield* browser.listing()).status).toBe(200)
        expect(yield* broken(`${emulator.wwwUrl}/user/login`, { "x-emu-fault": "reset=@www" })).toBe("ECONNRESET")
        expect((yield* emulator.requestLog).map(({ status }) => status)).toEqual([0, 200, 0])
      })
    )
  )

  it.live("cutBody: the body ends before its announced length", () =>
    browsing({ faults: ["cutBody=x1"] }, (browser, emulator) =>
      Effect.gen(function* () {
        expect(yield* broken(emulator.apiUrl + listingPath)).toBe("ECONNRESET")
        expect((yield* browser.listing()).status).toBe(200)
      })
    )
  )

  it.live("slowDrip: the body arrives in pieces", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        const whole = yield* browser.listing()
        const dripped = yield* browser.listingWith("slowDrip=1")
        expect(dripped.text).toBe(whole.text)
        expect(dripped.headers["transfer-encoding"]).toBe("chunked")
      })
    )
  )

  fault("encoding", "a compressed body when the request offers it, or although it does not", () =>
    browsing({ loans: swedish }, (browser) =>
      Effect.gen(function* () {
        const { text } = yield* browser.listing()
        const decoders = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync, deflate: inflateSync }
        for (const [name, decode] of Object.entries(decoders)) {
          const headers = { "accept-encoding": "gzip, deflate, br, zstd", "x-emu-fault": `encoding=${name}` }
          const answer = yield* browser.listing("", headers)
          expect(answer.headers["content-encoding"]).toBe(name)
          expect(decode(answer.bytes).toString()).toBe(text)
        }
        for (const offer of ["gzip", "br;q=0", ""]) {
          const plain = yield* browser.listing("", { "accept-encoding": offer, "x-emu-fault": "encoding=br" })
          expect([plain.headers["content-encoding"], plain.text]).toEqual([undefined, text])
        }
        const forced = yield* browser.listingWith("encoding=brForced")
        expect(brotliDecompressSync(forced.bytes).toString()).toBe(text)
      })
    )
  )

  fault("htmlInsteadOfJson", "a web page where JSON was asked for", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        const page = (name: string) => browser.listingWith(`htmlInsteadOfJson=${name}`)
        const marks = { maintenance: "Underhåll", login: 'action="/user/login"', twoFactor: 'action="/auth/2fa"' }
        for (const [name, mark] of Object.entries(marks)) {
          const { headers, status, text } = yield* page(name)
          expect([name, status, headers["content-type"]]).toEqual([name, 200, "text/html; charset=utf-8"])
          expect(text).toContain(mark)
        }
        expect((yield* page("badGateway")).status).toBe(502)
        expect(
          (yield* browser.site("/user/login", { headers: { "x-emu-fault": "htmlInsteadOfJson" } })).text
        ).toContain("Password")
      })
    )
  )

  fault("evilRedirect", "away to another host, to the other emulated host, or in a circle", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        const location = (name: string) =>
          Effect.map(browser.listingWith(`evilRedirect=${name}`, "page=2"), ({ headers, status }) => [
            status,
            headers.location
          ])
        expect(yield* location("elsewhere")).toEqual([302, "http://collector.invalid/collected"])
        expect(yield* location("sibling")).toEqual([302, `${emulator.wwwUrl}/collected`])
        expect(yield* location("loop")).toEqual([302, `${emulator.apiUrl}${listingPath}?page=2`])
        const check = yield* browser.site("/auth/check", { headers: { "x-emu-fault": "evilRedirect" } })
        expect(check.headers.location).toBe("http://collector.invalid/collected")
      })
    )
  )

  fault("staleHash", "a bid's hash is void at once", () =>
    browsing({ loans: "samples", faults: ["staleHash"] }, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        const headers = { authorization: `Bearer ${yield* browser.accessToken()}`, "content-type": "application/json" }
        const bid = (hash: string) =>
          JSON.stringify({ amount: "1000", intention: "add", sequence_hash: hash, payment_options: ["ip"] })
        const preview = yield* browser.api("/v1/bidding/5101/load", { method: "POST", headers, body: bid("") })
        expect(preview.json.sequence_hash).toMatch(/^[0-9a-f]{32}$/u)
        const body = bid(preview.json.sequence_hash)
        expect((yield* browser.api("/v1/bidding/5101/submit", { method: "POST", headers, body })).status).toBe(409)
      })
    )
  )
})

describe("faults as a whole", () => {
  it("each have a test of their effect", () => {
    expect([...tested, "cutBody", "slowDrip"].toSorted()).toEqual([...faultNames].toSorted())
  })

  it.effect("are set together, for one request only, and end with an empty list", () =>
    browsing({ loans: "samples", faults: ["stateId=77"] }, (browser, emulator) =>
      Effect.gen(function* () {
        const loan = (headers: Readonly<Record<string, string>> = {}) =>
          Effect.map(browser.listing("limit=1", headers), (answer) => loansOf(answer)[0])
        expect(yield* loan({ "x-emu-fault": "currency=XTS; dateFormat=local" })).toMatchObject({
          subscription_state: { state_id: 77 },
          currency: "XTS",
          listing_date: "2026-02-26T09:05:00"
        })
        expect(yield* loan()).toMatchObject({ subscription_state: { state_id: 77 }, currency: "SEK" })
        yield* emulator.setFaults([])
        expect((yield* loan()).subscription_state.state_id).toBe(30)
        expect(yield* Effect.flip(emulator.setFaults(["nonsense"]))).toMatchObject({ _tag: "FaultInvalid" })
        const refused = yield* browser.listingWith("nonsense")
        expect([refused.status, refused.json.validNames]).toEqual([400, [...faultNames]])
        yield* emulator.reset
        expect((yield* loan()).subscription_state.state_id).toBe(77)
      })
    )
  )

  it.effect("leave the login alone unless it is within their reach", () =>
    browsing({ faults: ["status=500", "reset", "htmlInsteadOfJson", "evilRedirect=loop"] }, (browser, emulator) =>
      Effect.gen(function* () {
        yield* browser.password()
        const token = yield* browser.formToken()
        const done = yield* browser.code(yield* codeAt(emulator.user, 0), token)
        expect(done.headers.location).toBe(`${emulator.wwwUrl}/aktuella-lan`)
      })
    )
  )
})
