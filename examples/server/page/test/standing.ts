/** What customers order with the bank, and what the bank's own people say to it. */
import type { Page } from "playwright-core"
import { expect } from "vitest"
import { expectAccessible, visit } from "./browser.ts"
import { button, type Place, visitAs } from "./visits.ts"

/** A payment that comes round is ordered, approved by a second person, left out once and taken in again, and ended. */
export const comesRound = async (place: Place): Promise<void> => {
  await visitAs(place, "kim@example.test", async (page) => {
    await visit(page, "#/payments")
    await page.getByRole("link", { name: "Recurring" }).click()
    await page.getByRole("link", { name: "New recurring payment" }).click()
    await page.getByRole("heading", { level: 1, name: "New recurring payment" }).waitFor()
    await button(page, "Review").click()
    await page.getByText("Choose today or a later day").waitFor()
    await page.getByLabel("Receiver", { exact: true }).fill("Brf Ekbacken")
    await page.getByLabel("Kind of number").selectOption({ label: "IBAN" })
    await page.getByLabel("Account number").fill("SE45 5000 0000 0583 9825 7466")
    await page.getByLabel("Amount (SEK)").fill("26,000")
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)
    await page.getByLabel("First payment").fill(soon)
    await page.getByLabel("On which day").selectOption({ label: "The last banking day of the month" })
    await page.getByLabel("Ends").selectOption({ label: "After a number of payments" })
    await page.getByLabel("Number of payments").fill("zero")
    await button(page, "Review").click()
    await page.getByText("A whole number from 1 to 100000").waitFor()
    await page.getByLabel("Number of payments").fill("6")
    await button(page, "Review").click()
    await page.getByText("After 6 payments").waitFor()
    await button(page, "Order it").click()
    await page.getByText("It waits for a second person").waitFor()
  })
  await visitAs(place, "olof@bank.example", async (page) => {
    await visit(page, "#/approvals")
    const asked = page.locator("section", { hasText: "Brf Ekbacken" })
    await asked.getByText("Payment plan").waitFor()
    await asked.getByRole("button", { name: "Approve" }).click()
    await asked.getByText("Approved").waitFor()
  })
  await visitAs(place, "kim@example.test", async (page) => {
    await visit(page, "#/payments/recurring")
    await page.getByRole("row").filter({ hasText: "Brf Ekbacken" }).getByText("Active").waitFor()
    await page.getByRole("link", { name: "Brf Ekbacken" }).click()
    const coming = page.locator("section", { hasText: "Coming payments" })
    await coming.getByRole("listitem").first().waitFor()
    expect(await coming.getByRole("listitem").count()).toBe(6)
    const second = coming.getByRole("listitem").nth(1)
    await second.getByRole("button", { name: /^Leave out/u }).click()
    await second.getByText("Left out").waitFor()
    expect(await coming.getByRole("listitem").count()).toBe(6)
    await second.getByRole("button", { name: /^Pay it after all/u }).click()
    await coming.getByText("Left out").waitFor({ state: "detached" })
    await expectAccessible(page, "a plan")
    await button(page, "End it").click()
    await button(page, "Really end it?").click()
    await page.getByText("Ended before its time").waitFor()
    expect(await coming.count()).toBe(0)
  })
}

/** A receiver is kept after a payment, chosen for the next one, and taken off the list. */
export const keepsReceivers = async (page: Page): Promise<void> => {
  await visit(page, "#/payments/new")
  await page.getByLabel("Receiver", { exact: true }).fill("Tandläkare Tand")
  await page.getByLabel("Kind of number").selectOption({ label: "IBAN" })
  await page.getByLabel("Account number").fill("SE35 5000 0000 0549 1000 0003")
  await page.getByLabel("Amount (SEK)").fill("650")
  await button(page, "Review").click()
  await button(page, "Pay").click()
  await button(page, "Keep the receiver").click()
  await page.locator(".notice").getByText("The receiver is kept").waitFor()
  await button(page, "Make another payment").click()
  await page.getByLabel("To whom").selectOption({ label: "Tandläkare Tand, SE35 5000 0000 0549 1000 0003" })
  expect(await page.getByLabel("Receiver", { exact: true }).inputValue()).toBe("Tandläkare Tand")
  expect(await page.getByLabel("Account number").inputValue()).toBe("SE3550000000054910000003")
  await visit(page, "#/payments/receivers")
  const row = page.getByRole("row").filter({ hasText: "Tandläkare Tand" })
  await row.getByRole("button", { name: "Remove" }).click()
  await row.getByRole("button", { name: "Really remove it?" }).click()
  await row.waitFor({ state: "detached" })
}
