import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { connect } from "node:net"
import { KameoEmulator, make } from "@saldo/kameo/emulator/KameoEmulator"
import { type Browser, browsing, send } from "./browser.ts"

const put = (browser: Browser, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  browser.api(path, { method: "PUT", body: JSON.stringify(body), headers })

describe("the control surface over HTTP", () => {
  it.effect("is on both hosts", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        expect((yield* browser.site("/__emu/clock")).json).toEqual({ now: "2026-03-10T11:00:00.000Z" })
        expect((yield* browser.api("/__emu/clock")).json).toEqual({ now: "2026-03-10T11:00:00.000Z" })
      })
    )
  )

  it.effect("sets, moves, freezes and runs the clock", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        const now = (body: unknown) => Effect.map(put(browser, "/__emu/clock", body), ({ json }) => json.now)
        expect(yield* now({ set: "2026-05-01T00:00:00+02:00" })).toBe("2026-04-30T22:00:00.000Z")
        expect(yield* now({ advanceMillis: 86_400_000 })).toBe("2026-05-01T22:00:00.000Z")
        expect(yield* now({ advanceMillis: -86_400_000 })).toBe("2026-04-30T22:00:00.000Z")
        yield* TestClock.adjust("1 hour")
        expect(yield* now({ frozen: false })).toBe("2026-04-30T22:00:00.000Z")
        yield* TestClock.adjust("1 hour")
        expect(yield* now({ frozen: true })).toBe("2026-04-30T23:00:00.000Z")
        for (const body of [{ set: "yesterday" }, { advanceMillis: "1" }, {}, 5]) {
          const refused = yield* put(browser, "/__emu/clock", body)
          expect([refused.status, typeof refused.json.error]).toEqual([400, "string"])
        }
      })
    )
  )

  it.effect("sets faults as a list or an object of texts, and shows them", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        expect((yield* put(browser, "/__emu/faults", ["status=503x2", "ignorePage"])).json).toEqual([
          "status=503x2",
          "ignorePage=on"
        ])
        expect((yield* put(browser, "/__emu/faults", { stateId: "77" })).json).toEqual(["stateId=77"])
        expect((yield* browser.api("/__emu/faults")).json).toEqual(["stateId=77"])
        const refused = yield* put(browser, "/__emu/faults", ["nonsense"])
        expect(refused.status).toBe(400)
        expect(refused.json.error).toContain("Valid faults: renameKeys")
        expect((yield* put(browser, "/__emu/faults", [])).json).toEqual([])
      })
    )
  )

  it.effect("sets loans by number, by recipe, by name, and by record", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        const total = Effect.map(browser.listing("subscription_origin_norway=1"), ({ json }) => json.data.total)
        const set = (loans: unknown) => Effect.map(put(browser, "/__emu/loans", loans), ({ status }) => status)
        expect([yield* set(17), yield* total]).toEqual([200, 17])
        expect([yield* set("samples"), yield* total]).toEqual([200, 25])
        expect([
          yield* set({ count: 40, seed: 9, newPerDay: 1, origins: { SE: 10, NO: 0, DK: 0 } }),
          yield* total
        ]).toEqual([200, 40])
        const title = "🏗 ".repeat(300_000)
        expect(yield* set([{ title, loan_application_id: 1, application_amount: 5, extra: { deep: [null] } }])).toBe(
          200
        )
        const { json } = yield* browser.listing()
        expect(json.data.investment_options).toEqual([
          { title, loan_application_id: 1, application_amount: 5, extra: { deep: [null] } }
        ])
        for (const wrong of [
          -1,
          1_000_001,
          "some",
          { count: 5, origins: { SE: 1, NO: 1, DK: 1 } },
          { count: 1, seed: -1 }
        ]) {
          expect([wrong, yield* set(wrong)]).toEqual([wrong, 400])
        }
        expect(yield* total).toBe(1)
      })
    )
  )

  it.effect("sets the user; the next login needs the new credentials", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        const account = { accountNo: "3000001", currencyCode: "SEK", availableMinor: "-100", reservedMinor: "5" }
        const set = yield* put(browser, "/__emu/user", {
          email: "ny@example.test",
          password: "nytt",
          secret,
          factor: "totp",
          accounts: [account]
        })
        expect([set.status, set.text]).toEqual([200, '{"user":true}'])
        expect((yield* browser.password()).status).toBe(200)
        expect((yield* browser.password("nytt", "NY@example.test")).status).toBe(302)
        expect(Redacted.value((yield* emulator.user).totpSecret)).toBe(secret)
        // RFC 6238, appendix B: the code of second 59.
        yield* TestClock.setTime(59_000)
        expect((yield* browser.code("287082", yield* browser.formToken())).status).toBe(302)
        expect((yield* browser.transfer()).json.content.data.accounts).toEqual([
          { accountNo: "3000001", currencyCode: "SEK", availableCash: "-1,00", reservedCash: "0,05" }
        ])
        const refused = yield* put(browser, "/__emu/user", { secret: "kort" })
        expect(refused.status).toBe(400)
        expect(refused.text).not.toContain("kort")
        expect((yield* put(browser, "/__emu/user", { factor: "fax" })).status).toBe(400)
      })
    )
  )

  it.effect("resets to the beginning", () =>
    browsing({ loans: "samples", rateLimit: 3 }, (browser, emulator) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        yield* emulator.setUser({ email: "other@example.test" })
        yield* emulator.setLoans(5)
        yield* emulator.advanceClock("3 days")
        for (let request = 0; request < 4; request++) yield* browser.listing()
        expect((yield* browser.api("/__emu/reset", { method: "POST" })).json).toEqual({ reset: true })
        expect(yield* emulator.requestLog).toEqual([])
        expect((yield* browser.listing("subscription_origin_norway=1")).json.data.total).toBe(25)
        expect((yield* browser.transfer()).status).toBe(302)
        expect(DateTime.formatIso(yield* emulator.now)).toBe("2026-03-10T11:00:00.000Z")
        expect((yield* browser.login(0)).status).toBe(302)
      })
    )
  )

  it.effect("answers to this machine only: no foreign name, no web page", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        const get = (headers: Readonly<Record<string, string>>) => browser.api("/__emu/log", { headers })
        expect((yield* get({})).status).toBe(200)
        for (const headers of [
          { host: "evil.invalid" },
          { origin: emulator.wwwUrl },
          { "sec-fetch-site": "same-origin" }
        ]) {
          expect([headers, (yield* get(headers)).status]).toEqual([headers, 403])
        }
        const fault = yield* browser.listing("", { host: "evil.invalid", "x-emu-fault": "status=503" })
        expect(fault.status).toBe(200)
      })
    )
  )

  it.effect("logs method, path and status, never queries with secrets, bodies, cookies or codes", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        const token = yield* browser.accessToken()
        yield* browser.listing(`page=2&limit=5&token=geheim&subscription_origin_norway=1`, {
          authorization: `Bearer ${token}`
        })
        yield* browser.transfer()
        const log = yield* browser.api("/__emu/log")
        expect(log.json).toEqual([
          { host: "www", method: "GET", path: "/user/login", status: 200 },
          { host: "www", method: "POST", path: "/user/login", status: 302 },
          { host: "www", method: "GET", path: "/auth/2fa", status: 200 },
          { host: "www", method: "POST", path: "/auth/2fa", status: 302 },
          { host: "www", method: "GET", path: "/aktuella-lan", status: 200 },
          {
            host: "api",
            method: "GET",
            path: "/v1/loans/listing/investment-options?page=2&limit=5&subscription_origin_norway=1",
            status: 200
          },
          { host: "www", method: "GET", path: "/ezjscore/call/kameo_transfer::init", status: 200 }
        ])
        const cookie = browser.cookies.get("eZSESSID") ?? "none"
        for (const secret of ["geheim", token, cookie, "Lokal-Demo-2026", "eva.exempel"])
          expect(log.text).not.toContain(secret)
      })
    )
  )
})

describe("the emulator as a part of a program", () => {
  it.effect("is a service with a layer, and stops listening with its scope", () =>
    Effect.gen(function* () {
      const url = yield* Effect.scoped(
        Effect.gen(function* () {
          const context = yield* Layer.build(KameoEmulator.layer({ loans: 3 }))
          const emulator = Context.get(context, KameoEmulator)
          const keptOpen = connect(Number(new URL(emulator.apiUrl).port), "127.0.0.1")
          expect(
            (yield* Effect.promise(() => send(`${emulator.apiUrl}/v1/loans/listing/investment-options`))).status
          ).toBe(200)
          yield* Effect.addFinalizer(() => Effect.sync(() => keptOpen.destroy()))
          return emulator.apiUrl
        })
      )
      const after = yield* Effect.promise(() =>
        send(url).then(
          () => "answered",
          (error: NodeJS.ErrnoException) => error.code
        )
      )
      expect(after).toBe("ECONNREFUSED")
    })
  )

  it.live("does not wait for requests that are under way when it stops", () =>
    Effect.gen(function* () {
      const hanging = yield* Effect.scoped(
        Effect.gen(function* () {
          const emulator = yield* make({ faults: ["delayMs=600000"] })
          const answer = send(`${emulator.apiUrl}/v1/loans/listing/investment-options`).then(
            () => "answered",
            (error: NodeJS.ErrnoException) => error.code
          )
          // The second request's answer proves that the first has arrived; pages are not delayed.
          yield* Effect.promise(() => send(`${emulator.wwwUrl}/user/login`))
          yield* Effect.promise(() => send(`${emulator.apiUrl}/__emu/clock`))
          return { answer }
        })
      )
      expect(yield* Effect.promise(() => hanging.answer)).toBe("ECONNRESET")
    })
  )

  it.effect("says which option or port cannot be", () =>
    browsing({}, (_, emulator) =>
      Effect.gen(function* () {
        const failure = (options: Parameters<typeof make>[0]) => Effect.flip(Effect.scoped(make(options)))
        expect(yield* failure({ loans: 1.5 })).toMatchObject({ _tag: "EmulatorOptionInvalid", option: "loans" })
        expect(yield* failure({ seed: -1 })).toMatchObject({ _tag: "EmulatorOptionInvalid", option: "seed" })
        expect(yield* failure({ faults: ["nonsense"] })).toMatchObject({ _tag: "FaultInvalid", text: "nonsense" })
        const user = { totpSecret: Redacted.make("1234 hemlig") }
        const secret = yield* failure({ user })
        expect(secret).toMatchObject({ _tag: "EmulatorOptionInvalid", option: "user.totpSecret" })
        expect(`${secret.message}${JSON.stringify(secret)}`).not.toContain("hemlig")
        const port = Number(new URL(emulator.wwwUrl).port)
        const taken = yield* failure({ wwwPort: port })
        expect(taken).toMatchObject({ _tag: "EmulatorNotListening", host: "www", port })
        expect(taken.message).toContain(`cannot listen on port ${port}`)
      })
    )
  )

  it.effect("runs two at once without sharing anything", () =>
    browsing({ loans: 3 }, (first, one) =>
      browsing({ loans: 4 }, (second, two) =>
        Effect.gen(function* () {
          yield* one.setFaults(["status=500"])
          expect((yield* first.listing()).status).toBe(500)
          expect((yield* second.listing()).status).toBe(200)
          expect([(yield* one.requestLog).length, (yield* two.requestLog).length]).toEqual([1, 1])
        })
      )
    )
  )
})
