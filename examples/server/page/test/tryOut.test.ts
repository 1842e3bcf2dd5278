/** Pages in a real browser, under the policies that they are served with: that of the contract, and the entrance. */
import { bundlePage } from "@saldo/example-page/bundle"
import { layer as docs } from "@saldo/http/server/docs"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type { Browser } from "playwright-core"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startBrowser } from "./browser.ts"

let browser: Browser
let server: Server
let url = ""

beforeAll(async () => {
  browser = await startBrowser()
  const { handler } = HttpRouter.toWebHandler(docs.pipe(Layer.provide(HttpServer.layerServices)), {
    disableLogger: true
  })
  const page = await handler(new Request("http://saldo.test/docs"))
  const body = await page.text()
  const files = await bundlePage()
  server = createServer((request, response) => {
    const file = files.get(request.url ?? "")
    if (request.url === "/docs") response.setHeaders(new Headers(page.headers)).end(body)
    else if (file !== undefined) response.setHeaders(new Headers({ ...file.headers })).end(file.body)
    else response.writeHead(200, { "content-type": "application/json" }).end('{"status":"alive"}')
  }).listen(0, "127.0.0.1")
  await new Promise((listening) => server.once("listening", listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 60_000)

afterAll(async () => {
  await browser.close()
  server.close()
})

describe("the page to try things out on", () => {
  it("works under a policy that lets nothing run but what is on it", { timeout: 60_000 }, async () => {
    const page = await browser.newPage()
    const complaints: Array<string> = []
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
    })
    page.on("pageerror", (error) => complaints.push(String(error)))
    await page.goto(`${url}/docs`)
    await page.getByText("/health/live").click()
    await page.getByRole("button", { name: "Try it out" }).click()
    await page.getByRole("button", { name: "Execute" }).click()
    await page.getByText('"alive"').first().waitFor()
    await page.getByRole("button", { name: "Authorize" }).first().click()
    await page.getByText("X-API-Key").first().waitFor()
    expect(complaints).toEqual([])

    // What somebody smuggled in would not run.
    await page.evaluate(() => {
      const script = document.createElement("script")
      script.textContent = "document.title = 'taken over'"
      document.body.append(script)
    })
    expect(await page.title()).toMatch(/^Saldo/u)
    expect(complaints.join("\n")).toContain("Content Security Policy")
  })
})

describe("the entrance", () => {
  it("hides a password, says which one is meant, and lets it be pasted", { timeout: 60_000 }, async () => {
    const page = await browser.newPage()
    await page.goto(url)
    const field = page.locator('input[autocomplete="current-password"]')
    await field.waitFor()
    expect(await field.getAttribute("type")).toBe("password")
    const pasted = await field.evaluate((input) =>
      input.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true }))
    )
    // False where somebody kept it from happening.
    expect(pasted).toBe(true)
    expect(await page.locator('input[autocomplete="username"]').count()).toBe(1)
  })
})
