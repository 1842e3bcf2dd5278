import { codeOfStep, stepAt } from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Browser, Page } from "playwright-core"
import decodeQr from "qr/decode.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { expectAccessible, openPage, password, type Reader, signIn, startBrowser, visit } from "./browser.ts"
import { linkTo } from "./mails.ts"
import { startServer, type StartedServer } from "./server.ts"
import { looksAfterUsers, tellsOutside } from "./staff.ts"
import { comesRound, keepsReceivers } from "./standing.ts"
import { button, failed, visitAs } from "./visits.ts"

let server: StartedServer
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(["--local-webhooks"]), startBrowser()])
}, 180_000)

afterAll(async () => {
  await browser.close()
  await server.stop()
})

const as = (
  email: string | undefined,
  go: (page: Page, reader: Reader) => Promise<void>,
  allowed: ReadonlyArray<RegExp> = []
) => visitAs({ browser, url: server.url }, email, go, allowed)

const isFocused = (page: Page, label: string) =>
  page.getByLabel(label, { exact: true }).evaluate((field) => field === document.activeElement)

describe("somebody new", () => {
  it("signs up, verifies the address by the link of a mail, and signs in", () =>
    as(
      undefined,
      async (page) => {
        const [email, secret] = ["nadja@example.test", "quiet-herons-fold-paper"]
        await page.getByRole("link", { name: "Sign up" }).click()
        await page.getByRole("heading", { level: 1, name: "Sign up" }).waitFor()
        await page.getByLabel("Name").fill("Nadja Berg")
        await page.getByLabel("E-mail address").fill("nadja")
        await page.getByLabel("Choose a password").fill("Password2026")
        await page.getByText("Most of it is what many people use").waitFor()
        await button(page, "Sign up").click()
        expect(await isFocused(page, "E-mail address")).toBe(true)
        expect(await page.getByLabel("E-mail address").getAttribute("aria-describedby")).toMatch(/-hint .*-error$/u)
        await expectAccessible(page, "a form with faults")
        await page.getByLabel("E-mail address").fill(email)
        await page.getByLabel("Choose a password").fill(secret)
        await page.getByText("This one is good").waitFor()
        await button(page, "Sign up").click()
        await page.getByRole("heading", { level: 1, name: "Look into your mail" }).waitFor()

        // Whoever has not opened the link is not let in, and may have it sent again.
        await page.getByRole("link", { name: "To the sign-in" }).click()
        await page.getByLabel("E-mail address").fill(email)
        await page.getByLabel("Password").fill(secret)
        await button(page, "Sign in").click()
        await page.getByRole("alert").getByText("Email unverified").waitFor()
        const first = await linkTo(server, email, "verify-email")
        await button(page, "Send the link again").click()
        await page.locator("#main").getByText("The link is on its way").waitFor()
        const second = await linkTo(server, email, "verify-email", [first])

        await page.goto(first)
        await button(page, "Verify the address").click()
        await page.getByRole("alert").getByText("Token rejected").waitFor()
        expect(await page.getByRole("link", { name: "Ask for another mail" }).isVisible()).toBe(true)

        const asked: Array<string> = []
        page.on("request", (request) => asked.push(`${request.url()} ${JSON.stringify(request.headers())}`))
        await page.goto(second)
        await page.getByRole("heading", { level: 1, name: "Verify your address" }).waitFor()
        const token = second.slice(second.indexOf("#") + 1)
        expect(token.length).toBeGreaterThan(40)
        expect(page.url()).toBe(`${server.url}/`)
        expect(asked.filter((text) => text.includes(token))).toEqual([])
        await button(page, "Verify the address").click()
        await page.locator("#main").getByText("Your address is verified. Sign in to begin.").waitFor()
        await signIn(page, email, secret)
        expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Hello, Nadja")
        expect(
          await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]))
        ).not.toContain(token)
      },
      [failed(403), failed(410)]
    ))
})

describe("somebody who has forgotten the password", () => {
  it("chooses another one by the link of a mail, once, and is signed out everywhere", () =>
    as(
      "jonas@example.test",
      async (page, { complaints }) => {
        const other = await openPage(browser, server.url)
        await other.page.getByRole("link", { name: "Forgotten your password?" }).click()
        await other.page.getByRole("heading", { level: 1, name: "Choose another password" }).waitFor()
        await other.page.getByLabel("E-mail address").fill("jonas@example.test")
        await button(other.page, "Send the link").click()
        await other.page.getByText("If somebody has an account with jonas@example.test").waitFor()
        const link = await linkTo(server, "jonas@example.test", "reset-password")
        await other.page.goto(link)
        await other.page.getByLabel("New password").fill("under-a-paper-moon-42")
        await button(other.page, "Change the password").click()
        await other.page.locator("#main").getByText("Your password is changed").waitFor()
        await signIn(other.page, "jonas@example.test", "under-a-paper-moon-42")
        await other.page.goto(link)
        await other.page.getByLabel("New password").fill("under-a-paper-moon-43")
        await button(other.page, "Change the password").click()
        await other.page.getByRole("alert").getByText("Token rejected").waitFor()
        complaints.push(...other.complaints)
        await other.close()

        await visit(page, "#/accounts")
        await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
      },
      [failed(401), failed(410)]
    ))

  it("is told when a link is not whole", () =>
    as(undefined, async (page) => {
      await page.goto(`${server.url}/reset-password`)
      await page.getByRole("heading", { level: 1, name: "The link is not whole" }).waitFor()
      await page.getByRole("link", { name: "Ask for another mail" }).click()
      await page.getByRole("heading", { level: 1, name: "Choose another password" }).waitFor()
      expect(page.url()).toBe(`${server.url}/#/forgotten-password`)
    }))
})

/** What the picture on the page says, read as a camera reads it. */
const readPicture = async (page: Page): Promise<string> => {
  const { colours, side, strokes } = await page.getByRole("img", { name: "QR code" }).evaluate((svg) => ({
    side: Number(svg.getAttribute("viewBox")?.split(" ")[2]),
    strokes: svg.querySelector(".qr-ink")?.getAttribute("d") ?? "",
    colours: [...svg.querySelectorAll("path")].map((path) => getComputedStyle(path).fill)
  }))
  expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"])
  const scale = 6
  const width = side * scale
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x = "", y = "", length = ""] of strokes.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/gu)) {
    for (let row = 0; row < scale; row += 1) {
      const from = (Number(y) * scale + row) * width + Number(x) * scale
      for (let at = from; at < from + Number(length) * scale; at += 1) data.set([0, 0, 0], at * 4)
    }
  }
  return decodeQr({ width, height: width, data })
}

const begin = async (page: Page, email: string, secret: string = password): Promise<void> => {
  await page.getByLabel("E-mail address").fill(email)
  await page.getByLabel("Password").fill(secret)
  await button(page, "Sign in").click()
}

describe("the settings", () => {
  it("change the name at once and everywhere, and the language of mails", () =>
    as("maja@example.test", async (page) => {
      await page.getByRole("link", { name: "Settings" }).click()
      await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor()
      expect(await page.title()).toBe("Settings · Saldo")
      const name = page.getByLabel("Name", { exact: true })
      await name.fill(" ")
      await button(page, "Save").click()
      await page.getByText("Fill this in").waitFor()
      await name.fill("Maja Öberg-Lind")
      await page.getByLabel("Language of mails").selectOption("en")
      await button(page, "Save").click()
      await page.locator(".frame-me").getByText("Maja Öberg-Lind").waitFor()
      await page.reload()
      await page.getByLabel("Name", { exact: true }).waitFor()
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Maja Öberg-Lind")
      expect(await page.getByLabel("Language of mails").inputValue()).toBe("en")
    }))

  it("change the password, after a look at the one before, and end what began with it", () =>
    as(
      "maja@example.test",
      async (page) => {
        const other = await openPage(browser, server.url)
        await signIn(other.page, "maja@example.test")
        await visit(page, "#/settings/security")
        await page.getByLabel("Current password").fill("not-the-password-at-all")
        await page.getByLabel("New password").fill("maja oberg lind")
        await button(page, "Change the password").click()
        await page.locator(".field-error").getByText("It is made of your name or address").waitFor()
        await page.getByLabel("New password").fill("seven-swans-a-swimming")
        let sent = 0
        page.on("request", (request) => {
          if (request.url().endsWith("/api/auth/password")) sent += 1
        })
        await button(page, "Change the password").click()
        await page.locator(".field-error").getByText("The sign-in was rejected").waitFor()
        await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true")
        expect(await isFocused(page, "Current password")).toBe(true)
        // A wrong password is tried once: each try counts as one at guessing it.
        expect(sent).toBe(1)
        await page.getByLabel("Current password").fill(password)
        await button(page, "Change the password").click()
        await page.locator(".notice").getByText("Your password is changed").waitFor()
        await visit(page, "#/accounts")
        await page.getByRole("region", { name: "Accounts" }).waitFor()
        await visit(other.page, "#/accounts")
        await other.page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
        await other.close()
      },
      [failed(401)]
    ))

  it("change the address, by a link to the new one, and let in by it alone", () =>
    as(
      undefined,
      async (page) => {
        const secret = "seven-swans-a-swimming"
        await signIn(page, "maja@example.test", secret)
        await visit(page, "#/settings/security")
        await button(page, "Change the address").click()
        await page.getByLabel("New e-mail address").fill("maja.lind")
        const section = page.locator("section", { hasText: "A link goes to the new address" })
        await section.getByLabel("Current password").fill(secret)
        await button(page, "Send the link").click()
        await page.locator(".field-error").getByText("This is no e-mail address").waitFor()
        await page.getByLabel("New e-mail address").fill("maja.lind@example.test")
        await button(page, "Send the link").click()
        await page.locator(".notice").getByText("A link is on its way to maja.lind@example.test").waitFor()
        await page.goto(await linkTo(server, "maja.lind@example.test", "change-email"))
        await button(page, "Use this address").click()
        await page.locator("#main").getByText("Your address is changed").waitFor()
        await begin(page, "maja@example.test", secret)
        await page.getByRole("alert").getByText("Credentials rejected").waitFor()
        await signIn(page, "maja.lind@example.test", secret)
      },
      [failed(401), failed(422)]
    ))

  it("set up a second factor, which then lets in by a code and by a recovery code, and turn it off", () =>
    as(
      "sara@example.test",
      async (page) => {
        await visit(page, "#/settings/security")
        await button(page, "Set it up").click()
        const factor = page.locator("section", { hasText: "Second factor" })
        await factor.getByLabel("Current password").fill(password)
        await button(page, "Continue").click()
        const said = new URL(await readPicture(page))
        expect(`${said.protocol}//${said.host}`).toBe("otpauth://totp")
        const secret = Redacted.make(said.searchParams.get("secret") ?? "")
        const shown = await factor.getByRole("group", { name: "Secret" }).locator("code").textContent()
        expect(shown?.replaceAll(" ", "")).toBe(Redacted.value(secret))
        await expectAccessible(page, "a second factor that is set up")
        const codeAt = (later: number) =>
          Redacted.value(codeOfStep(secret, stepAt(DateTime.makeUnsafe(Date.now())) + later))
        await page.getByLabel("Code from the app").fill("000 000")
        await button(page, "Turn it on").click()
        await page.locator(".field-error").waitFor()
        await page.getByLabel("Code from the app").fill(codeAt(0))
        await button(page, "Turn it on").click()
        await page.getByRole("heading", { name: "Recovery codes" }).waitFor()
        const codes = await page.locator(".codes li").allTextContents()
        expect(new Set(codes).size).toBe(10)
        await page.emulateMedia({ media: "print" })
        expect(await page.locator(".codes li").first().isVisible()).toBe(true)
        expect(await page.getByLabel("New password").isVisible()).toBe(false)
        await page.emulateMedia({ media: "screen" })
        await expectAccessible(page, "recovery codes")
        await button(page, "I have kept them").click()
        await page.getByText("In use", { exact: true }).waitFor()
        // Nothing of it is left where it could be found.
        const left = await page.evaluate(() =>
          JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.body.outerHTML])
        )
        for (const kept of [Redacted.value(secret), ...codes]) expect(left).not.toContain(kept)
        await button(page, "Sign out").click()

        // A step is good once, so the authenticator's next code is the one to sign in with; it is taken early.
        await begin(page, "sara@example.test")
        await page.waitForFunction(() => document.activeElement?.getAttribute("autocomplete") === "one-time-code")
        const code = codeAt(1)
        await page.getByLabel("Code").fill(`${code.slice(0, 3)} ${code.slice(3)}`)
        await page.keyboard.press("Enter")
        await page.getByRole("heading", { level: 1, name: "Hello, Sara" }).waitFor()
        await button(page, "Sign out").click()
        await begin(page, "sara@example.test")
        await page.getByLabel("Code").fill(codes[0] ?? "")
        await page.keyboard.press("Enter")
        await page.getByRole("heading", { level: 1, name: "Hello, Sara" }).waitFor()

        await visit(page, "#/settings/security")
        await button(page, "Turn it off").click()
        await factor.getByLabel("Current password").fill(password)
        await factor.getByLabel("Code").fill(codes[1] ?? "")
        await button(page, "Turn it off").click()
        await page.getByText("Not in use", { exact: true }).waitFor()
        await button(page, "Set it up").waitFor()
      },
      [failed(401)]
    ))

  it("show where one is signed in, and end a session elsewhere", () =>
    as(
      "kim@example.test",
      async (page) => {
        const other = await openPage(browser, server.url, {
          userAgent: "Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1"
        })
        await signIn(other.page, "kim@example.test")
        await visit(page, "#/settings/sessions")
        const rows = page.getByRole("region", { name: "Sessions" }).locator("tbody tr")
        expect(await rows.filter({ hasText: "This one" }).count()).toBe(1)
        const phone = rows.filter({ hasText: "Safari · iPhone" })
        expect(await phone.count()).toBe(1)
        await phone.getByRole("button", { name: "Sign out" }).click()
        await phone.waitFor({ state: "detached" })
        await visit(other.page, "#/accounts")
        await other.page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
        await visit(other.page, "#/")
        await signIn(other.page, "kim@example.test")
        await page.reload()
        await button(page, "Sign out everywhere else").click()
        await button(page, "Yes, everywhere else").click()
        await page.getByText("You are signed in nowhere else").waitFor()
        await other.page.reload()
        await other.page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
        await other.close()
      },
      [failed(401)]
    ))

  it("make a key that does what it was allowed to and no more, until it is revoked", () =>
    as("kim@example.test", async (page) => {
      await visit(page, "#/settings/keys")
      await page.getByText("You have no keys").waitFor()
      await button(page, "Make a key").click()
      await button(page, "Make the key").click()
      await page.getByText("Choose at least one").waitFor()
      await page.getByLabel("What it is for").fill("Household budget")
      await page.getByLabel("See accounts and payments").check()
      await button(page, "Make the key").click()
      const text = (await page.getByRole("group", { name: "Key" }).locator("code").textContent()) ?? ""
      const call = async (path: string) =>
        (await fetch(`${server.url}${path}`, { headers: { "x-api-key": text } })).status
      expect([await call("/api/v1/accounts"), await call("/api/v1/market/listings")]).toEqual([200, 403])
      await button(page, "I have kept it").click()
      const row = page.getByRole("row").filter({ hasText: "Household budget" })
      await row.getByText("Valid", { exact: true }).waitFor()
      expect(await page.locator("body").innerHTML()).not.toContain(text)
      await row.getByRole("button", { name: "Revoke" }).click()
      await row.getByRole("button", { name: "Really revoke it?" }).click()
      await row.getByText("Revoked", { exact: true }).waitFor()
      expect(await call("/api/v1/accounts")).toBe(401)
    }))
})

describe("payments that come round", () => {
  it("are ordered once, approved by a second person where they are large, left out once, and ended", () =>
    comesRound({ browser, url: server.url }))
})

describe("receivers", () => {
  it("are kept after a payment, chosen for the next one, and taken off the list", () =>
    as("kim@example.test", keepsReceivers))
})

describe("whoever looks after users", () => {
  it("invites somebody, gives roles, locks and unlocks", () =>
    as("adam@bank.example", (page) => looksAfterUsers(page, { browser, url: server.url }, server), [failed(409)]))

  it("has an address told of what happens, looks at what came of it, and has it told again", () =>
    tellsOutside({ browser, url: server.url }))
})

describe("who leaves", () => {
  it("is forgotten, and can sign in no more", () =>
    as(
      undefined,
      async (page) => {
        await signIn(page, "nadja@example.test", "quiet-herons-fold-paper")
        await visit(page, "#/settings")
        await button(page, "Delete my user").click()
        await page.getByLabel("Current password").fill("quiet-herons-fold-paper")
        await button(page, "Delete it for good").click()
        await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
        await begin(page, "nadja@example.test", "quiet-herons-fold-paper")
        await page.getByRole("alert").getByText("Credentials rejected").waitFor()
      },
      [failed(401)]
    ))
})
