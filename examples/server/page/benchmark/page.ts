/**
 * How soon a reader sees the page, in a browser that remembers nothing of it: the largest contentful paint
 * (https://www.w3.org/TR/largest-contentful-paint/) of the sign-in, and of the overview of somebody who is signed in; and
 * what the first load weighs as it comes over the wire.
 */
import type { Ceiling } from "@saldo/house/Comparison"
import type { Page } from "playwright-core"
import { openPage, settled, signIn, startBrowser } from "../test/browser.ts"
import { startServer } from "../test/server.ts"

/** The last candidate: a larger one may follow as long as nobody has touched the page. */
const largestPaint = async (page: Page): Promise<number> => {
  // The network is never idle: whoever is signed in is told what changes for as long as the page is open.
  await page.reload()
  await page.getByRole("heading", { level: 1 }).waitFor()
  await settled(page)
  // What has just come is painted in the next frame.
  await page.waitForTimeout(100)
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
          type: "largest-contentful-paint",
          buffered: true
        })
      })
  )
}

const withoutCache = async (page: Page) => {
  const session = await page.context().newCDPSession(page)
  await session.send("Network.enable")
  await session.send("Network.setCacheDisabled", { cacheDisabled: true })
  return session
}

const weight = async (page: Page): Promise<number> => {
  const session = await withoutCache(page)
  let bytes = 0
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.reload({ waitUntil: "networkidle" })
  return bytes / 1000
}

/** Reads a figure from a page of a server of its own, in a browser without a cache. */
const reading = (measure: (page: Page) => Promise<number>) => async (): Promise<number> => {
  const [server, browser] = await Promise.all([startServer(), startBrowser()])
  try {
    const { page } = await openPage(browser, server.url)
    return await measure(page)
  } finally {
    await browser.close()
    await server.stop()
  }
}

export default [
  {
    id: "page.first-paint",
    subject: {
      name: "largest contentful paint of the sign-in",
      measure: reading(async (page) => {
        await withoutCache(page)
        return largestPaint(page)
      })
    },
    atMost: 1000,
    unit: "ms",
    rounds: 3
  },
  {
    id: "page.overview-paint",
    subject: {
      name: "largest contentful paint of the overview",
      measure: reading(async (page) => {
        await signIn(page, "adam@bank.example")
        await withoutCache(page)
        return largestPaint(page)
      })
    },
    atMost: 1000,
    unit: "ms",
    rounds: 3
  },
  {
    id: "page.weight",
    subject: { name: "what the first load weighs, compressed", measure: reading(weight) },
    atMost: 150,
    unit: "kB",
    rounds: 1
  }
] satisfies ReadonlyArray<Ceiling>
