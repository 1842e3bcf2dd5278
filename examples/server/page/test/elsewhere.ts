/** What two people see of each other while both look at the page. */
import type { Browser, Page } from "playwright-core"
import { expect } from "vitest"
import { openPage, settled, signIn, visit } from "./browser.ts"

const kim = "kim@example.test"
const olof = "olof@bank.example"

const amountOf = (text: string | null) => BigInt((text ?? "").replaceAll(/[^\d-]/gu, ""))
const rowOf = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text })
const latest = (page: Page) => page.locator("section", { hasText: "Latest activity" })

const transfer = async (page: Page, amount: string, description: string) => {
  await visit(page, "#/transfer")
  await page.getByLabel("To", { exact: true }).selectOption({ label: "Savings account" })
  await page.getByLabel("Amount (SEK)").fill(amount)
  await page.getByLabel("Description").fill(description)
  await page.getByRole("button", { name: "Review" }).click()
  await page.getByRole("button", { name: "Transfer now" }).click()
  await page.getByRole("link", { name: "Show the account" }).waitFor()
}

/** The page of somebody shows what the same one does in another browser, and what somebody of the bank decides. */
export const seesElsewhere = async (page: Page, browser: Browser, url: string): Promise<void> => {
  const elsewhere = await openPage(browser, url)
  const waiting = await openPage(browser, url)
  await signIn(waiting.page, olof)
  await visit(waiting.page, "#/approvals")
  const other = elsewhere.page
  await signIn(other, kim)
  await settled(page)
  // Both tabs of this browser see it, though one listens for both.
  const tab = await page.context().newPage()
  await tab.goto("/#/accounts")
  await tab.getByRole("link", { name: "Savings account" }).click()
  const total = tab.locator("p.total .money")
  const before = amountOf(await total.textContent())
  await transfer(other, "77.77", "From another place")
  await latest(page).getByText("From another place").first().waitFor()
  await tab.getByRole("region", { name: "Statement" }).getByText("From another place").first().waitFor()
  await settled(tab)
  expect(amountOf(await total.textContent())).toBe(before + 7777n)

  await visit(page, "#/payments")
  await visit(other, "#/payments/new")
  await other.getByLabel("Receiver", { exact: true }).fill("Kakel från Ekerö")
  await other.getByLabel("Kind of number").selectOption({ label: "IBAN" })
  await other.getByLabel("Account number").fill("SE45 5000 0000 0583 9825 7466")
  await other.getByLabel("Amount (SEK)").fill("25,002")
  await other.getByRole("button", { name: "Review" }).click()
  await other.getByRole("button", { name: "Pay", exact: true }).click()
  await rowOf(page, "Kakel från Ekerö").waitFor()
  const section = waiting.page.locator("section", { hasText: "Kakel från Ekerö" })
  await section.getByRole("button", { name: "Decline" }).click()
  await section.getByText("Declined").waitFor()
  await rowOf(page, "Kakel från Ekerö").filter({ hasText: "Taken back" }).waitFor()
  expect([...elsewhere.complaints, ...waiting.complaints]).toEqual([])
  await elsewhere.close()
  await waiting.close()
}

/** A page that could not listen for a while shows afterwards what happened meanwhile. */
export const catchesUp = async (page: Page, browser: Browser, url: string): Promise<void> => {
  await page.route("**/api/v1/events", (route) => route.abort("connectionreset"))
  await page.reload()
  await page.getByRole("heading", { level: 1, name: "Hello, Kim" }).waitFor()
  await settled(page)
  const elsewhere = await openPage(browser, url)
  await signIn(elsewhere.page, kim)
  await transfer(elsewhere.page, "5", "While nobody heard")
  await elsewhere.close()
  expect(await latest(page).getByText("While nobody heard").count()).toBe(0)
  await page.unroute("**/api/v1/events")
  await latest(page).getByText("While nobody heard").first().waitFor()
}
