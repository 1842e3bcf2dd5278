import type { Browser, Page, Request } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Reader, settled, signIn, startBrowser, visit } from "./browser.ts"
import { catchesUp, seesElsewhere } from "./elsewhere.ts"
import { startServer, type StartedServer } from "./server.ts"
import { failed, visitAs } from "./visits.ts"

let server: StartedServer
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
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

/** The browser itself writes lost connections to the console. */
const cut = /Failed to load resource: net::ERR_/u

const kim = "kim@example.test"
const olof = "olof@bank.example"
const adam = "adam@bank.example"

const rowOf = (page: Page, text: string | RegExp) => page.getByRole("row").filter({ hasText: text })

describe("signing in", () => {
  it("says what is wrong, and leads to the overview", () =>
    as(
      undefined,
      async (page) => {
        await page.getByRole("button", { name: "Sign in" }).click()
        expect(await page.getByLabel("E-mail address").evaluate((field) => field === document.activeElement)).toBe(true)
        await page.getByLabel("E-mail address").fill(kim)
        await page.getByLabel("Password").fill("something else entirely")
        await page.getByRole("button", { name: "Sign in" }).click()
        await page.getByRole("alert").filter({ hasText: "Credentials rejected" }).waitFor()
        await signIn(page, kim)
        expect(await page.title()).toBe("Hello, Kim · Saldo")
      },
      [failed(401)]
    ))

  it("lasts over a reload, renews what has expired, and ends in every tab at once", () =>
    as(
      kim,
      async (page) => {
        await page.reload()
        await page.getByRole("heading", { level: 1, name: "Hello, Kim" }).waitFor()
        await settled(page)
        const tokens: Array<string | undefined> = []
        await page.route("**/api/v1/accounts?*", (route, request) => {
          tokens.push(request.headers()["authorization"])
          return tokens.length === 1 ? route.fulfill({ status: 401, body: "{}" }) : route.continue()
        })
        await visit(page, "#/accounts")
        await page.getByRole("link", { name: "Savings account" }).waitFor()
        // What changes meanwhile is loaded anew, with the token that the page has by then.
        expect(new Set(tokens).size).toBe(2)
        expect(tokens[1]).not.toBe(tokens[0])
        const other = await page.context().newPage()
        await other.goto("/")
        await other.getByRole("button", { name: "Sign out" }).click()
        await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
        expect(await page.evaluate(() => localStorage.getItem("saldo.refresh"))).toBeNull()
      },
      [failed(401)]
    ))
})

describe("a customer", () => {
  it("sees how things stand, and who cannot see charts reads them", () =>
    as(kim, async (page) => {
      await settled(page)
      const chart = page.getByRole("img", { name: /^Balance over time, SEK/u })
      expect(await chart.getAttribute("aria-labelledby")).not.toBeNull()
      expect(await chart.locator("desc").textContent()).toMatch(/^From .+ to .+: .+ SEK at first/u)
      await page.getByText("Show as a table").first().click()
      expect(
        await page
          .getByRole("region", { name: /^Balance over time/u })
          .getByRole("row")
          .count()
      ).toBeGreaterThan(20)
      expect(await page.locator("section", { hasText: "Latest activity" }).getByRole("listitem").count()).toBe(8)
      await page.getByRole("heading", { name: "The market at a glance" }).waitFor()
      // A customer is offered what a customer may do.
      expect(await page.getByRole("navigation").getByRole("link").allTextContents()).toEqual([
        "Overview",
        "Accounts",
        "Transfer",
        "Payments",
        "Market",
        "System"
      ])
    }))

  it("reads a statement that adds up, and prints it", () =>
    as(kim, async (page) => {
      await visit(page, "#/accounts")
      await page.getByRole("link", { name: "Current account" }).click()
      await page.getByRole("heading", { level: 1, name: "Current account" }).waitFor()
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1")
      await page.getByRole("button", { name: "Year", exact: true }).click()
      await settled(page)
      const region = page.getByRole("region", { name: "Statement" })
      const amounts = await region.locator("tbody tr td.number:nth-child(3)").allTextContents()
      const edges = await region.locator("tr.line-edge td:last-child").allTextContents()
      const minor = (text: string) => BigInt(text.replace("−", "-").replaceAll(/[^\d-]/gu, ""))
      const moved = amounts.filter((text) => text !== "").reduce((sum, text) => sum + minor(text), 0n)
      expect(amounts.length).toBeGreaterThan(100)
      expect(minor(edges[0] ?? "") + moved).toBe(minor(edges[1] ?? ""))
      await page.emulateMedia({ media: "print" })
      expect(await page.getByRole("navigation").isVisible()).toBe(false)
      expect(await page.getByRole("button", { name: "Print" }).isVisible()).toBe(false)
      expect(await region.isVisible()).toBe(true)
    }))

  it("transfers once, though the answer was lost and it was sent again", () =>
    as(
      kim,
      async (page) => {
        const balanceOf = async (name: string) => {
          await visit(page, "#/accounts")
          const text = await rowOf(page, name).locator("td.number .money").first().textContent()
          return BigInt((text ?? "").replaceAll(/[^\d-]/gu, ""))
        }
        const before = await balanceOf("Savings account")
        await visit(page, "#/transfer")
        await page.getByRole("button", { name: "Review" }).click()
        await page.getByText("Fill this in").first().waitFor()
        await page.getByLabel("To", { exact: true }).selectOption({ label: "Savings account" })
        await page.getByLabel("Amount (SEK)").fill("12,345,678x")
        await page.getByText("This cannot be read as an amount").waitFor()
        await page.getByLabel("Amount (SEK)").fill("1,250.50")
        await page.getByLabel("Description").fill("For the summer")
        await page.getByRole("button", { name: "Review" }).click()
        await page.getByText("SEK 1,250.50").waitFor()
        const sent: Array<{ key: string | undefined; body: unknown }> = []
        const note = (request: Request) =>
          sent.push({ key: request.headers()["idempotency-key"], body: request.postDataJSON() })
        await page.route("**/api/v1/transactions/transfers", async (route) => {
          note(route.request())
          if (sent.length > 1) return route.continue()
          await route.fetch()
          return route.abort("connectionreset")
        })
        await page.getByRole("button", { name: "Transfer now" }).click()
        await page.getByRole("alert").getByText("it will be carried out once and no more").waitFor()
        await page.getByRole("button", { name: "Send again" }).click()
        await page.getByRole("link", { name: "Show the account" }).waitFor()
        expect(sent).toHaveLength(2)
        expect(sent[1]).toEqual(sent[0])
        expect(sent[0]?.key).toMatch(/^[0-9a-f-]{36}$/u)
        expect(await balanceOf("Savings account")).toBe(before + 125_050n)
      },
      [cut]
    ))

  it("pays once, though the page was loaded anew before an answer came", () =>
    as(
      kim,
      async (page) => {
        await visit(page, "#/payments/new")
        await page.getByLabel("Receiver", { exact: true }).fill("Tidningen Tiden")
        await page.getByLabel("Kind of number").selectOption({ label: "IBAN" })
        await page.getByLabel("Account number").fill("SE45 5000 0000 0583 9825 7466")
        await page.getByLabel("Amount (SEK)").fill("249.00")
        await page.getByRole("button", { name: "Review" }).click()
        const sent: Array<unknown> = []
        await page.route("**/api/v1/payments", async (route) => {
          sent.push([route.request().headers()["idempotency-key"], route.request().postDataJSON()])
          if (sent.length > 1) return route.continue()
          await route.fetch()
          return route.abort("connectionreset")
        })
        await page.getByRole("button", { name: "Pay", exact: true }).click()
        await page.getByRole("alert").waitFor()
        await page.reload()
        await page.getByRole("alert").getByText("it will be carried out once and no more").waitFor()
        await page.getByRole("button", { name: "Send again" }).click()
        await page.getByRole("link", { name: "Show the payment" }).waitFor()
        expect(sent).toHaveLength(2)
        expect(sent[1]).toEqual(sent[0])
        await page.unroute("**/api/v1/payments")
        await visit(page, "#/payments")
        expect(await rowOf(page, "Tidningen Tiden").count()).toBe(1)
        // What is done is done: the next payment begins empty.
        await visit(page, "#/payments/new")
        expect(await page.getByLabel("Receiver", { exact: true }).inputValue()).toBe("")
      },
      [cut]
    ))

  it("is told which field of a payment the bank found fault with", () =>
    as(
      kim,
      async (page) => {
        await visit(page, "#/payments/new")
        await page.getByLabel("Receiver", { exact: true }).fill("Somebody Else")
        await page.getByLabel("Kind of number").selectOption({ label: "IBAN" })
        await page.getByLabel("Account number").fill("SE4550000000058398257467")
        await page.getByLabel("Amount (SEK)").fill("100")
        await page.getByRole("button", { name: "Review" }).click()
        await page.getByRole("button", { name: "Pay", exact: true }).click()
        const alert = page.getByRole("alert")
        await alert.getByText("Request invalid").waitFor()
        expect(await alert.locator("li code").allTextContents()).toEqual(["body.creditor.account"])
        await page.getByRole("button", { name: "Change" }).click()
        const field = page.getByLabel("Account number")
        await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true")
        expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
        const described = (await field.getAttribute("aria-describedby")) ?? ""
        expect(await page.locator(`#${described}`).textContent()).toMatch(/IBAN/u)
      },
      [failed(400)]
    ))
})

describe("two people", () => {
  it("pay what one of them asked for and the other approved", async () => {
    await as(kim, async (page) => {
      await visit(page, "#/payments/new")
      await page.getByLabel("From").selectOption({ index: 0 })
      await page.getByLabel("Receiver", { exact: true }).fill("Brf Lindens Gård")
      await page.getByLabel("Kind of number").selectOption({ label: "IBAN" })
      await page.getByLabel("Account number").fill("SE45 5000 0000 0583 9825 7466")
      await page.getByLabel("Amount (SEK)").fill("25,001")
      await page.getByLabel("Message", { exact: true }).fill("Renovation")
      await page.getByRole("button", { name: "Review" }).click()
      await page.getByRole("button", { name: "Pay", exact: true }).click()
      await page.getByText("It waits for a second person").waitFor()
    })
    await as(olof, async (page) => {
      await visit(page, "#/approvals")
      const section = page.locator("section", { hasText: "Brf Lindens Gård" })
      await section.getByLabel("Comment").fill("Checked by phone")
      await section.getByRole("button", { name: "Approve" }).click()
      await section.getByText("Approved").waitFor()
      await visit(page, "#/payments")
      await rowOf(page, "Brf Lindens Gård")
        .filter({ hasText: /Approved|Sent|Settled/u })
        .waitFor()
    })
  })
})

describe("what happens elsewhere", () => {
  it("is seen without loading the page anew: on the overview, the account, the payments and the approvals", () =>
    as(kim, (page) => seesElsewhere(page, browser, server.url)))

  it("is made good when the connection was away", () => as(kim, (page) => catchesUp(page, browser, server.url), [cut]))
})

describe("the bank's own people", () => {
  it("read the books and have them verified", () =>
    as(adam, async (page) => {
      await visit(page, "#/ledger")
      await page.getByText("Debits and credits are equal").waitFor()
      const sums = await page.locator("tfoot .money").allTextContents()
      expect(sums[0]).toBe(sums[1])
      await page.getByRole("button", { name: "Verify the books" }).click()
      await page
        .getByRole("status")
        .getByText(/^Everything holds: [\d,]+ entries/u)
        .waitFor()
      await page.getByRole("button", { name: "Entries", exact: true }).click()
      await settled(page)
      const first = page.getByRole("region", { name: "Entries" }).getByRole("link").first()
      await first.click()
      await page.getByRole("heading", { name: "Postings" }).waitFor()
      await settled(page)
      const postings = page.getByRole("region", { name: "Postings" })
      expect(await postings.locator("tbody tr").count()).toBeGreaterThanOrEqual(2)
      expect(await postings.locator("tbody a").first().textContent()).not.toMatch(/^acct_/u)
    }))

  it("narrow, search and watch the market, and collect it", () =>
    as(adam, async (page) => {
      await visit(page, "#/market")
      await page.getByLabel("Status").selectOption({ label: "Open" })
      await settled(page)
      const states = await page.getByRole("region", { name: "Market" }).locator("tbody .state").allTextContents()
      expect(new Set(states)).toEqual(new Set(["Open"]))
      expect(page.url()).toContain("status=open")
      await page.getByLabel("Search").fill("there is no such loan")
      await page.getByText("No loan fits").first().waitFor()
      await page.getByRole("button", { name: "Clear filters" }).click()
      await settled(page)
      await page.getByRole("button", { name: "Collect", exact: true }).click()
      await page.getByRole("progressbar").waitFor()
      await page
        .locator(".notice")
        .filter({ hasText: /^Collected: \d+ loans/u })
        .waitFor({ timeout: 30_000 })
      await settled(page)
      await page.getByLabel("Status").selectOption({ label: "Open" })
      await settled(page)
      await page.getByRole("region", { name: "Market" }).getByRole("link").first().click()
      await page.getByRole("img", { name: "Funded over time" }).waitFor()
      await page.getByText("Version 1").waitFor()
    }))

  it("read the trail, and have its chain verified", () =>
    as(adam, async (page) => {
      await visit(page, "#/audit")
      await page.getByLabel("Outcome").selectOption({ label: "Refused" })
      await settled(page)
      const outcomes = await page.getByRole("region", { name: "Audit trail" }).locator(".state").allTextContents()
      expect(outcomes.length).toBeGreaterThan(0)
      expect(new Set(outcomes)).toEqual(new Set(["Refused"]))
      await page.getByRole("button", { name: "Verify the chain" }).click()
      await page
        .getByRole("status")
        .getByText(/^The chain is whole/u)
        .waitFor()
    }))

  it("see that the server is well, and what it has done", () =>
    as(adam, async (page) => {
      await visit(page, "#/system")
      const health = page.locator("section", { hasText: "Health" }).first()
      expect(await health.locator(".state").allTextContents()).toEqual(["Yes", "Yes"])
      const row = rowOf(page, "GET /api/v1/accounts").first()
      expect(Number(await row.locator("td").first().textContent())).toBeGreaterThan(0)
    }))
})
