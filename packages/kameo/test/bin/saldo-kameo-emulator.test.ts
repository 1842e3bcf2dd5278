/** The emulator command as a process: from source, and bundled into one file as it is published. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "tsup"
import config from "../../tsup.config.ts"
import { listingPath, send } from "../emulator/browser.ts"

const root = new URL("../..", import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), "saldo-kameo-emulator-"))
const bundle = join(folder, "saldo-kameo-emulator.js")

beforeAll(async () => {
  if (typeof config === "function" || Array.isArray(config)) throw new TypeError("one configuration is expected")
  await build({ ...config, config: false, silent: true, outDir: folder })
})

afterAll(() => rmSync(folder, { recursive: true }))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const started = (file: string, args: ReadonlyArray<string>): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, ["--conditions=saldo-source", file, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] }
  })

const ended = (child: ChildProcessWithoutNullStreams, shown = { out: "", err: "" }): Promise<Ended> =>
  new Promise((resolve) => {
    child.stdout.on("data", (piece: Buffer) => (shown.out += piece.toString()))
    child.stderr.on("data", (piece: Buffer) => (shown.err += piece.toString()))
    child.on("close", (code) => resolve({ code, ...shown }))
  })

/** Runs until the greeting is complete, uses the emulator, and ends it as Ctrl-C does. */
const running = async (
  file: string,
  args: ReadonlyArray<string>,
  use: (out: string) => Promise<void>
): Promise<Ended> => {
  const child = started(file, args)
  const shown = { out: "", err: "" }
  const end = ended(child, shown)
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", () => {
      if (shown.out.includes("Ctrl-C")) resolve()
    })
    child.on("close", () => reject(new Error(`ended early: ${shown.out}${shown.err}`)))
  })
  try {
    await use(shown.out)
  } finally {
    child.kill("SIGINT")
  }
  return end
}

const urlOf = (out: string, name: string): string => new RegExp(`^${name}=(.*)$`, "mu").exec(out)?.[1] ?? ""

const free = ["--port", "0", "--api-port", "0"]

describe.each([
  ["from source", join(root, "src/bin/saldo-kameo-emulator.ts")],
  ["bundled into one file", bundle]
])("the command, %s", (_, file) => {
  it("serves both hosts until Ctrl-C, and says how to reach them and what can go wrong", async () => {
    const args = [
      ...free,
      "--loans",
      "samples",
      "--fault",
      "failOnPage=2",
      "--fault",
      "stateId=77",
      "--clock",
      "2026-05-01T00:00:00Z"
    ]
    const end = await running(file, args, async (out) => {
      const listing = await send(`${urlOf(out, "KAMEO_API_BASE_URL")}${listingPath}?limit=1`)
      expect(listing.json.data).toMatchObject({
        total: 24,
        investment_options: [{ subscription_state: { state_id: 77 } }]
      })
      expect((await send(`${urlOf(out, "KAMEO_API_BASE_URL")}${listingPath}?page=2`)).status).toBe(500)
      const login = await send(`${urlOf(out, "KAMEO_BASE_URL")}/user/login`)
      expect(login.status).toBe(200)
      expect(out).toContain("Clock     2026-05-01T00:00:0")
      for (const part of [
        "eva.exempel@example.test",
        "Lokal-Demo-2026",
        "KAMEODEMOSALDOTESTSECRETABCDEFGH",
        "status=503x2"
      ]) {
        expect(out).toContain(part)
      }
    })
    expect([end.code, end.err]).toEqual([130, ""])
    expect(end.out.trimEnd()).toMatch(/Stopped\.$/u)
  })

  it("does not repeat secrets that it was given", async () => {
    const args = [
      ...free,
      "--user",
      "a@example.test",
      "--password",
      "ett-hemligt",
      "--totp-secret",
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    ]
    const end = await running(file, args, () => Promise.resolve())
    expect(end.out).toContain("a@example.test")
    expect(`${end.out}${end.err}`).not.toMatch(/ett-hemligt|GEZDGNBV/u)
  })

  it("ends with one sentence for what cannot be: 2 for a wrong option, 1 for a taken port", async () => {
    const wrongFault = await ended(started(file, [...free, "--fault", "nonsense"]))
    expect([wrongFault.code, wrongFault.out]).toEqual([2, ""])
    expect(wrongFault.err).toMatch(/^There is no fault named "nonsense"\. Valid faults: renameKeys, .*\.\n$/u)
    const wrongLoans = await ended(started(file, [...free, "--loans", "many"]))
    expect([wrongLoans.code, wrongLoans.err]).toEqual([
      2,
      "The emulator option loans is not usable: the count must be a whole number from 0 to 1000000.\n"
    ])
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve))
    const address = holder.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const taken = await ended(started(file, ["--port", String(port), "--api-port", "0"]))
    holder.close()
    expect([taken.code, taken.err]).toEqual([
      1,
      `The emulator's www host cannot listen on port ${port}; use 0 for a free port.\n`
    ])
  })
})

describe("the bundled command", () => {
  it("needs nothing beside it: it runs in an empty folder", async () => {
    const version = await ended(started(bundle, ["--version"]))
    expect([version.code, version.err]).toEqual([0, ""])
    expect(version.out).toContain("0.1.0")
    const help = await ended(started(bundle, ["--help"]))
    for (const flag of ["--port", "--api-port", "--loans", "--seed", "--fault", "--clock", "--user"])
      expect(help.out).toContain(flag)
  })
})
