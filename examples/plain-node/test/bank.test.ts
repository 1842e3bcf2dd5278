import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { openBank, payRent, welcome } from "../src/bank.ts"

const folder = await mkdtemp(join(tmpdir(), "saldo-plain-node-"))
afterAll(() => rm(folder, { recursive: true }))

const keys = { current: { id: "2026", key: "a".repeat(64) }, index: "b".repeat(64) }

it("takes in a customer whom the file does not name, and pays the rent", async () => {
  const filename = join(folder, "bank.sqlite")
  const saldo = await openBank(filename, keys)
  const quirina = { id: "form 1", name: "Quirina Testsson", personalNumber: "19811218-9876" }
  const customer = await welcome(saldo, quirina)
  expect(await payRent(saldo, customer.id)).toEqual([
    "5000.00 SEK, 1800.00 SEK of it available",
    "1800.00 SEK, 1800.00 SEK of it available"
  ])
  const { file } = await saldo.bank.customers.find(customer.id)
  expect(file?.details.name.reveal()).toBe("Quirina Testsson")
  expect(`${String(file?.details.name)} in ${JSON.stringify(file)}`).not.toContain("Quirina")
  expect((await saldo.ledger.verify()).findings).toEqual([])
  // Closing writes everything into the one file.
  await saldo.close()
  const stored = await readFile(filename, "latin1")
  expect(stored).toContain(customer.id)
  expect([stored.includes("Quirina"), stored.includes("811218")]).toEqual([false, false])
})

it("does so without Effect", async () => {
  for (const source of ["bank.ts", "rail.ts"]) {
    expect(await readFile(new URL(`../src/${source}`, import.meta.url), "utf8")).not.toMatch(/from "effect/u)
  }
})
