/** What those do who look after users, and after others outside who are told of what happens. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Page } from "playwright-core"
import { expect } from "vitest"
import { expectAccessible, openPage, signIn, visit } from "./browser.ts"
import { linkTo } from "./mails.ts"
import type { StartedServer } from "./server.ts"
import { button, failed, type Place, visitAs } from "./visits.ts"

const adam = "adam@bank.example"

/** Somebody is invited, comes, gets roles, and is locked out and let in again. */
export const looksAfterUsers = async (page: Page, { browser, url }: Place, server: StartedServer): Promise<void> => {
  await visit(page, "#/users")
  await page.getByRole("row").filter({ hasText: "Tyra Ekholm" }).getByText("Active").waitFor()
  await page.getByRole("link", { name: "Invite" }).click()
  await page.getByRole("heading", { level: 1, name: "Invite somebody" }).waitFor()
  await page.getByLabel("Name", { exact: true }).fill("Tor Ek")
  await page.getByLabel("E-mail address").fill("tyra@bank.example")
  await page.getByLabel("Teller").check()
  await button(page, "Send the invitation").click()
  await page.locator(".field-error").getByText("has this e-mail address").waitFor()
  await page.getByLabel("E-mail address").fill("tor@bank.example")
  await button(page, "Send the invitation").click()
  await page.locator(".notice").getByText("The invitation is on its way to tor@bank.example").waitFor()

  const guest = await openPage(browser, url)
  await guest.page.goto(await linkTo(server, "tor@bank.example", "accept-invitation"))
  await guest.page.getByLabel("Choose a password").fill("a-ferry-at-the-far-shore")
  await button(guest.page, "Begin").click()
  await guest.page.locator("#main").getByText("Your password is set").waitFor()
  await signIn(guest.page, "tor@bank.example", "a-ferry-at-the-far-shore")
  expect(await guest.page.getByRole("navigation").getByRole("link", { name: "Approvals" }).count()).toBe(0)

  await page.getByRole("link", { name: "Show the user" }).click()
  await page.getByRole("heading", { level: 1, name: "Tor Ek" }).waitFor()
  await page.getByLabel("Officer").check()
  await button(page, "Save the roles").click()
  await button(page, "The roles are saved").waitFor()
  await guest.page.reload()
  await guest.page.getByRole("navigation").getByRole("link", { name: "Approvals" }).waitFor()
  await expectAccessible(page, "a user")
  await button(page, "Lock").click()
  await button(page, "Really lock?").click()
  await page.getByText("Locked", { exact: true }).waitFor()
  await guest.page.reload()
  await guest.page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor()
  await button(page, "Unlock").click()
  await page.getByText("Active", { exact: true }).waitFor()
  await guest.close()
}

/** An address is told of a transfer, fails once, is told again by hand, and is paused, changed and removed. */
export const tellsOutside = async (place: Place): Promise<void> => {
  const heard: Array<string> = []
  const receiver = createServer((request, response) => {
    request.resume().once("end", () => {
      heard.push(String(request.headers["webhook-id"]))
      response.writeHead(heard.length === 1 ? 500 : 204).end()
    })
  })
  await new Promise<void>((resolve) => {
    receiver.listen(0, "127.0.0.1", resolve)
  })
  const { port } = receiver.address() as AddressInfo
  try {
    await visitAs(
      place,
      adam,
      async (page) => {
        await visit(page, "#/webhooks")
        await page.getByText("Nobody outside is told of anything").waitFor()
        await page.getByRole("link", { name: "Add an address" }).click()
        await page.getByLabel("Address", { exact: true }).fill("ftp://example.com/events")
        await page.getByLabel("Customers, accounts and payments").check()
        await button(page, "Add it").click()
        await page.locator(".field-error").getByText("cannot be told of events").waitFor()
        await page.getByLabel("Address", { exact: true }).fill(`http://127.0.0.1:${port}/events`)
        await button(page, "Add it").click()
        const secret = (await page.getByRole("group", { name: "Secret" }).locator("code").textContent()) ?? ""
        expect(secret).toMatch(/^whsec_/u)
        await button(page, "I have kept it").click()
        await page.getByRole("heading", { level: 1, name: `127.0.0.1:${port}` }).waitFor()
        expect(await page.locator("body").innerHTML()).not.toContain(secret)

        // Somebody moves money, which the address is told of.
        await visitAs(place, "kim@example.test", async (other) => {
          await visit(other, "#/transfer")
          await other.getByLabel("To", { exact: true }).selectOption({ label: "Savings account" })
          await other.getByLabel("Amount (SEK)").fill("17")
          await button(other, "Review").click()
          await button(other, "Transfer now").click()
          await other.getByRole("link", { name: "Show the account" }).waitFor()
        })
        const rows = page.getByRole("region", { name: "Deliveries" }).locator("tbody tr")
        const failure = rows.filter({ hasText: "HTTP 500" })
        await failure.waitFor()
        expect(await failure.getByText("Failed").isVisible()).toBe(true)
        await failure.getByRole("button", { name: /^Send again/u }).click()
        const success = rows.filter({ hasText: "asked for by hand" }).filter({ hasText: "HTTP 204" })
        await success.getByText("Delivered").waitFor()
        expect(heard.filter((id) => id === heard[0]).length).toBeGreaterThanOrEqual(2)
        await expectAccessible(page, "a webhook")
        await button(page, "Pause").click()
        await page.getByText("Paused", { exact: true }).waitFor()
        await button(page, "New secret").click()
        await button(page, "Make a new secret").click()
        const next = await page.getByRole("group", { name: "Secret" }).locator("code").textContent()
        expect(next).toMatch(/^whsec_/u)
        expect(next).not.toBe(secret)
        await button(page, "I have kept it").click()
        await button(page, "Remove").click()
        await button(page, "Really remove it and its log?").click()
        await page.getByText("Nobody outside is told of anything").waitFor()
      },
      [failed(422)]
    )
  } finally {
    receiver.close()
  }
}
