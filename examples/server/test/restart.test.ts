import { afterAll, describe, expect, it } from "vitest"
import { flood, move, own, width } from "./transfers.ts"
import { makeFolder, signIn, start, type Started } from "./server.ts"

const { path, remove } = makeFolder()
const running = new Set<Started>()
afterAll(async () => {
  for (const server of running) await server.kill()
  remove()
})

const begin = async (file: string): Promise<Started> => {
  const server = await start(["--file", file])
  running.add(server)
  return server
}

const balanceOf = async (server: Started, id: string): Promise<number> => {
  const { balance } = (await server.read(`/api/v1/accounts/${id}/balance`)) as {
    readonly balance: { readonly amount: string }
  }
  return Math.round(Number(balance.amount) * 100)
}

const intact = async (server: Started): Promise<void> => {
  expect(await server.read("/api/v1/ledger/verification")).toMatchObject({ findings: [] })
  expect(await server.read("/api/v1/ledger/trial-balance")).toMatchObject({ balanced: true })
}

const settings = { timeout: 120_000 }

/** Waits until each of those that are under way at once has been answered, and more. */
const underWay = ({ acknowledged }: ReturnType<typeof flood>) =>
  expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(2 * width)

describe("a server under load", () => {
  it("that is killed finds everything again, and does nothing twice", settings, async () => {
    const file = path("killed.sqlite")
    const first = await begin(file)
    const accounts = await own(first, await signIn(first, "kim@example.test"))
    const before = { from: await balanceOf(first, accounts.from), to: await balanceOf(first, accounts.to) }
    const load = flood(first, await signIn(first, "kim@example.test"), accounts, "killed")
    await underWay(load)
    await first.kill()
    await load.end()

    const second = await begin(file)
    // Sessions outlive the process, and what was acknowledged is answered the same; what was not is done now.
    const token = await signIn(second, "kim@example.test")
    for (const key of load.sent) {
      const entry = await move(second, token, accounts, key)
      expect(entry, key).toMatch(/^entry_/u)
      expect(load.acknowledged.get(key) ?? entry, key).toBe(entry)
    }
    const moved = 100 * load.sent.length
    expect(await balanceOf(second, accounts.from)).toBe(before.from - moved)
    expect(await balanceOf(second, accounts.to)).toBe(before.to + moved)
    await intact(second)
  })

  it("that is asked to end answers what it has begun, and ends well", settings, async () => {
    const file = path("ended.sqlite")
    const first = await begin(file)
    const token = await signIn(first, "kim@example.test")
    const accounts = await own(first, token)
    const before = await balanceOf(first, accounts.to)
    const load = flood(first, token, accounts, "ended")
    await underWay(load)
    first.child.kill("SIGTERM")
    const code = await first.ended
    await load.end()
    expect({ code, complaints: first.complaints }).toEqual({ code: 0, complaints: [] })

    const second = await begin(file)
    // A call that came too late to be taken left nothing behind, so that what is there was acknowledged.
    expect(await balanceOf(second, accounts.to)).toBe(before + 100 * load.acknowledged.size)
    await intact(second)
  })
})
