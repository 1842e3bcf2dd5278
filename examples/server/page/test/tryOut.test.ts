/** The page of the contract in a real browser, under the policy that it is served with. */
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
  server = createServer((request, response) => {
    if (request.url === "/docs") response.setHeaders(new Headers(page.headers)).end(body)
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
