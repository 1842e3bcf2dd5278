import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { createHmac } from "node:crypto"
import { parse } from "node-html-parser"
import { browsing, codeAt, transferPath } from "./browser.ts"

const noon = Date.UTC(2026, 2, 10, 11)
const atNoon = TestClock.setTime(noon)

describe("the login, step by step", () => {
  it.effect("goes from the login page over the second factor to the landing page", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        yield* atNoon
        const page = yield* browser.site("/user/login")
        expect(page.status).toBe(200)
        expect(page.text.length).toBeGreaterThan(14_000)
        expect(page.headers["set-cookie"]).toEqual([
          expect.stringMatching(/^eZSESSID=[0-9a-z]{26,}; Path=\/; HttpOnly; SameSite=Lax$/u)
        ])
        const accepted = yield* browser.password()
        expect([accepted.status, accepted.text, accepted.headers.location]).toEqual([
          302,
          "",
          `${emulator.wwwUrl}/auth/check`
        ])
        const check = yield* browser.site("/auth/check")
        expect([check.status, check.headers.location]).toEqual([302, `${emulator.wwwUrl}/auth/2fa`])
        const token = yield* browser.formToken()
        const done = yield* browser.code(yield* codeAt(emulator.user, noon), token)
        expect([done.status, done.text, done.headers.location]).toEqual([302, "", `${emulator.wwwUrl}/aktuella-lan`])
        const landing = yield* browser.site("/aktuella-lan")
        expect(landing.status).toBe(200)
        expect(landing.text.length).toBeGreaterThan(70_000)
        expect(browser.cookies.size).toBe(1)
        const account = yield* browser.transfer()
        expect(account.json.content.data.xsrfToken).toBe(token)
      })
    )
  )

  it.effect("shows the second-factor page with two forms, the token in four places, and the access token already", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        yield* atNoon
        yield* browser.password()
        const page = parse((yield* browser.site("/auth/2fa")).text)
        expect(page.querySelector("html")?.getAttribute("lang")).toBe("sv")
        expect(page.querySelector("body")?.classNames).toBe("module-auth function-2fa")
        const meta = page.querySelector("meta[name=csrf-token]")
        const token = meta?.getAttribute("content")
        expect(token).toMatch(/^[0-9a-f]{40}$/u)
        expect([meta?.getAttribute("title"), meta?.id]).toEqual([token, "ezxform_token_js"])
        expect(page.querySelector("meta[name=csrf-param]")?.getAttribute("content")).toBe("ezxform_token")
        const forms = page.querySelectorAll("form")
        expect(forms.map((form) => form.getAttribute("action"))).toEqual(["/auth/e-sign", "/auth/2fa"])
        const hidden = forms.map((form) => form.querySelector("[name=ezxform_token]")?.getAttribute("value"))
        expect(hidden).toEqual([token, token])
        expect(forms[1]?.querySelector("input[type=tel][name=code]")?.getAttribute("autocomplete")).toBe("off")
        expect(forms[1]?.querySelectorAll("button").map((button) => button.getAttribute("name"))).toEqual([
          "submit_code",
          "cancel"
        ])
        expect(forms[0]?.querySelectorAll("a").map((link) => link.getAttribute("href"))).toEqual(["#SE", "#DK", "#NO"])
        const data = page.querySelector("main #api-data")
        expect(data?.getAttribute("data-capy-token")).toBe("")
        const [head = "", claims = "", signature = ""] = (data?.getAttribute("data-access-token") ?? "").split(".")
        const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"))
        expect(read(head)).toEqual({ typ: "JWT", alg: "HS256" })
        expect(read(claims)).toEqual({ sub: 70_017, refreshNotBefore: noon / 1000 + 900, exp: noon / 1000 + 2700 })
        expect(signature).toBe(createHmac("sha256", "emulator-key-1").update(`${head}.${claims}`).digest("base64url"))
        expect(page.querySelector(".user-name")?.text).toBe("Eva Exempel")
      })
    )
  )

  it.effect("takes no token from before the second factor", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        yield* atNoon
        yield* browser.password()
        const page = yield* browser.site("/auth/2fa")
        const token = /data-access-token="([^"]+)"/u.exec(page.text)?.[1] ?? ""
        const headers = { authorization: `Bearer ${token}` }
        expect((yield* browser.listing("", headers)).status).toBe(401)
        yield* browser.code(yield* codeAt(emulator.user, noon), yield* browser.formToken())
        expect((yield* browser.listing("", headers)).status).toBe(200)
      })
    )
  )

  it.effect("sends a visitor to the step that is missing", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        yield* atNoon
        for (const path of ["/auth/check", "/auth/2fa", "/aktuella-lan", "/investor/dashboard", transferPath]) {
          expect((yield* browser.site(path)).headers.location, path).toBe(`${emulator.wwwUrl}/user/login`)
        }
        yield* browser.password()
        for (const path of ["/aktuella-lan", "/investor/dashboard", transferPath]) {
          expect((yield* browser.site(path)).headers.location, path).toBe(`${emulator.wwwUrl}/auth/2fa`)
        }
      })
    )
  )

  it.effect("answers other ways of the site: e-sign, cancel, logout", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        yield* atNoon
        yield* browser.password()
        const token = yield* browser.formToken()
        expect((yield* browser.post("/auth/e-sign", { ezxform_token: token, begin_e_sign: "1" })).status).toBe(501)
        const cancelled = yield* browser.post("/auth/2fa", { ezxform_token: token, code: "", cancel: "" })
        expect(cancelled.headers.location).toBe(`${emulator.wwwUrl}/user/login`)
        expect((yield* browser.site("/auth/2fa")).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
        yield* browser.login(noon)
        expect((yield* browser.transfer()).status).toBe(200)
        const left = yield* browser.site("/user/logout")
        expect([left.status, left.headers.location]).toEqual([302, `${emulator.wwwUrl}/`])
        expect((yield* browser.transfer()).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
      })
    )
  )

  it.effect("lets a user without second factor in at once, and offers BankID users no code form", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        yield* emulator.setUser({ factor: "none" })
        yield* browser.password()
        expect((yield* browser.site("/auth/check")).headers.location).toBe(`${emulator.wwwUrl}/aktuella-lan`)
        yield* browser.site("/user/logout")
        yield* emulator.setUser({ factor: "esign" })
        yield* browser.password()
        const forms = parse((yield* browser.site("/auth/2fa")).text).querySelectorAll("form")
        expect(forms.map((form) => form.getAttribute("action"))).toEqual(["/auth/e-sign"])
      })
    )
  )
})

describe("what the login refuses", () => {
  it.effect("a wrong password: the form again with an alert", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        for (const answer of [
          yield* browser.password("fel"),
          yield* browser.password("Lokal-Demo-2026", "nobody@example.test")
        ]) {
          expect(answer.status).toBe(200)
          expect(parse(answer.text).querySelector("div.alert.alert-danger")?.text).toContain("Fel")
        }
      })
    )
  )

  it.effect("forms from elsewhere: a foreign Origin or Referer, or neither", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        const fields = {
          Login: "eva.exempel@example.test",
          Password: "Lokal-Demo-2026",
          LoginButton: "",
          RedirectURI: ""
        }
        const refused = function* (headers: Readonly<Record<string, string>>) {
          for (const path of ["/user/login", "/auth/2fa"]) {
            const body = new URLSearchParams(fields).toString()
            const answer = yield* browser.site(path, { method: "POST", body, headers })
            expect([path, answer.status, answer.headers["content-type"]]).toEqual([
              path,
              403,
              "text/html; charset=utf-8"
            ])
          }
        }
        yield* refused({})
        yield* refused({ origin: "http://evil.invalid", referer: `${emulator.wwwUrl}/user/login` })
        yield* refused({ origin: emulator.wwwUrl, referer: "http://evil.invalid/" })
        yield* refused({ origin: emulator.apiUrl })
        yield* refused({ origin: "null" })
        const onlyOne = yield* browser.site("/user/login", {
          method: "POST",
          body: new URLSearchParams(fields).toString(),
          headers: { referer: `${emulator.wwwUrl}/user/login` }
        })
        expect(onlyOne.status).toBe(302)
      })
    )
  )

  it.effect("a code without the session's form token, as field or header", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        yield* atNoon
        yield* browser.password()
        const code = yield* codeAt(emulator.user, noon)
        expect((yield* browser.post("/auth/2fa", { code })).status).toBe(403)
        expect((yield* browser.code(code, "0".repeat(40))).status).toBe(403)
        const token = yield* browser.formToken()
        const accepted = yield* browser.post("/auth/2fa", { code }, { "x-csrf-token": token })
        expect(accepted.headers.location).toBe(`${emulator.wwwUrl}/aktuella-lan`)
      })
    )
  )

  it.effect("codes that are wrong, two steps off, or used", () =>
    browsing({}, (browser) =>
      Effect.gen(function* () {
        yield* atNoon
        const tries = function* (instant: number) {
          yield* browser.site("/user/logout")
          return yield* browser.login(instant)
        }
        for (const steps of [-2, 2]) {
          const answer = yield* tries(noon + steps * 30_000)
          expect([steps, answer.status]).toEqual([steps, 200])
          expect(parse(answer.text).querySelector("div.alert-danger")).not.toBeNull()
        }
        for (const steps of [-1, 0, 1]) expect((yield* tries(noon + steps * 30_000)).status).toBe(302)
        for (const steps of [-1, 0, 1]) expect((yield* tries(noon + steps * 30_000)).status).toBe(200)
        const token = yield* browser.formToken()
        for (const code of ["", "12345", "1234567", "abcdef"])
          expect((yield* browser.code(code, token)).status).toBe(200)
      })
    )
  )

  it.effect("everything after too many wrong passwords, until the user is set anew", () =>
    browsing({ lockAfter: 3 }, (browser, emulator) =>
      Effect.gen(function* () {
        for (let attempt = 0; attempt < 3; attempt++) yield* browser.password("fel")
        const locked = yield* browser.password()
        expect(locked.status).toBe(200)
        expect(locked.text).toContain("låst")
        yield* emulator.setUser({})
        expect((yield* browser.password()).status).toBe(302)
      })
    )
  )
})

describe("how long things live", () => {
  it.effect("a session idles out after thirty virtual minutes and is kept alive by use", () =>
    browsing({}, (browser, emulator) =>
      Effect.gen(function* () {
        yield* atNoon
        yield* browser.login(noon)
        for (let round = 0; round < 3; round++) {
          yield* emulator.advanceClock("29 minutes")
          expect((yield* browser.transfer()).status).toBe(200)
        }
        yield* emulator.advanceClock("30 minutes")
        expect((yield* browser.transfer()).headers.location).toBe(`${emulator.wwwUrl}/user/login`)
      })
    )
  )

  it.effect("an access token ends after 45 minutes of either clock", () =>
    browsing({ sessionIdle: "10 hours" }, (browser, emulator) =>
      Effect.gen(function* () {
        yield* atNoon
        yield* browser.login(noon)
        const statusOf = (token: string) =>
          Effect.map(browser.listing("limit=1", { authorization: `Bearer ${token}` }), ({ status }) => status)
        const first = yield* browser.accessToken()
        yield* emulator.advanceClock("44 minutes")
        expect(yield* statusOf(first)).toBe(200)
        yield* emulator.advanceClock("1 minute")
        expect(yield* statusOf(first)).toBe(401)
        const second = yield* browser.accessToken()
        expect(yield* statusOf(second)).toBe(200)
        yield* TestClock.adjust("45 minutes")
        expect(yield* statusOf(second)).toBe(401)
        expect(yield* statusOf("made.up.token")).toBe(401)
      })
    )
  )

  it.effect("codes follow the host's clock, or the virtual one when asked", () =>
    Effect.gen(function* () {
      yield* atNoon
      yield* browsing(
        { totpClock: "virtual", user: { totpSecret: Redacted.make("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") } },
        (browser, emulator) =>
          Effect.gen(function* () {
            yield* emulator.advanceClock("100 days")
            expect((yield* browser.login(yield* Clock.currentTimeMillis)).status).toBe(200)
            const login = yield* browser.login(noon + Duration.toMillis("100 days"))
            expect(login.status).toBe(302)
            expect(Date.parse(login.headers.date ?? "")).toBe(noon + Duration.toMillis("100 days"))
          })
      )
    })
  )
})
