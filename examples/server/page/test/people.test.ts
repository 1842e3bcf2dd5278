import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { expectAccessible, openPage, type Reader, signIn, startBrowser } from "./browser.ts"
import { linkTo } from "./mails.ts"
import { startServer, type StartedServer } from "./server.ts"

let server: StartedServer
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
}, 180_000)

afterAll(async () => {
  await browser.close()
  await server.stop()
})

/** Lets somebody go through the page, and checks that the console stayed quiet. */
const as = async (
  email: string | undefined,
  go: (page: Page, reader: Reader) => Promise<void>,
  allowed: ReadonlyArray<RegExp> = []
) => {
  const reader = await openPage(browser, server.url)
  try {
    if (email !== undefined) await signIn(reader.page, email)
    await go(reader.page, reader)
    expect(reader.complaints.filter((complaint) => !allowed.some((known) => known.test(complaint)))).toEqual([])
  } finally {
    await reader.close()
  }
}

/** The browser itself writes failed requests to the console; a test that wants one to fail names it. */
const failed = (status: number) => new RegExp(`Failed to load resource.*${status}`, "u")

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true })

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
