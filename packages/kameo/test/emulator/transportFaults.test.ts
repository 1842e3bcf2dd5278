/** The fault switches of the transport, seen from outside over real HTTP, and how faults are set. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib"
import { faultNames } from "@saldo/kameo/emulator/Fault"
import { browsing, codeAt, listingPath } from "./browser.ts"
import { broken, loansOf, swedish } from "./faultSupport.ts"

describe("faults of the transport", () => {
  it.effect("status: an error status for the next requests, within its reach", () =>
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

  it.effect("rateLimit: fewer requests in sixty seconds", () =>
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

  it.effect("delayMs: the answer waits on the clock", () =>
    browsing({ faults: ["delayMs=5000"] }, (browser) =>
      Effect.gen(function* () {
        let answered = false
        const waiting = yield* Effect.forkChild(
          Effect.tap(browser.listing(), () => Effect.sync(() => (answered = true))),
          { startImmediately: true }
        )
        // The control surface is not delayed; two of its answers prove that the listing request had arrived before.
        const passed = Effect.andThen(browser.api("/__emu/clock"), browser.api("/__emu/clock"))
        yield* passed
        yield* TestClock.adjust("4999 millis")
        yield* passed
        expect(answered).toBe(false)
        yield* TestClock.adjust("1 millis")
        expect((yield* Fiber.join(waiting)).status).toBe(200)
      })
    )
  )

  it.effect("reset: the connection is reset", () =>
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

  it.effect("encoding: a compressed body when the request offers it, or although it does not", () =>
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

  it.effect("htmlInsteadOfJson: a web page where JSON was asked for", () =>
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

  it.effect("evilRedirect: away to another host, to the other emulated host, or in a circle", () =>
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

  it.effect("staleHash: a bid's hash is void at once", () =>
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
