import { mkdir } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { expectAccessible, expectNoOverflow, openPage, settled, signIn, startBrowser, visit } from "./browser.ts"
import { startServer, type StartedServer } from "./server.ts"

let server: StartedServer
let browser: Browser

/** Where pictures of the pages are left for people to look at. */
const pictures = fileURLToPath(new URL("../../../../.test-results/page/", import.meta.url))

beforeAll(async () => {
  await mkdir(pictures, { recursive: true })
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
}, 180_000)

afterAll(async () => {
  await browser.close()
  await server.stop()
})

const adam = "adam@bank.example"

/** The address of the first link in the main part of a page that leads below a place. */
const linkBelow = async (page: Page, place: string, below: string): Promise<string> => {
  await visit(page, place)
  return (await page.locator(`#main a[href^="${below}"]`).first().getAttribute("href")) ?? place
}

const places = async (page: Page): Promise<ReadonlyArray<readonly [string, string]>> => [
  ["overview", "#/"],
  ["accounts", "#/accounts"],
  ["account", await linkBelow(page, "#/accounts", "#/accounts/")],
  ["transfer", "#/transfer"],
  ["payments", "#/payments"],
  ["payment", await linkBelow(page, "#/payments", "#/payments/pay_")],
  ["new-payment", "#/payments/new"],
  ["approvals", "#/approvals"],
  ["market", "#/market"],
  ["listing", await linkBelow(page, "#/market?status=open", "#/market/kameo/")],
  ["ledger", "#/ledger"],
  ["entries", "#/ledger?view=entries"],
  ["entry", await linkBelow(page, "#/ledger?view=entries", "#/ledger/entries/")],
  ["ledger-account", await linkBelow(page, "#/ledger", "#/ledger/accounts/")],
  ["audit", "#/audit"],
  ["system", "#/system"],
  ["recurring", "#/payments/recurring"],
  ["plan", await linkBelow(page, "#/payments/recurring", "#/payments/recurring/plan_")],
  ["new-plan", "#/payments/recurring/new"],
  ["receivers", "#/payments/receivers"],
  ["users", "#/users"],
  ["user", await linkBelow(page, "#/users", "#/users/user_")],
  ["invite", "#/users/invite"],
  ["webhooks", "#/webhooks"],
  ["new-webhook", "#/webhooks/new"],
  ["profile", "#/settings"],
  ["security", "#/settings/security"],
  ["sessions", "#/settings/sessions"],
  ["keys", "#/settings/keys"],
  ["nowhere", "#/nowhere"]
]

describe("every page", () => {
  for (const width of [360, 1440]) {
    for (const colorScheme of ["light", "dark"] as const) {
      it(`fits ${width} pixels in the ${colorScheme}, can be read by everybody, and is quiet in the console`, async () => {
        const options = { viewport: { width, height: 900 }, colorScheme }
        const { close, complaints, page } = await openPage(browser, server.url, options)
        const look = async (name: string) => {
          const where = `${name} at ${width} in the ${colorScheme}`
          await expectNoOverflow(page, where)
          await expectAccessible(page, where)
          await page.screenshot({ path: `${pictures}${name}-${width}-${colorScheme}.png`, fullPage: true })
        }
        await look("sign-in")
        for (const name of ["sign-up", "forgotten-password", "verification"]) {
          await visit(page, `#/${name}`)
          await look(name)
        }
        await visit(page, "#/")
        await signIn(page, adam)
        if (colorScheme === "dark") {
          await page.evaluate(() => localStorage.setItem("saldo.language", "sv"))
          await page.reload()
          await page.getByRole("heading", { level: 1, name: "Hej, Adam" }).waitFor()
        }
        for (const [name, place] of await places(page)) {
          await visit(page, place)
          expect(await page.locator("h1").count(), name).toBe(1)
          await look(name)
        }
        expect(complaints).toEqual([])
        await close()
      }, 120_000)
    }
  }
})

describe("the look at a page", () => {
  it("finds what nobody could name, and what does not fit", async () => {
    const { close, page } = await openPage(browser, server.url)
    await page.evaluate(() => {
      document.querySelector("main")?.append(document.createElement("button"))
    })
    await expect(expectAccessible(page, "a button without a name")).rejects.toThrow(
      /^a button without a name: expected \[ Array\(1\) \]/u
    )
    await page.evaluate(() => {
      const wide = document.createElement("p")
      wide.textContent = "wide"
      wide.style.width = "200vw"
      document.body.append(wide)
    })
    await expect(expectNoOverflow(page, "a wide paragraph")).rejects.toThrow(/a wide paragraph/u)
    await close()
  })
})

describe("the keyboard", () => {
  it("goes past the menu, and is at the heading of each page that it comes to", async () => {
    const { close, page } = await openPage(browser, server.url)
    await signIn(page, adam)
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await page.keyboard.press("Tab")
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content")
    await page.keyboard.press("Enter")
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1")
    await page.getByRole("navigation").getByRole("link", { name: "Ledger" }).focus()
    await page.keyboard.press("Enter")
    // The link says the same as the heading.
    await page.waitForFunction(
      () => document.activeElement?.matches("h1") && document.activeElement.textContent === "Ledger"
    )
    expect(await page.title()).toBe("Ledger · Saldo")
    await page.goBack()
    await page.waitForFunction(() => document.title === "Hello, Adam · Saldo" && document.activeElement?.matches("h1"))
    await close()
  })

  it("opens and closes the menu where there is no room for it", async () => {
    const { close, page } = await openPage(browser, server.url, { viewport: { width: 360, height: 780 } })
    await signIn(page, adam)
    const menu = page.getByRole("button", { name: "Menu" })
    expect(await page.getByRole("navigation").isVisible()).toBe(false)
    await menu.press("Enter")
    expect(await page.getByRole("navigation").isVisible()).toBe(true)
    await page.keyboard.press("Escape")
    expect(await page.getByRole("navigation").isVisible()).toBe(false)
    await menu.click()
    await page.getByRole("link", { name: "Market" }).first().click()
    await page.getByRole("heading", { level: 1, name: "Market" }).waitFor()
    expect(await page.getByRole("navigation").isVisible()).toBe(false)
    await close()
  })
})

describe("language and appearance", () => {
  it("hold for refusals too", async () => {
    const { close, page } = await openPage(browser, server.url)
    await page.getByLabel("Language").selectOption("sv")
    await page.getByLabel("E-postadress").fill("kim@example.test")
    await page.getByLabel("Lösenord").fill("något helt annat")
    await page.getByRole("button", { name: "Logga in" }).click()
    await page.getByRole("alert").getByText("Uppgifterna stämmer inte").waitFor()
    await close()
  })

  it("are changed in place, in words, amounts and dates, and are the same at the next visit", async () => {
    const { close, page } = await openPage(browser, server.url, { colorScheme: "light" })
    await signIn(page, "kim@example.test")
    await settled(page)
    expect(await page.locator(".total").first().textContent()).toMatch(/^SEK\s[\d,]+\.\d\d$/u)
    await page.getByLabel("Language").selectOption("sv")
    await page.getByRole("heading", { level: 1, name: "Hej, Kim" }).waitFor()
    expect(await page.locator(".total").first().textContent()).toMatch(/^[\d\s]+,\d\d\skr$/u)
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("sv")
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    const light = await paper()
    await page.getByLabel("Utseende").selectOption("dark")
    const dark = await paper()
    expect(dark).not.toBe(light)
    await page.reload()
    await page.getByRole("heading", { level: 1, name: "Hej, Kim" }).waitFor()
    expect(await paper()).toBe(dark)
    await close()
  })
})

describe("what happens as soon as there is something to see is heard", () => {
  it("a choice of language", async () => {
    const { close, page } = await openPage(browser, server.url)
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        const choice = [...document.querySelectorAll("select")].find(({ options }) =>
          [...options].some(({ value }) => value === "sv")
        )
        if (choice === undefined) return
        observer.disconnect()
        choice.value = "sv"
        choice.dispatchEvent(new Event("change", { bubbles: true }))
      }).observe(document, { childList: true, subtree: true })
    })
    await page.reload()
    await page.getByLabel("E-postadress").waitFor()
    await close()
  })

  it("that the connection is away", async () => {
    const { close, page } = await openPage(browser, server.url)
    await page.evaluate(() => {
      new MutationObserver((_, observer) => {
        if (document.querySelector("nav") === null) return
        observer.disconnect()
        Object.defineProperty(navigator, "onLine", { value: false })
        dispatchEvent(new Event("offline"))
      }).observe(document.body, { childList: true, subtree: true })
    })
    await signIn(page, adam)
    await page.getByText("What you see may have changed since it was loaded").waitFor()
    await close()
  })
})

describe("when something is amiss", () => {
  it("says that there is no connection, keeps what is there, and goes on by itself", async () => {
    const { close, page } = await openPage(browser, server.url)
    await signIn(page, adam)
    await visit(page, "#/accounts")
    await page.context().setOffline(true)
    await page.getByText("What you see may have changed since it was loaded").waitFor()
    expect(await page.getByRole("region", { name: "Accounts" }).isVisible()).toBe(true)
    await page.getByRole("navigation").getByRole("link", { name: "Payments" }).click()
    await page.getByRole("alert").getByText("You are offline").waitFor()
    await page.context().setOffline(false)
    await page.getByRole("region", { name: "Payments" }).waitFor()
    expect(await page.getByRole("alert").count()).toBe(0)
    await close()
  })

  it("goes on when the connection is back at the moment at which it turns out that it was away", async () => {
    const { close, page } = await openPage(browser, server.url)
    await signIn(page, adam)
    await page.evaluate(() => {
      const connected = globalThis.fetch
      globalThis.fetch = (input, init) =>
        typeof input === "string" && input.startsWith("/api/v1/payments?")
          ? Promise.reject(new TypeError("Failed to fetch"))
          : connected(input, init)
      new MutationObserver((_, observer) => {
        if (document.querySelector("#main [role=alert]") === null) return
        observer.disconnect()
        globalThis.fetch = connected
        dispatchEvent(new Event("online"))
      }).observe(document.body, { childList: true, subtree: true })
    })
    await visit(page, "#/payments")
    await page.getByRole("region", { name: "Payments" }).waitFor()
    await close()
  })

  it("tells the problem of the server, its number in the log, and tries again when asked to", async () => {
    const { close, page } = await openPage(browser, server.url)
    await signIn(page, adam)
    let broken = true
    await page.route("**/api/v1/ledger/trial-balance*", (route) =>
      broken
        ? route.fulfill({
            status: 500,
            contentType: "application/problem+json",
            headers: { "x-request-id": "req_17" },
            body: JSON.stringify({
              type: "https://saldo.dev/problems/internal-failure",
              title: "Internal failure",
              status: 500,
              code: "InternalFailure",
              detail: "Something went wrong on our side"
            })
          })
        : route.continue()
    )
    await visit(page, "#/ledger")
    const alert = page.getByRole("alert")
    await alert.getByText("Internal failure").waitFor()
    await alert.getByText("req_17").waitFor()
    broken = false
    await alert.getByRole("button", { name: "Try again" }).click()
    await page.getByText("Debits and credits are equal").waitFor()
    await close()
  })

  it("stays whole when the server goes away, and says so", async () => {
    const { close, page } = await openPage(browser, server.url)
    await signIn(page, adam)
    await page.route("**/api/v1/audit/**", (route) => route.abort("connectionrefused"))
    await visit(page, "#/audit")
    await page.getByRole("alert").getByText("The server does not answer").waitFor()
    await expectAccessible(page, "an error")
    await close()
  })

  it("says when a part of the page did not come, and begins anew when asked to", async () => {
    const { close, page } = await openPage(browser, server.url)
    await signIn(page, adam)
    const parts = /\/assets\/part-/u
    await page.route(parts, (route) => route.abort("connectionrefused"))
    await page.getByRole("navigation").getByRole("link", { name: "Users" }).focus()
    await page.keyboard.press("Enter")
    await page.getByRole("alert").getByText("The server does not answer").waitFor()
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Users")
    await page.unroute(parts)
    await page.getByRole("alert").getByRole("button", { name: "Try again" }).click()
    await page.getByRole("region", { name: "Users" }).waitFor()
    // The heading has the focus also where the page that it is of came later.
    await page.getByRole("navigation").getByRole("link", { name: "Webhooks" }).focus()
    await page.keyboard.press("Enter")
    await page.waitForFunction(
      () => document.activeElement?.matches("h1") && document.activeElement.textContent === "Webhooks"
    )
    await close()
  })

  it("says that an account is not there", async () => {
    const { close, page } = await openPage(browser, server.url)
    await signIn(page, adam)
    await visit(page, "#/accounts/dep_06dpdrxn1wtz5fbr3j5tnm8gq4")
    await page.getByRole("alert").getByText("Deposit account not found").waitFor()
    await close()
  })
})

describe("the picture in the README", () => {
  it("can be made again, light and dark: copy page-*.png to docs/images", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { close, page } = await openPage(browser, server.url, {
        colorScheme,
        viewport: { width: 1280, height: 1024 }
      })
      await signIn(page, "kim@example.test")
      await settled(page)
      await page.getByRole("img", { name: /^Balance over time/u }).waitFor()
      const picture = await page.screenshot({ path: `${pictures}page-${colorScheme}.png` })
      expect(picture.length).toBeLessThanOrEqual(250_000)
      await close()
    }
  })
})

describe("what the page weighs", () => {
  it("is 150 kB compressed at most, and comes from nowhere else", async () => {
    const { close, page } = await openPage(browser, server.url)
    const asked: Array<string> = []
    page.on("request", (request) => asked.push(request.url()))
    const session = await page.context().newCDPSession(page)
    let bytes = 0
    session.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", { cacheDisabled: true })
    await page.reload({ waitUntil: "networkidle" })
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThanOrEqual(150_000)
    expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([])
    await close()
  })
})
