import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { describeMarket } from "../src/market.ts"

const folder = await mkdtemp(join(tmpdir(), "saldo-plain-node-"))
afterAll(() => rm(folder, { recursive: true }))

it("collects a market into a file and sees what changed since", async () => {
  await using emulator = await startKameoEmulator({ loans: 200 })
  const file = join(folder, "market.sqlite")
  const addresses = { baseUrl: emulator.wwwUrl, apiBaseUrl: emulator.apiUrl }
  const [first, ...currencies] = await describeMarket(file, addresses)
  expect(first).toBe("180 loans: 180 new, 0 changed")
  expect(currencies).toHaveLength(2)
  for (const line of currencies) expect(line).toMatch(/^(DKK|SEK): \d+ open or upcoming, .* sought, \d+(\.\d+)? %$/u)
  await emulator.advanceClock(2 * 86_400_000)
  const [second] = await describeMarket(file, addresses)
  expect(second).toMatch(/^180 loans: 0 new, [1-9]\d* changed$/u)
})
