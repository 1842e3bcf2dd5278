import { spawn as spawnPty } from "@lydell/node-pty"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startKameoEmulator, type StartedKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { login, secrets, settings, useSaldo } from "./saldo.ts"

const { environment, folder, path, run, script } = useSaldo()
const db = path("listings.sqlite")
let emulator: StartedKameoEmulator

beforeAll(async () => {
  emulator = await startKameoEmulator({ loans: 300, frozen: true, user: { factor: "none" } })
  expect((await run(["loans", "fetch", "--db", db], { env: settings(emulator) })).code).toBe(0)
})
afterAll(() => emulator.close())

interface Session {
  readonly code: number
  /** Everything that the terminal was sent. */
  readonly screen: string
}

/** Runs the command on a terminal of its own; each answer is typed when its question has appeared. */
const onTerminal = (
  args: ReadonlyArray<string>,
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly columns?: number
    readonly answers?: ReadonlyArray<readonly [question: string, answer: string]>
  } = {}
): Promise<Session> =>
  new Promise((resolve) => {
    const terminal = spawnPty(process.execPath, [script, ...args], {
      cols: options.columns ?? 100,
      rows: 30,
      cwd: folder,
      env: { ...environment(options.env), TERM: "xterm-256color" }
    })
    const answers = [...(options.answers ?? [])]
    let [screen, from] = ["", 0]
    terminal.onData((data) => {
      screen += data
      const [next] = answers
      if (next === undefined || !screen.slice(from).includes(next[0])) return
      answers.shift()
      from = screen.length
      terminal.write(next[1])
    })
    terminal.onExit(({ exitCode }) => resolve({ code: exitCode, screen }))
  })

// oxlint-disable-next-line no-control-regex
const withoutEscapes = (text: string) => text.replace(/\u001b\[[\d;?]*[A-Za-z]/gu, "")

/** The lines of a screen, without colours, as wide as a terminal counts them (every letter here takes one cell). */
const linesOf = ({ screen }: Session) => withoutEscapes(screen).split(/\r?\n/u)

describe("what a login needs is asked for on a terminal", () => {
  const enter = "\r"

  it("and the answers are not echoed", async () => {
    await using kameo = await startKameoEmulator()
    const { code, screen } = await onTerminal(["kameo", "login", "--check"], {
      env: settings(kameo),
      answers: [
        ["Kameo e-mail", `${login.KAMEO_EMAIL}${enter}`],
        ["Kameo password", `${secrets.KAMEO_PASSWORD}${enter}`],
        ["TOTP secret", `${secrets.KAMEO_TOTP_SECRET}${enter}`]
      ]
    })
    expect(withoutEscapes(screen)).toContain("The login works")
    expect(code).toBe(0)
    expect(screen).toContain(login.KAMEO_EMAIL)
    for (const secret of Object.values(secrets)) {
      expect(screen).not.toContain(secret)
      expect(screen).not.toContain(secret.slice(0, 6))
    }
  })

  it("by fetch too, when a login is half configured", async () => {
    const { code, screen } = await onTerminal(["loans", "fetch", "--db", path("asked.sqlite")], {
      env: { ...settings(emulator), KAMEO_EMAIL: login.KAMEO_EMAIL },
      answers: [
        ["Kameo password", `${secrets.KAMEO_PASSWORD}${enter}`],
        ["TOTP secret", enter]
      ]
    })
    expect(withoutEscapes(screen)).toMatch(/Collected \d+ loans/u)
    expect(code).toBe(0)
    expect(screen).not.toContain(secrets.KAMEO_PASSWORD)
  })

  it("and Ctrl-C at a question ends with 130", async () => {
    const { code } = await onTerminal(["kameo", "login"], {
      env: settings(emulator),
      answers: [["Kameo e-mail", "\u0003"]]
    })
    expect(code).toBe(130)
  })

  it("but not under --json", async () => {
    const { code, screen } = await onTerminal(["kameo", "login", "--json"], { env: settings(emulator) })
    expect(code).toBe(3)
    expect(withoutEscapes(screen)).toContain('"exitCode":3')
    expect(screen).not.toContain("e-mail\u001b")
  })
})

describe("the width of a terminal", () => {
  it.each([80, 120])("is kept by tables at %i columns: titles give way", async (columns) => {
    for (const command of [
      ["loans", "list"],
      ["loans", "stats"],
      ["loans", "analyze"]
    ]) {
      const lines = linesOf(await onTerminal([...command, "--db", db], { columns }))
      const cursorless = lines.filter((line) => !line.startsWith("More with --cursor"))
      expect(Math.max(...cursorless.map((line) => [...line].length))).toBeLessThanOrEqual(columns)
    }
    const list = linesOf(await onTerminal(["loans", "list", "--db", db, "--limit", "100"], { columns }))
    expect(list.some((line) => line.includes("…"))).toBe(true)
    expect((await run(["loans", "list", "--db", db])).stdout).not.toContain("…")
  })

  it("is kept by one listing: its text is broken between words", async () => {
    const list = await run(["loans", "list", "--db", db, "--json"])
    const { items } = JSON.parse(list.stdout) as {
      items: ReadonlyArray<{ loanId: string; description: string | null }>
    }
    const told = items.find(({ description }) => (description ?? "").length > 100) ?? items[0]
    const lines = linesOf(await onTerminal(["loans", "show", told?.loanId ?? "", "--db", db], { columns: 60 }))
    const broken = lines.filter((line) => !/\S{40}/u.test(line))
    expect(Math.max(...broken.map((line) => [...line].length))).toBeLessThanOrEqual(60)
  })
})

describe("colours and progress", () => {
  it("are for terminals, and can be turned off", async () => {
    const colour = "\u001b[1m"
    const stats = ["loans", "stats", "--db", db]
    expect((await onTerminal(stats)).screen).toContain(colour)
    expect((await onTerminal([...stats, "--no-color"])).screen).not.toContain("\u001b[")
    expect((await onTerminal(["--no-color", "loans", "--help"])).screen).not.toContain("\u001b[")
    expect((await onTerminal(stats, { env: { NO_COLOR: "1" } })).screen).not.toContain("\u001b[")
    expect((await run(stats)).stdout).not.toContain("\u001b[")
  })

  it("shows a bar with rate and remaining time on fetch, and erases it", async () => {
    await using slow = await startKameoEmulator({ loans: 500, frozen: true, faults: ["delayMs=40"] })
    const { code, screen } = await onTerminal(["loans", "fetch", "--db", path("bar.sqlite")], { env: settings(slow) })
    expect(code).toBe(0)
    const frames = screen.split("\r\u001b[2K")
    expect(frames.length).toBeGreaterThan(4)
    // The first page has no rate yet; every later frame has one, of this call's loans.
    expect(frames[1]).toMatch(/^█+[▏▎▍▌▋▊▉]?·+ 100\/\d+$/u)
    expect(frames[2]).toMatch(/^█+[▏▎▍▌▋▊▉]?·+ 200\/\d+ {2}\d+ loans\/s {2}\d+ s left$/u)
    expect(frames.at(-1)).toMatch(/^Collected \d+ loans from kameo: \d+ new, 0 changed, 0 unchanged\.\r\n/u)
  })
})

describe("what belongs to a person is asked for on a terminal", () => {
  const bank = path("bank.sqlite")
  const number = "19811218-9876"

  const name = "Anna med ett namn som är alldeles för långt för en enda rad i en vanlig terminal, nämligen Andersson"

  it("and a person's number is not echoed", async () => {
    const { code, screen } = await onTerminal(["bank", "customers", "register", "--db", bank], {
      answers: [
        ["Name", `${name}\r`],
        ["Personal number", `${number}\r`],
        ["E-mail", "\r"],
        ["Phone", "\r"],
        ["Address", "\r"]
      ]
    })
    expect(withoutEscapes(screen)).toMatch(/Registered cust_\w+, a person\./u)
    expect(code).toBe(0)
    for (const part of [number, number.slice(0, 6), number.slice(-4)]) expect(screen).not.toContain(part)
    const done = async (args: ReadonlyArray<string>, input = "") => {
      const { stdout } = await run(["bank", ...args, "--db", bank, "--json"], { input })
      return JSON.parse(stdout)
    }
    const id = /cust_\w+/u.exec(screen)?.[0] ?? ""
    await done(["customers", "decide", id, "--verdict", "approved", "--until", "2099-01-01"])
    const { accountId } = await done(["accounts", "open", "--customer", id, "--product", "current", "--name", name])
    await done(["accounts", "deposit", accountId, "123456789.00"])
    const creditor = { name: name.slice(0, 70), account: "SE4550000000058398257466" }
    await done(["payments", "order", "123456.00", "--from", accountId], JSON.stringify(creditor))
  })

  it.each([80, 120])("and tables of the bank fit into %i columns", async (columns) => {
    const customers = linesOf(await onTerminal(["bank", "customers", "list", "--db", bank], { columns }))
    expect(customers[1]).toContain("Anna med")
    expect(customers[1]).toContain("…")
    const lists = [
      ["accounts", "list"],
      ["payments", "list"]
    ].map((command) => onTerminal(["bank", ...command, "--db", bank], { columns }))
    for (const lines of [customers, ...(await Promise.all(lists)).map(linesOf)]) {
      expect(lines.length).toBeGreaterThan(1)
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns)
    }
  })
})
