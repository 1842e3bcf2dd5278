/** Visits of somebody to the page, whose console has to stay quiet. */
import type { Browser, Page } from "playwright-core"
import { expect } from "vitest"
import { openPage, type Reader, signIn } from "./browser.ts"

/** Where somebody visits: a browser, and the address of the server. */
export interface Place {
  readonly browser: Browser
  readonly url: string
}

/** Lets somebody go through the page, signed in unless it is nobody, and checks what the console said. */
export const visitAs = async (
  { browser, url }: Place,
  email: string | undefined,
  go: (page: Page, reader: Reader) => Promise<void>,
  allowed: ReadonlyArray<RegExp> = []
): Promise<void> => {
  const reader = await openPage(browser, url)
  try {
    if (email !== undefined) await signIn(reader.page, email)
    await go(reader.page, reader)
    expect(reader.complaints.filter((complaint) => !allowed.some((known) => known.test(complaint)))).toEqual([])
  } finally {
    await reader.close()
  }
}

/** The browser itself writes failed requests to the console; a test that wants one to fail names it. */
export const failed = (status: number): RegExp => new RegExp(`Failed to load resource.*${status}`, "u")

/** A button by all of its name. */
export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true })
