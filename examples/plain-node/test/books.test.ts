import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { takePayment } from "../src/books.ts"

const folder = await mkdtemp(join(tmpdir(), "saldo-plain-node-"))
afterAll(() => rm(folder, { recursive: true }))

it("keeps books in under 30 lines, without Effect", async () => {
  expect(await takePayment(join(folder, "books.sqlite"))).toBe("350.00 SEK on the account, 350.00 SEK available")
  const source = await readFile(new URL("../src/books.ts", import.meta.url), "utf8")
  expect(source.trim().split("\n").length).toBeLessThan(30)
  expect(source).not.toMatch(/from "effect/u)
})
