import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { signUpAndIn } from "../src/signIn.ts"

const folder = await mkdtemp(join(tmpdir(), "saldo-plain-node-"))
afterAll(() => rm(folder, { recursive: true }))

const keys = { current: { id: "2026", key: "a".repeat(64) }, index: "b".repeat(64) }

it("signs somebody up and in, and keeps no password", async () => {
  const filename = join(folder, "users.sqlite")
  expect(await signUpAndIn(filename, keys)).toBe("Quirina Testsson acts as customer")
  const stored = await readFile(filename, "latin1")
  expect(stored).toContain("user_")
  expect(stored).not.toContain("wombats")
})

it("does so without Effect, in less than 40 lines", async () => {
  const source = await readFile(new URL("../src/signIn.ts", import.meta.url), "utf8")
  expect(source).not.toMatch(/from "effect/u)
  expect(source.split("\n").length).toBeLessThan(40)
})
