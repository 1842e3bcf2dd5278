import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { parse } from "node-html-parser"
import { browsing, jsonAccept, send } from "./browser.ts"

describe("the account call", () => {
  it.effect("answers the envelope with accounts in the site's notation", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        const { headers, json, status } = yield* browser.transfer()
        expect([status, headers["content-type"], headers.vary]).toEqual([
          200,
          "application/json; charset=utf-8",
          "Accept"
        ])
        expect(Object.keys(json)).toEqual(["error_text", "content"])
        expect([json.error_text, json.content.message]).toEqual(["", null])
        const { data } = json.content
        expect(data.accounts).toEqual([
          { accountNo: "2000017", currencyCode: "SEK", availableCash: "1 234 567,89", reservedCash: "0,00" },
          { accountNo: "2000033", currencyCode: "NOK", availableCash: "0,00", reservedCash: "0,00" },
          { accountNo: "2451200", currencyCode: "DKK", availableCash: "15,50", reservedCash: "0,00" }
        ])
        expect([data.transferRequests, data.rates, data.fees]).toEqual([[], null, null])
        expect(Object.keys(data.translation)).toEqual([
          "from",
          "to",
          "balance",
          "createBtn",
          "updateBtn",
          "cancelBtn",
          "account",
          "insufficientCashWithMarginErr",
          "confirmModalBtn",
          "cancelModalBtn"
        ])
      })
    )
  )

  it.effect("answers HTML to a request that wants HTML only, and an error text for a call that is none", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        const page = yield* browser.transfer({ accept: "text/html" })
        expect([page.status, page.headers["content-type"], page.headers.vary]).toEqual([
          200,
          "text/html; charset=utf-8",
          "Accept"
        ])
        const other = yield* browser.site("/ezjscore/call/kameo_other::init", { headers: { accept: jsonAccept } })
        expect(other.json).toEqual({ error_text: "Not a valid function call: kameo_other::init", content: "" })
      })
    )
  )
})

describe("the hosts", () => {
  it.effect("carry their fingerprints: headers, compression, and no cookies on the API", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        const gzipped = yield* Effect.promise(() =>
          send(`${emulator.wwwUrl}/user/login`, { headers: { "accept-encoding": "gzip, deflate, br, zstd" } })
        )
        expect(gzipped.headers).toMatchObject({
          server: "nginx",
          "x-powered-by": "eZ Publish Platform",
          "content-encoding": "gzip",
          "cache-control": "no-cache, must-revalidate",
          pragma: "no-cache",
          "content-language": "sv",
          "x-frame-options": "SAMEORIGIN",
          "x-content-type-options": "nosniff",
          "referrer-policy": "strict-origin-when-cross-origin"
        })
        expect(gzipped.headers.expires).toContain("1997")
        expect(gzipped.headers["content-security-policy"]).toContain("connect-src 'self' ")
        const plain = yield* browser.listing("", { "accept-encoding": "gzip, br" })
        expect(plain.headers["content-encoding"]).toBeUndefined()
        expect(plain.headers["set-cookie"]).toBeUndefined()
        expect(plain.headers).toMatchObject({
          server: "nginx/1.22.1",
          "content-type": "application/json",
          "cache-control": "no-cache, private",
          "access-control-allow-origin": "*",
          "content-security-policy": "upgrade-insecure-requests"
        })
        expect(plain.headers["x-powered-by"]).toMatch(/^PHP\/8\.3\.\d+$/u)
        expect(new URL(emulator.wwwUrl).hostname).toBe("localhost")
        expect(new URL(emulator.apiUrl).hostname).toBe("127.0.0.1")
      })
    )
  )

  it.effect(
    "serve the dashboard at half a megabyte with the account number in it, and loan pages behind short links",
    () =>
      browsing({ loans: "samples" }, (browser, emulator) =>
        Effect.gen(function* () {
          yield* browser.login(0)
          const dashboard = yield* browser.site("/investor/dashboard")
          expect(dashboard.bytes.length).toBeGreaterThan(480_000)
          expect(parse(dashboard.text).querySelector(".account-number")?.text.trim()).toBe("2000017")
          expect(/kontonummer[:\s]*(\d+)/iu.exec(dashboard.text)?.[1]).toBe("2000017")
          const short = yield* browser.site("/listing/investment-option/5115")
          expect([short.status, short.headers.location]).toEqual([
            302,
            `${emulator.wwwUrl}/listing/loan/kv-sjoboden-soner-4-lagenheter-etapp-2/5115`
          ])
          const page = yield* browser.site(short.headers.location ?? "")
          expect(page.status).toBe(200)
          expect(parse(page.text).querySelector("h1")?.text).toContain('Kv. "Sjöboden" & Söner')
          expect((yield* browser.site("/listing/investment-option/1")).status).toBe(404)
          expect((yield* browser.site("/nowhere")).status).toBe(404)
          expect((yield* browser.site("/")).text.length).toBeGreaterThan(35_000)
        })
      )
  )
})

describe("odd requests", () => {
  it.effect("get an ordinary answer: broken escapes, doubled slashes, foreign hosts, other methods", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        const call = yield* browser.site("/ezjscore/call/%E0%A4%A", { headers: { accept: jsonAccept } })
        expect([call.status, call.headers["x-powered-by"]]).toEqual([404, "eZ Publish Platform"])
        const escaped = yield* browser.site("/ezjscore/call/kameo_transfer%3A%3Ainit", {
          headers: { accept: jsonAccept }
        })
        expect(escaped.json.error_text).toBe("")
        expect((yield* browser.site("//evil.invalid/user/login")).status).toBe(404)
        expect((yield* browser.site("/user/login", { headers: { host: "not a host" } })).status).toBe(200)
        expect((yield* browser.site("/user/login", { method: "DELETE" })).status).toBe(404)
        expect((yield* browser.api("/v1/loans/abc")).status).toBe(404)
        for (const length of [40, 4000]) {
          const { json, status } = yield* browser.api(`/v1/loans/${"9".repeat(length)}`)
          expect([status, json]).toEqual([404, { message: "Not Found." }])
        }
        const head = yield* browser.api("/v1/loans/listing/investment-options", { method: "HEAD" })
        expect([head.status, head.text]).toEqual([200, ""])
        expect((yield* emulator.requestLog).some(({ status }) => status >= 500)).toBe(false)
      })
    )
  )
})
