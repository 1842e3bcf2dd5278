/** A real browser, and a reader in it who minds what the console says. */
import chromium from "@sparticuz/chromium"
import axe from "axe-core"
import { chromium as engine, type Browser, type BrowserContextOptions, type Page } from "playwright-core"
import { expect } from "vitest"

/** The password of everybody in the demonstration. */
export const password = "lantern-over-quiet-water"

/** Starts the browser. */
export const startBrowser = async (): Promise<Browser> =>
  engine.launch({
    executablePath: await chromium.executablePath(),
    // The package's own arguments are made for a function in a cloud, and let one process do everything.
    args: ["--no-sandbox", "--headless=shell", "--font-render-hinting=none"]
  })

/** A page of its own, with nothing remembered, and what its console complained about. */
export interface Reader {
  readonly page: Page
  readonly complaints: Array<string>
  readonly close: () => Promise<void>
}

/** Opens the page as somebody who has not been there before. */
export const openPage = async (browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Reader> => {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Stockholm",
    ...options
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const complaints: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(String(error)))
  await page.addInitScript(() => {
    // The demonstration's people prefer Swedish; who reads in English has said so.
    if (localStorage.getItem("saldo.language") === null) localStorage.setItem("saldo.language", "en")
  })
  await page.goto("/")
  return { page, complaints, close: () => context.close() }
}

/** Signs in and waits for the overview. */
export const signIn = async (page: Page, email: string, secret: string = password): Promise<void> => {
  await page.getByLabel("E-mail address").fill(email)
  await page.getByLabel("Password").fill(secret)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1, name: /^Hello/u }).waitFor()
}

/** Goes to a place and waits until everything on it has been loaded. */
export const visit = async (page: Page, hash: string): Promise<void> => {
  await page.evaluate((to) => {
    location.hash = to
  }, hash)
  await settled(page)
}

/** Waits until nothing is being loaded. */
export const settled = async (page: Page): Promise<void> => {
  await page.waitForTimeout(50)
  await page.waitForFunction(() => document.querySelector('.loading, [aria-busy="true"]') === null)
}

interface Finding {
  readonly id: string
  readonly impact: string | null
  readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary?: string }>
}

interface Findings {
  readonly passes: ReadonlyArray<Finding>
  readonly violations: ReadonlyArray<Finding>
}

/** Fails when axe finds anything serious, or worse. */
export const expectAccessible = async (page: Page, where: string): Promise<void> => {
  await page.evaluate(axe.source)
  const { passes, violations } = await page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: { run: () => Promise<Findings> } }).axe.run()
    return { passes: found.passes.length, violations: found.violations }
  })
  // Rules that looked at nothing would find nothing.
  expect(passes, where).toBeGreaterThan(15)
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ failureSummary, html }) => `${html} ${failureSummary}`).join("\n")}`)
  expect(serious, where).toEqual([])
}

/** Fails when the page is wider than its window. */
export const expectNoOverflow = async (page: Page, where: string): Promise<void> => {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(excess, where).toBeLessThanOrEqual(0)
  // Amounts are never broken, so they are what sticks out; tables scroll by themselves.
  const beyond = await page.evaluate(() =>
    [...document.querySelectorAll(".section .money")]
      .filter((money) => money.closest(".table-frame") === null)
      .filter((money) => {
        const edge = money.closest(".section")?.getBoundingClientRect().right ?? 0
        return money.getBoundingClientRect().right > edge - 16
      })
      .map(({ textContent }) => textContent)
  )
  expect(beyond, where).toEqual([])
}
