/** The fault switches of the login and the site, seen from outside over real HTTP. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { aliasPath, browsing } from "./browser.ts"
import { swedish } from "./faultSupport.ts"

describe("faults of the login", () => {
  it.effect("landing: the site lands elsewhere, on a page that exists", () =>
    browsing({ faults: ["landing=/valkommen/investerare"] }, (browser, emulator) =>
      Effect.gen(function* () {
        const done = yield* browser.login(0)
        expect(done.headers.location).toBe(`${emulator.wwwUrl}/valkommen/investerare`)
        expect((yield* browser.site("/valkommen/investerare")).status).toBe(200)
        expect((yield* browser.transfer()).status).toBe(200)
      })
    )
  )

  it.effect("drop2faSession: a right code leads back to the login", () =>
    browsing({ faults: ["drop2faSession"] }, (browser, emulator) =>
      Effect.gen(function* () {
        expect((yield* browser.login(0)).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
        expect((yield* browser.transfer()).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
      })
    )
  )

  it.effect("totpSkew: the server's clock is ahead, in its codes and its Date header", () =>
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

  it.effect("lockAfter: wrong passwords lock the account", () =>
    browsing({ faults: ["lockAfter=2"] }, (browser) =>
      Effect.gen(function* () {
        for (let round = 0; round < 2; round++) {
          expect((yield* browser.password("fel")).status).toBe(200)
          expect((yield* browser.password()).status).toBe(302)
        }
        yield* browser.password("fel")
        yield* browser.password("fel")
        expect((yield* browser.password()).text).toContain("låst")
      })
    )
  )

  it.effect("expireAfter: a login is good for n requests on both hosts", () =>
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

  it.effect("listingNeedsLogin: the listing is not public", () =>
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

  it.effect("strictAccept: the site's calls are HTML unless JSON is named", () =>
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

  it.effect("ezjscEnvelope: the alias wraps its answer", () =>
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

  it.effect("bigHtml: the dashboard is n megabytes with the account number near its end", () =>
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
