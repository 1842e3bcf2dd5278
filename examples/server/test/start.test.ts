import { existsSync, readdirSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { customers, staff } from "../src/demo/people.ts"
import { makeFolder, shell, signIn, start, type Started } from "./server.ts"

const { path, remove } = makeFolder()
const file = path("bank.sqlite")
let server: Started

beforeAll(async () => {
  server = await start(["--file", file])
}, 120_000)

afterAll(async () => {
  await server.kill()
  remove()
})

interface Listed {
  readonly items: ReadonlyArray<Record<string, unknown>>
}

const states = ({ items }: Listed): ReadonlyArray<unknown> => items.map(({ state }) => state)

describe("start in an empty folder", () => {
  it("prints where it is, who may sign in, and three calls that answer", async () => {
    expect(server.complaints).toEqual([])
    expect(server.calls).toHaveLength(3)
    const [accounts = "", books = "", market = ""] = await Promise.all(server.calls.map((line) => shell(line)))
    expect((JSON.parse(accounts) as Listed).items).toHaveLength(2 * customers.length)
    expect(JSON.parse(books)).toMatchObject({ balanced: true })
    expect((JSON.parse(market) as Listed).items).toHaveLength(3)
    for (const { email } of [customers[0], ...staff]) {
      expect(server.stdout).toContain(email)
      const token = await signIn(server, email)
      const me = await fetch(`${server.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })
      expect(await me.json()).toMatchObject({ email })
    }
  })

  it("has two years of activity whose books and trail verify", async () => {
    expect(await server.read("/api/v1/ledger/verification")).toMatchObject({ findings: [] })
    expect(await server.read("/api/v1/audit/verification")).toMatchObject({ _tag: "Intact" })
    const entries = (await server.read("/api/v1/ledger/entries?limit=1")) as Listed
    expect(entries.items).toHaveLength(1)
    const payments = (await server.read("/api/v1/payments?limit=100")) as Listed
    for (const state of ["created", "approved", "settled", "failed", "returned"]) {
      expect(states(payments), state).toContain(state)
    }
    const { items } = (await server.read("/api/v1/accounts")) as Listed
    const saved = items.find(({ name }) => name === "Savings account")
    const lastYear = new Date().getFullYear() - 1
    const year = await server.read(`/api/v1/accounts/${String(saved?.["id"])}/years/${lastYear}`)
    expect(
      Number((year as { readonly interestReceived: { readonly amount: string } }).interestReceived.amount)
    ).toBeGreaterThan(100)
  })

  it("hands out the page and what it loads, compressed, once, and with nothing inline", async () => {
    const page = await fetch(`${server.url}/`)
    const html = await page.text()
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8")
    const linked = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/gu)].map(([, asset = ""]) => asset)
    expect(new Set(linked.map((asset) => asset.split(".").at(-1)))).toEqual(new Set(["svg", "css", "js"]))
    for (const asset of ["/", ...linked]) {
      const whole = await fetch(server.url + asset, { headers: { "accept-encoding": "identity" } })
      const zipped = await fetch(server.url + asset, { headers: { "accept-encoding": "deflate, br;q=0, gzip" } })
      expect(zipped.headers.get("content-encoding"), asset).toBe("gzip")
      expect(await zipped.text(), asset).toBe(await whole.text())
      expect(zipped.headers.get("etag"), asset).not.toBe(whole.headers.get("etag"))
      const policy = whole.headers.get("content-security-policy") ?? ""
      expect(policy, asset).toContain("default-src 'none'")
      expect(policy, asset).not.toContain("unsafe")
      const known = await fetch(server.url + asset, {
        headers: { "accept-encoding": "identity", "if-none-match": whole.headers.get("etag") ?? "" }
      })
      expect({ status: known.status, text: await known.text() }, asset).toEqual({ status: 304, text: "" })
    }
    for (const none of ["/assets/", "/assets/main.js", "/assets/..%2fserver.ts"]) {
      expect((await fetch(server.url + none)).status, none).toBe(404)
    }
  })

  it("keeps its keys from others, and says so when they are gone", { timeout: 120_000 }, async () => {
    expect(statSync(`${file}.keys`).mode & 0o777).toBe(0o600)
    expect(readdirSync(path("."))).not.toContain("bank.sqlite.draft")
    const other = path("other.sqlite")
    const first = await start(["--file", other])
    await first.kill()
    rmSync(`${other}.keys`)
    const second = await start(["--file", other])
    expect(await second.ended).toBe(1)
    expect(second.stderr).toContain(`but not the keys that open it: ${other}.keys is missing.`)
    expect(existsSync(`${other}.keys`)).toBe(false)
  })
})

describe("start --empty", () => {
  it("gives a bank that has nobody yet, soon", async () => {
    const empty = await start(["--file", path("empty.sqlite"), "--empty"])
    const ready = await fetch(`${empty.url}/health/ready`)
    expect({ status: ready.status, body: await ready.json() }).toEqual({
      status: 200,
      body: { status: "ready", checks: ["database"], leftAlone: [] }
    })
    expect(empty.stdout).not.toContain("Sign in")
    expect(empty.calls).toEqual([`curl -s ${empty.url}/health/ready`])
    await empty.kill()
  })
})

describe("start where it cannot", () => {
  it("says that the port is taken, in words", async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve))
    const address = taken.address()
    const port = String(typeof address === "object" ? address?.port : "")
    const refused = await start(["--file", path("empty.sqlite"), "--empty", "--port", port])
    expect(await refused.ended).toBe(1)
    expect(refused.stderr).toContain(`Nothing can listen on port ${port}`)
    expect(refused.stderr).not.toMatch(/\bat .*\.ts:\d/u)
    taken.close()
  })

  it("says that the file is none of its, in words", async () => {
    await shell(`echo 'Dear diary, today I have written no database at all' > ${path("diary.sqlite")}`)
    const refused = await start(["--file", path("diary.sqlite")])
    expect(await refused.ended).toBe(1)
    expect(refused.stderr).toContain("(NotADatabase)")
  })
})
