import { copyFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import type { ListedLoan } from "@saldo/kameo/emulator/LoanBook"
import { sampleLoans } from "@saldo/kameo/emulator/sampleLoans"
import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { againstKameo, expectFailure, rowsIn, told } from "./failures.ts"
import { settings, useSaldo } from "./saldo.ts"

const saldo = useSaldo()
const { path, run } = saldo
const withKameo = againstKameo(saldo)

describe.concurrent("a Kameo that misbehaves", () => {
  const file = path("stored.sqlite")
  let before: ReturnType<typeof rowsIn>
  beforeAll(async () => {
    expect(await withKameo({ loans: 250 }, ["loans", "fetch", "--db", file])).toMatchObject({ code: 0, stderr: "" })
    before = rowsIn(file)
    expect(before.listings.length).toBeGreaterThan(200)
  })
  const copyOf = (name: string): string => {
    const own = path(`stored-${name}.sqlite`)
    copyFileSync(file, own)
    return own
  }

  it.each(["maintenance", "login", "twoFactor", "badGateway"])("answers HTML instead of JSON: %s", async (page) => {
    const own = copyOf(page)
    const end = await withKameo({ loans: 250, faults: [`htmlInsteadOfJson=${page}`] }, ["loans", "fetch", "--db", own])
    expect([1, 3]).toContain(end.code)
    expectFailure(end, end.code ?? -1, /^Kameo /u, /./u)
    expect(told(end)).not.toContain("<")
    expect(rowsIn(own)).toEqual(before)
  })

  it("cannot be reached", async () => {
    const env = { KAMEO_BASE_URL: "http://127.0.0.1:9", KAMEO_API_BASE_URL: "http://127.0.0.1:9" }
    const own = copyOf("unreachable")
    const end = await run(["loans", "fetch", "--db", own], { env })
    expectFailure(
      end,
      1,
      /^The connection to 127\.0\.0\.1:9 failed at \/v1\/loans\/listing\/investment-options \(\w+\)\.$/u,
      "Check the network and KAMEO_BASE_URL and KAMEO_API_BASE_URL."
    )
    expect(rowsIn(own)).toEqual(before)
  })

  it("fails in the midst: what was read stays, and the next call goes on from there", async () => {
    const fresh = path("midst.sqlite")
    await using emulator = await startKameoEmulator({ loans: 300, frozen: true, faults: ["failOnPage=2x4"] })
    const env = settings(emulator)
    const end = await run(["loans", "fetch", "--db", fresh], { env })
    expectFailure(
      end,
      4,
      "Kameo answered /v1/loans/listing/investment-options with status 500.",
      "Try again later; 100 loans of 1 page are stored, and the next fetch goes on from page 2."
    )
    expect(rowsIn(fresh).listings).toHaveLength(100)
    const next = await run(["loans", "fetch", "--db", fresh], { env })
    expect(next).toMatchObject({ code: 0, stderr: "" })
    expect(next.stdout).toMatch(/^Resumed and collected (\d+) loans from kameo: \1 new/u)
  })

  const listed = (changes: ListedLoan): ListedLoan => ({ ...sampleLoans[0], ...changes })

  it("lists what cannot be used: unknown currency, unreadable amounts and dates, huge and odd titles", async () => {
    const fresh = path("odd.sqlite")
    const emoji = "Lån 🏡👨‍👩‍👧‍👦 till \u202eakrab\u0007 familj"
    const id = (loan_application_id: number, changes: ListedLoan) => listed({ loan_application_id, ...changes })
    const end = await withKameo(
      {
        frozen: true,
        loans: [
          id(9001, {}),
          id(9002, { currency: "XTS1" }),
          id(9003, { application_amount: "en miljon" }),
          id(9004, { title: "x".repeat(1_000_000) }),
          id(9005, { title: emoji }),
          id(9006, { subscription_ends_at: "i morgon" })
        ]
      },
      ["loans", "fetch", "--db", fresh, "--json"]
    )
    expect(end.code, told(end)).toBe(0)
    const report = JSON.parse(end.stdout) as {
      seen: number
      rejected: number
      rejections: ReadonlyArray<{ loanId: string; field: string; problem: string }>
    }
    expect(report.seen + report.rejected).toBe(6)
    expect(report.rejections.map(({ loanId }) => loanId)).toContain("9003")
    for (const { field, problem } of report.rejections) expect(`${field} ${problem}`.length).toBeGreaterThan(10)
    const list = await run(["loans", "list", "--db", fresh])
    expect(list.code).toBe(0)
    // Compared as booleans: a diff of a text of a megabyte would take the reporter minutes.
    const shows = (text: string) => list.stdout.includes(text)
    expect(["x".repeat(1_000_000), "🏡👨‍👩‍👧‍👦"].map(shows)).toEqual([true, true])
    expect(["\u202e", "\u0007"].map(shows)).toEqual([false, false])
    expect((await run(["loans", "stats", "--db", fresh])).code).toBe(0)
    expect((await run(["loans", "analyze", "--db", fresh])).code).toBe(0)
  })

  it("lists loans twice over its pages: the newer one counts, once", async () => {
    const fresh = path("twice.sqlite")
    const end = await withKameo({ loans: 300, frozen: true, faults: ["duplicateAcrossPages"] }, [
      "loans",
      "fetch",
      "--db",
      fresh
    ])
    expect(end).toMatchObject({ code: 0, stderr: "" })
    expect(end.stdout).toMatch(/\n2 came more than once; the newer one counts\.\n$/u)
    const ids = rowsIn(fresh).listings.map(({ loan_id }) => loan_id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("has its clock set back: no version is lost, and history keeps its order", async () => {
    const fresh = path("back.sqlite")
    await using emulator = await startKameoEmulator({ loans: 200, frozen: true })
    const env = settings(emulator)
    const day = 24 * 3_600_000
    for (const days of [0, 5, -5]) {
      await emulator.advanceClock(days * day)
      expect(await run(["loans", "fetch", "--db", fresh], { env })).toMatchObject({ code: 0, stderr: "" })
    }
    const { versions } = rowsIn(fresh)
    const thrice = versions.find(({ version }) => Number(version) === 3)
    const of = versions.filter(({ loan_id }) => loan_id === thrice?.["loan_id"])
    expect(of.map(({ version }) => Number(version))).toEqual([1, 2, 3])
    expect(of[2]?.["content"]).toBe(of[0]?.["content"])
    const times = of.map(({ recorded_at }) => Number(recorded_at))
    expect(times).toEqual([...times].sort((left, right) => left - right))
  })

  it("is stopped by Ctrl-C: 130, and the next call completes with the content of an undisturbed one", async () => {
    await using emulator = await startKameoEmulator({ loans: 900, frozen: true, faults: ["delayMs=60"] })
    const env = settings(emulator)
    const [stopped, whole] = [path("stopped.sqlite"), path("whole.sqlite")]
    const end = await run(["loans", "fetch", "--db", stopped, "--verbose"], {
      env,
      started: (child) => {
        child.stderr?.on("data", (data: Buffer) => {
          if (data.toString().includes("Stored page 2")) child.kill("SIGINT")
        })
      }
    })
    expect(end.code).toBe(130)
    expect(end.stderr).toMatch(
      /Interrupted; what was read so far is stored\.\nRun `saldo loans fetch` again to go on from there\.\n$/u
    )
    const next = await run(["loans", "fetch", "--db", stopped], { env })
    expect(next).toMatchObject({ code: 0, stderr: "" })
    expect(next.stdout).toMatch(/^Resumed and collected/u)
    expect(await run(["loans", "fetch", "--db", whole], { env })).toMatchObject({ code: 0, stderr: "" })
    const content = (file_: string) =>
      rowsIn(file_).versions.map(({ content: text, loan_id, raw, version }) => ({ loan_id, version, text, raw }))
    expect(content(stopped)).toEqual(content(whole))
  })

  it("is stopped by SIGTERM: 143", async () => {
    await using emulator = await startKameoEmulator({ loans: 300, frozen: true, faults: ["delayMs=100"] })
    const end = await run(["loans", "fetch", "--db", path("terminated.sqlite"), "--verbose", "--json"], {
      env: settings(emulator),
      started: (child) => void child.stderr?.once("data", () => child.kill("SIGTERM"))
    })
    expect(end).toMatchObject({ code: 143, stdout: "" })
    const lines = end.stderr.trimEnd().split("\n")
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object))).toEqual(
      lines.map((_, position) => [position === lines.length - 1 ? "error" : "remark"])
    )
  })
})
