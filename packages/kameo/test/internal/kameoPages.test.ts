import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import {
  accessToken,
  dashboardAccountNumber,
  pageKind,
  saysLocked,
  twoFactorForm
} from "../../src/internal/kameoPages.ts"

const page = new URL("https://www.kameo.se/auth/2fa")
const token = "0123456789abcdef0123456789abcdef01234567"
const other = "f".repeat(40)
const signForm = `<form method="post" action="/auth/e-sign"><input type="hidden" name="ezxform_token" value="${other}"/></form>`
const codeForm = (action = "/auth/2fa", value = token) =>
  `<form method=post action="${action}"><input type="hidden" name="ezxform_token" value="${value}"/><input type="tel" name="code"/></form>`

const read = (html: string) => {
  const form = twoFactorForm(`<html><body>${html}</body></html>`, page)
  return form === null ? null : Redacted.value(form.formToken)
}

describe("the code form", () => {
  it("is found by its action, not by its place or its token", () => {
    expect(read(signForm + codeForm())).toBe(token)
    expect(read(codeForm() + signForm)).toBe(token)
    expect(read(signForm + codeForm("https://www.kameo.se/auth/2fa?x=1"))).toBe(token)
  })

  it("is missing where there is none, or where it belongs to somebody else", () => {
    expect(read(signForm)).toBeNull()
    expect(read("")).toBeNull()
    expect(read(codeForm("https://evil.test/auth/2fa"))).toBeNull()
    expect(read(codeForm("/auth/2fa", "not a token"))).toBeNull()
    expect(read('<form action="/auth/2fa"><input name="AuthCode"/></form>')).toBeNull()
  })

  it("survives markup that is broken", () => {
    expect(read(`<div><p>${codeForm()}<table><tr>`)).toBe(token)
    expect(read("<form action='/auth/2fa'><input name=code><")).toBeNull()
  })
})

describe("the kind of a page", () => {
  it("is told by its forms", () => {
    expect(pageKind('<form action="/user/login"></form>', page)).toBe("login")
    expect(pageKind("<input name=Password>", page)).toBe("login")
    expect(pageKind(signForm + codeForm(), page)).toBe("secondFactor")
    expect(pageKind("<h1>Underhåll</h1><a href='/user/login'>Logga in</a>", page)).toBe("other")
  })
})

describe("the access token", () => {
  const jwt = (payload: object) =>
    ["h", Buffer.from(JSON.stringify(payload)).toString("base64url"), "s"].map((part) => part).join(".")
  const html = (text: string) => `<div id="api-data" hidden data-capy-token="" data-access-token="${text}"></div>`

  it("is read with its times", () => {
    const found = accessToken(html(jwt({ sub: 1, refreshNotBefore: 1_000, exp: 2_800, namn: "Åsa" })))
    expect(found).toMatchObject({ refreshAt: 1_000_000, expiresAt: 2_800_000 })
    expect(JSON.stringify(found)).not.toContain("h.")
  })

  it.each(["", "abc", "a.b.c", "a.%%%.c", jwt({ sub: 1 }), jwt({ exp: "soon" }), `a.${"A".repeat(3)}.c`])(
    "is nothing when it cannot be read: %j",
    (text) => expect(accessToken(html(text))).toBeNull()
  )

  it("is nothing on a page without one", () => expect(accessToken("<html></html>")).toBeNull())
})

describe("messages and numbers", () => {
  it("a lock is told from a wrong password by the words of the message only", () => {
    expect(saysLocked('<div class="alert alert-danger">Ditt konto är spärrat.</div>')).toBe(true)
    expect(saysLocked('<div class="alert alert-danger">Fel e-post eller lösenord.</div>')).toBe(false)
    expect(saysLocked("<p>Är ditt konto låst?</p>")).toBe(false)
  })

  it("an account number is taken in its own form only", () => {
    const number = (html: string, form = /^\d{7}$/u) => {
      const found = dashboardAccountNumber(html, form)
      return found === null ? null : Redacted.value(found)
    }
    expect(number('<span class="account-number"> 2000017 </span>')).toBe("2000017")
    expect(number("<p>Kontonummer:\n 2000017</p>")).toBe("2000017")
    expect(number('<span class="account-number">saknas</span> kontonummer 2000033')).toBe("2000033")
    expect(number("<p>Ring 08-1234567 eller 0701234567</p>")).toBeNull()
    expect(number("<p>Kontonummer: 12345678</p>")).toBeNull()
    expect(number('<div class="account-number">12345</div>', /^\d{4,12}$/u)).toBe("12345")
  })
})
